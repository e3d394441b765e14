"""JSON of choices before Spark 4.0, whose writer has one type for a column: the lines are made here, and written as text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue import gluetypes as gt
from awsglue._frame.anything import has_variant
from awsglue._frame.choice import column, has_choice
from awsglue._frame.frame import Frame


def is_needed(frame: Frame) -> bool:
    """Whether this Spark's JSON writer cannot write the frame's rows."""
    return not has_variant() and has_choice(frame.schema)


def lines(frame: Frame, keys: Sequence[str], options: Mapping[str, str]) -> DataFrame:
    """A line of JSON for each record, and beside it the columns of `keys`, which are not in it."""
    fields = [(field.name, column(field.name), field.dataType) for field in frame.schema if field.name not in keys]
    return frame.df.select(_object(fields, options).alias("value"), *map(column, keys))


def _object(fields: Sequence[tuple[str, Column, gt.DataType]], options: Mapping[str, str]) -> Column:
    """An object of the fields that are there: Spark leaves out those that are null."""
    members = [F.concat(F.lit(json.dumps(name, ensure_ascii=False) + ":"), _text(col, kind, options)) for name, col, kind in fields]
    return F.concat(F.lit("{"), F.concat_ws(",", *members), F.lit("}"))


def _text(col: Column, kind: gt.DataType, options: Mapping[str, str]) -> Column:
    """A value as JSON, null for null."""
    if not has_choice(kind):
        return _plain(col, options)
    if isinstance(kind, gt.ChoiceType):
        return F.coalesce(*[_text(col.getField(name), choice, options) for name, choice in kind.choices.items()])
    if isinstance(kind, gt.StructType):
        return F.when(col.isNotNull(), _object([(f.name, col.getField(f.name), f.dataType) for f in kind], options))
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        element = kind.elementType
        return _joined("[", F.transform(col, lambda item: _or_null(item, element, options)), "]")
    assert isinstance(kind, gt.MapType)
    inner = kind.valueType
    members = F.transform(
        F.map_entries(col), lambda each: F.concat(_plain(each["key"], options), F.lit(":"), _or_null(each["value"], inner, options))
    )
    return _joined("{", members, "}")


def _or_null(col: Column, kind: gt.DataType, options: Mapping[str, str]) -> Column:
    return F.coalesce(_text(col, kind, options), F.lit("null"))


def _joined(begin: str, items: Column, end: str) -> Column:
    return F.concat(F.lit(begin), F.array_join(items, ","), F.lit(end))


def _plain(col: Column, options: Mapping[str, str]) -> Column:
    """As Spark writes it, out of the object of one member that it takes."""
    made = F.to_json(F.struct(col.alias("v")), dict(options))
    return F.when(col.isNotNull(), made.substr(F.lit(6), F.length(made) - 6))
