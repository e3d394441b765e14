"""Field paths as Glue writes them: `a.b`, `list[].price`, and back-ticks around names that contain dots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from awsglue import gluetypes as gt

ELEMENT = "[]"
"""The step into the elements of an array."""

Path = tuple[str, ...]
_STEP = re.compile(r"`((?:[^`]|``)+)`|([^.`\[\]]+)|(\[\])|(\.)")


def parse_path(text: str) -> Path:
    """Splits a path at its dots: "a.`b.c`[].d" is ("a", "b.c", "[]", "d"). Text that is no path is one name as it stands."""
    steps, position = [], 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            return (text,)
        quoted, plain, element, _dot = match.groups()
        if quoted or plain or element:
            steps.append(quoted.replace("``", "`") if quoted else plain or ELEMENT)
        position = match.end()
    return tuple(steps) if steps and not text.startswith(".") else (text,)


def as_list(paths: str | Iterable[str]) -> list[str]:
    """One path or several, as a list."""
    return [paths] if isinstance(paths, str) else list(paths)


def quoted(name: str) -> str:
    """A name as Spark SQL reads it literally."""
    return "`" + name.replace("`", "``") + "`"


def find_field(struct: gt.StructType, name: str, case_sensitive: bool = False) -> gt.Field | None:
    """The field called `name`; unless case matters, one that differs in case only will do."""
    if name in struct.field_map or case_sensitive:
        return struct.field_map.get(name)
    return next((field for field in struct if field.name.lower() == name.lower()), None)


def type_of(struct: gt.StructType, name: str) -> gt.DataType | None:
    """The type of the field that `find_field` finds."""
    field = find_field(struct, name)
    return None if field is None else field.dataType


def resolve(schema: gt.StructType, text: str, case_sensitive: bool = False) -> tuple[Path, gt.DataType] | None:
    """The path's names as the schema spells them and the type found there, or None. A column literally named `text` wins."""
    literal = find_field(schema, text, case_sensitive)
    if literal is not None:
        return (literal.name,), literal.dataType
    return walk(schema, parse_path(text), case_sensitive)


def walk(kind: gt.DataType, steps: Sequence[str], case_sensitive: bool = False) -> tuple[Path, gt.DataType] | None:
    """`resolve` of a path's steps."""
    found: list[str] = []
    for step in steps:
        if step == ELEMENT and isinstance(kind, (gt.ArrayType, gt.SetType)):
            found.append(ELEMENT)
            kind = kind.elementType
            continue
        if isinstance(kind, (gt.ArrayType, gt.SetType)) and isinstance(kind.elementType, gt.StructType):
            found.append(ELEMENT)
            kind = kind.elementType
        if not isinstance(kind, gt.StructType):
            return None
        field = find_field(kind, step, case_sensitive)
        if field is None:
            return None
        found.append(field.name)
        kind = field.dataType
    return tuple(found), kind
