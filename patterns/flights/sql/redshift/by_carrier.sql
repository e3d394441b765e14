-- The ten busiest carriers, with their mean delay on arrival in minutes.
SELECT carrier, count(*) AS flights, round(avg(arr_delay), 2) AS mean_arr_delay
FROM flights
GROUP BY carrier
ORDER BY flights DESC, carrier
LIMIT 10
