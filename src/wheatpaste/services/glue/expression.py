"""The expressions of GetPartitions: parse, and decide for one partition (see expression_sql.py for the database's side).

The grammar is AWS's (the documentation of GetPartitions, 2026-11): comparisons ``= <> != > < >= <=``, ``IN``, ``BETWEEN``, ``LIKE``,
``IS NULL``, with ``NOT``, ``AND``, ``OR`` and brackets, between a partition key and literals. Values compare by the key's declared type.
sqlglot reads the text; only the nodes named in expression_reader.py are let through. ``NOT`` is pushed down to the tests while parsing, so
that a tree has only ``Test``, ``All`` and ``Some``, and a test on a NULL is false in both directions, as in SQL.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from wheatpaste.services.glue.partition_keys import HIVE_NULL, VALUE, CastError, UnknownTypeError, cast, encode

KeyType: TypeAlias = tuple[str, str]
"""A partition key: its name and its declared type."""


class ExpressionError(ValueError):
    """An expression that Glue refuses; the message begins as AWS's does, then names the place."""


@dataclass(frozen=True)
class Test:
    """One test on the partition key at ``position``; ``values`` are encoded (see partition_keys.py), only LIKE's pattern stays as it is."""

    __test__ = False  # not a pytest class
    position: int
    op: str
    values: tuple[str, ...]
    text: bool  # whether the key compares as text


@dataclass(frozen=True)
class All:
    """True when every part is."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True)
class Some:
    """True when a part is."""

    parts: tuple["Tree", ...]


Tree: TypeAlias = Test | All | Some
Matcher: TypeAlias = Callable[[Sequence[str]], bool]
"""Of the encoded values of a partition."""

_OPPOSITES = {"=": "<>", "<": ">=", ">": "<=", "in": "not in", "between": "not between", "like": "not like", "null": "not null"}
NEGATED = {**_OPPOSITES, **{v: k for k, v in _OPPOSITES.items()}}
MIRRORED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def negate(tree: Tree) -> Tree:
    """The opposite, with NOT pushed down to the tests."""
    match tree:
        case Test(position, op, values, text):
            return Test(position, NEGATED[op], values, text)
        case All(parts):
            return Some(tuple(negate(p) for p in parts))
        case Some(parts):
            return All(tuple(negate(p) for p in parts))


def parse(expression: str, keys: Sequence[KeyType]) -> Tree | None:
    """The tree of an expression over these partition keys; None for a blank one, which asks for nothing.

    Raises ExpressionError for what Glue refuses.
    """
    if not expression.strip():
        return None
    from wheatpaste.services.glue.expression_reader import Reader  # sqlglot: loaded at the first expression

    return Reader(expression, keys).tree()


def check_cast(declared: str, text: str) -> str:
    """A literal encoded by the key's type; ExpressionError when it is none of it."""
    try:
        return cast(declared, text)
    except (CastError, UnknownTypeError) as error:
        raise ExpressionError(str(error)) from None


def is_null(encoded: str, text: bool) -> bool:
    """Whether an encoded value stands for NULL: Hive's default partition."""
    return encoded == VALUE + HIVE_NULL if text else not encoded.startswith(VALUE)


@cache
def like_pattern(pattern: str) -> re.Pattern[str]:
    """A LIKE pattern as a regular expression over the encoded value: ``%`` any text, ``_`` any character, nothing escapes."""
    wild = {"%": ".*", "_": "."}
    return re.compile(VALUE + "".join(wild.get(c) or re.escape(c) for c in pattern), re.DOTALL)


_COMPARISONS: dict[str, Callable[[str, tuple[str, ...]], bool]] = {
    "=": lambda k, v: k == v[0],
    "<>": lambda k, v: k != v[0],
    "<": lambda k, v: k < v[0],
    "<=": lambda k, v: k <= v[0],
    ">": lambda k, v: k > v[0],
    ">=": lambda k, v: k >= v[0],
    "in": lambda k, v: k in v,
    "not in": lambda k, v: k not in v,
    "between": lambda k, v: v[0] <= k <= v[1],
    "not between": lambda k, v: not v[0] <= k <= v[1],
    "like": lambda k, v: like_pattern(v[0]).fullmatch(k) is not None,
    "not like": lambda k, v: like_pattern(v[0]).fullmatch(k) is None,
}


def _test(test: Test) -> Matcher:
    position, op, values = test.position, test.op, test.values
    if op in ("null", "not null"):
        wanted = op == "null"
        return lambda encoded: is_null(encoded[position], test.text) == wanted
    holds = _COMPARISONS[op]
    return lambda encoded: encoded[position].startswith(VALUE) and holds(encoded[position], values)


def matcher(tree: Tree | None) -> Matcher:
    """Whether a partition with these encoded values passes, as a function of them."""
    match tree:
        case None:
            return lambda encoded: True
        case Test():
            return _test(tree)
        case All(parts):
            every = [matcher(part) for part in parts]
            return lambda encoded: all(passes(encoded) for passes in every)
        case Some(parts):
            some = [matcher(part) for part in parts]
            return lambda encoded: any(passes(encoded) for passes in some)


def evaluate(tree: Tree | None, values: Sequence[str], types: Sequence[str]) -> bool:
    """Whether a partition with these values, as Glue stores them, passes; ``types`` are the keys' declared types."""
    return matcher(tree)([encode(t, v) for v, t in zip(values, types, strict=True)])


def positions(tree: Tree | None) -> set[int]:
    """The positions of the keys that a tree tests."""
    match tree:
        case None:
            return set()
        case Test(position):
            return {position}
        case All(parts) | Some(parts):
            return set().union(*(positions(p) for p in parts))
