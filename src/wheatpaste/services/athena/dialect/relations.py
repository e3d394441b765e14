"""FROM: tables, views, subqueries, VALUES, UNNEST, LATERAL and joins; each gives SQL and the fields it brings into scope."""

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.casts import coerce
from wheatpaste.services.athena.dialect.compiler import Compiler, only
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr
from wheatpaste.services.athena.dialect.operators import compare, unify
from wheatpaste.services.athena.dialect.scope import Field, Scope, alias_fields, fresh, member_key
from wheatpaste.services.athena.dialect.types import Type, quoted

Relation = tuple[str, list[Field]]


def from_clause(compiler: Compiler, first: exp.Expression, joins: Sequence[exp.Join], scope: Scope) -> Relation:
    """The FROM clause's SQL and fields; ``scope`` is what is around the query."""
    sql, fields = relation(compiler, first, scope)
    for join in joins:
        sql, fields = _join(compiler, sql, fields, join, scope)
    return sql, fields


def relation(compiler: Compiler, node: exp.Expression, scope: Scope) -> Relation:
    """One relation; ``scope`` holds what it may refer to (the fields to its left, for UNNEST and LATERAL)."""
    if isinstance(node, exp.Table):
        return _table(compiler, node, scope)
    if isinstance(node, exp.Unnest):
        return _unnest(compiler, node, scope)
    if isinstance(node, exp.Subquery):
        return _subquery(compiler, node, scope)
    if isinstance(node, exp.Values):
        return _values(compiler, node, scope)
    if isinstance(node, exp.Lateral):
        return _lateral(compiler, node, scope)
    raise Refused(f"{node.key.upper()} in FROM", node)


def _aliased(fields: list[Field], node: exp.Expression) -> list[Field]:
    alias = node.args.get("alias")
    if alias is None:
        return fields
    columns = [column.name for column in alias.args.get("columns") or []]
    shown = [each for each in fields if not each.hidden]
    if columns and len(columns) != len(shown):
        raise SqlError(
            "MISMATCHED_COLUMN_ALIASES",
            f"Column alias list has {len(columns)} entries but '{alias.name}' has {len(shown)} columns available",
            node,
        )
    hidden = [replace(each, qualifier=(alias.name,)) for each in fields if each.hidden] if not columns else []
    return [*alias_fields(shown, alias.name or None, columns), *hidden]


# -- tables and views


def _table(compiler: Compiler, node: exp.Table, scope: Scope) -> Relation:
    only(node, "this", "db", "catalog", "alias", "joins")
    if not isinstance(node.this, exp.Identifier):
        raise Refused("table functions", node)
    name, schema, catalog = node.name, node.args.get("db"), node.args.get("catalog")
    named = scope.ctes.get(name.lower()) if schema is None else None
    if named is not None:
        alias = compiler.name("r")
        fields = [Field(column, fresh(alias, number), type_, (name,)) for number, (column, type_) in enumerate(named.columns)]
        found: Relation = (f"{named.relation} AS {alias}", _aliased(fields, node))
    else:
        found = _catalog_table(compiler, node, catalog.name if catalog else None, schema.name if schema else None, scope)
    for join in node.args.get("joins") or []:
        found = _join(compiler, *found, join, scope)
    return found


def _catalog_table(compiler: Compiler, node: exp.Table, catalog: str | None, schema: str | None, scope: Scope) -> Relation:
    source = compiler.tables.find(catalog, schema or (None if catalog else compiler.database), node.name, node)
    qualifier = tuple(part for part in (catalog, schema or compiler.database, node.name) if part)
    if source.query:
        return _view(compiler, node, source.query, source.schema, list(source.columns), qualifier)
    node.meta["relation"] = source.relation
    alias = compiler.name("r")
    fields = [Field(name, f"{alias}.{quoted(name)}", type_, qualifier) for name, type_ in source.columns]
    hidden = [Field(name, f"{alias}.{quoted(name)}", type_, qualifier, hidden=True) for name, type_ in source.hidden]
    return f"{quoted(source.relation)} AS {alias}", _aliased([*fields, *hidden], node)


def _view(
    compiler: Compiler, node: exp.Table, query: str, schema: str, columns: list[tuple[str, Type]], qualifier: tuple[str, ...]
) -> Relation:
    from wheatpaste.services.athena.dialect.parser import parse
    from wheatpaste.services.athena.dialect.queries import compile_query

    around, compiler.database = compiler.database, schema
    try:
        found = compile_query(compiler, parse(query), Scope())
    finally:
        compiler.database = around
    if len(found.columns) != len(columns):
        raise SqlError("VIEW_IS_STALE", f"View '{'.'.join(qualifier)}' is stale or in invalid state: column count has changed", node)
    alias = compiler.name("r")
    fields = []
    for number, ((name, type_), (_, actual)) in enumerate(zip(columns, found.columns, strict=True)):
        fields.append(
            Field(
                name, coerce(Expr(fresh(alias, number), actual), type_).sql if actual != type_ else fresh(alias, number), type_, qualifier
            )
        )
    return f"({found.sql}) AS {alias}", _aliased(fields, node)


