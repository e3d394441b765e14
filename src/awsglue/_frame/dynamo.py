"""Records as DynamoDB exports them: every value inside a struct that names its type (`{"S": "text"}`)."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F

from awsglue import gluetypes as gt
from awsglue._frame.choice import column
from awsglue._frame.edit import Value, project
from awsglue._frame.frame import Frame

Typed = tuple[gt.DataType, Column]
_SCALARS = {"S", "N", "B", "BOOL", "SS", "NS", "BS"}
"""Tags whose value stands for itself; numbers stay text, as DynamoDB writes them."""
_TAGS = {*_SCALARS, "NULL", "M", "L"}


def simplify(frame: Frame) -> Frame:
    """Takes the type tags off, and `Item` around the record. A list of maps or of several types stays as it is."""
    return _stripped(frame, lists=True)


def unnest_tags(frame: Frame) -> Frame:
    """Takes the type tags off everywhere but in lists, and `Item` around the record."""
    return _stripped(frame, lists=False)


def _stripped(frame: Frame, lists: bool) -> Frame:
    frame = frame.closed
    fields: list[Value] = []
    for f in frame.schema:
        if f.name == "Item" and isinstance(f.dataType, gt.StructType):
            fields += [(inner.name, *_plain(inner.dataType, column("Item").getField(inner.name), lists)) for inner in f.dataType]
        else:
            fields.append((f.name, *_plain(f.dataType, column(f.name), lists)))
    return project(frame, fields)


def _plain(kind: gt.DataType, col: Column, lists: bool) -> Typed:
    if not isinstance(kind, gt.StructType) or not kind.fields or not {f.name for f in kind} <= _TAGS:
        return kind, col
    found = [made for f in kind if (made := _untagged(f.name, f.dataType, col.getField(f.name), lists)) is not None]
    if len(found) < sum(f.name != "NULL" for f in kind):
        return kind, col
    if not found:
        return gt.NullType(), F.lit(None)
    if len(found) == 1:
        return found[0]
    return _choice(found)


def _choice(found: list[Typed]) -> Typed:
    """An attribute with several types: values of one Glue type share it, others are alternatives of a choice."""
    by_name: dict[str, list[Typed]] = {}
    for kind, col in found:
        by_name.setdefault(kind.typeName(), []).append((kind, col))
    if any(len({repr(kind) for kind, _ in same}) > 1 for same in by_name.values()):
        raise NotImplementedError("An attribute of DynamoDB that holds maps or lists of several shapes")
    parts = {name: (same[0][0], F.coalesce(*[col for _, col in same])) for name, same in by_name.items()}
    if len(parts) == 1:
        return next(iter(parts.values()))
    there = F.coalesce(*[col.isNotNull() for _, col in parts.values()])
    for _, col in parts.values():
        there = there | col.isNotNull()
    made = F.when(there, F.struct(*[col.alias(name) for name, (_, col) in parts.items()]))
    return gt.ChoiceType([kind for kind, _ in parts.values()]), made


def _untagged(tag: str, kind: gt.DataType, col: Column, lists: bool) -> Typed | None:
    """The value below a tag; None for NULL, and for a list that stays tagged."""
    if tag in _SCALARS:
        return kind, col
    if tag == "M" and isinstance(kind, gt.StructType):
        parts = [(f.name, *_plain(f.dataType, col.getField(f.name), lists)) for f in kind]
        made = gt.StructType([gt.Field(name, inner) for name, inner, _ in parts])
        return made, F.when(col.isNotNull(), F.struct(*[part.alias(name) for name, _, part in parts]))
    if tag == "L" and lists and isinstance(kind, (gt.ArrayType, gt.SetType)):
        return _list(kind.elementType, col)
    return None


def _list(element: gt.DataType, col: Column) -> Typed | None:
    """A list all of whose elements have one scalar type."""
    tags = [f.name for f in element if f.name != "NULL"] if isinstance(element, gt.StructType) else []
    if not isinstance(element, gt.StructType) or len(tags) != 1 or tags[0] not in _SCALARS:
        return None
    tag = tags[0]
    return gt.ArrayType(element.getField(tag).dataType), F.transform(col, _member(tag))


def _member(tag: str) -> Callable[[Column], Column]:
    return lambda item: item.getField(tag)
