"""What a record is: the fields that its source wrote, each once."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import Filter, Join, Map

LINES = """\
{"id": 1, "consent": 7, "gone": null, "text": "null and \\"gone\\": void"}
{"id": 2, "gone": "later", "text": "x"}
{"id": 3, "consent": 0, "text": "y"}
"""
NAMES = ("Plain", "dot.ted", 'quo"te', "\u00e9", "spaced", "never", "note")


@pytest.fixture
def customers(glue: Any, tmp_path: Path) -> DynamicFrame:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "customers.json").write_text(LINES)
    frame: DynamicFrame = glue.create_dynamic_frame.from_options("s3", {"paths": [f"{tmp_path}/in"]}, format="json")
    return frame


def ids(frame: DynamicFrame) -> list[int]:
    return sorted(row["id"] for row in frame.toDF().collect())


def test_a_record_lacks_what_its_source_did_not_write(customers: DynamicFrame) -> None:
    """The console's filter on a field that some records lack: a KeyError, which means false."""
    assert ids(Filter.apply(frame=customers, f=lambda row: not (row["consent"] == 0))) == [1]  # noqa: SIM201
    assert ids(customers.filter(lambda row: "consent" not in row)) == [2]
    assert ids(customers.drop_fields(["text"]).filter(lambda row: row["consent"] != 1)) == [1, 3]


def test_a_field_that_is_written_as_null_is_there(customers: DynamicFrame) -> None:
    assert ids(customers.filter(lambda row: row["gone"] is None)) == [1, 3]


def test_names_of_nulls_are_read_as_json_writes_them(glue: Any, tmp_path: Path) -> None:
    """A name with an escape could be written in several ways: there it counts as null, not as missing."""
    (tmp_path / "a.json").write_text(
        '{"id": 1, "Plain":null, "dot.ted" : null, "quo\\"te": null, "\\u00e9": null, "spaced" \t:  null}\n'
        '{"id": 2, "Plain": 1, "dot.ted": 1, "quo\\"te": 1, "\u00e9": 1, "spaced": 1, "never": 1, "note": "never: null"}\n'
    )
    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path)]}, "json")
    found = frame.map(lambda row: {"id": row["id"], "missing": ",".join(sorted({*NAMES} - {*row}))}).toDF().collect()
    assert {row["id"]: row["missing"] for row in found} == {1: "never,note", 2: ""}


def test_a_function_that_needs_the_field_makes_an_error_record(customers: DynamicFrame) -> None:
    doubled = Map.apply(frame=customers, f=lambda row: {"id": row["id"], "double": row["consent"] * 2})
    assert ids(doubled) == [1, 3]
    assert doubled.errorsCount() == 1


def test_what_is_null_in_a_data_frame_is_there(glue: Any, spark: Any, customers: DynamicFrame) -> None:
    frame = DynamicFrame.fromDF(spark.sql("select 1 id, cast(null as int) consent"), glue, "")
    assert ids(frame.filter(lambda row: row["consent"] is None)) == [1]
    both = Join.apply(customers, frame.rename_field("id", "other"), "id", "other")
    assert ids(both.filter(lambda row: row[".consent"] is None)) == [1]
    assert ids(customers.union(frame).filter(lambda row: row["consent"] is None)) == [1, 2]


def test_of_columns_of_one_name_the_last_is_the_field(glue: Any, spark: Any, caplog: pytest.LogCaptureFixture) -> None:
    joined = spark.sql("select * from (select 1 id, 'a' name) l join (select 1 id, 'b' name, 2 more) r on l.id = r.id")
    with caplog.at_level(logging.WARNING, "awsglue"):
        frame = DynamicFrame.fromDF(joined, glue, "joined")
    assert [row.asDict() for row in frame.toDF().collect()] == [{"id": 1, "name": "b", "more": 2}]
    assert "several columns of the name id, name" in caplog.text
