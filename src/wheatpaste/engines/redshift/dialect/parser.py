"""sqlglot's Redshift parser with what it gets wrong put right, and its errors as SQLSTATEs."""

from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.dialects.redshift import Redshift
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect import refusals

# Functions that sqlglot turns into something else while it reads: kept as they were written, for functions.py to translate.
RAW = {
    "ADD_MONTHS",
    "ARRAY",
    "CONCAT",
    "CONVERT_TIMEZONE",
    "DATEADD",
    "DATEDIFF",
    "DATE_ADD",
    "DATE_DIFF",
    "DATE_PART",
    "DATE_TRUNC",
    "GETDATE",
    "INITCAP",
    "JSON_EXTRACT_PATH_TEXT",
    "JSON_PARSE",
    "LAST_DAY",
    "LISTAGG",
    "MONTHS_BETWEEN",
    "NEXT_DAY",
    "REGEXP_COUNT",
    "REGEXP_INSTR",
    "REGEXP_REPLACE",
    "REGEXP_SUBSTR",
    "SHA2",
    "SPLIT_PART",
    "SPLIT_TO_ARRAY",
    "STRTOL",
    "SUBSTR",
    "SUBSTRING",
    "TO_CHAR",
    "TO_DATE",
    "TO_HEX",
    "TO_NUMBER",
    "TO_TIMESTAMP",
    "TRUNC",
    "VERSION",
}


class Source(Redshift):  # type: ignore[misc]
    """Redshift as its documentation has it: FLOAT is double precision, REAL is single (sqlglot 30 reads both as one)."""

    class Parser(Redshift.Parser):  # type: ignore[misc]
        """PostgreSQL's types may be written with their schema; what follows ``interval '1 day' +`` is no other interval."""

        FUNCTIONS = {name: build for name, build in Redshift.Parser.FUNCTIONS.items() if name not in RAW}
        FUNCTION_PARSERS = {name: read for name, read in Redshift.Parser.FUNCTION_PARSERS.items() if name != "DATE_PART"}

        def _parse_types(self, check_func: bool = False, schema: bool = False, allow_identifiers: bool = True, **rest: Any) -> Any:
            schemas = ("pg_catalog", "information_schema")
            if not check_func and self._curr and self._next and self._curr.text.lower() in schemas and self._next.text == ".":
                self._advance(2)
            return super()._parse_types(check_func=check_func, schema=schema, allow_identifiers=allow_identifiers, **rest)

        def _parse_function_call(self, *args: Any, **rest: Any) -> Any:
            written = self._curr.text.lower() if self._curr else ""
            found = super()._parse_function_call(*args, **rest)
            if isinstance(found, exp.Func):
                found.meta.setdefault("name", written)  # messages and labels say what was written
            return found

        def _parse_interval(self, *args: Any, **rest: Any) -> Any:
            start = self._index
            found = super()._parse_interval(*args, **rest)
            if not isinstance(found, exp.Add):
                return found
            self._retreat(start)  # sqlglot read INTERVAL '1 day' + '2 hours' as a sum of intervals, other dialects' short form
            self._match(TokenType.INTERVAL)
            return self._parse_interval_span(self._parse_primary())

    class Tokenizer(Redshift.Tokenizer):  # type: ignore[misc]
        KEYWORDS = {**Redshift.Tokenizer.KEYWORDS, "FLOAT": TokenType.DOUBLE, "FLOAT8": TokenType.DOUBLE, "REAL": TokenType.FLOAT}


def parse_query(sql: str) -> Any:
    """The tree of one statement that sqlglot knows. Raises SqlError 42601."""
    try:
        tree = sqlglot.parse_one(sql, read=Source)
    except SqlglotError as error:
        raise SqlError("42601", f"syntax error: {_first_line(error)}") from error
    except RecursionError as error:
        raise SqlError("54001", "stack depth limit exceeded: the statement is nested too deeply") from error
    if isinstance(tree, exp.Command):
        raise SqlError("0A000", f"{tree.name.upper()} is not supported by wheatpaste: {sql[:60]}")
    refusals.check(tree)
    return tree


def parse_expression(sql: str) -> Any:
    """The tree of one expression. Raises SqlError 42601."""
    return parse_query(f"SELECT {sql}").expressions[0]


def _first_line(error: SqlglotError) -> str:
    return str(error).split("\n", 1)[0].replace("\x1b[4m", "").replace("\x1b[0m", "")
