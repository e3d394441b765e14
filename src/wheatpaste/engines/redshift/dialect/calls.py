"""Calls that are already DuckDB's: the translator leaves them alone."""

from typing import Any

from sqlglot import exp


def final(name: str, *arguments: Any) -> Any:
    """A call of a macro or of one of DuckDB's own functions, exactly by its name."""
    call = exp.Anonymous(this=name, expressions=[a for a in arguments if a is not None])
    call.meta["final"] = True
    return call


def is_final(node: Any) -> bool:
    """Whether ``final`` made the node."""
    return bool(node.meta.get("final"))
