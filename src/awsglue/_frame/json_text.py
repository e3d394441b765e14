"""JSON of values in which choices are, as text: Spark's own JSON would show a choice's alternatives, each under its type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from pyspark.sql import Column
from pyspark.sql import functions as F

from awsglue import gluetypes as gt
from awsglue._frame.types import has_choice

Options = Mapping[str, str]
"""Of Spark's JSON writer."""


def json_object(fields: Iterable[tuple[str, Column, gt.DataType]], options: Options) -> Column:
    """An object of the fields that are there: Spark leaves out those that are null."""
    members = [F.concat(F.lit(json.dumps(name, ensure_ascii=False) + ":"), json_text(col, kind, options)) for name, col, kind in fields]
    return F.concat(F.lit("{"), F.concat_ws(",", *members), F.lit("}"))


def json_text(col: Column, kind: gt.DataType, options: Options) -> Column:
    """A value as JSON, null for null."""
    if not has_choice(kind):
        return _plain(col, options)
    if isinstance(kind, gt.ChoiceType):
        return F.coalesce(*[json_text(col.getField(name), choice, options) for name, choice in kind.choices.items()])
    if isinstance(kind, gt.StructType):
        return F.when(col.isNotNull(), json_object([(f.name, col.getField(f.name), f.dataType) for f in kind], options))
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        element = kind.elementType
        return _joined("[", F.transform(col, lambda item: _or_null(item, element, options)), "]")
    assert isinstance(kind, gt.MapType)
    inner = kind.valueType
    members = F.transform(
        F.map_entries(col), lambda each: F.concat(_plain(each["key"], options), F.lit(":"), _or_null(each["value"], inner, options))
    )
    return _joined("{", members, "}")


def _or_null(col: Column, kind: gt.DataType, options: Options) -> Column:
    return F.coalesce(json_text(col, kind, options), F.lit("null"))


def _joined(begin: str, items: Column, end: str) -> Column:
    return F.concat(F.lit(begin), F.array_join(items, ","), F.lit(end))


def _plain(col: Column, options: Options) -> Column:
    """As Spark writes it, out of the object of one member that it takes."""
    made = F.to_json(F.struct(col.alias("v")), dict(options))
    return F.when(col.isNotNull(), made.substr(F.lit(6), F.length(made) - 6))
