"""The Data Catalog's column types as plain data, and how two of them become one.

A type is a name (``"bigint"``, ``"decimal(10,2)"``, ``"null"`` for a column that has had no value), or ``{"array": T}``,
``{"map": [K, V]}``, ``{"struct": [[name, T], …]}``: JSON, so that it passes between processes.
"""

import re
from typing import Any, TypeAlias

HiveType: TypeAlias = str | dict[str, Any]
Column: TypeAlias = tuple[str, HiveType]

INTEGERS = ("tinyint", "smallint", "int", "bigint")
FLOATS = ("float", "double")
DIGITS = {"tinyint": 3, "smallint": 5, "int": 10, "bigint": 19}
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


def render(found: HiveType) -> str:
    """The type as Hive writes it; what never had a value is a string, as in AWS."""
    if isinstance(found, str):
        return "string" if found == "null" else found
    ((kind, inside),) = found.items()
    if kind == "array":
        return f"array<{render(inside)}>"
    if kind == "map":
        return f"map<{render(inside[0])},{render(inside[1])}>"
    return f"struct<{','.join(f'{name}:{render(inner)}' for name, inner in inside)}>" if inside else "string"


def merge(one: HiveType, other: HiveType) -> HiveType:
    """The narrowest type that holds both; ``string`` where there is none, as AWS's crawler chooses."""
    if one == other or other == "null":
        return one
    if one == "null":
        return other
    if isinstance(one, dict) and isinstance(other, dict):
        return _merge_nested(one, other)
    if isinstance(one, str) and isinstance(other, str):
        return _merge_numbers(one, other) or "string"
    return "string"


def _merge_nested(one: dict[str, Any], other: dict[str, Any]) -> HiveType:
    if one.keys() != other.keys():
        return "string"
    ((kind, left),) = one.items()
    right = other[kind]
    if kind == "array":
        return {"array": merge(left, right)}
    if kind == "map":
        return {"map": [merge(left[0], right[0]), merge(left[1], right[1])]}
    return {"struct": [list(column) for column in merge_columns([tuple(c) for c in left], [tuple(c) for c in right])]}


def _merge_numbers(one: str, other: str) -> str | None:
    for ladder in (INTEGERS, FLOATS):
        if one in ladder and other in ladder:
            return max(one, other, key=ladder.index)
    if not (is_number(one) and is_number(other)):
        return None
    left, right = _decimal(one), _decimal(other)
    if left and right:
        scale = max(left[1], right[1])
        precision = max(left[0] - left[1], right[0] - right[1]) + scale
        return f"decimal({precision},{scale})" if precision <= 38 else "double"
    return "double"


def _decimal(name: str) -> tuple[int, int] | None:
    """Precision and scale of a decimal or of an integer type."""
    if name in DIGITS:
        return DIGITS[name], 0
    found = _DECIMAL.fullmatch(name)
    return (int(found[1]), int(found[2])) if found else None


def is_number(found: HiveType) -> bool:
    """Whether the type is numeric."""
    return isinstance(found, str) and (found in DIGITS or found in FLOATS or found.startswith("decimal("))


def merge_columns(one: list[Column], other: list[Column]) -> list[Column]:
    """The union by name, in order of appearance."""
    merged = dict(one)
    for name, kind in other:
        merged[name] = merge(merged[name], kind) if name in merged else kind
    return list(merged.items())


def compatible(one: HiveType, other: HiveType) -> bool:
    """Whether values of both can live in one column without becoming strings."""
    if "null" in (one, other) or one == other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys()
    return is_number(one) and is_number(other)


def similarity(one: list[Column], other: list[Column]) -> float:
    """The share of columns that two schemas have in common, by name and compatible type, of the larger one's."""
    if not one or not other:
        return 1.0 if one == other else 0.0
    known = dict(other)
    common = sum(1 for name, kind in one if name in known and compatible(kind, known[name]))
    return common / max(len(one), len(other))
