"""A compiled expression: DuckDB SQL with the Trino type that its values have."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from wheatpaste.services.athena.dialect.types import BOOLEAN, Type, physical, text

FAILURE = "!trino!"  # begins the message of an error that the SQL raises itself (see engines/duckdb/failures.py)
REFUSAL = "!refused!"


@dataclass(frozen=True)
class Expr:
    """``sql`` may be put anywhere an operand may (it is atomic or in parentheses); ``value`` is set for a literal."""

    sql: str
    type: Type
    value: str | int | bool | None = None

    @property
    def literal(self) -> bool:
        """Whether it is a literal whose value is known."""
        return self.value is not None


NULL = Expr("NULL", Type("unknown"))


def cast_to(sql: str, type_: Type) -> str:
    """``CAST`` to the DuckDB type that holds ``type_``."""
    return f"CAST({sql} AS {physical(type_)})"


def fail(name: str, message: str, type_: Type, *values: str) -> str:
    """SQL that raises Trino's error when it is evaluated; each ``{}`` of ``message`` is filled with one of ``values`` (SQL).

    A cast that fails does it, because DuckDB's ``error()`` counts as volatile, which TRY does not take. The message must depend on the
    row: a constant would be evaluated even where its branch is not taken; give at least one value, the last may be beyond the message's
    holes.
    """
    pieces = message.split("{}")
    words = [text(f"{FAILURE}{name}: {pieces[0]}")]
    for value, piece in zip(values, pieces[1:], strict=False):
        words += [f"CAST({value} AS VARCHAR)", text(piece)]
    if len(values) >= len(pieces) and values:
        words.append(f"left(CAST({values[-1]} AS VARCHAR), 0)")
    return f"(CASE WHEN CAST(concat({', '.join(words)}) AS BOOLEAN) THEN CAST(NULL AS {physical(type_)}) END)"


TRYING: ContextVar[list[tuple[str, str]] | None] = ContextVar("TRYING", default=None)
"""Inside TRY: the conditions under which the result would be refused, which TRY itself must not turn into NULL."""


def refuse_if(condition: str, message: str, sql: str, type_: Type) -> str:
    """``sql``, but where ``condition`` holds the query ends with a refusal; ``condition`` must depend on a row's values."""
    conditions = TRYING.get()
    if conditions is not None:
        conditions.append((condition, message))
        return f"(CASE WHEN {condition} THEN CAST(NULL AS {physical(type_)}) ELSE {sql} END)"
    return f"(CASE WHEN {condition} THEN CAST(error({text(REFUSAL + message)}) AS {physical(type_)}) ELSE {sql} END)"


@contextmanager
def trying() -> Iterator[list[tuple[str, str]]]:
    """Collect the refusals of what is compiled inside a TRY."""
    conditions: list[tuple[str, str]] = []
    token = TRYING.set(conditions)
    try:
        yield conditions
    finally:
        TRYING.reset(token)


@contextmanager
def untried() -> Iterator[None]:
    """What is compiled here refuses by itself, even inside of TRY: its conditions cannot be asked outside (they stand in a lambda)."""
    token = TRYING.set(None)
    try:
        yield
    finally:
        TRYING.reset(token)


def attempt(sql: str, type_: Type, conditions: list[tuple[str, str]]) -> str:
    """``TRY(sql)``: NULL where it fails, a refusal where one of the conditions holds."""
    guarded = f"TRY({sql})"
    for condition, message in conditions:
        guarded = f"(CASE WHEN TRY({condition}) THEN CAST(error({text(REFUSAL + message)}) AS {physical(type_)}) ELSE {guarded} END)"
    return guarded


def boolean(sql: str) -> Expr:
    """A boolean expression."""
    return Expr(f"({sql})", BOOLEAN)
