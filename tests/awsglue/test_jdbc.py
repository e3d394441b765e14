"""Databases over JDBC, on the Derby that Spark brings; its statements and its transactions are as real as any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsglue._read.glue_connection import connection_details
from awsglue._write.redshift import sql_type
from awsglue._write.sql import StatementError, run_transaction
from awsglue.dynamicframe import DynamicFrame
from awsglue.gluetypes import ArrayType, ChoiceType, DecimalType, Field, IntegerType, StringType

DRIVER = "org.apache.derby.iapi.jdbc.AutoloadedDriver"
Run = Callable[..., None]


@pytest.fixture
def database(unique: str) -> dict[str, Any]:
    return {"url": f"jdbc:derby:memory:{unique};create=true", "user": "u", "password": "p", "className": DRIVER}


@pytest.fixture
def run(spark: Any, database: dict[str, Any]) -> Run:
    return lambda *statements: run_transaction(spark, database, statements, DRIVER)


@pytest.fixture
def numbers(run: Run, database: dict[str, Any]) -> dict[str, Any]:
    run("create table numbers (id int, name varchar(10))", "insert into numbers values (1, 'a'), (-2, 'b'), (3, null), (null, 'd')")
    return {**database, "dbtable": "numbers"}


def ids(frame: DynamicFrame) -> list[Any]:
    return sorted((row.ID for row in frame.toDF().collect()), key=str)


@pytest.mark.parametrize(
    ("options", "found", "partitions"),
    [
        ({}, [-2, 1, 3, None], 1),
        ({"hashexpression": "id", "hashpartitions": "3"}, [-2, 1, 3, None], 3),
        ({"sampleQuery": "select id from numbers where id > 0"}, [1, 3], 1),
        (
            {
                "sampleQuery": "select id from numbers where id > 0 and",
                "enablePartitioningForSampleQuery": True,
                "hashexpression": "id",
                "hashpartitions": 2,
            },
            [1, 3],
            2,
        ),
    ],
)
def test_reading(glue: Any, numbers: dict[str, Any], options: dict[str, Any], found: list[Any], partitions: int) -> None:
    frame = glue.create_dynamic_frame.from_options("custom.jdbc", {**numbers, **options})
    assert ids(frame) == found
    assert frame.getNumPartitions() == partitions


@pytest.mark.parametrize(
    ("options", "told"),
    [({"sampleQuery": "select 1"}, "hashfield"), ({"sampleQuery": "select id from numbers", "hashexpression": "id"}, "`where` or `and`")],
)
def test_a_sample_query_that_cannot_be_partitioned(glue: Any, numbers: dict[str, Any], options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        glue.create_dynamic_frame.from_options("custom.jdbc", {**numbers, **options, "enablePartitioningForSampleQuery": "true"})


def test_writing_appends(glue: Any, spark: Any, numbers: dict[str, Any]) -> None:
    more = DynamicFrame.fromDF(spark.createDataFrame([(9, "z")], "ID int, NAME string"), glue)
    glue.write_dynamic_frame.from_options(more, "custom.jdbc", {**numbers, "bulkSize": 10})
    assert ids(glue.create_dynamic_frame.from_options("custom.jdbc", numbers)) == [-2, 1, 3, 9, None]


def test_a_refused_statement_undoes_the_others_and_is_named(glue: Any, run: Run, numbers: dict[str, Any]) -> None:
    with pytest.raises(StatementError, match=r"NOWHERE.*insert into nowhere"):
        run("delete from numbers", "insert into nowhere values (1)")
    assert len(ids(glue.create_dynamic_frame.from_options("custom.jdbc", numbers))) == 4


@pytest.mark.parametrize("kind", ["postgresql", "mysql", "redshift"])
def test_what_is_missing_is_named(glue: Any, spark: Any, kind: str) -> None:
    frame = DynamicFrame.fromDF(spark.range(1), glue)
    for call in (
        lambda options: glue.create_dynamic_frame.from_options(kind, options),
        lambda options: glue.write_dynamic_frame.from_options(frame, kind, {"redshiftTmpDir": "file:///tmp/x", **options}),
    ):
        with pytest.raises(ValueError, match="url"):
            call({"dbtable": "t"})
    with pytest.raises(ValueError, match="dbtable"):
        glue.write_dynamic_frame.from_options(frame, kind, {"url": f"jdbc:{kind}://h/d"})


def test_redshift_needs_a_staging_path(glue: Any, spark: Any) -> None:
    with pytest.raises(ValueError, match="redshiftTmpDir"):
        glue.write_dynamic_frame.from_options(DynamicFrame.fromDF(spark.range(1), glue), "redshift", {"dbtable": "t"})


def test_the_option_database_replaces_the_urls() -> None:
    options = {"url": "jdbc:redshift://h:5439/dev?ssl=true", "user": "u", "password": "p", "database": "other"}
    assert connection_details("redshift", options)["url"] == "jdbc:redshift://h:5439/other?ssl=true"


def test_redshift_types() -> None:
    assert sql_type(Field("a", DecimalType(12, 3))) == "DECIMAL(12,3)"
    for kind in (ArrayType(StringType()), ChoiceType([IntegerType(), StringType()])):
        with pytest.raises(NotImplementedError, match="tags"):
            sql_type(Field("tags", kind))


@pytest.mark.parametrize("table", ["postgresql", "oracle"])
def test_a_driver_that_is_not_there_is_named(glue: Any, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from awsglue._read import drivers

    monkeypatch.setitem(drivers.DRIVERS, table, ("no.such.Driver",))
    with pytest.raises(NotImplementedError, match=r"no\.such\.Driver"):
        glue.create_dynamic_frame.from_options(table, {"url": f"jdbc:{table}://h/d", "dbtable": "t"})
