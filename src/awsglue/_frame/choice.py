"""Choices: deciding open ones by a pass over the data, moving values between types that contain each other, resolving."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue import _report
from awsglue import gluetypes as gt
from awsglue._frame.cast import convert, null_of
from awsglue._frame.frame import Frame
from awsglue._frame.older import nth
from awsglue._frame.paths import quoted
from awsglue._frame.types import OpenChoice, OpenNested, has_choice
from awsglue._frame.variants import nested_type, read_nested

Place = tuple[str, ...]
"""Where a choice stands in a schema: names of fields, "[]" for elements, "{}" for a map's values, "|name" for an alternative."""
_LONGEST = 100  # characters of an example
_LISTS = ("[]", "{}")


def column(name: str) -> Column:
    """A top-level column by its literal name."""
    return F.col(quoted(name))


def rebuild(col: Column, source: gt.DataType, target: gt.DataType) -> Column:
    """The same values in a type that contains them: narrower after a pass showed it to be enough, or wider for a union."""
    if source == target and not isinstance(source, OpenChoice):
        return col
    if isinstance(target, (gt.NullType, gt.UnknownType)) or isinstance(source, (gt.NullType, gt.UnknownType)):
        return null_of(target)
    if isinstance(source, OpenNested):
        return read_nested(col, target)
    if isinstance(target, gt.ChoiceType):
        return _to_choice(col, source, target)
    if isinstance(source, gt.ChoiceType):
        inner = source.choices.get(target.typeName())
        return null_of(target) if inner is None else rebuild(col.getField(target.typeName()), inner, target)
    return _rebuild_complex(col, source, target)


def _to_choice(col: Column, source: gt.DataType, target: gt.ChoiceType) -> Column:
    given = source.choices if isinstance(source, gt.ChoiceType) else {source.typeName(): source}
    parts, there = [], F.lit(False)
    for name, wanted in target.choices.items():
        if name not in given:
            parts.append(null_of(wanted).alias(name))
            continue
        value = rebuild(col.getField(name) if isinstance(source, gt.ChoiceType) else col, given[name], wanted)
        parts.append(value.alias(name))
        there = there | value.isNotNull()
    return F.when(there, F.struct(*parts))


def _rebuild_complex(col: Column, source: gt.DataType, target: gt.DataType) -> Column:
    if isinstance(source, gt.StructType) and isinstance(target, gt.StructType):
        return F.when(col.isNotNull(), F.struct(*_members(source, target, col.getField)))
    if isinstance(source, (gt.ArrayType, gt.SetType)) and isinstance(target, (gt.ArrayType, gt.SetType)):
        inner, wanted = source.elementType, target.elementType
        return F.transform(col, lambda item: rebuild(item, inner, wanted))
    if isinstance(source, gt.MapType) and isinstance(target, gt.MapType):
        value, wanted_value = source.valueType, target.valueType
        return F.transform_values(col, lambda _key, item: rebuild(item, value, wanted_value))
    return convert(col, source, target)


def conform(frame: Frame, target: gt.StructType) -> DataFrame:
    """The frame's rows in the columns of `target`; columns it has not are null."""
    if frame.schema == target and not has_choice(frame.schema, lambda kind: isinstance(kind, OpenChoice)):
        return frame.df  # to name every column costs as much as a short query
    df, value = frame.origin
    return df.select(*_members(frame.schema, target, value))


def _members(source: gt.StructType, target: gt.StructType, value: Callable[[str], Column]) -> list[Column]:
    """The fields of `target` out of a struct that may lack some."""
    made = []
    for field in target:
        there = source.field_map.get(field.name)
        col = null_of(field.dataType) if there is None else rebuild(value(field.name), there.dataType, field.dataType)
        made.append(col.alias(field.name))
    return made


# --- closing ---------------------------------------------------------------------------------------------------------


def close(frame: Frame) -> Frame:
    """Looks which alternatives of the open choices occur (one aggregation over only those columns) and drops the others.

    Objects in a choice are known by then, and have fields of their own to look at: another pass for each level of those.
    """
    schema, (df, value) = frame.schema, frame.origin
    wanted = [each for field in schema for each in _sightings((field.name,), field.dataType, value(field.name))]
    if not wanted:
        return frame
    found = df.agg(*[_summary(kind, seen).alias(f"c{n}") for n, (_, kind, seen) in enumerate(wanted)]).head()
    if found is None:
        raise RuntimeError("Spark answered an aggregation with no row")
    sightings = zip(wanted, found, strict=True)
    occurring = {place: there for (place, kind, _), one in sightings if (there := _there(place, kind, one)) is not None}
    _tell([place for place, _, _ in wanted], occurring)
    closed = gt.StructType([gt.Field(f.name, _decided((f.name,), f.dataType, occurring), f.properties) for f in schema])
    return close(frame.of(conform(frame, closed), closed))


