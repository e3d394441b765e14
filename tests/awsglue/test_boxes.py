"""Unbox, Spigot, and the records of DynamoDB's exports."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import fastavro
import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import records

from awsglue import gluetypes as gt
from awsglue._frame.types import hive_type
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import Spigot, Unbox


@pytest.fixture
def boxes(glue: Any, spark: Any) -> Any:
    """A frame of texts in the field `box`, beside an id."""

    def make(*texts: str | None) -> DynamicFrame:
        return DynamicFrame.fromDF(spark.createDataFrame(list(enumerate(texts)), "id int, box string").coalesce(1), glue, "boxes")

    return make


def test_unboxed_json_nests_under_its_field(boxes: Any) -> None:
    frame = Unbox.apply(boxes('{"a": 1, "b": [1]}', '{"a": "x"}', None), "box", "json")
    assert hive_type(frame.schema()) == "struct<id:int,box:struct<a:struct<int:int,string:string>,b:array<int>>>"
    assert [record["box"] for record in records(frame)] == [{"a": 1, "b": [1]}, {"a": "x", "b": None}, None]


@pytest.mark.parametrize("bad", ["nonsense", "{", '1, "b": 2', '{"a": 1} x', ""])
def test_a_malformed_box_is_an_error_record(boxes: Any, bad: str) -> None:
    frame = boxes('{"a": 1}', bad).unbox("box", "json")
    assert [record["id"] for record in records(frame)] == [0]
    errors = [error["error"] for error in records(frame.errorsAsDynamicFrame())]
    assert [(error["dynamicRecord"], error["source"]) for error in errors] == [(bad, "json")]
    assert frame.stageErrorsCount() == 1


def test_unboxed_fields_are_in_the_order_of_their_records(boxes: Any) -> None:
    frame = boxes('{"z": {"y": 1, "b": 2}, "a": 1}', None, "no JSON", '{"c": 1, "a": 1}').unbox("box", "json")
    assert hive_type(frame.schema()) == "struct<id:int,box:struct<z:struct<y:int,b:int>,a:int,c:int>>"


def test_unboxing_with_a_schema_needs_no_pass(boxes: Any) -> None:
    schema = json.dumps(gt.StructType([gt.Field("a", gt.LongType())]).jsonValue())
    frame = boxes('{"a": 1, "z": 2}').unbox("box", "json", withSchema=schema)
    assert records(frame) == [{"id": 0, "box": {"a": 1}}]


def test_unboxed_csv(boxes: Any) -> None:
    frame = boxes('1|"a|b"', "2|c|d").unbox("box", "csv", separator="|")
    assert [record["box"] for record in records(frame)] == [
        {"col0": "1", "col1": "a|b", "col2": None},
        {"col0": "2", "col1": "c", "col2": "d"},
    ]


def test_unboxed_xml(boxes: Any) -> None:
    schema = json.dumps(gt.StructType([gt.Field("n", gt.IntegerType())]).jsonValue())
    frame = boxes("<r><n>1</n></r>").unbox("box", "xml", withSchema=schema, rowTag="r")
    assert [record["box"] for record in records(frame)] == [{"n": 1}]


PERSON = {
    "type": "record",
    "name": "P",
    "fields": [{"name": "n", "type": ["null", "int"]}, {"name": "s", "type": {"type": "array", "items": "string"}}],
}


def datum(value: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, fastavro.parse_schema(PERSON), value)
    return buffer.getvalue()


@pytest.fixture
def bytes_in_boxes(glue: Any, spark: Any) -> Any:
    return lambda *data: DynamicFrame.fromDF(
        spark.createDataFrame([(n, each and bytearray(each)) for n, each in enumerate(data)], "id int, box binary").coalesce(1),
        glue,
        "boxes",
    )


@pytest.mark.parametrize("schema", [PERSON, json.dumps(PERSON)], ids=["dict", "text"])
def test_unboxed_avro(bytes_in_boxes: Any, schema: Any) -> None:
    frame = bytes_in_boxes(datum({"n": 1, "s": ["a"]}), datum({"n": None, "s": []}), None, b"\x09nonsense", b"")
    unboxed = frame.unbox("box", "avro", avroSchema=schema)
    assert hive_type(unboxed.schema()) == "struct<id:int,box:struct<n:int,s:array<string>>>"
    assert [(row["id"], row["box"]) for row in records(unboxed)] == [(0, {"n": 1, "s": ["a"]}), (1, {"n": None, "s": []}), (2, None)]
    errors = [error["error"]["dynamicRecord"] for error in records(unboxed.errorsAsDynamicFrame())]
    assert errors == [base64.b64encode(bad).decode() for bad in (b"\x09nonsense", b"")]


@pytest.mark.parametrize(("schema", "told"), [(None, "avroSchema"), ("{", "no JSON"), ('"int"', "avroSchema")])
def test_avro_without_a_schema_of_a_record(bytes_in_boxes: Any, schema: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        bytes_in_boxes(b"").unbox("box", "avro", avroSchema=schema)


@pytest.mark.parametrize(
    ("path", "format", "error", "told"),
    [
        ("nope", "json", ValueError, "nope"),
        ("id", "json", ValueError, "int"),
        ("box", "avro", ValueError, "binary"),
        ("box", "ion", NotImplementedError, "ion"),
    ],
)
def test_what_is_not_unboxed(boxes: Any, path: str, format: str, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        boxes("{}").unbox(path, format)


def test_a_spigot_writes_a_sample_and_passes_all_on(boxes: Any, tmp_path: Path) -> None:
    frame = Spigot.apply(boxes(*"abcde"), str(tmp_path / "s"), {"topk": "2"})
    assert not (tmp_path / "s").exists()
    assert frame.count() == 5
    lines = [json.loads(line) for file in (tmp_path / "s").glob("run-*") for line in file.read_text().splitlines()]
    assert lines == [{"id": 0, "box": "a"}, {"id": 1, "box": "b"}]
    frame.select_fields(["id"]).count()
    assert len(list((tmp_path / "s").glob("run-*"))) == 1


def test_a_spigot_refuses_other_options(boxes: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nope"):
        boxes("a").spigot(str(tmp_path), {"nope": 1})
    with pytest.raises(ValueError, match="prob"):
        boxes("a").spigot(str(tmp_path), {"prob": 2})


ITEM = {
    "Item": {
        "id": {"S": "k"}, "n": {"N": "1.50"}, "flag": {"BOOL": True}, "none": {"NULL": True}, "tags": {"SS": ["a", "b"]},
        "map": {"M": {"deep": {"N": "2"}}}, "plain": {"L": [{"S": "x"}, {"S": "y"}]}, "mixed": {"L": [{"S": "x"}, {"N": "1"}]},
        "maps": {"L": [{"M": {"a": {"S": "z"}}}]},
    }
}  # fmt: skip


@pytest.fixture
def exported(glue: Any, write: Any) -> DynamicFrame:
    frame: DynamicFrame = glue.create_dynamic_frame.from_options("s3", {"paths": [write("a.json", json.dumps(ITEM))]}, "json")
    return frame


def test_simplified_exports(exported: DynamicFrame) -> None:
    assert records(exported.simplify_ddb_json()) == [
        {
            "flag": True, "id": "k", "map": {"deep": "2"}, "maps": {"L": [{"M": {"a": {"S": "z"}}}]},
            "mixed": {"L": [{"N": None, "S": "x"}, {"N": "1", "S": None}]}, "n": "1.50", "none": None, "plain": ["x", "y"],
            "tags": ["a", "b"],
        }
    ]  # fmt: skip


def test_unnested_exports_keep_their_lists(exported: DynamicFrame) -> None:
    record = records(exported.unnest_ddb_json())[0]
    assert (record["id"], record["map"], record["plain"]) == ("k", {"deep": "2"}, {"L": [{"S": "x"}, {"S": "y"}]})


def test_an_attribute_of_two_types(glue: Any, write: Any) -> None:
    lines = [{"Item": {"a": {"S": "x"}}}, {"Item": {"a": {"BOOL": True}}}]
    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [write("a.json", "\n".join(map(json.dumps, lines)))]}, "json")
    simple = frame.simplify_ddb_json()
    assert [record["a"] for record in records(simple)] == ["x", True]
    assert sorted(simple.schema().getField("a").dataType.choices) == ["boolean", "string"]