# -- queries in FROM


def _subquery(compiler: Compiler, node: exp.Subquery, scope: Scope) -> Relation:
    from wheatpaste.services.athena.dialect.queries import compile_query

    only(node, "this", "alias", "joins", "with_")
    if isinstance(node.this, (exp.Table, exp.Unnest)):  # a join in parentheses
        return from_clause(compiler, node.this, node.args.get("joins") or [], scope)
    found = compile_query(compiler, node.this, replace(Scope(ctes=scope.ctes), parent=scope.parent))
    alias = compiler.name("r")
    fields = [Field(name, fresh(alias, number), type_) for number, (name, type_) in enumerate(found.columns)]
    sql, fields = f"({found.sql}) AS {alias}", _aliased(fields, node)
    for join in node.args.get("joins") or []:
        sql, fields = _join(compiler, sql, fields, join, scope)
    return sql, fields


def _lateral(compiler: Compiler, node: exp.Lateral, scope: Scope) -> Relation:
    from wheatpaste.services.athena.dialect.queries import compile_query

    only(node, "this", "alias")
    if not isinstance(node.this, exp.Subquery):
        raise Refused("LATERAL with anything but a query", node)
    found = compile_query(compiler, node.this.this, Scope(parent=scope, ctes=scope.ctes))
    alias = compiler.name("r")
    fields = [Field(name, fresh(alias, number), type_) for number, (name, type_) in enumerate(found.columns)]
    return f"LATERAL ({found.sql}) AS {alias}", _aliased(fields, node)


def _values(compiler: Compiler, node: exp.Values, scope: Scope) -> Relation:
    only(node, "expressions", "alias", "joins")
    sql, types = values_sql(compiler, node, replace(Scope(ctes=scope.ctes), parent=scope.parent))
    alias = compiler.name("r")
    fields = [Field(None, fresh(alias, number), type_) for number, type_ in enumerate(types)]
    found: Relation = (f"({sql}) AS {alias}", _aliased(fields, node))
    for join in node.args.get("joins") or []:
        found = _join(compiler, *found, join, scope)
    return found


def values_sql(compiler: Compiler, node: exp.Values, scope: Scope) -> tuple[str, list[Type]]:
    """``VALUES …`` with columns named c0, c1 …"""
    rows = [_row_items(compiler, row, scope) for row in node.expressions]
    if len({len(row) for row in rows}) != 1:
        raise SqlError("TYPE_MISMATCH", "Values rows have mismatched types", node)
    columns = [unify([row[place] for row in rows], "Values rows have mismatched types: {} vs {}", node) for place in range(len(rows[0]))]
    types = [column[0].type for column in columns]
    lines = ", ".join(
        f"({', '.join(f'CAST({value.sql} AS {t.physical(value.type)})' for value in row)})" for row in zip(*columns, strict=True)
    )
    names = ", ".join(quoted(f"c{number}") for number in range(len(types)))
    return f"SELECT * FROM (VALUES {lines}) AS v({names})", types


def _row_items(compiler: Compiler, row: exp.Expression, scope: Scope) -> list[Expr]:
    if isinstance(row, exp.Tuple) and len(row.expressions) == 1:
        row = row.expressions[0]
    if isinstance(row, exp.Tuple):
        return [compiler.expr(item, scope) for item in row.expressions]
    value = compiler.expr(row, scope)
    if value.type.name == "row":  # a row is spread over the columns
        return [
            Expr(f"struct_extract({value.sql}, {member_key(value.type, number)})", item) for number, item in enumerate(value.type.items)
        ]
    return [value]


# -- UNNEST


