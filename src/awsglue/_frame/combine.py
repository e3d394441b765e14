"""Frames made of two frames: join, union, merge."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue import _report
from awsglue import gluetypes as gt
from awsglue._frame.choice import column, conform
from awsglue._frame.edit import project
from awsglue._frame.frame import Frame
from awsglue._frame.paths import ELEMENT, as_list, resolve
from awsglue._frame.types import OpenChoice

_NESTED = (gt.ArrayType, gt.SetType, gt.StructType, gt.MapType)
_NUMBERS = ("byte", "short", "int", "long", "float", "double", "decimal")


def join(left: Frame, right: Frame, left_keys: str | list[str], right_keys: str | list[str]) -> Frame:
    """Inner equi-join. Both key columns stay; where names collide the right one is called `.name`. Null keys match nothing."""
    if left.is_void or right.is_void:
        return _joined_to_nothing(left.closed, right.closed)
    left, right = _decided_keys(left, left_keys), _decided_keys(right, right_keys)
    pairs = list(zip(as_list(left_keys), as_list(right_keys), strict=True))
    right_df, right_schema = _renamed(right, left.schema)
    a, b = left.df.alias("_left"), right_df.alias("_right")
    renamed = {old.name: new.name for old, new in zip(right.schema, right_schema, strict=True)}
    keys = [(_key(left, name, {}), _key(right, other, renamed)) for name, other in pairs]
    for names, (one, two) in zip(pairs, keys, strict=True):
        _tell_if_never_equal(names, one[0], two[0])
    conditions = [_equal(one, two) for one, two in keys]
    joined = a.join(b, reduce(Column.__and__, conditions), "inner")
    whole = left.then(joined, gt.StructType([*left.schema, *right_schema]), others=[right])
    collisions = [(old, new) for old, new in renamed.items() if old != new]
    nested = any(isinstance(right.schema.getField(old).dataType, _NESTED) for old, _ in collisions)
    return _as_records(whole, collisions) if nested else whole


def _joined_to_nothing(left: Frame, right: Frame) -> Frame:
    """No records, with the fields of the side that has some: scripts go on, as with a source that had data."""
    known = left if left.schema.fields else right
    return left.then(known.df.where(F.lit(False)), known.schema, others=[right])


def _as_records(joined: Frame, collisions: list[tuple[str, str]]) -> Frame:
    """What Glue's records would show where names collide: a field that no joined record has does not take the name.

    The public sample join_and_relationalize depends on it: both sides have `links` and `image`, but none of the organizations that are
    joined. It is a pass over the joined records, so it is made only where arrays or structs collide.
    """
    left_names = [next(f.name for f in joined.schema if f.name.lower() == old.lower()) for old, _ in collisions]
    names = [*left_names, *[new for _, new in collisions]]
    found = joined.df.agg(*[F.max(column(name).isNotNull()).alias(f"c{n}") for n, name in enumerate(names)]).head()
    absent = {name for name, there in zip(names, found or [], strict=True) if not there}
    plain = {new: old for (old, new), left in zip(collisions, left_names, strict=True) if left in absent}
    values = [(plain.get(f.name, f.name), f.dataType, column(f.name)) for f in joined.schema if f.name not in absent]
    return project(joined, values)


def _decided_keys(frame: Frame, keys: str | list[str]) -> Frame:
    """A key that is an open choice must be decided: its values are compared by their type."""
    frame = frame.known
    found = [resolve(frame.schema, key) for key in as_list(keys)]
    return frame.closed if any(place is not None and isinstance(place[1], OpenChoice) for place in found) else frame


def _renamed(right: Frame, left: gt.StructType) -> tuple[DataFrame, gt.StructType]:
    """The right side under names of its own: one more dot before a name for as long as it is taken, as by joins before this one."""
    lefts = {field.name.lower() for field in left}
    taken = lefts | {field.name.lower() for field in right.schema}
    fields = []
    for field in right.schema:
        name = field.name
        while name.lower() in (lefts if name == field.name else taken):
            name = f".{name}"
        taken.add(name.lower())
        fields.append(gt.Field(name, field.dataType, field.properties))
    df = right.df.select(*[column(f.name).alias(new.name) for f, new in zip(right.schema, fields, strict=True)])
    return df, gt.StructType(fields)


def _key(frame: Frame, name: str, renamed: dict[str, str]) -> tuple[gt.DataType, Column]:
    place = resolve(frame.schema, name)
    if place is None:
        raise ValueError(f"Join: there is no field {name!r}; the frame has {[field.name for field in frame.schema]}")
    path, kind = place
    if ELEMENT in path:
        raise ValueError(f"Join: the key {name!r} lies inside an array")
    col = column(renamed.get(path[0], path[0]))
    for step in path[1:]:
        col = col.getField(step)
    return kind, col


def _equal(left: tuple[gt.DataType, Column], right: tuple[gt.DataType, Column]) -> Column:
    """Values are equal within one type or among numbers; a string and a number are never equal."""
    (kind, a), (other, b) = left, right
    if isinstance(kind, gt.ChoiceType) or isinstance(other, gt.ChoiceType):
        alternatives = [
            _equal(one, two) for one in _alternatives(kind, a) for two in _alternatives(other, b) if _comparable(one[0], two[0])
        ]
        return reduce(Column.__or__, alternatives, F.lit(False))
    return a == b if _comparable(kind, other) else F.lit(False)


def _tell_if_never_equal(names: tuple[str, str], kind: gt.DataType, other: gt.DataType) -> None:
    """A join of a CSV file's texts with a database's numbers is empty, and nothing else would say why."""
    pairs = [(one, two) for one, _ in _alternatives(kind, F.lit(None)) for two, _ in _alternatives(other, F.lit(None))]
    if not any(_comparable(one, two) for one, two in pairs):
        found = " and ".join(f"{name} ({each.typeName()})" for name, each in zip(names, (kind, other), strict=True))
        _report.tell(
            f"Join: the keys {found} are never equal, so no records are joined; ApplyMapping or resolveChoice can cast one of them"
        )


def _alternatives(kind: gt.DataType, col: Column) -> list[tuple[gt.DataType, Column]]:
    if isinstance(kind, gt.ChoiceType):
        return [(choice, col.getField(name)) for name, choice in kind.choices.items()]
    return [(kind, col)]


def _comparable(kind: gt.DataType, other: gt.DataType) -> bool:
    both = (kind.typeName(), other.typeName())
    return both[0] == both[1] or all(name in _NUMBERS for name in both) or set(both) <= {"string", "enum"}


def union(left: Frame, right: Frame) -> Frame:
    """All records of both, by field name; a field of two types becomes a choice."""
    a, b = left.closed, right.closed
    merged = gt.mergeDataTypes(a.schema, b.schema)
    if not isinstance(merged, gt.StructType):
        raise TypeError("The union of two schemas is no schema")
    df = conform(a, merged).unionByName(conform(b, merged))
    return left.then(df, merged, others=[right])


def merge(source: Frame, stage: Frame, keys: list[str]) -> Frame:
    """The source's records whose primary key the stage has not, and all of the stage's. Duplicates stay on both sides.

    A null key matches nothing, as in `join` and in SQL's MERGE (AWS does not say): two records without a key are not the same record.
    """
    a, b = source.closed, stage.closed
    there = [frame for frame in (a, b) if not frame.is_void]
    for frame in there:
        missing = [key for key in keys if not frame.schema.hasField(key)]
        if missing:
            raise ValueError(f"mergeDynamicFrame: the primary key {missing} is not in {[f.name for f in frame.schema]}")
    if len(there) < 2:  # a run that finds nothing new, or the first one
        only = there[0] if there else a
        return a.then(only.df, only.schema, others=[b])
    stage_keys = b.df.select(*[column(key).alias(f"_key{n}") for n, key in enumerate(keys)])
    same = [column(key) == F.col(f"_key{n}") for n, key in enumerate(keys)]
    kept = a.df.join(stage_keys, reduce(Column.__and__, same), "left_anti")
    return union(a.then(kept, a.schema), b)
