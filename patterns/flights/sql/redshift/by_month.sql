-- One partition a month: how many flights each holds.
SELECT month, count(*) AS flights
FROM flights
GROUP BY month
ORDER BY CAST(month AS integer)
