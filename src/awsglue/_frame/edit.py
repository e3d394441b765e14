"""Changing fields anywhere in a row: a function is applied to the types and values at given paths, the rest stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue import gluetypes as gt
from awsglue._frame.frame import Frame
from awsglue._frame.paths import ELEMENT, Path

Value = tuple[str, gt.DataType, Column]
"""A field: its name, its type, its values."""
Change = Callable[[Value], list[Value]]
"""What a field becomes: nothing (dropped), itself changed, or several fields."""


def edit(frame: Frame, changes: dict[Path, Change]) -> Frame:
    """The frame with the fields at these paths replaced by what their change returns."""
    df, value = frame.origin
    fields = _edit_fields([(f.name, f.dataType, value(f.name)) for f in frame.schema], changes)
    return project(frame, fields, df)


def project(frame: Frame, fields: Iterable[Value], origin: DataFrame | None = None) -> Frame:
    """The frame with exactly these columns: expressions over `origin`, or over the frame's own."""
    kept = list(fields)
    df = (frame.df if origin is None else origin).select(*[col.alias(name) for name, _, col in kept])
    return frame.then(df, gt.StructType([gt.Field(name, kind) for name, kind, _ in kept]))


def _edit_fields(fields: list[Value], changes: dict[Path, Change]) -> list[Value]:
    made: list[Value] = []
    for name, kind, col in fields:
        below = {path[1:]: change for path, change in changes.items() if path[0] == name}
        here = below.pop((), None)
        value = (name, *_edit_value(kind, col, below)) if below else (name, kind, col)
        made.extend(here(value) if here else [value])
    return made


def _edit_value(kind: gt.DataType, col: Column, changes: dict[Path, Change]) -> tuple[gt.DataType, Column]:
    if isinstance(kind, gt.StructType):
        fields = _edit_fields([(f.name, f.dataType, col.getField(f.name)) for f in kind], changes)
        return _struct(fields, col)
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        return _edit_elements(kind, col, {path[1:]: change for path, change in changes.items() if path[0] == ELEMENT})
    raise ValueError(f"There are no fields inside a {kind.typeName()} to change")


def _struct(fields: list[Value], col: Column) -> tuple[gt.DataType, Column]:
    kind = gt.StructType([gt.Field(name, k) for name, k, _ in fields])
    if not fields:
        return gt.NullType(), F.lit(None)
    return kind, F.when(col.isNotNull(), F.struct(*[c.alias(name) for name, _, c in fields]))


def _edit_elements(kind: gt.ArrayType | gt.SetType, col: Column, changes: dict[Path, Change]) -> tuple[gt.DataType, Column]:
    inner = kind.elementType
    here = changes.get(())

    def element(item: Column) -> tuple[gt.DataType, Column]:
        if here is None:
            return _edit_value(inner, item, changes)
        values = here(("element", inner, item))
        if len(values) != 1:
            raise ValueError("An array's element can be changed but neither dropped nor split into several")
        return values[0][1:]

    changed, _ = element(F.lit(None))
    return type(kind)(changed), F.transform(col, lambda item: element(item)[1])
