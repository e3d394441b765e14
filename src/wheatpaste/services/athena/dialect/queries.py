"""Queries: SELECT, set operations, VALUES, WITH, ORDER BY and LIMIT. A compiled query's columns are named c0, c1, …"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.casts import coerce
from wheatpaste.services.athena.dialect.compiler import Compiler, compiles, only
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, boolean
from wheatpaste.services.athena.dialect.functions import special
from wheatpaste.services.athena.dialect.relations import from_clause, values_sql
from wheatpaste.services.athena.dialect.scope import Field, Named, Scope, fresh
from wheatpaste.services.athena.dialect.types import Type, common, quoted

ORDERED = (
    "boolean",
    "tinyint",
    "smallint",
    "integer",
    "bigint",
    "real",
    "double",
    "decimal",
    "varchar",
    "varbinary",
    "date",
    "time",
    "timestamp",
    t.TZ,
    t.DAYS,
    t.MONTHS,
    "unknown",
)


@dataclass(frozen=True)
class Query:
    """SQL, and the names and types of its columns."""

    sql: str
    columns: tuple[tuple[str | None, Type], ...]


def compile_query(compiler: Compiler, node: exp.Expression, scope: Scope) -> Query:
    """Any query; ``scope`` carries the query around it (``parent``) and the WITH queries in force."""
    with_ = node.args.get("with_")
    if with_ is not None:
        named, scope = _with(compiler, with_, scope)
        found = _body(compiler, node, scope)
        return replace(found, sql=f"WITH {named} {found.sql}")
    return _body(compiler, node, scope)


def _body(compiler: Compiler, node: exp.Expression, scope: Scope) -> Query:
    if isinstance(node, exp.Select):
        return _select(compiler, node, scope)
    if isinstance(node, exp.SetOperation):
        return _set_operation(compiler, node, scope)
    if isinstance(node, exp.Subquery):
        only(node, "this", "with_", "order", "limit", "offset")
        found = compile_query(compiler, node.this, scope)
        return _modified(compiler, node, found, scope) if any(node.args.get(name) for name in ("order", "limit", "offset")) else found
    if isinstance(node, exp.Values):
        only(node, "expressions", "order", "limit", "offset", "with_")
        sql, types = values_sql(compiler, node, scope)
        return _modified(compiler, node, Query(sql, tuple((None, type_) for type_ in types)), scope)
    raise Refused(f"{node.key.upper()} as a query", node)


def _with(compiler: Compiler, node: exp.With, scope: Scope) -> tuple[str, Scope]:
    if node.args.get("recursive"):
        raise Refused("WITH RECURSIVE", node)
    parts = []
    for cte in node.expressions:
        only(cte, "this", "alias")
        found = compile_query(compiler, cte.this, replace(scope, fields=(), outputs=()))
        names = [column.name for column in cte.args["alias"].args.get("columns") or []] or [name for name, _ in found.columns]
        if len(names) != len(found.columns):
            raise SqlError(
                "MISMATCHED_COLUMN_ALIASES",
                f"WITH query name '{cte.alias}' has {len(names)} columns but its query has {len(found.columns)}",
                cte,
            )
        relation = compiler.name("q")
        parts.append(f"{relation} AS ({found.sql})")
        columns = tuple((name, type_) for name, (_, type_) in zip(names, found.columns, strict=True))
        scope = replace(scope, ctes={**scope.ctes, cte.alias.lower(): Named(relation, columns)})
    return ", ".join(parts), scope


# -- SELECT


def _select(compiler: Compiler, node: exp.Select, scope: Scope) -> Query:
    only(
        node,
        "expressions",
        "from_",
        "joins",
        "where",
        "group",
        "having",
        "order",
        "limit",
        "offset",
        "distinct",
        "with_",
        "laterals",
        "windows",
    )
    if node.args.get("laterals"):
        raise SqlError("SYNTAX_ERROR", "mismatched input 'VIEW'", node)
    from_, fields = None, list[Field]()
    around = Scope(parent=scope.parent, ctes=scope.ctes)
    if node.args.get("from_") is not None:
        from_, fields = from_clause(compiler, node.args["from_"].this, node.args.get("joins") or [], around)
    named = {window.name.lower(): window for window in node.args.get("windows") or []}
    inside = Scope(tuple(fields), scope.parent, ctes=scope.ctes, named_windows=named)
    where = node.args.get("where")
    condition = (
        compiler.boolean(where.this, inside, "WHERE clause must evaluate to a boolean: actual type {}").sql if where is not None else None
    )
    items = _select_list(compiler, node, replace(inside, aggregates=True, windows=True))
    if node.args.get("distinct") is not None:
        only(node.args["distinct"])
        for _, value in items:
            _orderable(value.type, "SELECT DISTINCT", node)
    sql = f"SELECT {'DISTINCT ' if node.args.get('distinct') else ''}" + ", ".join(
        f"{value.sql} AS {quoted(f'c{place}')}" for place, (_, value) in enumerate(items)
    )
    sql += f" FROM {from_}" if from_ else ""
    sql += f" WHERE {condition}" if condition else ""
    if node.args.get("group") is not None:
        sql += " GROUP BY " + _group(compiler, node.args["group"], items, inside)
    if node.args.get("having") is not None:
        message = "HAVING clause must evaluate to a boolean: actual type {}"
        sql += f" HAVING {compiler.boolean(node.args['having'].this, replace(inside, aggregates=True), message).sql}"
    outputs = tuple(
        Field(name, quoted(f"c{place}") if node.args.get("distinct") else value.sql, value.type)
        for place, (name, value) in enumerate(items)
    )
    ordering = replace(inside, aggregates=True, windows=True, outputs=tuple(each for each in outputs if each.name))
    sql += _order(compiler, node, ordering, [value.type for _, value in items])
    compiler.tables.narrow(node)
    return Query(sql + _limit(compiler, node), tuple((name, value.type) for name, value in items))


def _select_list(compiler: Compiler, node: exp.Select, scope: Scope) -> list[tuple[str | None, Expr]]:
    items: list[tuple[str | None, Expr]] = []
    for item in node.expressions:
        if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
            items += _star(item, scope)
            continue
        if isinstance(item, exp.Dot) and isinstance(item.expression, exp.Star):
            raise Refused("row.* in the select list", item)
        inner = item.this if isinstance(item, exp.Alias) else item
        if isinstance(inner, exp.Literal) and re.match(r"_\d", item.alias):
            raise Refused("underscores in numbers", item)
        name = item.alias if isinstance(item, exp.Alias) else _own_name(inner)
        items.append((name, compiler.expr(inner, scope)))
    return items


def _star(item: exp.Expression, scope: Scope) -> list[tuple[str | None, Expr]]:
    only(item, "this", "table", "db", "catalog")
    qualifier = tuple(part.name.lower() for part in item.parts[:-1]) if isinstance(item, exp.Column) else ()
    found = scope.star(qualifier)
    if not found:
        if qualifier:
            raise SqlError(
                "TABLE_NOT_FOUND" if scope.fields else "SYNTAX_ERROR", f"Unable to resolve reference {'.'.join(qualifier)}", item
            )
        raise SqlError("COLUMN_NOT_FOUND", "SELECT * not allowed in queries without FROM clause", item)
    return [(each.name, Expr(each.sql, each.type)) for each in found]


def _own_name(node: exp.Expression) -> str | None:
    if isinstance(node, (exp.Column, exp.Identifier)):
        return str(node.name)
    return str(node.expression.name) if isinstance(node, exp.Dot) else None


def _orderable(type_: Type, what: str, node: exp.Expression) -> None:
    if type_.name not in ORDERED:
        raise Refused(f"{what} over {type_.name} values", node)


# -- GROUP BY


def _group(compiler: Compiler, node: exp.Group, items: Sequence[tuple[str | None, Expr]], scope: Scope) -> str:
    only(node, "expressions", "grouping_sets", "cube", "rollup", "all")
    if node.args.get("all") is not None:
        raise Refused("GROUP BY ALL or DISTINCT", node)
    nodes = [*node.expressions, *(each for name in ("cube", "rollup", "grouping_sets") for each in node.args.get(name) or [])]
    return ", ".join(_grouping_element(compiler, each, items, scope) for each in nodes)


def _grouping_element(compiler: Compiler, node: exp.Expression, items: Sequence[tuple[str | None, Expr]], scope: Scope) -> str:
    if isinstance(node, exp.GroupingSets):
        return f"GROUPING SETS ({', '.join(_grouping_set(compiler, one, items, scope) for one in node.expressions)})"
    if isinstance(node, (exp.Cube, exp.Rollup)):
        return f"{node.key.upper()} ({', '.join(_group_term(compiler, one, items, scope) for one in node.expressions)})"
    return _group_term(compiler, node, items, scope)


def _grouping_set(compiler: Compiler, node: exp.Expression, items: Sequence[tuple[str | None, Expr]], scope: Scope) -> str:
    if isinstance(node, (exp.Cube, exp.Rollup, exp.GroupingSets)):
        raise Refused("grouping sets inside of grouping sets", node)
    members = node.expressions if isinstance(node, exp.Tuple) else [node.this if isinstance(node, exp.Paren) else node]
    return f"({', '.join(_group_term(compiler, each, items, scope) for each in members)})"


def _group_term(compiler: Compiler, node: exp.Expression, items: Sequence[tuple[str | None, Expr]], scope: Scope) -> str:
    if isinstance(node, exp.Tuple):
        return f"({', '.join(_group_term(compiler, each, items, scope) for each in node.expressions)})"
    if isinstance(node, exp.Literal) and not node.is_string:
        value = items[_ordinal(node, len(items), "GROUP BY") - 1][1]
    else:
        value = compiler.expr(node, scope)
    _orderable(value.type, "GROUP BY", node)
    return f"CAST({value.sql} AS {t.physical(value.type)})" if re.fullmatch(r"[0-9]+|'.*'", value.sql, re.S) else value.sql


def _ordinal(node: exp.Literal, count: int, clause: str) -> int:
    place = int(node.this) if node.this.isdigit() else 0
    if not 1 <= place <= count:
        raise SqlError("INVALID_COLUMN_REFERENCE", f"{clause} position {node.this} is not in select list", node)
    return place


@special("grouping")
def _grouping(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    if not scope.aggregates:
        raise SqlError("EXPRESSION_NOT_SCALAR", "grouping() may not stand here", node)
    inner = scope.inner()
    return Expr(f"CAST(GROUPING({', '.join(compiler.expr(each, inner).sql for each in node.expressions)}) AS INTEGER)", t.INTEGER)


# -- ORDER BY, LIMIT


def _order(compiler: Compiler, node: exp.Expression, scope: Scope, types: Sequence[Type]) -> str:
    order = node.args.get("order")
    if order is None:
        return ""
    only(order, "expressions")
    return " ORDER BY " + order_terms(compiler, order.expressions, scope, types)


def order_terms(compiler: Compiler, terms: Sequence[exp.Ordered], scope: Scope, types: Sequence[Type] = ()) -> str:
    """ORDER BY's terms: NULLs come last unless the query says otherwise; a number stands for that column when ``types`` are given."""
    found = []
    for term in terms:
        inner = term.this if isinstance(term, exp.Ordered) else term
        descending = isinstance(term, exp.Ordered) and bool(term.args.get("desc"))
        nulls_first = isinstance(term, exp.Ordered) and bool(term.args.get("nulls_first"))
        if types and isinstance(inner, exp.Literal) and not inner.is_string:
            place = _ordinal(inner, len(types), "ORDER BY")
            sql, type_ = quoted(f"c{place - 1}"), types[place - 1]
        else:
            value = compiler.expr(inner, scope)
            sql, type_ = value.sql, value.type
        _orderable(type_, "ORDER BY", inner)
        constant = re.fullmatch(r"[0-9]+|'.*'", sql, re.S)
        found.append(
            f"{f'CAST({sql} AS {t.physical(type_)})' if constant else sql} {'DESC' if descending else 'ASC'} NULLS "
            f"{'FIRST' if nulls_first else 'LAST'}"
        )
    return ", ".join(found)


