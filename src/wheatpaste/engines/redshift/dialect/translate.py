"""A Redshift query or expression as DuckDB's SQL."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from wheatpaste.engines.pgwire import values as v
from wheatpaste.engines.pgwire.session import Parameters, SqlError
from wheatpaste.engines.redshift.dialect import (
    arithmetic,
    catalog_functions,
    comparisons,
    functions,
    infer,
    labels,
    moments,
    patterns,
    relations,
)
from wheatpaste.engines.redshift.dialect.calls import final, is_final
from wheatpaste.engines.redshift.dialect.parser import parse_query

VERSION = "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.117891"

PARAMETER_TYPES = {
    v.BOOL: "boolean",
    v.INT2: "smallint",
    v.INT4: "int",
    v.INT8: "bigint",
    v.OID: "bigint",
    v.FLOAT4: "float",
    v.FLOAT8: "double",
    v.NUMERIC: "decimal",
    v.DATE: "date",
    v.TIME: "time",
    v.TIMESTAMP: "timestamp",
    v.TIMESTAMPTZ: "timestamptz",
}


@dataclass(frozen=True)
class Surroundings:
    """What a statement can ask of its session."""

    database: str = "dev"
    user: str = "admin"
    schema: str = "public"
    path: tuple[str, ...] = ("public",)
    process: int = 0
    last_copy: tuple[int, int] = (0, 0)


class Translator:
    """Translates the trees of one statement, with its parameters and its session's surroundings."""

    def __init__(
        self,
        surroundings: Surroundings,
        parameters: Parameters | None = None,
        columns: infer.Columns = lambda parts: {},
        bind: Callable[[Any], None] = lambda tree: None,
    ) -> None:
        self.surroundings = surroundings
        self._bind_tables = bind
        self._columns = columns
        self._parameters = parameters

    def query(self, sql: str) -> str:
        """The DuckDB SQL of a statement's text."""
        return self.render(self.tree(parse_query(sql)))

    def render(self, tree: Any) -> str:
        """A translated tree as text."""
        return str(tree.sql(dialect="duckdb", identify=True, unsupported_level=None, comments=False))

    def tree(self, tree: Any) -> Any:
        """A parsed tree with everything of Redshift's replaced by DuckDB's."""
        for identifier in tree.find_all(exp.Identifier):
            identifier.set("this", identifier.this.lower())
        labels.label(tree)
        tree = self._bind(tree)
        self._bind_tables(tree)
        infer.infer(tree, self._columns)
        relations.resolve(tree, self.surroundings.database)
        return self._rewrite(tree)

    def _rewrite(self, node: Any) -> Any:
        """Children first, so that what a rule returns is final."""
        for kind, before in self._BEFORE:
            if isinstance(node, kind):
                node = before(self, node)
        for name, child in list(node.args.items()):
            if isinstance(child, exp.Expression):
                node.set(name, self._rewrite(child))
            elif isinstance(child, list):
                node.set(name, [self._rewrite(c) if isinstance(c, exp.Expression) else c for c in child])
        return self._node(node)

    def _node(self, node: Any) -> Any:
        for kind, fn in self._RULES:
            if isinstance(node, kind):
                return fn(self, node)
        return functions.rewrite(node) if isinstance(node, exp.Func) else node

    def _bind(self, tree: Any) -> Any:
        for node in list(tree.find_all(exp.Parameter)):
            value = self._parameter(node)
            if node is tree:
                return value
            node.replace(value)
        return tree

    def _parameter(self, node: Any) -> Any:
        if self._parameters is None:
            raise SqlError("42P02", f"there is no parameter ${node.name}")
        number = int(node.name) - 1
        if number >= len(self._parameters.values):
            raise SqlError("42P02", f"there is no parameter ${number + 1}")
        return literal(self._parameters.values[number], self._parameters.oids[number])

    def _column(self, node: Any) -> Any:
        if node.table or node.this.args.get("quoted") or not isinstance(node.this, exp.Identifier):
            return node
        return self._session_value(node.name) or node

    def _session_value(self, name: str) -> Any:
        s = self.surroundings
        texts = {"current_user": s.user, "session_user": s.user, "user": s.user}
        return exp.Literal.string(texts[name]) if name in texts else None

    def _anonymous(self, node: Any) -> Any:
        s = self.surroundings
        known: dict[str, Any] = {
            "version": VERSION,
            "current_database": s.database,
            "current_schema": s.schema,
            "current_user": s.user,
            "session_user": s.user,
            "pg_backend_pid": s.process,
            "pg_last_copy_id": s.last_copy[0],
            "pg_last_copy_count": s.last_copy[1],
        }
        name = str(node.this).lower()
        if name in ("pg_table_is_visible", "pg_opclass_is_visible"):
            return final("rs_visible", *node.expressions, catalog_functions.schemas(s.path))
        if name == "current_schemas":
            return self._current_schemas(exp.CurrentSchemas(this=node.expressions[0] if node.expressions else None))
        if name == "array" and len(node.expressions) == 1 and isinstance(node.expressions[0], exp.Select):
            return final("array", node.expressions[0])  # a subquery's rows
        if name in known and not node.expressions:
            value = known[name]
            return exp.Literal.number(value) if isinstance(value, int) else exp.Literal.string(value)
        return functions.rewrite(node)

    def _operation(self, node: Any) -> Any:
        return arithmetic.operation(node)

    def _aggregate(self, node: Any) -> Any:
        """SUM and AVG, unless OVER or FILTER follow, which are part of what is cast."""
        return node if isinstance(node.parent, exp.Window | exp.Filter) else arithmetic.aggregate(node, node)

    def _around(self, node: Any) -> Any:
        inner = node.this.this if isinstance(node.this, exp.Filter) else node.this
        if isinstance(inner, exp.Sum | exp.Avg) and not isinstance(node.parent, exp.Window):
            return arithmetic.aggregate(inner, node)
        return node

    def _cast(self, node: Any) -> Any:
        if is_final(node):
            return node
        kind = node.args["to"]
        name = kind.this.name if isinstance(kind.this, exp.DType) else str(kind.this)
        if name == "USERDEFINED":
            name = f'"{kind.args["kind"].name.upper()}"'
        identified = catalog_functions.cast_to_identifier(node.this, name, self.surroundings.path)
        if identified is not None:
            return identified
        found = cast(node.this, kind, trying=isinstance(node, exp.TryCast))
        return exp.TryCast(this=found.this, to=found.to) if isinstance(node, exp.TryCast) and isinstance(found, exp.Cast) else found

    def _within_group(self, node: Any) -> Any:
        if isinstance(node.this, exp.Anonymous) and str(node.this.this).lower() == "listagg":
            return functions.listagg(node.this, node.expression)
        return node

    def _window(self, node: Any) -> Any:
        inner = node.this
        if isinstance(inner, exp.Anonymous) and str(inner.this).lower() == "ratio_to_report":
            whole = exp.Window(this=exp.Sum(this=inner.expressions[0].copy()), partition_by=node.args.get("partition_by"))
            return exp.Div(this=exp.cast(inner.expressions[0], "double"), expression=whole)
        return node

    def _bracket(self, node: Any) -> Any:
        """Navigation of a SUPER: sqlglot adds one to a position for DuckDB's lists, but JSON counts from 0, as Redshift does."""
        index = node.expressions[0]
        if node.meta.get("array"):
            return final("list_extract", node.this, index)
        keys = exp.Literal.string(f"$[{index.name}]") if isinstance(index, exp.Literal) and not index.is_string else index
        return final("json_extract", node.this, keys)

    def _marked(self, node: Any) -> Any:
        node.meta["array"] = catalog_functions.is_array(node.this)
        return node

    def _current_schemas(self, node: Any) -> Any:
        both = isinstance(node.this, exp.Boolean) and node.this.this
        return catalog_functions.schemas((["pg_catalog"] if both else []) + list(self.surroundings.path))

    def _qualified(self, node: Any) -> Any:
        """``pg_catalog.f()`` is ``f()``."""
        if isinstance(node.expression, exp.Func) and node.this.name.lower() == "pg_catalog":
            return node.expression
        return node

    def _dot(self, node: Any) -> Any:
        if isinstance(node.expression, exp.Func):
            raise SqlError("0A000", f"user-defined functions are not supported by wheatpaste: {node.sql()[:60]}")
        return final("json_extract", node.this, exp.Literal.string(f'$."{node.expression.name}"'))

    _BEFORE: Sequence[tuple[Any, Callable[["Translator", Any], Any]]] = (
        (exp.WithinGroup, _within_group),
        (exp.Window, _window),
        (exp.Dot, _qualified),
        (exp.Bracket, _marked),
    )

    _RULES: Sequence[tuple[Any, Callable[["Translator", Any], Any]]] = (
        (exp.Column, _column),
        ((exp.CurrentUser, exp.SessionUser), lambda self, node: exp.Literal.string(self.surroundings.user)),
        (exp.CurrentSchemas, _current_schemas),
        (exp.CurrentSchema, lambda self, node: exp.Literal.string(self.surroundings.schema)),
        (exp.CurrentDatabase, lambda self, node: exp.Literal.string(self.surroundings.database)),
        (exp.CurrentVersion, lambda self, node: exp.Literal.string(VERSION)),
        (exp.Anonymous, _anonymous),
        ((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod), _operation),
        ((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE), lambda self, node: comparisons.comparison(node)),
        (exp.In, lambda self, node: comparisons.member(node)),
        ((exp.Sum, exp.Avg), _aggregate),
        ((exp.Window, exp.Filter), _around),
        (exp.Unnest, lambda self, node: unnest(node)),
        ((exp.Cast, exp.TryCast), _cast),
        (exp.Bracket, _bracket),
        (exp.Dot, _dot),
        ((exp.Like, exp.ILike), lambda self, node: patterns.like(node)),
        (exp.Operator, lambda self, node: patterns.operator(node)),
        (exp.SimilarTo, lambda self, node: patterns.similar(node)),
    )


