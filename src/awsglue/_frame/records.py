"""Records as Python sees them: for functions that users pass to filter and map. Everything else stays in Spark's engine."""

from __future__ import annotations

import base64
import datetime
import decimal
import json
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import gluetypes as gt
from awsglue._frame.frame import Errors, Frame
from awsglue._frame.types import spark_schema

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


# --- filter ----------------------------------------------------------------------------------------------------------


def filter_frame(frame: Frame, function: Function) -> Frame:
    """Records for which the function is true. KeyError, ValueError and TypeError mean false; another exception makes an error record."""
    frame = frame.known
    df, schema = frame.rows
    judge = _verdict(function, schema)
    verdict = F.udf(lambda row: judge(row), "string")(_whole(df))  # a lambda: Spark takes type hints for more than they are
    kept = df.where(verdict == "")
    return frame.then(kept, schema, stage=(_errors(df, schema, verdict, "filter"),))


def _whole(df: DataFrame) -> Any:
    return F.struct(*[F.col("`" + name.replace("`", "``") + "`") for name in df.columns])


def _verdict(function: Function, schema: gt.StructType) -> Callable[[Row], str | None]:
    def verdict(row: Row) -> str | None:
        try:
            return "" if function(to_python(row, schema)) else None
        except (KeyError, ValueError, TypeError):
            return None
        except Exception as error:  # noqa: BLE001 - the user's own code: whatever it raises is recorded with the record
            return _described(error)

    return verdict


def _described(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return json.dumps([str(error) or type(error).__name__, "".join(traceback.format_exception(error)), where])


def _errors(df: DataFrame, schema: gt.StructType, described: Any, source: str) -> DataFrame:
    """The error records of a transform: message, stack, the script's line, and the record as JSON."""
    text = F.udf(lambda row: json_text(to_python(row, schema)), "string")(_whole(df))
    told = F.from_json(described, "array<string>")
    error = F.struct(
        told[0].alias("msg"),
        told[1].alias("stackTrace"),
        told[2].alias("scriptLine"),
        text.alias("dynamicRecord"),
        F.lit(source).alias("source"),
    )
    return df.where(described.startswith("[")).select(error.alias("error"))


# --- map -------------------------------------------------------------------------------------------------------------

_RETURNED_NOTHING = json.dumps(["returned None instead of DynamicRecord", "", ""])


def map_frame(frame: Frame, function: Function) -> Frame:
    """The records that the function returns; one for which it raises or returns nothing becomes an error record."""
    frame = frame.known
    return frame.later(lambda: _mapped(frame, function), stage=_map_errors(frame, function))


def _map_errors(frame: Frame, function: Function) -> Errors:
    df, schema = frame.rows
    described = F.udf(lambda row: _call(function, to_python(row, schema))[1], "string")(_whole(df))
    return (_errors(df, schema, described, "map"),)


def _call(function: Function, record: Any) -> tuple[Any, str | None]:
    try:
        made = function(record)
    except Exception as error:  # noqa: BLE001 - the user's own code: whatever it raises is recorded with the record
        return None, _described(error)
    return (made, None) if made else (None, _RETURNED_NOTHING)


def _mapped(frame: Frame, function: Function) -> tuple[DataFrame, gt.StructType]:
    df, schema = frame.rows

    def run(rows: Iterator[Row]) -> Iterator[Any]:
        return (made for row in rows if (made := _call(function, to_python(row, schema))[0]) is not None)

    return from_records(df.sparkSession, df.rdd.mapPartitions(run, True), schema)


def from_records(spark: Any, records: Any, hint: gt.StructType) -> tuple[DataFrame, gt.StructType]:
    """A DataFrame of an RDD of dictionaries: one pass finds their types, a second makes the rows."""

    def types(items: Iterator[Any]) -> Iterator[gt.DataType]:
        return iter([_merged(type_of(item, hint) for item in items)])

    merged = _merged(records.mapPartitions(types).collect())
    schema = merged if isinstance(merged, gt.StructType) else gt.StructType()
    target: st.StructType = spark_schema(schema)
    rows = records.map(lambda record: to_spark(record, schema))
    return spark.createDataFrame(rows, target, verifySchema=False), schema


# --- partitions ------------------------------------------------------------------------------------------------------


def map_partitions(frame: Frame, function: Callable[[int, Iterator[Any]], Iterable[Any]]) -> Frame:
    """The records of what `function(number, elements)` returns per partition; elements marked isError become error records."""
    frame = frame.known
    df, schema = frame.rows

    def elements(number: int, rows: Iterator[Row]) -> Iterable[Any]:
        given = ({"record": to_python(row, schema), "isError": False, "errorMessage": ""} for row in rows)
        return function(number, given)

    def failed(number: int, rows: Iterator[Row]) -> Iterator[Any]:
        return (_failure(each) for each in elements(number, rows) if each["isError"])

    def made(number: int, rows: Iterator[Row]) -> Iterator[Any]:
        return (each["record"] for each in elements(number, rows) if not each["isError"])

    errors = df.sparkSession.createDataFrame(df.rdd.mapPartitionsWithIndex(failed), f"error {ERROR}", verifySchema=False)
    return frame.later(lambda: from_records(df.sparkSession, df.rdd.mapPartitionsWithIndex(made), schema), stage=(errors,))


def _failure(element: dict[str, Any]) -> tuple[tuple[str, str, str, str, str]]:
    return ((str(element.get("errorMessage") or ""), "", "", json_text(element.get("record")), "mapPartitions"),)
