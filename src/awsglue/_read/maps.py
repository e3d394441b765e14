"""Objects of JSON that a table declares as maps: their keys are data, and all are kept, as they are spelt."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import gluetypes as gt
from awsglue._frame.cast import parse_cell
from awsglue._frame.paths import type_of
from awsglue._frame.types import hive_type
from awsglue._read.spellings import common_type


def with_maps(found: st.DataType, declared: gt.DataType | None) -> st.DataType:
    """What Spark found, its objects as the maps that they are declared to be. Values that are neither objects nor arrays are read as they
    are written: what Spark found them all to be loses digits, or is unknown. `as_declared` gives them their type."""
    if isinstance(found, st.StructType) and isinstance(declared, gt.MapType):
        if isinstance(declared.valueType, gt.AtomicType):
            return st.MapType(st.StringType(), st.StringType())
        return st.MapType(st.StringType(), with_maps(common_type([f.dataType for f in found.fields]), declared.valueType))
    if isinstance(found, st.StructType) and isinstance(declared, gt.StructType):
        return st.StructType([st.StructField(f.name, with_maps(f.dataType, type_of(declared, f.name))) for f in found.fields])
    if isinstance(found, st.ArrayType) and isinstance(declared, (gt.ArrayType, gt.SetType)):
        return st.ArrayType(with_maps(found.elementType, declared.elementType))
    return found


def as_declared(name: str, col: Column, kind: gt.DataType, declared: gt.DataType | None) -> tuple[gt.DataType, Column]:
    """A field's value, the maps in it with values of the declared types. A map has no choices: a value of another type fails the read."""
    if isinstance(kind, gt.MapType) and isinstance(declared, gt.MapType):
        value, wanted = kind.valueType, declared.valueType
        made = _typed(name, F.lit(None), value, wanted)[0]
        return gt.MapType(made), col if made == value else F.transform_values(col, lambda _, each: _typed(name, each, value, wanted)[1])
    if type(kind) is gt.StructType and isinstance(declared, gt.StructType):
        parts = [(f.name, *as_declared(name, col.getField(f.name), f.dataType, type_of(declared, f.name))) for f in kind]
        made_struct = gt.StructType([gt.Field(n, k) for n, k, _ in parts])
        if made_struct == kind:
            return kind, col
        return made_struct, F.when(col.isNotNull(), F.struct(*[c.alias(n) for n, _, c in parts]))
    if type(kind) is gt.ArrayType and isinstance(declared, (gt.ArrayType, gt.SetType)):
        item, of = kind.elementType, declared.elementType
        element = as_declared(name, F.lit(None), item, of)[0]
        if element == item:
            return kind, col
        return gt.ArrayType(element), F.transform(col, lambda each: as_declared(name, each, item, of)[1])
    return kind, col


def _typed(name: str, value: Column, kind: gt.DataType, declared: gt.DataType) -> tuple[gt.DataType, Column]:
    if not isinstance(kind, gt.StringType) or not isinstance(declared, gt.AtomicType):
        return as_declared(name, value, kind, declared)
    if isinstance(declared, gt.StringType):
        return kind, value
    made = parse_cell(value, declared)
    told = F.concat(F.lit(f"A value in the map {name} is no {hive_type(declared)}, as which the table declares it: "), value)
    return declared, F.when(value.isNotNull() & made.isNull(), F.raise_error(told)).otherwise(made)