def _limit(compiler: Compiler, node: exp.Expression) -> str:
    words = ""
    limit, offset = node.args.get("limit"), node.args.get("offset")
    if isinstance(limit, exp.Fetch):
        only(limit, "direction", "count", "limit_options")
        options = limit.args.get("limit_options")
        if options is not None and options.args.get("with_ties"):
            raise Refused("FETCH FIRST … WITH TIES", node)
        words += f" LIMIT {_count(compiler, limit.args.get('count') or exp.Literal.number(1), node)}"
    elif limit is not None:
        only(limit, "expression")
        if limit.expression.sql("trino").upper() != "ALL":
            words += f" LIMIT {_count(compiler, limit.expression, node)}"
    if offset is not None:
        only(offset, "expression")
        words += f" OFFSET {_count(compiler, offset.expression, node)}"
    return words


def _count(compiler: Compiler, node: exp.Expression, around: exp.Expression) -> int:
    value = compiler.expr(node, Scope()) if isinstance(node, (exp.Literal, exp.Placeholder)) else None
    if value is None or not isinstance(value.value, int) or value.value < 0:
        raise SqlError("SYNTAX_ERROR", f"mismatched input '{node.sql('trino')}'. Expecting: '?', 'ALL', <integer>", around)
    return value.value


# -- set operations


