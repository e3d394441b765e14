"""Functions that take functions: transform, filter, reduce, any_match and their kin."""

from collections.abc import Sequence

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.arrayfunctions import wrong_lambda
from wheatpaste.services.athena.dialect.casts import coerce
from wheatpaste.services.athena.dialect.compiler import Compiler
from wheatpaste.services.athena.dialect.errors import Refused
from wheatpaste.services.athena.dialect.expr import TRYING, Expr
from wheatpaste.services.athena.dialect.functions import special, unexpected
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.types import Type, common


def body(compiler: Compiler, node: exp.Expression, types: Sequence[Type], scope: Scope) -> tuple[list[str], Expr]:
    """A lambda's argument names in DuckDB, and its compiled body."""
    if not isinstance(node, exp.Lambda):
        raise Refused("a function given as anything but a lambda", node)
    if len(node.expressions) != len(types):
        raise wrong_lambda(len(types), len(node.expressions), node)
    if TRYING.get() is not None:
        raise Refused("a lambda inside of TRY", node)
    names = [compiler.name("l") for _ in types]
    arguments = {given.name.lower(): Expr(name, type_) for given, name, type_ in zip(node.expressions, names, types, strict=True)}
    return names, compiler.expr(node.this, scope.inner().with_lambdas(arguments))


def _array(compiler: Compiler, node: exp.Anonymous, scope: Scope, count: int) -> Expr:
    values = [compiler.expr(node.expressions[0], scope)] if node.expressions else []
    if len(node.expressions) != count or values[0].type.name != "array":
        raise unexpected(node.name.lower(), values, node)
    return values[0]


@special("transform")
def _transform(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    items = _array(compiler, node, scope, 2)
    (name,), result = body(compiler, node.expressions[1], items.type.items, scope)
    return Expr(f"list_transform({items.sql}, lambda {name}: {result.sql})", t.array(result.type))


def _predicate(compiler: Compiler, node: exp.Anonymous, items: Expr, scope: Scope) -> tuple[str, str]:
    (name,), result = body(compiler, node.expressions[1], items.type.items, scope)
    if result.type.name not in ("boolean", "unknown"):
        raise unexpected(node.name.lower(), [items], node)
    return name, result.sql


@special("filter")
def _filter(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    items = _array(compiler, node, scope, 2)
    name, condition = _predicate(compiler, node, items, scope)
    return Expr(f"list_filter({items.sql}, lambda {name}: coalesce({condition}, false))", items.type)


@special("any_match", "all_match", "none_match")
def _match(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    items = _array(compiler, node, scope, 2)
    name, condition = _predicate(compiler, node, items, scope)
    tested = f"list_transform({items.sql}, lambda {name}: CAST({condition} AS BOOLEAN))"
    decisive = "false" if node.name.lower() == "all_match" else "true"
    found, otherwise = ("true", "false") if node.name.lower() == "any_match" else ("false", "true")
    unknown = f"list_count({tested}) < len({tested})"
    return Expr(
        f"(CASE WHEN {items.sql} IS NULL THEN NULL WHEN list_contains({tested}, {decisive}) THEN {found} WHEN {unknown} THEN "
        f"NULL ELSE {otherwise} END)",
        t.BOOLEAN,
    )


@special("reduce")
def _reduce(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    items = _array(compiler, node, scope, 4)
    start = compiler.expr(node.expressions[1], scope)
    state = start.type
    names, step = body(compiler, node.expressions[2], [state, *items.type.items], scope)
    if step.type != state:
        found = common(step.type, state)
        if found is None:
            raise unexpected("reduce", [items, start], node)
        state = found
        names, step = body(compiler, node.expressions[2], [state, *items.type.items], scope)
    (last,), result = body(compiler, node.expressions[3], [state], scope)
    if state.items or items.type.items[0].items:
        raise Refused("reduce over a state or items that are no scalars", node)
    # DuckDB's list_reduce wants state and items of one type: a struct holds both
    step_sql = coerce(step, state).sql
    held = f"struct_pack(s := {coerce(start, state).sql}, x := CAST(NULL AS {t.physical(items.type.items[0])}))"
    wrapped = f"list_transform({items.sql}, lambda i: struct_pack(s := CAST(NULL AS {t.physical(state)}), x := i))"
    inner = (
        f"list_transform([struct_pack(s := a.s, x := b.x)], lambda p: list_transform([p.s], lambda {names[0]}: "
        f"list_transform([p.x], lambda {names[1]}: {step_sql})[1])[1])[1]"
    )
    folded = f"struct_extract(list_reduce({wrapped}, lambda a, b: struct_pack(s := {inner}, x := b.x), {held}), 's')"
    return Expr(f"(CASE WHEN {items.sql} IS NOT NULL THEN list_transform([{folded}], lambda {last}: {result.sql})[1] END)", result.type)


@special("zip_with")
def _zip_with(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arrays = [compiler.expr(each, scope) for each in node.expressions[:2]]
    if len(node.expressions) != 3 or any(each.type.name != "array" for each in arrays):
        raise unexpected("zip_with", arrays, node)
    left, right = arrays
    (a, b), result = body(compiler, node.expressions[2], [left.type.items[0], right.type.items[0]], scope)
    count = f"greatest(len({left.sql}), len({right.sql}))"
    applied = f"list_transform([{left.sql}[i]], lambda {a}: list_transform([{right.sql}[i]], lambda {b}: {result.sql})[1])[1]"
    nulls = f"{left.sql} IS NULL OR {right.sql} IS NULL"
    return Expr(f"(CASE WHEN {nulls} THEN NULL ELSE list_transform(range(1, {count} + 1), lambda i: {applied}) END)", t.array(result.type))


# -- maps


def _map(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    values = [compiler.expr(node.expressions[0], scope)] if node.expressions else []
    if len(node.expressions) != 2 or values[0].type.name != "map":
        raise unexpected(node.name.lower(), values, node)
    return values[0]


@special("map_filter", "transform_values", "transform_keys")
def _map_lambda(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    value = _map(compiler, node, scope)
    (k, v), result = body(compiler, node.expressions[1], value.type.items, scope)
    name = node.name.lower()
    entries = f"map_entries({value.sql})"
    applied = f"list_transform([e.key], lambda {k}: list_transform([e.value], lambda {v}: {result.sql})[1])[1]"
    if name == "map_filter":
        sql, type_ = f"map_from_entries(list_filter({entries}, lambda e: coalesce({applied}, false)))", value.type
    elif name == "transform_values":
        sql = f"map(map_keys({value.sql}), list_transform({entries}, lambda e: {applied}))"
        type_ = t.map_of(value.type.items[0], result.type)
    else:
        sql = f"map(list_transform({entries}, lambda e: {applied}), map_values({value.sql}))"
        type_ = t.map_of(result.type, value.type.items[1])
    return Expr(f"(CASE WHEN {value.sql} IS NOT NULL THEN {sql} END)", type_)
