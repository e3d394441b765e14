"""Records as Python sees them: for functions that users pass to filter and map. Everything else stays in Spark's engine."""

from __future__ import annotations

import base64
import datetime
import decimal
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import types as st

from awsglue import gluetypes as gt
from awsglue._frame.types import OpenNested, spark_schema

Function = Callable[[Any], Any]
ERROR = "struct<msg:string,stackTrace:string,scriptLine:string,dynamicRecord:string,source:string>"
_PLAIN: tuple[tuple[type, Callable[[], gt.DataType]], ...] = (
    (bool, gt.BooleanType),
    (float, gt.DoubleType),
    (str, gt.StringType),
    (bytes, gt.BinaryType),
    (bytearray, gt.BinaryType),
    (datetime.datetime, gt.TimestampType),
    (datetime.date, gt.DateType),
)


def to_python(value: Any, kind: gt.DataType) -> Any:
    """A value of a Spark row as the user's function gets it: dictionaries for structs, a choice is its value."""
    if value is None:
        return None
    if isinstance(kind, gt.ChoiceType):
        return next((to_python(value[n], c) for n, c in kind.choices.items() if value[n] is not None), None)
    if isinstance(kind, OpenNested):  # a VARIANT, as its JSON has it
        return json.loads(value.toJson(), object_hook=gt.DynamicRecord)
    if isinstance(kind, gt.StructType):
        return gt.DynamicRecord((f.name, to_python(item, f.dataType)) for f, item in zip(kind, value, strict=True))
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        return [to_python(item, kind.elementType) for item in value]
    if isinstance(kind, gt.MapType):
        return gt.DynamicRecord((key, to_python(item, kind.valueType)) for key, item in value.items())
    return bytes(value) if isinstance(value, bytearray) else value


def to_spark(value: Any, kind: gt.DataType) -> Any:
    """A Python value as a Spark row of this type holds it."""
    if value is None:
        return None
    if isinstance(kind, gt.ChoiceType):
        name = type_of(value, kind).typeName()
        return tuple(to_spark(value, choice) if other == name else None for other, choice in kind.choices.items())
    if isinstance(kind, gt.StructType):
        return tuple(to_spark(value.get(f.name), f.dataType) for f in kind)
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        return [to_spark(item, kind.elementType) for item in value]
    if isinstance(kind, gt.MapType):
        return {str(key): to_spark(item, kind.valueType) for key, item in value.items()}
    if isinstance(kind, (gt.DoubleType, gt.FloatType)):
        return float(value)
    return decimal.Decimal(value) if isinstance(kind, gt.DecimalType) else value


def type_of(value: Any, hint: gt.DataType | None = None) -> gt.DataType:
    """The Glue type of a Python value. `hint` is the type that the field had before: it stays where it still holds the value."""
    if value is None:
        return gt.NullType()
    if isinstance(hint, gt.ChoiceType):
        fitting = [c for c in hint.choices.values() if type_of(value, c).typeName() == c.typeName()]
        return type_of(value, fitting[0]) if fitting else type_of(value)
    if isinstance(value, dict):
        return _type_of_dict(value, hint)
    if isinstance(value, (list, tuple, set)):
        return _type_of_list(value, hint)
    if isinstance(value, int) and not isinstance(value, bool):
        return hint if hint is not None and _holds(hint, value) else _integer(value)
    if isinstance(value, decimal.Decimal):
        return hint if isinstance(hint, gt.DecimalType) else _decimal(value)
    plain = next((make() for kind, make in _PLAIN if isinstance(value, kind)), None)
    if plain is None:
        raise TypeError(f"A record cannot hold a {type(value).__name__}: {value!r}")
    same_family = isinstance(hint, gt.FloatType) and isinstance(plain, gt.DoubleType)
    same_family |= isinstance(hint, gt.TimestampNTZType) and isinstance(plain, gt.TimestampType)
    return hint if same_family and hint is not None else plain


def _type_of_dict(value: dict[str, Any], hint: gt.DataType | None) -> gt.DataType:
    if isinstance(hint, gt.MapType):
        return gt.MapType(_merged(type_of(item, hint.valueType) for item in value.values()))
    known = hint.field_map if isinstance(hint, gt.StructType) else {}
    return gt.StructType([gt.Field(str(k), type_of(v, known[k].dataType if k in known else None)) for k, v in value.items()])


def _type_of_list(value: Iterable[Any], hint: gt.DataType | None) -> gt.DataType:
    inner = hint.elementType if isinstance(hint, (gt.ArrayType, gt.SetType)) else None
    return gt.ArrayType(_merged(type_of(item, inner) for item in value))


def _merged(kinds: Iterable[gt.DataType]) -> gt.DataType:
    merged: gt.DataType = gt.NullType()
    for kind in kinds:
        merged = gt.mergeDataTypes(merged, kind)
    return merged


_BITS: dict[type[gt.DataType], int] = {gt.ByteType: 7, gt.ShortType: 15, gt.IntegerType: 31, gt.LongType: 63}


def _holds(hint: gt.DataType, value: int) -> bool:
    bits = _BITS.get(type(hint))
    return bits is not None and -(2**bits) <= value < 2**bits


def _integer(value: int) -> gt.DataType:
    if _holds(gt.IntegerType(), value):
        return gt.IntegerType()
    return gt.LongType() if _holds(gt.LongType(), value) else gt.DecimalType(len(str(abs(value))), 0)


def _decimal(value: decimal.Decimal) -> gt.DataType:
    exponent = value.as_tuple().exponent
    scale = max(0, -exponent) if isinstance(exponent, int) else 0
    return gt.DecimalType(max(len(value.as_tuple().digits), scale + 1), scale)


def json_text(value: Any) -> str:
    """One record as one line of JSON, as `show` prints it."""
    return json.dumps(value, default=_json_value)


def _json_value(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(bytes(value)).decode()
    return str(value)


def from_records(spark: Any, records: Any, hint: gt.StructType) -> tuple[DataFrame, gt.StructType]:
    """A DataFrame of an RDD of dictionaries: one pass finds their types, a second makes the rows."""

    def types(items: Iterator[Any]) -> Iterator[gt.DataType]:
        return iter([_merged(type_of(item, hint) for item in items)])

    merged = _merged(records.mapPartitions(types).collect())
    schema = merged if isinstance(merged, gt.StructType) else gt.StructType()
    target: st.StructType = spark_schema(schema)
    rows = records.map(lambda record: to_spark(record, schema))
    return spark.createDataFrame(rows, target, verifySchema=False), schema