def _set_operation(compiler: Compiler, node: exp.SetOperation, scope: Scope) -> Query:
    only(node, "this", "expression", "distinct", "order", "limit", "offset", "with_")
    inner = replace(scope, fields=(), outputs=())
    left, right = compile_query(compiler, node.this, inner), compile_query(compiler, node.expression, inner)
    words = node.key.upper()
    if len(left.columns) != len(right.columns):
        message = f"{words} query has different number of fields: {len(left.columns)}, {len(right.columns)}"
        raise SqlError("TYPE_MISMATCH", message, node)
    types = []
    for place, ((_, one), (_, two)) in enumerate(zip(left.columns, right.columns, strict=True)):
        type_ = common(one, two)
        if type_ is None:
            raise SqlError("TYPE_MISMATCH", f"column {place + 1} in {words} query has incompatible types: {one}, {two}", node)
        if node.args.get("distinct"):
            _orderable(type_, words, node)
        types.append(type_)
    operator = words if node.args.get("distinct") else f"{words} ALL"
    sql = f"({_as_types(compiler, left, types)}) {operator} ({_as_types(compiler, right, types)})"
    columns = tuple((name, type_) for (name, _), type_ in zip(left.columns, types, strict=True))
    return _modified(compiler, node, Query(sql, columns), scope)


