"""Calls that are already DuckDB's: the translator leaves them alone."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import SqlError


def final(name: str, *arguments: Any) -> Any:
    """A call of a macro or of one of DuckDB's own functions, exactly by its name."""
    call = exp.Anonymous(this=name, expressions=[a for a in arguments if a is not None])
    call.meta["final"] = True
    return call


def is_final(node: Any) -> bool:
    """Whether ``final`` made the node."""
    return bool(node.meta.get("final"))


def arguments(node: Any, least: int, most: int) -> list[Any]:
    """The arguments of a call. Raises SqlError 42883 when they are too few or too many."""
    if not least <= len(node.expressions) <= most:
        raise SqlError("42883", f"function {str(node.this).lower()}() does not exist with {len(node.expressions)} arguments")
    return list(node.expressions)


def some(name: str, least: int, most: int) -> Callable[[Any], Any]:
    """Rename a function that has so many arguments."""
    return lambda node: final(name, *arguments(node, least, most))
