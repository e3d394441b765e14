"""A partition expression as a predicate on the encoded key columns: the database's side of expression.py."""

from collections.abc import Callable

from sqlalchemy import Column, ColumnElement, Table, and_, or_, true

from wheatpaste.services.glue.expression import All, Some, Test, Tree
from wheatpaste.services.glue.partition_keys import HIVE_NULL, VALUE
from wheatpaste.services.glue.schema import KEY_COLUMNS

Key = Column[str]
LAST = "\U0010ffff"


def _is_value(key: Key) -> ColumnElement[bool]:
    return key >= VALUE  # the other kinds of encoded values sort before it


def _like(key: Key, pattern: str, dialect: str) -> ColumnElement[bool]:
    """LIKE that minds case on every database; what precedes the first wildcard is a range of the index."""
    prefix = VALUE + pattern[: min((i for i, c in enumerate(pattern) if c in "%_"), default=len(pattern))]
    bounds = and_(key >= prefix, key <= prefix + LAST)
    if prefix == VALUE + pattern:
        return key == prefix
    if prefix + "%" == VALUE + pattern:
        return bounds
    if dialect == "sqlite":  # its LIKE folds case
        glob = "".join({"%": "*", "_": "?"}.get(c) or (f"[{c}]" if c in "*?[" else c) for c in pattern)
        return and_(bounds, key.op("GLOB")(VALUE + glob))
    return and_(bounds, key.like(VALUE + pattern.replace("\\", "\\\\"), escape="\\"))


def _null(key: Key, text: bool) -> ColumnElement[bool]:
    return key == VALUE + HIVE_NULL if text else key < VALUE


_COMPARISONS: dict[str, Callable[[Key, tuple[str, ...]], ColumnElement[bool]]] = {
    "=": lambda k, v: k == v[0],
    "<>": lambda k, v: and_(_is_value(k), k != v[0]),
    "<": lambda k, v: and_(_is_value(k), k < v[0]),
    "<=": lambda k, v: and_(_is_value(k), k <= v[0]),
    ">": lambda k, v: k > v[0],
    ">=": lambda k, v: k >= v[0],
    "in": lambda k, v: k.in_(v),
    "not in": lambda k, v: and_(_is_value(k), k.not_in(v)),
    "between": lambda k, v: and_(k >= v[0], k <= v[1]),  # SQLAlchemy writes a COLLATE into BETWEEN that PostgreSQL does not parse
    "not between": lambda k, v: and_(_is_value(k), or_(k < v[0], k > v[1])),
}


def _test(test: Test, table: Table, dialect: str) -> ColumnElement[bool]:
    if test.position >= KEY_COLUMNS:
        return true()  # decided row by row; a tree has no negation above its tests, so that true keeps too many, never too few
    key: Key = table.c[f"k{test.position}"]
    match test.op:
        case "null":
            return _null(key, test.text)
        case "not null":
            return ~_null(key, test.text)
        case "like":
            return _like(key, test.values[0], dialect)
        case "not like":
            return and_(_is_value(key), ~_like(key, test.values[0], dialect))
        case _:
            return _COMPARISONS[test.op](key, test.values)


def predicate(tree: Tree, table: Table, dialect: str) -> ColumnElement[bool]:
    """The WHERE clause of ``tree`` on the key columns of ``table``; keys beyond the indexed columns let every row pass."""
    match tree:
        case Test():
            return _test(tree, table, dialect)
        case All(parts):
            return and_(*(predicate(part, table, dialect) for part in parts))
        case Some(parts):
            return or_(*(predicate(part, table, dialect) for part in parts))