def _as_types(compiler: Compiler, query: Query, types: Sequence[Type]) -> str:
    if all(one == two for (_, one), two in zip(query.columns, types, strict=True)):
        return query.sql
    alias = compiler.name("r")
    listed = []
    for place, ((_, type_), wanted) in enumerate(zip(query.columns, types, strict=True)):
        listed.append(f"{coerce(Expr(fresh(alias, place), type_), wanted).sql} AS {quoted(f'c{place}')}")
    return f"SELECT {', '.join(listed)} FROM ({query.sql}) AS {alias}"


def _modified(compiler: Compiler, node: exp.Expression, query: Query, scope: Scope) -> Query:
    alias = compiler.name("r")
    fields = tuple(Field(name, f"{alias}.{quoted(f'c{place}')}", type_) for place, (name, type_) in enumerate(query.columns))
    order = _order(compiler, node, Scope(fields, scope.parent, ctes=scope.ctes), [type_ for _, type_ in query.columns])
    limit = _limit(compiler, node)
    return replace(query, sql=f"SELECT * FROM ({query.sql}) AS {alias}{order}{limit}") if order or limit else query


# -- queries inside of expressions


def subquery_values(compiler: Compiler, node: exp.Expression, scope: Scope) -> tuple[str, Type]:
    """The SQL and the type of a subquery of one column."""
    inner = node.this if isinstance(node, (exp.Subquery, exp.Paren)) else node
    found = compile_query(compiler, inner, Scope(parent=scope, ctes=scope.ctes))
    if len(found.columns) != 1:
        raise SqlError("NOT_SUPPORTED", f"Multiple columns returned by subquery are not yet supported. Found {len(found.columns)}", node)
    return found.sql, found.columns[0][1]


@compiles(exp.Subquery)
def _scalar(compiler: Compiler, node: exp.Subquery, scope: Scope) -> Expr:
    sql, type_ = subquery_values(compiler, node, scope)
    return Expr(f"({sql})", type_)


@compiles(exp.Exists)
def _exists(compiler: Compiler, node: exp.Exists, scope: Scope) -> Expr:
    found = compile_query(compiler, node.this, Scope(parent=scope, ctes=scope.ctes))
    return boolean(f"EXISTS ({found.sql})")
