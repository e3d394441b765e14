-- Does wind delay departures? Flights with known weather, by wind speed in steps of 10 miles an hour.
SELECT CAST(floor(wind_speed / 10) AS integer) * 10 AS wind, count(*) AS flights, round(avg(dep_delay), 2) AS mean_dep_delay
FROM flights
WHERE wind_speed IS NOT NULL AND wind_speed < 100
GROUP BY 1
ORDER BY 1
