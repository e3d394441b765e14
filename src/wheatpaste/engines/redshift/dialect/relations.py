"""Which relation a name means: the user's, or one of Redshift's system tables, which live as views in the worker's own schema."""

from typing import Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.calls import final

INTERNAL = "wp_catalog"  # the schema of the warehouse's file where its storage options, load errors … are kept
SYSTEM = ("memory", "main")  # where the views and macros of warehouse/ are
PREFIXES = ("pg_", "stl_", "stv_", "svl_", "svv_", "sys_", "svcs_", "stcs_", "duckdb_", "sqlite_", "pragma_")

FUNCTIONS = (exp.GenerateSeries, exp.ExplodingGenerateSeries, exp.Explode)  # in FROM, as catalog queries call them

VIEWS: set[str] = set()
"""The names of the system views there are; ``information_schema.x`` is ``information_schema_x``."""


def resolve(tree: Any, database: str) -> None:
    """Point every table of a tree to what it means, in place. Raises SqlError for one that cannot be."""
    for column in tree.find_all(exp.Column):
        if column.text("db").lower() in ("pg_catalog", "information_schema"):
            column.set("db", None)  # the view is known by its own name
    common = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        if isinstance(table.this, exp.Anonymous) and str(table.this.this).lower() in VIEWS and not table.this.expressions:
            table.set("this", exp.to_identifier(str(table.this.this).lower()))  # a function of pg_catalog that is a view here
            alias = table.args.get("alias")
            for column in (alias.args.get("columns") or []) if alias else []:
                column.replace(exp.to_identifier(column.name.lower()))  # without its type
        if isinstance(table.this, exp.CurrentDatabase):  # redshift_connector's get_catalogs()
            alias = exp.TableAlias(this=exp.to_identifier(table.alias or "current_database"))
            value = exp.alias_(exp.Literal.string(database), "current_database")
            table.replace(exp.Subquery(this=exp.Select(expressions=[value]), alias=alias))
            continue
        if isinstance(table.this, FUNCTIONS):
            _function(table)
            continue
        if isinstance(table.this, exp.Dot):
            raise SqlError("0A000", f"unnesting a SUPER by JOIN … ON is not supported by wheatpaste: FROM t, t.{table.name} AS x is")
        if not isinstance(table.this, exp.Identifier):
            raise SqlError("0A000", f"a function in FROM is not supported: {table.this.sql()[:60]}")
        if not table.db and table.name in common:
            continue
        if any(mark in table.name for mark in "/.:*'"):  # DuckDB would read a file of that name
            raise SqlError("42P01", f'relation "{table.name}" does not exist')
        _resolve(table, database)


def _function(table: Any) -> None:
    """``generate_series(1, 3) AS s(i)``, ``unnest(array) AS x``: the column is named like the table when nothing else names it."""
    alias, call = table.args.get("alias"), table.this
    if alias and not alias.args.get("columns"):
        alias.set("columns", [exp.to_identifier(alias.name)])
    table.set("db", None)
    if isinstance(call, exp.Explode):
        table.set("this", final("unnest", call.this))
    else:
        table.set("this", final("generate_series", *(call.args.get(name) for name in ("start", "end", "step"))))


def _resolve(table: Any, database: str) -> None:
    if table.catalog and table.catalog != database:
        raise SqlError("0A000", f'cross-database reference to database "{table.catalog}" is not supported by wheatpaste')
    table.set("catalog", None)
    if table.db == INTERNAL:
        raise SqlError("42501", f"permission denied for schema {INTERNAL}")
    name = f"information_schema_{table.name}" if table.db == "information_schema" else table.name
    if name in VIEWS and table.db in ("", "pg_catalog", "information_schema"):
        if not table.alias and not isinstance(table.parent, exp.Insert | exp.Update | exp.Delete):
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
        table.set("this", exp.to_identifier(name))
        table.set("db", exp.to_identifier(SYSTEM[1]))
        table.set("catalog", exp.to_identifier(SYSTEM[0]))
    elif table.db in ("pg_catalog", "information_schema") or (not table.db and table.name.startswith(PREFIXES)):
        raise SqlError(
            "42P01", f'relation "{table.name}" does not exist', hint="Or it is a system table that wheatpaste does not have yet."
        )
