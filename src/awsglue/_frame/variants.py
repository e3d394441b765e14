"""Fields of several types, opened into one column per type that may occur: of values of any type, and of numbers as they are written."""

from __future__ import annotations

import re

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import gluetypes as gt
from awsglue._frame.anything import any_type, has_variant, number, tag, taken
from awsglue._frame.cast import NUMBERS, null_of, parse_cell, try_cast
from awsglue._frame.order import Names, in_order
from awsglue._frame.paths import quoted, type_of
from awsglue._frame.types import OpenArray, OpenChoice, OpenStruct, glue_type, hive_type, parse_type

_NUMBERS = (st.DoubleType, st.DecimalType)
"""What Spark infers for numbers that are not all whole."""
_INTEGERS: dict[type[gt.DataType], int] = {gt.ByteType: 7, gt.ShortType: 15, gt.IntegerType: 31, gt.LongType: 63}


def open_type(kind: st.DataType) -> st.DataType:
    """What Spark inferred, with `any_type` wherever values of several types may lie behind it. Whole numbers need none, others are read
    as they are written: their text tells their type, and quicker than a VARIANT does."""
    if isinstance(kind, st.StructType):
        return st.StructType([st.StructField(f.name, open_type(f.dataType)) for f in kind.fields])
    if isinstance(kind, st.ArrayType):
        return st.ArrayType(open_type(kind.elementType))
    if isinstance(kind, _NUMBERS):
        return st.StringType()
    return any_type() if isinstance(kind, st.StringType) else kind


def opened(col: Column, kind: st.DataType, declared: gt.DataType | None, names: Names) -> tuple[gt.DataType, Column]:
    """The column, read as `open_type`, as Glue types it: an open choice for every value of any type. Fields are as `names` has them."""
    if isinstance(kind, st.StructType):
        below = declared if isinstance(declared, gt.StructType) else gt.StructType()
        parts = [
            (f.name, *opened(col.getField(f.name), f.dataType, type_of(below, f.name), names.get(f.name, {})))
            for f in in_order(kind.fields, names)
        ]
        made = gt.StructType([gt.Field(n, k) for n, k, _ in parts])
        return made, F.when(col.isNotNull(), F.struct(*[c.alias(n) for n, _, c in parts]))
    if isinstance(kind, st.ArrayType):
        inner, item_declared = kind.elementType, declared.elementType if isinstance(declared, gt.ArrayType) else None
        element, _ = opened(F.lit(None), inner, item_declared, names)
        return gt.ArrayType(element), F.transform(col, lambda item: opened(item, inner, item_declared, names)[1])
    if isinstance(kind, st.LongType):
        return _chosen(_whole_images(col), _fitting_whole(col, declared), declared, gt.IntegerType())
    if isinstance(kind, _NUMBERS):
        return _chosen(_written_images(col), _fitting_written(col, declared), declared, gt.IntegerType())
    if isinstance(kind, st.StringType):
        return _choice(col, declared, names)
    return glue_type(kind), col


Images = dict[str, tuple[gt.DataType, Column]]
"""The alternatives of a choice: by name, their type and their values."""


def _choice(value: Column, declared: gt.DataType | None, names: Names) -> tuple[gt.DataType, Column]:
    """The alternatives that a value of any type can have."""
    kind = tag(value)
    fitting = _fitting(value, kind, declared) if isinstance(declared, gt.AtomicType) else None
    return _chosen(_images(value, kind, names), fitting, declared, gt.NullType())


def _chosen(images: Images, fitting: Column | None, declared: gt.DataType | None, default: gt.DataType) -> tuple[gt.DataType, Column]:
    """An open choice; what is of the declared type is that, and only the rest something else."""
    if fitting is not None and declared is not None:
        images = {type_name: (kind, F.when(fitting.isNull(), col)) for type_name, (kind, col) in images.items()}
        own = images.pop(declared.typeName(), None)
        rest = [fitting] if own is None or not isinstance(declared, gt.StringType) else [fitting, own[1]]
        images = {declared.typeName(): (declared, F.coalesce(*rest)), **images}
        default = declared
    kind = OpenChoice([choice for choice, _ in images.values()], default)
    return kind, F.struct(*[col.alias(type_name) for type_name, (_, col) in images.items()])


def _whole_images(whole: Column) -> Images:
    small = whole.between(-(2**31), 2**31 - 1)
    return {"int": (gt.IntegerType(), F.when(small, whole.cast("int"))), "long": (gt.LongType(), F.when(~small, whole))}


def _fitting_whole(value: Column, declared: gt.DataType | None) -> Column | None:
    """A whole number as the catalog declares it, null where it is no such value; None for fields that it does not declare."""
    if not isinstance(declared, gt.AtomicType):
        return None
    return try_cast(value, declared) if isinstance(declared, NUMBERS) else null_of(declared)


def _is_whole(text: Column) -> Column:
    return text.rlike(r"^-?\d++$")


def _written_images(text: Column) -> Images:
    """What a number in JSON is, by how it is written: without a fraction and an exponent it is whole."""
    whole = _is_whole(text)
    long = F.when(whole, try_cast(text, gt.LongType()))
    exact = gt.DecimalType(38, 0)
    huge = F.when(F.length(text) > 18, F.when(whole & long.isNull(), try_cast(text, exact)))  # a double would not be its value
    real = ~whole | ((F.length(text) > 38) & long.isNull() & huge.isNull())
    return {
        **_whole_images(long),
        "decimal": (exact, huge),
        "double": (gt.DoubleType(), F.when(real, try_cast(number(text), gt.DoubleType()))),
    }