def unnest(node: Any) -> Any:
    """The elements of a SUPER array in FROM."""
    return exp.Unnest(expressions=[final("rs_elements", e) for e in node.expressions], alias=node.args.get("alias"))


ARRAYS = {v.INT2_ARRAY: "smallint[]", v.INT4_ARRAY: "int[]", v.INT8_ARRAY: "bigint[]", v.TEXT_ARRAY: "text[]"}
DATE_WITH_ZONE = re.compile(r"\d{4}-\d\d-\d\d ?[+-]\d\d(:\d\d)?")  # how the JDBC drivers send a date


def literal(text: str | None, oid: int) -> Any:
    """A bound value as a literal: of its type when the client named one, else as untyped as PostgreSQL's unknown."""
    if text is not None and DATE_WITH_ZONE.fullmatch(text) and oid in (0, v.UNKNOWN, v.DATE):
        text = text[:10]
    value = exp.Null() if text is None else exp.Literal.string(text)
    if oid == v.NUMERIC and text is not None:
        return exp.cast(exp.Literal.string(text), f"decimal(38,{max(0, len(text.partition('.')[2]))})")
    if oid == v.VARBYTE and text is not None:
        return final("from_hex", value)
    if oid in ARRAYS:
        array = exp.cast(value if text is None else exp.Literal.string(f"[{text[1:-1]}]"), ARRAYS[oid])
        array.meta["final"] = True
        return array
    return exp.cast(value, PARAMETER_TYPES[oid]) if oid in PARAMETER_TYPES else value


