"""JSON names that differ only in case: Spark tells them apart while it finds and parses them, not later. Here they become one field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import _report
from awsglue._frame.order import Names

_CASE = "spark.sql.caseSensitive"
_NUMBERS = (st.LongType, st.DoubleType, st.DecimalType)
Leaf = Callable[[st.DataType], st.DataType]


@contextmanager
def telling_apart(spark: SparkSession) -> Iterator[Any]:
    """A session of the JVM whose inference takes names that differ in case for several: else one of them, which depends on how tasks
    end, is all that it tells, and the values of the others are gone. Nothing but this thread sees it."""
    session, context = spark._jsparkSession, spark.sparkContext
    apart, before = session.cloneSession(), context.getLocalProperty(_CASE)
    apart.conf().set(_CASE, "true")
    session.setActiveSession(apart)
    context.setLocalProperty(_CASE, "true")
    try:
        yield apart
    finally:
        session.setActiveSession(session)
        context.setLocalProperty(_CASE, before)


@dataclass(frozen=True)
class Member:
    """A field: the name that it gets, all that it is called in the data, and what it holds."""

    name: str
    spellings: Sequence[str]
    shape: Shape


@dataclass(frozen=True)
class Shape:
    """A type of JSON in which every field has one name."""

    kind: st.DataType
    members: Sequence[Member] = ()
    element: Shape | None = None

    @property
    def has_twins(self) -> bool:
        return any(len(m.spellings) > 1 or m.shape.has_twins for m in self.members) or (self.element is not None and self.element.has_twins)

    def types(self, leaf: Leaf) -> tuple[st.DataType, st.DataType | None]:
        """As what an array of this shape is parsed, with `leaf` of its types, and what that becomes if the names of its fields must
        change. `columns` and `value` take elements of that."""
        written = st.ArrayType(self._written(leaf, lambda member, n: member.spellings[n]))
        return written, st.ArrayType(self._written(leaf, _apart)) if self.has_twins else None

    def columns(self, record: Column) -> dict[str, Column]:
        """The fields of a parsed object."""
        return {m.name: m.shape.value(_one_of(m, record)) for m in self.members}

    def value(self, col: Column) -> Column:
        """A parsed value, its fields under their one name."""
        if not self.has_twins:
            return col
        if self.element is not None:
            return F.transform(col, self.element.value)
        return F.when(col.isNotNull(), F.struct(*[made.alias(name) for name, made in self.columns(col).items()]))

    def _written(self, leaf: Leaf, spell: Callable[[Member, int], str]) -> st.DataType:
        if self.element is not None:
            return st.ArrayType(self.element._written(leaf, spell))
        if isinstance(self.kind, st.StructType):
            every = [(spell(m, n), m.shape) for m in self.members for n in range(len(m.spellings))]
            return st.StructType([st.StructField(name, shape._written(leaf, spell)) for name, shape in every])
        return leaf(self.kind)


def shape_of(spark: SparkSession, kind: st.DataType, names: Names) -> Shape:
    """What Spark found, its fields named as the first record spells them, and told if there are several spellings. A session that is
    case-sensitive keeps them apart."""
    found = _shape([kind], names, str if spark.conf.get(_CASE) == "true" else str.lower)
    for spellings in _twins(found):
        _report.note(f"JSON names that differ only in case are one field, as Spark has it: {', '.join(spellings)}")
    return found


def common_type(kinds: Sequence[st.DataType]) -> st.DataType:
    """What values of these types are read as."""
    return _shape(kinds, {}, str).kind


def _shape(kinds: Sequence[st.DataType], names: Names, fold: Callable[[str], str]) -> Shape:
    """The one type of several."""
    kinds = [kind for kind in kinds if not isinstance(kind, st.NullType)] or [st.NullType()]
    if all(isinstance(kind, st.StructType) for kind in kinds):
        members = _members([field for kind in kinds for field in kind.fields], names, fold)  # type: ignore[attr-defined]
        return Shape(st.StructType([st.StructField(m.name, m.shape.kind) for m in members]), members)
    if all(isinstance(kind, st.ArrayType) for kind in kinds):
        element = _shape([kind.elementType for kind in kinds], names, fold)  # type: ignore[attr-defined]
        return Shape(st.ArrayType(element.kind), element=element)
    if all(isinstance(kind, st.MapType) for kind in kinds):
        return Shape(st.MapType(st.StringType(), common_type([kind.valueType for kind in kinds])))  # type: ignore[attr-defined]
    if all(kind == kinds[0] for kind in kinds):
        return Shape(kinds[0])
    return Shape(st.DoubleType() if all(isinstance(kind, _NUMBERS) for kind in kinds) else st.StringType())


def _members(fields: Sequence[st.StructField], names: Names, fold: Callable[[str], str]) -> list[Member]:
    """A name may come twice: `{"a": 1, "a": 2}` has the last, as Spark's parser has it."""
    place = {name: n for n, name in enumerate(names)}
    alike: dict[str, list[st.StructField]] = {}
    for field in fields:
        alike.setdefault(fold(field.name), []).append(field)
    made = []
    for each in alike.values():
        spellings = sorted({field.name for field in each}, key=lambda name: (place.get(name, len(place)), name))
        below: Names = {name: inner for spelt in spellings for name, inner in names.get(spelt, {}).items()}
        made.append(Member(spellings[0], spellings, _shape([field.dataType for field in each], below, fold)))
    return made


def _apart(member: Member, n: int) -> str:
    """A name that differs from the others in more than case; no name of JSON that anyone writes has this letter."""
    return f"{member.name}\x1f{n}" if n else member.name


def _one_of(member: Member, record: Column) -> Column:
    values = [record.getField(_apart(member, n)) for n in range(len(member.spellings))]
    if len(values) == 1:
        return values[0]
    there = [value.isNotNull().cast("int") for value in values]
    several = sum(there[1:], there[0]) > 1
    told = "JSON fields whose names differ only in case are one to Spark, and a record has more than one of them: "
    return F.when(several, F.raise_error(f"{told}{', '.join(member.spellings)}. Rename all but one")).otherwise(F.coalesce(*values))


def _twins(shape: Shape) -> Iterator[Sequence[str]]:
    for member in shape.members:
        if len(member.spellings) > 1:
            yield member.spellings
        yield from _twins(member.shape)
    if shape.element is not None:
        yield from _twins(shape.element)
