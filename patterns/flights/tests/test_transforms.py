"""The transforms, on a handful of rows and a plain local Spark."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "jobs"))

from flights import transforms
from pyspark.sql import SparkSession

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame

# py4j leaves its sockets to the garbage collector
pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")]
FLIGHT = {
    "year": 2013, "month": "1", "day": 1, "dep_time": "517", "sched_dep_time": 515, "dep_delay": "2",
    "arr_time": "830", "sched_arr_time": 819, "arr_delay": "11", "carrier": "UA", "flight": 1545, "tailnum": "N14228",
    "origin": "EWR", "dest": "IAH", "air_time": "227", "distance": 1400, "hour": 5, "minute": 15,
    "time_hour": "2013-01-01T10:00:00Z",
}  # fmt: skip


@pytest.fixture(scope="module")
def glue() -> Iterator[GlueContext]:
    spark = (
        SparkSession.builder.master("local[1]").config("spark.sql.shuffle.partitions", 1).config("spark.ui.enabled", "false").getOrCreate()
    )
    yield GlueContext(spark.sparkContext)


def frame(glue: GlueContext, rows: list[dict[str, Any]]) -> DynamicFrame:
    columns = list(rows[0])
    return DynamicFrame.fromDF(glue.spark_session.createDataFrame([tuple(r[c] for c in columns) for r in rows], columns), glue, "t")


def test_a_delay_that_is_no_number_becomes_null(glue: GlueContext) -> None:
    rows = (
        transforms.clean_flights(frame(glue, [FLIGHT, {**FLIGHT, "flight": 2, "dep_delay": "NA", "arr_delay": "NA", "air_time": "NA"}]))
        .toDF()
        .orderBy("flight")
        .collect()
    )
    assert [(r.flight, r.dep_delay, r.arr_delay, r.air_time) for r in rows] == [(2, None, None, None), (1545, 2.0, 11.0, 227.0)]


def test_every_flight_stays_exactly_once(glue: GlueContext) -> None:
    flights = transforms.clean_flights(frame(glue, [FLIGHT, {**FLIGHT, "flight": 2, "tailnum": "N0", "origin": "JFK"}]))
    hour = {"origin": "EWR", "time_hour": "2013-01-01T10:00:00Z", "temp": 39.0, "wind_speed": 12.7, "precip": 0.0, "visib": 10.0}
    weather = transforms.clean_weather(frame(glue, [hour, {**hour, "temp": 40.0}]))
    planes = transforms.clean_planes(
        frame(glue, [{"tailnum": "N14228", "year": "1999", "manufacturer": "BOEING", "model": "737-824", "seats": 149}])
    )
    rows = transforms.enrich(flights, weather, planes).toDF().orderBy("flight").collect()
    assert [(r.flight, r.manufacturer, r.wind_speed) for r in rows] == [(2, None, None), (1545, "BOEING", 12.7)]