def _fitting_written(text: Column, declared: gt.DataType | None) -> Column | None:
    """A number as it is written, as the catalog declares it."""
    if not isinstance(declared, gt.AtomicType):
        return None
    if type(declared) in _INTEGERS:
        return F.when(_is_whole(text), try_cast(text, declared))
    return try_cast(number(text), declared) if isinstance(declared, NUMBERS) else null_of(declared)


def _images(value: Column, kind: Column, names: Names) -> Images:
    images = _whole_images(F.when(kind == "BIGINT", taken(value, "bigint")))
    # A whole number beyond 64 bits: a double would not be its value.
    huge = F.when(kind.startswith("DECIMAL") & kind.endswith(",0)"), taken(value, "decimal(38,0)"))
    huge = F.when(~huge.between(-(2**63), 2**63 - 1), huge)
    real = (kind == "DOUBLE") | (kind.startswith("DECIMAL") & huge.isNull())
    images["decimal"] = (gt.DecimalType(38, 0), huge)
    images["double"] = (gt.DoubleType(), F.when(real, taken(value, "double")))
    images["boolean"] = (gt.BooleanType(), F.when(kind == "BOOLEAN", taken(value, "boolean")))
    nested = kind.startswith("OBJECT") | kind.startswith("ARRAY")
    if not has_variant():  # objects among other values are their JSON: nothing could look into them later
        images["string"] = (gt.StringType(), F.when((kind == "STRING") | nested, taken(value, "string")))
        return images
    images["string"] = (gt.StringType(), F.when(kind == "STRING", taken(value, "string")))
    images["struct"] = (OpenStruct(names), F.when(kind.startswith("OBJECT"), value))
    images["array"] = (OpenArray(names), F.when(kind.startswith("ARRAY"), value))
    return images


def nested_type(schema: str, names: Names) -> gt.DataType:
    """What objects (or arrays) are as Glue types them, by Spark's text of what VARIANTs hold: choices, still open, where they need be."""
    return _still_open(parse_type(re.sub(r"VARIANT(?=[,>])", "FLOAT", schema).replace("OBJECT<", "STRUCT<")), names)


def _still_open(kind: gt.DataType, names: Names) -> gt.DataType:
    if isinstance(kind, gt.StructType):
        return gt.StructType([gt.Field(f.name, _still_open(f.dataType, names.get(f.name, {}))) for f in in_order(kind, names)])
    if isinstance(kind, gt.ArrayType):
        return gt.ArrayType(_still_open(kind.elementType, names))
    if isinstance(kind, gt.LongType):
        return _WHOLE
    return kind if isinstance(kind, (gt.StringType, gt.BooleanType, gt.NullType)) else _choice(F.lit(None), None, names)[0]


_WHOLE = OpenChoice([gt.IntegerType(), gt.LongType()], gt.IntegerType())


def read_nested(value: Column, kind: gt.DataType) -> Column:
    """The objects in VARIANTs as a `nested_type`."""
    return _opened_as(F.try_variant_get(value, "$", _ddl(kind)), kind)


def _opened_as(col: Column, kind: gt.DataType) -> Column:
    if isinstance(kind, gt.StructType):
        return F.when(col.isNotNull(), F.struct(*[_opened_as(col.getField(f.name), f.dataType).alias(f.name) for f in kind]))
    if isinstance(kind, gt.ArrayType):
        return F.transform(col, lambda item: _opened_as(item, kind.elementType))
    if kind == _WHOLE:
        return _chosen(_whole_images(col), None, None, gt.IntegerType())[1]
    return _choice(col, None, {})[1] if isinstance(kind, OpenChoice) else col


def _ddl(kind: gt.DataType) -> str:
    if isinstance(kind, gt.StructType):
        return f"struct<{', '.join(f'{quoted(field.name)}: {_ddl(field.dataType)}' for field in kind)}>"
    if isinstance(kind, gt.ArrayType):
        return f"array<{_ddl(kind.elementType)}>"
    if isinstance(kind, OpenChoice):
        return "bigint" if kind == _WHOLE else "variant"
    return hive_type(kind)


def _fitting(value: Column, kind: Column, declared: gt.DataType) -> Column:
    """The value as the catalog declares it, null where it is of another type."""
    number = F.when((kind == "BIGINT") | (kind == "DOUBLE") | kind.startswith("DECIMAL"), taken(value, "string"))
    if type(declared) in _INTEGERS:
        return try_cast(F.when(kind == "BIGINT", taken(value, "bigint")), declared)
    if isinstance(declared, (gt.DoubleType, gt.FloatType, gt.DecimalType)):
        return try_cast(number, declared)
    if isinstance(declared, gt.BooleanType):
        return F.when(kind == "BOOLEAN", taken(value, "boolean"))
    text = F.when(kind == "STRING", taken(value, "string"))
    if isinstance(declared, (gt.DateType, gt.TimestampType, gt.TimestampNTZType)):
        return parse_cell(text, declared)
    return text if isinstance(declared, gt.StringType) else null_of(declared)
