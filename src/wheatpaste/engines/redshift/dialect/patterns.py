"""LIKE and SIMILAR TO: PostgreSQL's escapes, which DuckDB has not by default."""

from typing import Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.calls import final


def like(node: Any) -> Any:
    """A pattern's backslash escapes the next character."""
    pattern = node.expression
    if isinstance(node.parent, exp.Escape) or (isinstance(pattern, exp.Literal) and "\\" not in pattern.this):
        return node
    return exp.Escape(this=node, expression=exp.Literal.string("\\"))


def operator(node: Any) -> Any:
    """``OPERATOR(pg_catalog.~)``, as psql writes it."""
    if str(node.args["operator"]) not in ("pg_catalog.~", "~"):
        raise SqlError("42883", f"operator {node.args['operator']} does not exist")
    return final("regexp_matches", node.this, node.expression)


def similar(node: Any) -> Any:
    """SIMILAR TO as a full match of the regular expression it means."""
    pattern = node.expression
    if not isinstance(pattern, exp.Literal):
        raise SqlError("0A000", "SIMILAR TO with a pattern that is not a literal is not supported by wheatpaste")
    return final("regexp_full_match", node.this, exp.Literal.string(similar_regexp(pattern.this)))


def similar_regexp(pattern: str) -> str:
    """The regular expression of a SIMILAR TO pattern: % is any text, _ any character; | * + ? {} () [] as in regular expressions."""
    out, escaped = "", False
    for char in pattern:
        if escaped:
            out += "\\" + char
        elif char == "\\":
            escaped = True
            continue
        else:
            out += {"%": ".*", "_": "."}.get(char) or ("\\" + char if char in ".^$" else char)
        escaped = False
    return f"(?s){out}"
