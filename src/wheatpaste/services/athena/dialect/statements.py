"""The dialect's front door: one query's text to DuckDB SQL whose columns are the texts of Athena's result file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from wheatpaste.services.athena.dialect import (  # noqa: F401 - each registers its handlers
    aggregates,
    arrayfunctions,
    dateformats,
    datefunctions,
    jsoncasts,
    jsonfunctions,
    jsonmaking,
    lambdas,
    literals,
    mapfunctions,
    mathfunctions,
    operators,
    otherfunctions,
    regexps,
    stringfunctions,
    windows,
)
from wheatpaste.services.athena.dialect.compiler import Compiler, Tables
from wheatpaste.services.athena.dialect.errors import SqlError
from wheatpaste.services.athena.dialect.parser import parse
from wheatpaste.services.athena.dialect.queries import Query, compile_query
from wheatpaste.services.athena.dialect.render import shown
from wheatpaste.services.athena.dialect.scope import Scope, fresh
from wheatpaste.services.athena.dialect.types import Type, quoted

QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)


@dataclass(frozen=True)
class Compiled:
    """``sql`` gives one VARCHAR for each of ``columns`` (names may repeat)."""

    sql: str
    columns: tuple[tuple[str, Type], ...]
    typed: Query  # the same query with typed values, for CTAS and UNLOAD


def compile_sql(
    sql: str, tables: Tables, now: datetime, database: str | None = None, parameters: Sequence[str] = (), decimals: bool = False
) -> Compiled:
    """Compile one query; raises DialectError (SqlError for a wrong one, Refused for one that is not exact here)."""
    return compile_tree(parse(sql), tables, now, database, parameters, decimals)


def compile_tree(
    tree: exp.Expression,
    tables: Tables,
    now: datetime,
    database: str | None = None,
    parameters: Sequence[str] = (),
    decimals: bool = False,
) -> Compiled:
    """Compile a parsed query; ``decimals``: 1.5 is a decimal, as in a plain Trino, and not a double, as in Athena."""
    if not isinstance(tree, QUERIES):
        raise SqlError("SYNTAX_ERROR", f"mismatched input '{tree.key.upper()}'. Expecting: <query>", tree)
    holes = list(tree.find_all(exp.Placeholder))
    if len(holes) != len(parameters):
        raise SqlError("INVALID_PARAMETER_USAGE", f"Incorrect number of parameters: expected {len(holes)} but found {len(parameters)}")
    for number, hole in enumerate(sorted(holes, key=lambda hole: int(hole.meta["place"]))):
        hole.meta["number"] = number
    compiler = Compiler(tables, now, list(parameters), database, decimals)
    query = compile_query(compiler, tree, Scope())
    listed = ", ".join(f"{shown(fresh('q', place), type_)} AS {quoted(f'c{place}')}" for place, (_, type_) in enumerate(query.columns))
    columns = tuple((name if name is not None else f"_col{place}", type_) for place, (name, type_) in enumerate(query.columns))
    return Compiled(f"SELECT {listed} FROM ({query.sql}) AS q", columns, query)
