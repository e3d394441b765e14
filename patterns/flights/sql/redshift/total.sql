-- All flights, those that flew, and how far.
SELECT count(*) AS flights, count(air_time) AS flown, sum(distance) AS miles, sum(dep_delay) AS dep_delay
FROM flights
