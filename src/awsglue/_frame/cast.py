"""Conversions of values. What cannot be converted becomes null, never another value."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from awsglue import gluetypes as gt
from awsglue._frame.json_text import json_text
from awsglue._frame.types import OpenNested, has_choice, hive_type, spark_type

_INTEGERS: dict[type[gt.DataType], int] = {gt.ByteType: 7, gt.ShortType: 15, gt.IntegerType: 31, gt.LongType: 63}
NUMBERS = (*_INTEGERS, gt.FloatType, gt.DoubleType, gt.DecimalType)
_TIMES = (gt.TimestampType, gt.TimestampNTZType)
_COMPLEX = (gt.StructType, gt.ArrayType, gt.SetType, gt.MapType)
_TEXT_TO = (gt.BooleanType, gt.DateType, gt.BinaryType, *_TIMES)


def try_cast(col: Column, kind: gt.DataType) -> Column:
    """Spark's TRY_CAST, which 3.5 lacks on columns: there a value outside the target's range is guarded by hand."""
    if hasattr(Column, "try_cast"):  # of the class: a column has every name, as a field
        return col.try_cast(spark_type(kind))
    bits = _INTEGERS.get(type(kind))
    if bits is None:
        return col.cast(spark_type(kind))
    wide = col.cast("decimal(38,6)")  # rounds, as its cast to a whole number would not: it only tells whether there is one
    least, most = F.lit(Decimal(-(2**bits) - 1)), F.lit(Decimal(2**bits))
    return F.when((wide > least) & (wide < most), col.cast(spark_type(kind)))


def null_of(kind: gt.DataType) -> Column:
    """A null of this type."""
    return F.lit(None).cast(spark_type(kind))


def castable(source: gt.DataType, target: gt.DataType) -> bool:
    """Whether some value of `source` has an image in `target`."""
    kinds = (type(source), type(target))
    if gt.StringType in kinds or isinstance(source, (gt.NullType, gt.UnknownType)):
        return not isinstance(target, _COMPLEX)
    if isinstance(source, NUMBERS):
        return isinstance(target, (*NUMBERS, gt.BooleanType, gt.TimestampType))
    if isinstance(source, gt.BooleanType):
        return isinstance(target, (*NUMBERS, gt.BooleanType))
    if isinstance(source, (gt.DateType, *_TIMES)):
        return isinstance(target, (gt.DateType, *_TIMES)) or (isinstance(source, gt.TimestampType) and isinstance(target, NUMBERS))
    return type(source) is type(target)


def convert(col: Column, source: gt.DataType, target: gt.DataType) -> Column:
    """`col` as a `target`, null where a value has none. ValueError for types between which nothing can be converted."""
    if source == target or (isinstance(target, _COMPLEX) and type(source) is type(target) and bare(target)):
        return col
    if isinstance(source, gt.ChoiceType):
        return convert_choice(col, source, target)
    if isinstance(source, OpenNested):
        return _from_variant(col, source, target)
    if isinstance(source, _COMPLEX) or isinstance(target, _COMPLEX):
        return _convert_complex(col, source, target)
    if not castable(source, target):
        raise ValueError(f"Cannot convert {hive_type(source)} to {hive_type(target)}")
    return _from_text(col, target) if isinstance(source, gt.StringType) else try_cast(col, target)


def convert_choice(col: Column, source: gt.ChoiceType, target: gt.DataType) -> Column:
    """The alternative that is there, converted; null where its type has no way to `target`."""
    images = []
    # At most one alternative is there: where that is most often the target itself, nothing else is computed.
    for name, choice in sorted(source.choices.items(), key=lambda item: item[0] != target.typeName()):
        try:
            images.append(convert(col.getField(name), choice, target))
        except ValueError:
            continue  # this alternative has no image: its values are null, as every failed cast is
    return F.coalesce(*images) if images else null_of(target)


def bare(kind: gt.DataType) -> bool:
    """A complex type named without its parts: whatever the column has."""
    if isinstance(kind, gt.StructType):
        return not kind.fields
    if isinstance(kind, gt.MapType):
        return isinstance(kind.valueType, gt.UnknownType)
    return isinstance(kind, (gt.ArrayType, gt.SetType)) and isinstance(kind.elementType, gt.UnknownType)


def _convert_complex(col: Column, source: gt.DataType, target: gt.DataType) -> Column:
    if isinstance(target, gt.StringType):
        return json_text(col, source, {}) if has_choice(source) else F.to_json(col)
    if isinstance(source, gt.StructType) and isinstance(target, gt.MapType):
        return _map_of_fields(col, source, target)
    if isinstance(source, gt.StructType) and isinstance(target, gt.StructType):
        fields = [_field(col, source, field).alias(field.name) for field in target]
        return F.when(col.isNotNull(), F.struct(*fields))
    if isinstance(source, (gt.ArrayType, gt.SetType)) and isinstance(target, (gt.ArrayType, gt.SetType)):
        inner, wanted = source.elementType, target.elementType
        return F.transform(col, lambda item: convert(item, inner, wanted))
    if isinstance(source, gt.MapType) and isinstance(target, gt.MapType):
        value, wanted_value = source.valueType, target.valueType
        return F.transform_values(col, lambda _key, item: convert(item, value, wanted_value))
    raise ValueError(f"Cannot convert {hive_type(source)} to {hive_type(target)}")


def _map_of_fields(col: Column, source: gt.StructType, target: gt.MapType) -> Column:
    """The fields that a struct has, under their names: JSON's objects are structs until a catalog says that they are maps."""
    if not source.fields:
        return F.when(col.isNotNull(), F.create_map().cast(spark_type(target)))
    entries = [_entry(f.name, col.getField(f.name), f.dataType, target.valueType) for f in source]
    return F.when(col.isNotNull(), F.map_from_entries(F.filter(F.array(*entries), lambda entry: entry.isNotNull())))


