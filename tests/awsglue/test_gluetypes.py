"""Types: names, JSON, merging."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("pyspark")

from awsglue import gluetypes as gt
from awsglue._frame.text import tree
from awsglue._frame.types import hive_type, parse_type

NAMES = {
    gt.IntegerType(): "int", gt.LongType(): "long", gt.ShortType(): "short", gt.ByteType(): "byte", gt.StringType(): "string",
    gt.BooleanType(): "boolean", gt.DecimalType(): "decimal", gt.TimestampType(): "timestamp", gt.NullType(): "null",
    gt.ArrayType(): "array", gt.ChoiceType(): "choice", gt.StructType(): "struct", gt.TimestampNTZType(): "timestampntz",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), NAMES.items(), ids=NAMES.values())
def test_type_names(kind: gt.DataType, name: str) -> None:
    assert kind.typeName() == name


def person() -> gt.StructType:
    return gt.StructType(
        [
            gt.Field("id", gt.ChoiceType([gt.IntegerType(), gt.StringType()])),
            gt.Field("price", gt.DecimalType(5, 2)),
            gt.Field("links", gt.ArrayType(gt.StructType([gt.Field("note", gt.StringType())]))),
            gt.Field("extra", gt.MapType(gt.DoubleType())),
        ]
    )


def test_json_comes_back_equal() -> None:
    text = gt._serialize_schema(person())
    assert gt._deserialize_json_string(text) == person()
    value = json.loads(text)
    assert value["fields"][1] == {
        "name": "price",
        "container": {"dataType": "decimal", "properties": {}, "precision": 5, "scale": 2},
        "properties": {},
    }
    assert [choice["dataType"] for choice in value["fields"][0]["container"]["choices"]] == ["int", "string"]


def test_print_schema_text() -> None:
    assert tree(person()) == (
        "root\n"
        "|-- id: choice\n"
        "|    |-- int\n"
        "|    |-- string\n"
        "|-- price: decimal(5,2)\n"
        "|-- links: array\n"
        "|    |-- element: struct\n"
        "|    |    |-- note: string\n"
        "|-- extra: map\n"
        "|    |-- keyType: string\n"
        "|    |-- valueType: double\n"
    )


def test_walking_a_schema_as_generated_code_does() -> None:
    assert next((field.name, field.dataType.typeName()) for field in person()) == ("id", "choice")
    assert person().hasField("links")
    assert isinstance(person().getField("links").dataType.elementType, gt.StructType)  # type: ignore[attr-defined]


def test_a_choice_takes_a_type_once() -> None:
    with pytest.raises(ValueError, match="long"):
        gt.ChoiceType([gt.LongType(), gt.LongType()])


MERGED = [
    (gt.IntegerType(), gt.IntegerType(), "int"),
    (gt.NullType(), gt.StringType(), "string"),
    (gt.StringType(), gt.UnknownType(), "string"),
    (gt.IntegerType(), gt.LongType(), "struct<int:int,long:bigint>"),
    (gt.ChoiceType([gt.IntegerType(), gt.LongType()]), gt.StringType(), "struct<int:int,long:bigint,string:string>"),
    (gt.ArrayType(gt.IntegerType()), gt.ArrayType(gt.StringType()), "array<struct<int:int,string:string>>"),
    (gt.DecimalType(5, 2), gt.DecimalType(6, 0), "decimal(8,2)"),
]


@pytest.mark.parametrize(("one", "other", "text"), MERGED)
def test_merging(one: gt.DataType, other: gt.DataType, text: str) -> None:
    assert hive_type(gt.mergeDataTypes(one, other)) == text


def test_structs_merge_by_field_left_order_first() -> None:
    left = gt.StructType([gt.Field("a", gt.IntegerType()), gt.Field("b", gt.StringType())])
    right = gt.StructType([gt.Field("c", gt.DateType()), gt.Field("a", gt.LongType())])
    assert hive_type(gt.mergeDataTypes(left, right)) == "struct<a:struct<int:int,long:bigint>,b:string,c:date>"


TEXTS = {
    "bigint": "bigint", "long": "bigint", "INT": "int", "decimal": "decimal(10,2)",
    "decimal(12,3)": "decimal(12,3)", "decimal(5)": "decimal(5,0)",
    "varchar(20)": "string", "array<struct<a:int,b:map<string,double>>>": "array<struct<a:int,b:map<string,double>>>",
    "struct<a b:int, `c.d`:string>": "struct<a b:int,c.d:string>", "timestamp": "timestamp", "smallint": "smallint",
}  # fmt: skip


@pytest.mark.parametrize(("text", "hive"), TEXTS.items())
def test_reading_type_texts(text: str, hive: str) -> None:
    assert hive_type(parse_type(text)) == hive


@pytest.mark.parametrize("text", ["", "nonsense", "array<int", "int>", "struct<a>", "bigint<int>"])
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="type"):
        parse_type(text)


def test_dynamic_records_have_attributes() -> None:
    record = gt._create_dynamic_record({"a": {"b": 1}})
    record.c = 2
    assert (record.a.b, record["c"]) == (1, 2)
    with pytest.raises(AttributeError, match="nope"):
        _ = record.nope
