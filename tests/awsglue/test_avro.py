"""Avro's logical types by version, as AWS's tables of its readers and writers have them, and columns that have no type."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsglue.dynamicframe import DynamicFrame

ROW = (
    "1 n, date'2020-01-02' d, timestamp'2020-01-02 03:04:05' t, cast(1.5 as decimal(5,2)) x, array(named_struct('at', date'2020-01-02')) l"
)
DAY, MICROS = datetime.date(2020, 1, 2), 1_577_934_245_000_000
TEXTS = (1, "2020-01-02", "2020-01-02 03:04:05", "1.50", [("2020-01-02",)])
READ = {
    ("1.7", "1.7"): TEXTS,
    ("1.7", "1.8"): TEXTS,
    ("1.8", "1.7"): (1, 18263, MICROS, b"\0\0\x96", [(18263,)]),
    ("1.8", "1.8"): (1, DAY, MICROS, Decimal("1.50"), [(DAY,)]),
}


@pytest.fixture
def place(bucket: str) -> str:
    return f"s3://{bucket}/avro/"


def write(glue: Any, spark: Any, place: str, select: str, version: str) -> None:
    frame = DynamicFrame.fromDF(spark.sql(f"select {select}"), glue)
    glue.write_dynamic_frame.from_options(frame, "s3", {"path": place}, "avro", {"version": version})


def read(glue: Any, place: str, **options: str) -> list[Any]:
    found: list[Any] = glue.create_dynamic_frame.from_options("s3", {"paths": [place]}, "avro", options).toDF().collect()
    return found


@pytest.mark.parametrize(("written", "asked"), READ)
def test_logical_types_are_those_of_the_version(glue: Any, spark: Any, place: str, written: str, asked: str) -> None:
    write(glue, spark, place, ROW, written)
    assert [tuple(row) for row in read(glue, place, version=asked)] == [READ[written, asked]]


def test_the_default_is_1_7(glue: Any, spark: Any, place: str) -> None:
    glue.write_dynamic_frame.from_options(DynamicFrame.fromDF(spark.sql(f"select {ROW}"), glue), "s3", {"path": place}, "avro")
    write(glue, spark, place + "typed/", "date'2020-01-02' d", "1.8")
    assert tuple(read(glue, place)[0]) == TEXTS
    assert [tuple(row) for row in read(glue, place + "typed/")] == [(18263,)]


def test_files_that_lack_fields_are_read_with_those_that_have_them(glue: Any, spark: Any, place: str) -> None:
    write(glue, spark, place, "date'2020-01-02' d, 1 n", "1.8")
    write(glue, spark, place, "2 n", "1.8")
    assert {row.n for row in read(glue, place)} == {1, 2}


def test_other_versions_are_refused(glue: Any, spark: Any, place: str) -> None:
    with pytest.raises(ValueError, match=r"'1\.9' of avro \(there are 1\.7, 1\.8\)"):
        write(glue, spark, place, "1 n", "1.9")


@pytest.mark.parametrize("format", ["parquet", "glueparquet", "orc", "avro"])
def test_a_column_without_a_value_is_text(glue: Any, spark: Any, bucket: str, format: str) -> None:
    frame = DynamicFrame.fromDF(spark.sql("select 1 n, null z, named_struct('y', null, 'l', array()) s"), glue)
    glue.write_dynamic_frame.from_options(frame, "s3", {"path": f"s3://{bucket}/out/"}, format)
    back = glue.create_dynamic_frame.from_options("s3", {"paths": [f"s3://{bucket}/out/"]}, format).toDF()
    assert back.dtypes == [("n", "int"), ("z", "string"), ("s", "struct<y:string,l:array<string>>")]
    assert [(row.n, row.z, row.s.l) for row in back.collect()] == [(1, None, [])]
