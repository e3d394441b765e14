"""SQL text to sqlglot's tree, with every function call left as it was written.

sqlglot's own parser turns calls into its common vocabulary (and so loses which function was called, and with which rules): here only
the forms with a syntax of their own (CAST, EXTRACT, TRIM …) keep their parser, all others become ``exp.Anonymous`` with the name as
written.
"""

import logging
import re
from typing import Any

from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

from wheatpaste.services.athena.dialect.errors import Refused, SqlError

CLAUSES = (
    TokenType.WHERE,
    TokenType.GROUP_BY,
    TokenType.HAVING,
    TokenType.WINDOW,
    TokenType.ORDER_BY,
    TokenType.LIMIT,
    TokenType.FETCH,
    TokenType.OFFSET,
)
UNKNOWN_TYPES = ("FLOAT", "FLOAT4", "FLOAT8", "TEXT", "STRING", "BYTES", "NUMERIC", "CHARACTER VARYING", "INT8", "INT2", "INT4")
STATEMENTS = (
    "ALTER",
    "CREATE",
    "DESCRIBE",
    "DROP",
    "EXECUTE",
    "EXPLAIN",
    "INSERT",
    "MSCK",
    "PREPARE",
    "SELECT",
    "SHOW",
    "TABLE",
    "UNLOAD",
    "VALUES",
    "WITH",
)
OWN_SYNTAX = ("CAST", "TRY_CAST", "EXTRACT", "TRIM", "POSITION", "SUBSTRING", "LISTAGG")


def _literal(parser: Any, this: exp.Expression, kind: exp.DataType) -> exp.Expression:
    """``DATE '…'`` is a cast in sqlglot; the mark tells it from a written CAST, whose rules are others."""
    cast = exp.Cast(this=this, to=kind)
    cast.meta["literal"] = True
    return cast


def _placeholder(parser: Any) -> exp.Expression:
    hole = exp.Placeholder()
    hole.meta["place"] = parser._prev.start
    return hole


def _plus(parser: Any) -> exp.Expression:
    raise Refused("a leading +")


def _limit(parser: Any) -> tuple[str, Any]:
    found = parser._parse_limit()
    if parser._curr is not None and parser._curr.token_type == TokenType.OFFSET:
        parser.raise_error("mismatched input 'OFFSET'. Expecting: <EOF>", parser._curr)
    return "limit", found


logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of statements that it takes for commands; those are errors here


class Verbatim(Trino):  # type: ignore[misc]
    """Trino's syntax; calls stay calls, indexes stay as written."""

    INDEX_OFFSET = 0

    class Tokenizer(Trino.Tokenizer):  # type: ignore[misc,name-defined]
        KEYWORDS = {word: token for word, token in Trino.Tokenizer.KEYWORDS.items() if word not in UNKNOWN_TYPES}

    class Parser(Trino.Parser):  # type: ignore[misc,name-defined]
        FUNCTIONS: dict[str, Any] = {}
        FUNCTION_PARSERS = {name: parse for name, parse in Trino.Parser.FUNCTION_PARSERS.items() if name in OWN_SYNTAX}
        PLACEHOLDER_PARSERS = {**Trino.Parser.PLACEHOLDER_PARSERS, TokenType.PLACEHOLDER: _placeholder}
        UNARY_PARSERS = {**Trino.Parser.UNARY_PARSERS, TokenType.PLUS: _plus}
        QUERY_MODIFIER_PARSERS = {
            **{token: parse for token, parse in Trino.Parser.QUERY_MODIFIER_PARSERS.items() if token in CLAUSES},
            TokenType.LIMIT: _limit,
        }
        TYPE_LITERAL_PARSERS = dict.fromkeys(exp.DataType.Type, _literal)
        NO_PAREN_FUNCTION_PARSERS = {
            name: parse for name, parse in Trino.Parser.NO_PAREN_FUNCTION_PARSERS.items() if name in ("ANY", "CASE", "IF")
        }


UNBUILT = re.compile(r"\bjson_(value|query|object|array|table|exists)\s*\(|\bMATCH_RECOGNIZE\b", re.I)


def parse(sql: str) -> exp.Expression:
    """The tree of one statement; raises SqlError with Athena's words for a text that cannot be parsed."""
    _check_order(sql)
    try:
        found = [tree for tree in Verbatim().parse(sql) if tree is not None]
    except SqlglotError as error:
        if UNBUILT.search(sql):
            raise Refused("SQL/JSON functions and MATCH_RECOGNIZE") from error
        raise _syntax_error(sql, error) from error
    if len(found) != 1:
        raise SqlError(
            "SYNTAX_ERROR", "Only one sql statement is allowed." if found else "line 1:1: mismatched input '<EOF>'. Expecting: <statement>"
        )
    tree: exp.Expression = found[0]
    if isinstance(tree, exp.Command):
        raise SqlError("SYNTAX_ERROR", f"line 1:1: mismatched input '{sql.split()[0]}'. Expecting: <query>")
    return tree


def _check_order(sql: str) -> None:
    """sqlglot reads ``FROM t SELECT x`` too; Trino does not."""
    try:
        tokens = Verbatim().tokenize(sql)
    except SqlglotError as error:
        raise SqlError("SYNTAX_ERROR", f"line 1:1: {str(error).splitlines()[0]}") from error
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.token_type == TokenType.FROM and (before is None or before.token_type == TokenType.L_PAREN):
            raise SqlError("SYNTAX_ERROR", f"line {token.line}:{token.col - 3}: mismatched input 'FROM'. Expecting: <query>")


def _syntax_error(sql: str, error: SqlglotError) -> SqlError:
    word = re.match(r"\s*([^\s(;]*)", sql)
    if word is not None and word[1] and word[1].upper() not in STATEMENTS:
        return SqlError(
            "SYNTAX_ERROR", f"line 1:1: mismatched input '{word[1]}'. Expecting: {', '.join(repr(each) for each in STATEMENTS)}"
        )
    details = getattr(error, "errors", None) or [{}]
    first = details[0]
    line, column, highlight = first.get("line"), first.get("col"), first.get("highlight")
    if line is None:
        return SqlError("SYNTAX_ERROR", f"line 1:1: {str(error).splitlines()[0]}")
    return SqlError("SYNTAX_ERROR", f"line {line}:{max(1, column - len(highlight or '') + 1)}: mismatched input '{highlight or '<EOF>'}'")