def cast(value: Any, kind: Any, trying: bool = False) -> Any:
    """An explicit cast: texts are cut to their length, integers' texts are digits, DECIMAL is (18,0), SUPER is JSON."""
    name = kind.this.name if isinstance(kind.this, exp.DType) else str(kind.this)
    sizes = [int(e.name) for e in kind.expressions if e.name.isdigit()]
    if name in ("VARCHAR", "CHAR", "NCHAR", "NVARCHAR", "TEXT", "BPCHAR"):
        text = value if value.is_string else final("rs_text", value)
        if name in ("CHAR", "NCHAR") and not sizes:
            sizes = [1]
        cut = final("rs_cut", text, exp.Literal.number(sizes[0])) if sizes else text
        return final("rtrim", cut, exp.Literal.string(" ")) if name in ("CHAR", "NCHAR", "BPCHAR") else cut  # whose blanks are padding
    if name in ("DECIMAL", "UDECIMAL") and not sizes:
        return exp.cast(value, "decimal(18,0)")
    if name == "SUPER":
        return final("to_json", value)
    if name in ("VARBINARY", "BINARY"):
        return final("encode", value) if value.is_string else final("rs_varbyte", value)
    if name in ("DATE", "TIMESTAMP", "TIMESTAMPTZ") and value.is_string:
        value = exp.Literal.string(moments.iso(value.this))
    if name in ("SMALLINT", "INT", "BIGINT"):
        value = final("rs_integer_text", value, exp.Boolean(this=trying))
    if name not in CASTS:
        raise SqlError("42704", f'type "{name.lower()}" does not exist, or casts to it are not supported by wheatpaste')
    return exp.Cast(this=value, to=kind)


CASTS = {
    "BOOLEAN",
    "SMALLINT",
    "INT",
    "BIGINT",
    "DECIMAL",
    "FLOAT",
    "DOUBLE",
    "DATE",
    "TIMESTAMP",
    "TIMESTAMPTZ",
    "TIME",
    "TIMETZ",
    "INTERVAL",
    "NULL",
}