def _entry(name: str, value: Column, source: gt.DataType, target: gt.DataType) -> Column:
    """A key and a value, null where the value is missing; one that cannot be converted is there, as null."""
    made = convert(value, source, target).cast(spark_type(target))
    alternatives = [value.getField(each) for each in source.choices] if isinstance(source, gt.ChoiceType) else [value]
    there = reduce(Column.__or__, [each.isNotNull() for each in alternatives])  # a choice of nothing is a struct all the same
    return F.when(there, F.struct(F.lit(name).alias("key"), made.alias("value")))


def _from_variant(col: Column, source: OpenNested, target: gt.DataType) -> Column:
    if isinstance(target, gt.StringType):
        return col.cast("string")  # JSON, as other objects become
    as_map = isinstance(target, gt.MapType) and source.typeName() == "struct"
    if isinstance(target, _COMPLEX) and (source.typeName() == target.typeName() or as_map) and not bare(target):
        return F.try_variant_get(col, "$", spark_type(target).simpleString())
    raise ValueError(f"Cannot convert {hive_type(source)} to {hive_type(target)}")


def _field(col: Column, source: gt.StructType, field: gt.Field) -> Column:
    if not source.hasField(field.name):
        return null_of(field.dataType)
    return convert(col.getField(field.name), source.getField(field.name).dataType, field.dataType)


def _from_text(col: Column, target: gt.DataType) -> Column:
    """Spark reads "1d" as a double and "2013" as a date: those are no such values."""
    if isinstance(target, (gt.DoubleType, gt.FloatType)):
        return F.when(~col.rlike("[dDfF]\\s*$"), try_cast(col, target))
    if isinstance(target, gt.DateType):
        return F.when(col.rlike(r"^\s*\d{4}-\d{1,2}-\d{1,2}"), try_cast(col, target))
    if isinstance(target, _TIMES):
        return F.when(col.rlike(r"^\s*\d{4}-\d{1,2}-\d{1,2}"), try_cast(col, target))
    if type(target) in _INTEGERS and not hasattr(Column, "try_cast"):
        return F.when(col.rlike(r"^\s*[+-]?\d+\s*$"), try_cast(col, target))
    return try_cast(col, target)


def parse_cell(text: Column, target: gt.DataType) -> Column:
    """A cell of a text file as the type that the catalog declares; null where the text is no such value."""
    if isinstance(target, gt.BooleanType):
        low = F.lower(F.trim(text))
        return F.when(low == "true", True).when(low == "false", False)
    return convert(text, gt.StringType(), target)
