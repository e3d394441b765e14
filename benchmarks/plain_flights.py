"""The flights job's transformations in plain PySpark on local files: what the Glue job is measured against. Arguments: DATA OUT METRICS."""

import time

STARTED = time.time()

import json  # noqa: E402
import sys  # noqa: E402

from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402

data, out, metrics = sys.argv[1:4]
spark = SparkSession.builder.getOrCreate()


def number(name: str, kind: str, source: str | None = None) -> F.Column:
    return F.expr(f"try_cast({source or name} as {kind})").alias(name)


def read(table: str) -> "F.DataFrame":
    return spark.read.option("header", True).csv(f"{data}/{table}")


raw = read("flights")
texts = ("carrier", "tailnum", "origin", "dest", "time_hour")
ints = ("year", "day", "dep_time", "sched_dep_time", "arr_time", "sched_arr_time", "flight", "hour", "minute")
doubles = ("dep_delay", "arr_delay", "air_time", "distance")
columns = [F.col(c) for c in texts] + [number(c, "int") for c in ints] + [number(c, "double") for c in doubles]
flights = raw.select(*columns, F.col("month").cast("string").alias("month"))
weather = (
    read("weather")
    .select(
        F.col("origin").alias("w_origin"),
        F.col("time_hour").alias("w_time_hour"),
        *[number(c, "double") for c in ("temp", "wind_speed", "precip", "visib")],
    )
    .dropDuplicates(["w_origin", "w_time_hour"])
)
planes = read("planes").select(
    F.col("tailnum").alias("p_tailnum"), number("built", "int", "year"), "manufacturer", "model", number("seats", "int")
)
known = planes.join(flights.select("tailnum").distinct(), planes.p_tailnum == F.col("tailnum")).drop("tailnum")
wide = flights.join(weather, (flights.origin == weather.w_origin) & (flights.time_hour == weather.w_time_hour), "left").drop(
    "w_origin", "w_time_hour"
)
wide = wide.join(known, wide.tailnum == known.p_tailnum, "left").drop("p_tailnum")
wide.coalesce(1).write.mode("append").partitionBy("month").parquet(out)
rows = spark.read.parquet(out).count()
with open(metrics, "w") as file:
    json.dump({"rows": rows, "seconds": time.time() - STARTED}, file)
