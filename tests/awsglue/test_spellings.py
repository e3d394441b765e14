"""JSON whose names differ only in case: one field to Spark, in which no record's value may be lost."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from pyspark.sql import Row
from pyspark.sql import functions as F
from tests.awsglue.frames import kinds, records

from awsglue import _report
from awsglue._frame.anything import has_variant
from awsglue._read.kafka import RAW
from awsglue._read.streams import expanded
from awsglue.dynamicframe import DynamicFrame


def read(glue: Any, path: str, **options: Any) -> DynamicFrame:
    frame: DynamicFrame = glue.create_dynamic_frame.from_options("s3", {"paths": [path]}, "json", options)
    return frame


SPELT: list[tuple[str, str, dict[str, Any], str, list[dict[str, Any]]]] = [
    ("three", '{"Id":1}\n{"id":2}\n{"ID":3}\n', {}, "struct<Id:int>", [{"Id": 1}, {"Id": 2}, {"Id": 3}]),
    ("types", '{"Id":1}\n{"id":"q"}\n', {}, "struct<Id:struct<int:int,string:string>>", [{"Id": 1}, {"Id": "q"}]),
    (
        "inside",
        '{"s":{"x":1}}\n{"S":{"X":2.5,"l":[{"y":1}]}}\n{"S":{"L":[{"Y":3}]}}\n',
        {},
        "struct<s:struct<x:struct<int:int,double:double>,l:array<struct<y:int>>>>",
        [{"s": {"x": 1, "l": None}}, {"s": {"x": 2.5, "l": [{"y": 1}]}}, {"s": {"x": None, "l": [{"y": 3}]}}],
    ),
    ("documents", '[{"a":1},{"A":2}]', {"multiline": True}, "struct<a:int>", [{"a": 1}, {"a": 2}]),
    ("many on a line", '{"a":1}{"A":2}\n{"a":3}\n', {}, "struct<a:int>", [{"a": 1}, {"a": 2}, {"a": 3}]),
    ("below a path", '{"v":[{"a":1},{"A":2}]}\n', {"jsonPath": "$.v"}, "struct<a:int>", [{"a": 1}, {"a": 2}]),
    ("a name twice", '{"a":1,"a":"x"}\n{"a":2}\n', {}, "struct<a:struct<int:int,string:string>>", [{"a": "x"}, {"a": 2}]),
]


@pytest.mark.parametrize(("text", "options", "kind", "wanted"), [case[1:] for case in SPELT], ids=[case[0] for case in SPELT])
def test_one_field(glue: Any, write: Any, text: str, options: dict[str, Any], kind: str, wanted: list[dict[str, Any]]) -> None:
    frame = read(glue, write("a.json", text), **options)
    assert sorted(records(frame), key=str) == sorted(wanted, key=str)
    assert kinds(frame) == kind


def test_files_that_spell_in_their_own_way(glue: Any, write: Any) -> None:
    """Which name Spark's inference keeps depends on how its tasks end: no value may."""
    for n in range(6):
        folder = write(f"{n}.json", json.dumps({["Id", "id", "ID"][n % 3]: n, "v": n}) + "\nnonsense\n")
    frame = read(glue, folder)
    assert sorted(row[0] for row in frame.toDF().select("ID").collect()) == [*range(6)]
    assert frame.errorsCount() == 6
    assert any("one field" in note and "ID" in note for note in _report.as_json()["notes"])


@pytest.mark.parametrize("text", ['{"a":1,"A":2}', '{"s":[{"a":1,"A":2}]}', '{"a":1,"A":2}{"a":3}'])
def test_a_record_with_both_fails_and_names_them(glue: Any, write: Any, text: str) -> None:
    with pytest.raises(Exception, match=r"more than one of them: a, A|An error") as raised:
        records(read(glue, write("1.json", text)))
    assert "more than one of them: a, A" in str(raised.value)


def test_a_session_that_tells_cases_apart_has_both(glue: Any, spark: Any, write: Any) -> None:
    spark.conf.set("spark.sql.caseSensitive", "true")
    try:
        assert records(read(glue, write("1.json", '{"a":1,"A":2}\n'))) == [{"a": 1, "A": 2}]
    finally:
        spark.conf.unset("spark.sql.caseSensitive")


def test_inference_leaves_the_session_as_it_was(glue: Any, spark: Any, write: Any) -> None:
    read(glue, write("1.json", '{"a":1}\n{"A":2}\n'))
    assert spark.sparkContext.getLocalProperty("spark.sql.caseSensitive") is None
    assert spark.range(1).select("ID").columns == ["ID"]