def _summary(kind: gt.DataType, seen: Column) -> Column:
    """Of an alternative's values one; of objects what they hold, all together."""
    return F.schema_of_variant_agg(seen) if isinstance(kind, OpenNested) else F.first(seen, ignorenulls=True)


def _there(place: Place, kind: gt.DataType, summary: Any) -> Any:
    """What `_summary` found, None where the alternative does not occur."""
    if not isinstance(kind, OpenNested):
        return summary
    for _ in range(sum(step in _LISTS for step in place)):  # sightings in a list came as a list
        summary = summary.removeprefix("ARRAY<").removesuffix(">")
    return None if summary == "VOID" else summary


def _tell(wanted: list[Place], occurring: Mapping[Place, Any]) -> None:
    """For the run's report: columns whose values are of several types, with one of each, and those without any."""
    seen: dict[Place, dict[str, Any]] = {}
    for place in wanted:
        seen.setdefault(place[:-1], {}).update({place[-1].removeprefix("|"): occurring[place]} if place in occurring else {})
    for place, kinds in seen.items():
        if len(kinds) != 1:
            examples = [f"{str(value)[:_LONGEST]} ({name})" for name, value in kinds.items()]
            _report.column(".".join(place), "choice" if kinds else "null", ", ".join(kinds), ", ".join(examples) or None)


def _sightings(place: Place, kind: gt.DataType, col: Column) -> Iterator[tuple[Place, gt.DataType, Column]]:
    """For every alternative of every open choice at or below `place`: its type and its value, null where it does not occur."""
    if isinstance(kind, OpenChoice):
        for name, choice in kind.choices.items():
            yield (*place, f"|{name}"), choice, col.getField(name)
    if isinstance(kind, gt.ChoiceType):
        for name, choice in kind.choices.items():
            yield from _sightings((*place, f"|{name}"), choice, col.getField(name))
    elif isinstance(kind, gt.StructType):
        for field in kind:
            yield from _sightings((*place, field.name), field.dataType, col.getField(field.name))
    elif isinstance(kind, (gt.ArrayType, gt.SetType)):
        yield from _inside((*place, "[]"), kind.elementType, col)
    elif isinstance(kind, gt.MapType):
        yield from _inside((*place, "{}"), kind.valueType, F.map_values(col))


def _inside(place: Place, kind: gt.DataType, items: Column) -> Iterator[tuple[Place, gt.DataType, Column]]:
    """The sightings within a list's items: the first of them, and of objects all; each is built again on the lambda's variable."""
    for at, (found, choice, _) in enumerate(_sightings(place, kind, F.lit(None))):
        there = F.filter(F.transform(items, _nth_sighting(place, kind, at)), lambda value: value.isNotNull())
        yield found, choice, F.to_variant_object(there) if isinstance(choice, OpenNested) else nth(there, 0)


def _nth_sighting(place: Place, kind: gt.DataType, at: int) -> Callable[[Column], Column]:
    return lambda item: list(_sightings(place, kind, item))[at][2]


def _decided(place: Place, kind: gt.DataType, occurring: Mapping[Place, Any]) -> gt.DataType:
    if isinstance(kind, OpenNested):
        return nested_type(occurring[place], kind.names) if place in occurring else kind
    if isinstance(kind, gt.ChoiceType):
        kept = {n: _decided((*place, f"|{n}"), c, occurring) for n, c in kind.choices.items()}
        if not isinstance(kind, OpenChoice):
            return gt.ChoiceType(kept.values(), kind.properties)
        seen = [choice for name, choice in kept.items() if (*place, f"|{name}") in occurring]
        return kind.default if not seen else seen[0] if len(seen) == 1 else gt.ChoiceType(seen, kind.properties)
    if isinstance(kind, gt.StructType):
        return gt.StructType([gt.Field(f.name, _decided((*place, f.name), f.dataType, occurring)) for f in kind], kind.properties)
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        return type(kind)(_decided((*place, "[]"), kind.elementType, occurring), kind.properties)
    if isinstance(kind, gt.MapType):
        return gt.MapType(_decided((*place, "{}"), kind.valueType, occurring), kind.properties)
    return kind