def _unnest(compiler: Compiler, node: exp.Unnest, scope: Scope, outer_join: bool = False) -> Relation:
    """UNNEST; with ``outer_join``, nothing to unnest gives a row of NULLs (DuckDB's own LEFT JOIN LATERAL loses the items' order)."""
    only(node, "expressions", "alias", "offset")
    lists, outer, types = dict[str, str](), [], list[Type]()
    sizes = []
    for number, argument in enumerate(node.expressions):
        value = compiler.expr(argument, scope)
        if value.type.name not in ("array", "map"):
            raise SqlError("INVALID_FUNCTION_ARGUMENT", f"Cannot unnest type: {value.type}", node)
        entries = f"map_entries({value.sql})" if value.type.name == "map" else value.sql
        lists[f"u{number}"] = entries
        sizes.append(f"coalesce(len({entries}), 0)")
        for sql, type_ in _items(f"u.u{number}", value.type):
            outer.append(sql)
            types.append(type_)
    columns = node.args.get("alias")
    names = [column.name for column in columns.args.get("columns") or []] if columns is not None else []
    if node.args.get("offset"):
        lists["n"] = f"range(1, greatest({', '.join(sizes)}) + 1)"
        outer.append("u.n")
        types.append(t.BIGINT)
        if isinstance(node.args["offset"], exp.Identifier) and names and node.args["offset"].name not in names:
            names.append(node.args["offset"].name)
    alias = compiler.name("r")
    listed = ", ".join(f"{sql} AS {quoted(f'c{number}')}" for number, sql in enumerate(outer))
    fields = [Field(None, fresh(alias, number), type_) for number, type_ in enumerate(types)]
    if outer_join:
        lists = {name: f"CASE WHEN greatest({', '.join(sizes)}) = 0 THEN [NULL] ELSE {entries} END" for name, entries in lists.items()}
    if names and len(names) != len(fields):
        raise SqlError(
            "MISMATCHED_COLUMN_ALIASES",
            f"Column alias list has {len(names)} entries but '{columns.name}' has {len(fields)} columns available",
            node,
        )
    named = alias_fields(fields, columns.name if columns is not None else None, names)
    inner = ", ".join(f"unnest({entries}) AS {name}" for name, entries in lists.items())
    return f"LATERAL (SELECT {listed} FROM (SELECT {inner}) AS u) AS {alias}", named


def _items(sql: str, type_: Type) -> list[tuple[str, Type]]:
    if type_.name == "map":
        return [(f"{sql}.key", type_.items[0]), (f"{sql}.value", type_.items[1])]
    item = type_.items[0]
    if item.name == "row":
        return [(f"struct_extract({sql}, {member_key(item, number)})", each) for number, each in enumerate(item.items)]
    return [(sql, item)]


# -- joins


def _join(compiler: Compiler, left: str, fields: list[Field], node: exp.Join, scope: Scope) -> Relation:
    only(node, "this", "on", "using", "side", "kind", "method")
    if node.args.get("method"):
        raise SqlError("NOT_SUPPORTED", "Natural join not supported", node)
    side, kind = str(node.args.get("side") or "").upper(), str(node.args.get("kind") or "").upper()
    if kind not in ("", "CROSS", "INNER", "OUTER") or side not in ("", "LEFT", "RIGHT", "FULL"):
        raise Refused(f"{side} {kind} JOIN", node)
    lateral = isinstance(node.this, (exp.Unnest, exp.Lateral))
    around = Scope(tuple(fields), parent=scope.parent, ctes=scope.ctes) if lateral else scope
    outer_join = isinstance(node.this, exp.Unnest) and side == "LEFT"
    right, more = _unnest(compiler, node.this, around, outer_join) if outer_join else relation(compiler, node.this, around)
    joined = [*fields, *more]
    if node.args.get("using"):
        return _using(left, fields, right, more, node, side)
    on = node.args.get("on")
    if on is None:
        if side or kind == "INNER":
            raise SqlError("SYNTAX_ERROR", "mismatched input. Expecting: 'ON', 'USING'", node)
        return f"{left} CROSS JOIN {right}", joined
    if lateral and side and not (isinstance(on, exp.Boolean) and on.this):
        raise SqlError("NOT_SUPPORTED", f"{side} JOIN involving UNNEST is only supported with condition ON TRUE", node)
    if lateral and side and (isinstance(node.this, exp.Lateral) or side != "LEFT"):
        raise SqlError("NOT_SUPPORTED", "Given correlated subquery is not supported", node)
    condition = compiler.boolean(
        on, Scope(tuple(joined), parent=scope.parent, ctes=scope.ctes), "JOIN ON clause must evaluate to a boolean: actual type {}"
    )
    return f"{left} CROSS JOIN {right}" if outer_join else f"{left} {side} JOIN {right} ON {condition.sql}", joined


def _using(left: str, fields: list[Field], right: str, more: list[Field], node: exp.Join, side: str) -> Relation:
    conditions, shared = [], []
    for column in node.args["using"]:
        pair = []
        for each, words in ((fields, "left"), (more, "right")):
            matches = [one for one in each if (one.name or "").lower() == column.name.lower()]
            if len(matches) != 1:
                raise SqlError("COLUMN_NOT_FOUND", f"Column '{column.name}' is missing from {words} side of join", column)
            pair.append(matches[0])
        one, two = (Expr(each.sql, each.type) for each in pair)
        conditions.append(compare("=", one, two, node).sql)
        same = unify([one, two], "Column types do not match: {} vs {}", node)
        sql = {"FULL": f"coalesce({same[0].sql}, {same[1].sql})", "RIGHT": same[1].sql}.get(side, same[0].sql)
        shared.append((Field(column.name, sql, same[0].type), pair))
    used = {each.sql for _, pair in shared for each in pair}
    rest = [each for each in (*fields, *more) if each.sql not in used]
    return f"{left} {side} JOIN {right} ON {' AND '.join(conditions)}", [*(each for each, _ in shared), *rest]
