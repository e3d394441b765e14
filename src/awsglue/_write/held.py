"""Types that a format's files do not hold: what they are written as, in the files and in the catalog alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from awsglue import gluetypes as gt
from awsglue._frame.choice import column
from awsglue._frame.frame import Frame
from awsglue._frame.types import spark_type
from awsglue._read.avro import avro_version

Held = Callable[[gt.DataType], gt.DataType]
_LOGICAL = (gt.DecimalType, gt.DateType, gt.TimestampType, gt.TimestampNTZType)


def _without_type(kind: gt.DataType) -> gt.DataType:
    """A column without any value has no type, and the catalog calls it string."""
    return gt.StringType() if isinstance(kind, (gt.NullType, gt.UnknownType)) else kind


def _avro_17(kind: gt.DataType) -> gt.DataType:
    """AWS's writer of Avro 1.7, its default, has no logical types: docs of format="avro", the table of its writer."""
    return gt.StringType() if isinstance(kind, _LOGICAL) else _without_type(kind)


def held(frame: Frame, format: str, options: Mapping[str, Any]) -> Frame:
    """The frame in types that files of the format hold, with its format options; the same one where it is so already."""
    if format not in ("parquet", "orc", "avro"):
        return frame
    rule = _avro_17 if format == "avro" and avro_version(options) == "1.7" else _without_type
    closed = frame.closed
    fields = [(f.name, f.dataType, _held(f.dataType, rule)) for f in closed.schema]
    if all(kind == wanted for _, kind, wanted in fields):
        return frame
    columns = [column(name) if kind == wanted else column(name).cast(spark_type(wanted)).alias(name) for name, kind, wanted in fields]
    return closed.of(closed.df.select(*columns), gt.StructType([gt.Field(name, wanted) for name, _, wanted in fields]))


def _held(kind: gt.DataType, rule: Held) -> gt.DataType:
    """The type with what stands within it; a choice that changes is the struct that is written for it."""
    if isinstance(kind, gt.StructType):
        return gt.StructType([gt.Field(f.name, _held(f.dataType, rule)) for f in kind])
    if isinstance(kind, gt.ChoiceType):
        parts = {name: _held(choice, rule) for name, choice in kind.choices.items()}
        return kind if parts == kind.choices else gt.StructType([gt.Field(name, part) for name, part in parts.items()])
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        return type(kind)(_held(kind.elementType, rule))
    if isinstance(kind, gt.MapType):
        return gt.MapType(_held(kind.valueType, rule))
    return rule(kind)