def test_text_in_a_field_and_in_a_stream(glue: Any, spark: Any, write: Any) -> None:
    rows = [{"t": '{"a":1}'}, {"t": '{"A":"x"}'}]
    frame = read(glue, write("a.json", "\n".join(map(json.dumps, rows)))).unbox("t", "json")
    assert records(frame) == [{"t": {"a": 1}}, {"t": {"a": "x"}}]
    batch = spark.createDataFrame([('{"a":1}',), ('{"A":2}',), ("none",)], ["value"]).select(F.col("value").alias(RAW))
    assert [row[0] for row in expanded(batch).collect()] == [1, 2, None]


def fill(table: Any, columns: list[tuple[str, str]], lines: str) -> None:
    """Makes the table `t` of JSON, with these lines in it."""
    folder = Path(table(columns, "json").removeprefix("file://"))
    folder.mkdir()
    (folder / "a.json").write_text(lines)


def test_a_declared_column_has_the_values_of_every_spelling(glue: Any, table: Any, unique: str) -> None:
    fill(table, [("id", "bigint"), ("m", "map<string,int>")], '{"Id":1,"M":{"k":1}}\n{"ID":2,"m":{"k":2,"l":3}}\n{"id":"x"}\n')
    frame = glue.create_dynamic_frame.from_catalog(database=unique, table_name="t")
    assert records(frame) == [{"id": 1, "m": {"k": 1}}, {"id": 2, "m": {"k": 2, "l": 3}}, {"id": "x", "m": None}]
    assert kinds(frame) == "struct<id:struct<long:bigint,string:string>,m:map<string,int>>"


WRITTEN = "1.50" if has_variant() else "1.5"  # Spark 3 spells fractions anew
MAPS: list[tuple[str, str, list[Any]]] = [
    ("map<string,int>", '{"m":{"k":1,"j":null}}', [{"k": 1, "j": None}]),
    ("map<string,bigint>", '{"m":{"id":9007199254740993}}', [{"id": 9007199254740993}]),
    ("map<string,double>", '{"m":{"k":1}}\n{"m":{"k":2.5e3}}', [{"k": 1.0}, {"k": 2500.0}]),
    ("map<string,decimal(20,2)>", '{"m":{"k":12345678901234.25}}', [{"k": Decimal("12345678901234.25")}]),
    (
        "map<string,string>",
        '{"m":{"k":1,"l":1.50}}\n{"m":{"k":true}}',
        [{"k": "1", "l": WRITTEN}, {"k": "true"}],
    ),
    ("map<string,boolean>", '{"m":{"k":true,"l":false}}', [{"k": True, "l": False}]),
    ("map<string,timestamp>", '{"m":{"k":"2024-01-02 03:04:05"}}', [{"k": datetime(2024, 1, 2, 3, 4, 5)}]),
    ("map<string,map<string,smallint>>", '{"m":{"a":{"k":1}}}\n{"m":{"b":{"l":2}}}', [{"a": {"k": 1}}, {"b": {"l": 2}}]),
    ("struct<in:map<string,int>>", '{"m":{"in":{"k":1}}}', [Row(**{"in": {"k": 1}})]),
    ("array<map<string,int>>", '{"m":[{"k":1},{"l":2}]}', [[{"k": 1}, {"l": 2}]]),
]


@pytest.mark.parametrize(("kind", "lines", "wanted"), MAPS, ids=[kind for kind, *_ in MAPS])
def test_declared_maps_have_their_declared_values(glue: Any, table: Any, unique: str, kind: str, lines: str, wanted: list[Any]) -> None:
    fill(table, [("m", kind)], lines)
    frame = glue.create_dynamic_frame.from_catalog(database=unique, table_name="t")
    assert [row.m for row in frame.toDF().collect()] == wanted
    assert kinds(frame) == f"struct<m:{kind}>"


@pytest.mark.parametrize("value", ['"x"', "1.5", "3000000000", "{}"])
def test_a_value_of_a_map_that_is_not_of_its_type_fails(glue: Any, table: Any, unique: str, value: str) -> None:
    fill(table, [("m", "map<string,int>")], f'{{"m":{{"j":1,"k":{value}}}}}')
    with pytest.raises(Exception, match="A value in the map m is no int, as which the table declares it"):
        glue.create_dynamic_frame.from_catalog(database=unique, table_name="t").toDF().collect()
