"""Python values of Arrow arrays, a column at a time: the records that users' functions are given."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, repeat
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from awsglue import gluetypes as gt
from awsglue._frame.records import to_python
from awsglue._frame.types import OpenNested

_ZONED = gt.TimestampType
_BY_NUMPY = (gt.ByteType, gt.ShortType, gt.IntegerType, gt.LongType, gt.FloatType, gt.DoubleType, gt.BooleanType)
_SIMPLE: dict[type[gt.DataType], pa.DataType] = {
    gt.BinaryType: pa.binary(), gt.BooleanType: pa.bool_(), gt.ByteType: pa.int8(), gt.DateType: pa.date32(), gt.DoubleType: pa.float64(),
    gt.FloatType: pa.float32(), gt.IntegerType: pa.int32(), gt.LongType: pa.int64(), gt.NullType: pa.null(), gt.UnknownType: pa.null(),
    gt.ShortType: pa.int16(), gt.StringType: pa.string(), gt.EnumType: pa.string(), gt.TimestampType: pa.timestamp("us", tz="UTC"),
    gt.TimestampNTZType: pa.timestamp("us"),
}  # fmt: skip


def arrow_type(kind: gt.DataType) -> pa.DataType:
    """How Spark exchanges values of this type; a choice is a struct of its alternatives."""
    if isinstance(kind, gt.DecimalType):
        return pa.decimal128(kind.precision, kind.scale)
    if isinstance(kind, gt.StructType):
        return pa.struct([pa.field(f.name, arrow_type(f.dataType)) for f in kind])
    if isinstance(kind, gt.ChoiceType):
        return pa.struct([pa.field(name, arrow_type(choice)) for name, choice in kind.choices.items()])
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        return pa.list_(pa.field("element", arrow_type(kind.elementType)))
    if isinstance(kind, gt.MapType):
        return pa.map_(pa.string(), arrow_type(kind.valueType))
    return _SIMPLE[type(kind)]


def records(batch: pa.RecordBatch, schema: gt.StructType, absent: frozenset[str] = frozenset()) -> Iterator[gt.DynamicRecord]:
    """The rows of a batch as records, each a dictionary of its own; the `absent` fields are left out where they are null."""
    if not schema.fields:
        return (gt.DynamicRecord() for _ in range(batch.num_rows))
    names = [field.name for field in schema]
    columns = [values(batch.column(n), field.dataType) for n, field in enumerate(schema)]
    rows = map(zip, repeat(names), zip(*columns, strict=True))
    lacking = absent.intersection(name for name, column in zip(names, columns, strict=True) if name in absent and None in column)
    if not lacking:
        return map(gt.DynamicRecord, rows)
    return (gt.DynamicRecord((name, value) for name, value in row if value is not None or name not in lacking) for row in rows)


def values(array: pa.Array, kind: gt.DataType) -> list[Any]:
    """The array's values as a Python list: dictionaries for structs, and a choice is its value."""
    if isinstance(kind, (gt.NullType, gt.UnknownType)):
        return [None] * len(array)
    if isinstance(kind, gt.ChoiceType):
        parts = [values(part, choice) for part, choice in zip(array.flatten(), kind.choices.values(), strict=True)]
        return [next((value for value in row if value is not None), None) for row in zip(*parts, strict=True)]
    if isinstance(kind, OpenNested):
        return _variants(array, kind)
    if isinstance(kind, gt.StructType):
        return _structs(array, kind)
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        return _lists(array, values(array.values, kind.elementType))
    if isinstance(kind, gt.MapType):
        entries = list(zip(array.keys.to_pylist(), values(array.items, kind.valueType), strict=True))
        return [None if found is None else gt.DynamicRecord(found) for found in _lists(array, entries)]
    return _plain(array, kind)


def _variants(array: pa.StructArray, kind: OpenNested) -> list[Any]:
    from pyspark.sql.types import VariantVal

    parts = zip(array.is_valid().to_pylist(), array.field("value").to_pylist(), array.field("metadata").to_pylist(), strict=True)
    return [to_python(VariantVal(value, metadata), kind) if there else None for there, value, metadata in parts]


def _structs(array: pa.StructArray, kind: gt.StructType) -> list[Any]:
    if not kind.fields:
        return [gt.DynamicRecord() if there else None for there in array.is_valid().to_pylist()]
    names = [field.name for field in kind]
    columns = [values(part, field.dataType) for part, field in zip(array.flatten(), kind, strict=True)]
    made: list[Any] = list(map(gt.DynamicRecord, map(zip, repeat(names), zip(*columns, strict=True))))
    return _without(made, array) if array.null_count else made


def _lists(array: Any, items: list[Any]) -> list[Any]:
    offsets = array.offsets.to_pylist()
    made: list[Any] = [items[start:end] for start, end in pairwise(offsets)]
    return _without(made, array) if array.null_count else made


def _without(made: list[Any], array: pa.Array) -> list[Any]:
    """The list with None where the array is null."""
    for position in _nulls(array):
        made[position] = None
    return made


def _nulls(array: pa.Array) -> list[int]:
    found: list[int] = pc.indices_nonzero(array.is_null()).to_pylist()
    return found


def _plain(array: pa.Array, kind: gt.DataType) -> list[Any]:
    if isinstance(kind, _BY_NUMPY):
        if not array.null_count:
            return list(array.to_numpy(zero_copy_only=False).tolist())
        filled = pc.fill_null(array, pa.scalar(0).cast(array.type))
        return _without(filled.to_numpy(zero_copy_only=False).tolist(), array)
    if isinstance(kind, (gt.StringType, gt.EnumType)):
        return list(array.to_numpy(zero_copy_only=False).tolist())
    found: list[Any] = array.to_pylist()
    if isinstance(kind, _ZONED):
        # As in a row of Spark's: local time without a zone.
        return [None if value is None else value.astimezone().replace(tzinfo=None) for value in found]
    return found
