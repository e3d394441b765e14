"""Aggregate functions, with DISTINCT, ORDER BY, FILTER and OVER."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.arithmetic import scaled_down, unscaled
from wheatpaste.services.athena.dialect.arrayfunctions import comparable
from wheatpaste.services.athena.dialect.casts import coerce
from wheatpaste.services.athena.dialect.compiler import Compiler, compiles, only
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, cast_to, fail
from wheatpaste.services.athena.dialect.functions import SPECIAL, unexpected
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.types import DAYS, FLOATS, INTEGERS, MONTHS, Type, common


@dataclass(frozen=True)
class Manner:
    """How an aggregate is computed: over which rows, in which order."""

    distinct: bool = False
    order: str = ""
    where: str = ""
    over: str = ""

    def __call__(self, function: str, *arguments: str, where: str = "", order: bool = False) -> str:
        """The SQL of one aggregate; ``order``: its result depends on the order."""
        inner = ("DISTINCT " if self.distinct else "") + ", ".join(arguments) + (f" ORDER BY {self.order}" if self.order and order else "")
        conditions = [condition for condition in (self.where, where) if condition]
        filtered = f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""
        return f"{function}({inner}){filtered}{self.over}"


Aggregate = Callable[[Sequence[Expr], Manner], Expr | None]
AGGREGATES: dict[str, Aggregate] = {}


def aggregate(*names: str) -> Callable[[Aggregate], Aggregate]:
    """Register an aggregate function; it answers None for arguments that it does not take."""

    def register(fn: Aggregate) -> Aggregate:
        for name in names:
            AGGREGATES[name] = fn
            SPECIAL[name] = lambda compiler, node, scope: compile_aggregate(compiler, node, scope, Manner())
        return fn

    return register


def compile_aggregate(compiler: Compiler, node: exp.Anonymous, scope: Scope, manner: Manner) -> Expr:
    """A call of an aggregate function."""
    name = node.name.lower()
    if not manner.over and not scope.aggregates:
        raise SqlError(
            "EXPRESSION_NOT_SCALAR",
            f"aggregations, window functions or grouping operations may not stand here: [{node.sql('trino')}]",
            node,
        )
    inner = replace(scope.inner(), aggregates=bool(manner.over) and scope.aggregates)
    arguments = list(node.expressions)
    if len(arguments) == 1 and isinstance(arguments[0], exp.Star) and name == "count":
        return Expr(manner("count", "*"), t.BIGINT)
    arguments, manner = _unwrapped(compiler, arguments, inner, manner)
    values = [compiler.expr(argument, inner) for argument in arguments]
    found = AGGREGATES[name](values, manner)
    if found is None:
        raise unexpected(name, values, node)
    return found


def _unwrapped(compiler: Compiler, arguments: list[exp.Expression], scope: Scope, manner: Manner) -> tuple[list[exp.Expression], Manner]:
    from wheatpaste.services.athena.dialect.queries import order_terms

    if len(arguments) >= 1 and isinstance(arguments[-1], exp.Order):
        order = arguments[-1]
        manner = replace(manner, order=order_terms(compiler, order.expressions, scope))
        arguments = [*arguments[:-1], order.this]
    if len(arguments) == 1 and isinstance(arguments[0], exp.Distinct):
        distinct = arguments[0]
        only(distinct, "expressions")
        return _unwrapped(compiler, list(distinct.expressions), scope, replace(manner, distinct=True))
    return arguments, manner


@compiles(exp.Filter)
def _filter(compiler: Compiler, node: exp.Filter, scope: Scope) -> Expr:
    condition = compiler.boolean(node.expression.this, scope.inner(), "Filter expression must evaluate to a boolean (actual: {})")
    return _aggregate_of(compiler, node.this, scope, Manner(where=condition.sql), node)


@compiles(exp.WithinGroup)
def _within_group(compiler: Compiler, node: exp.WithinGroup, scope: Scope) -> Expr:
    raise Refused("WITHIN GROUP", node)


@compiles(exp.GroupConcat)
def _listagg(compiler: Compiler, node: exp.GroupConcat, scope: Scope) -> Expr:
    from wheatpaste.services.athena.dialect.queries import order_terms

    only(node, "this", "separator")
    if not scope.aggregates or not isinstance(node.this, exp.Order):
        raise Refused("this form of listagg", node)
    inner = scope.inner()
    value, separator = compiler.expr(node.this.this, inner), compiler.expr(node.args.get("separator") or exp.Literal.string(""), inner)
    if value.type.name != "varchar" or not isinstance(separator.value, str):
        raise unexpected("listagg", [value, separator], node)
    return Expr(
        Manner(order=order_terms(compiler, node.this.expressions, inner))("string_agg", value.sql, separator.sql, order=True), t.VARCHAR
    )


def _aggregate_of(compiler: Compiler, call: exp.Expression, scope: Scope, manner: Manner, node: exp.Expression) -> Expr:
    if not isinstance(call, exp.Anonymous) or call.name.lower() not in AGGREGATES:
        raise Refused("FILTER or OVER on this expression", node)
    return compile_aggregate(compiler, call, scope, manner)


@aggregate("count")
def _count(values: Sequence[Expr], manner: Manner) -> Expr | None:
    if not values:
        return Expr(manner("count", "*"), t.BIGINT)
    if manner.distinct and values[0].type.name not in FLOATS:
        comparable(values[0].type, "count(DISTINCT …)")
    return Expr(manner("count", values[0].sql), t.BIGINT) if len(values) == 1 else None


@aggregate("count_if")
def _count_if(values: Sequence[Expr], manner: Manner) -> Expr | None:
    if len(values) != 1 or values[0].type.name not in ("boolean", "unknown"):
        return None
    return Expr(manner("count", f"CASE WHEN {values[0].sql} THEN 1 END"), t.BIGINT)


@aggregate("sum")
def _sum(values: Sequence[Expr], manner: Manner) -> Expr | None:
    if len(values) != 1 or not (values[0].type.numeric or values[0].type.name in (DAYS, MONTHS)):
        return None
    source = values[0].type
    type_ = t.BIGINT if source.name in INTEGERS else t.decimal(38, source.args[1]) if source.name == "decimal" else source
    value = values[0].sql if source.name != "decimal" else cast_to(values[0].sql, t.decimal(38, source.args[1]))
    total = cast_to(manner("sum", value), type_)
    if source.name != "decimal":
        return Expr(total, type_)
    # DuckDB lets a sum of decimals pass 38 digits, up to what 128 bits hold
    most = f"CAST('{'9' * (38 - type_.args[1])}{'.' if type_.args[1] else ''}{'9' * type_.args[1]}' AS {t.physical(type_)})"
    return Expr(
        f"(CASE WHEN abs({total}) > {most} THEN {fail('NUMERIC_VALUE_OUT_OF_RANGE', 'Decimal overflow', type_, total)} ELSE {total} END)",
        type_,
    )


@aggregate("avg")
def _avg(values: Sequence[Expr], manner: Manner) -> Expr | None:
    if len(values) != 1 or not (values[0].type.numeric or values[0].type.name in (DAYS, MONTHS)):
        return None
    value, type_ = values[0].sql, values[0].type
    if type_.name == "decimal":
        wide = t.decimal(38, type_.args[1])
        total, count = manner("sum", cast_to(value, wide)), manner("count", value)
        return Expr(f"(CASE WHEN {count} > 0 THEN {scaled_down(unscaled(total, wide), f'CAST({count} AS HUGEINT)', type_)} END)", type_)
    if type_.name in (DAYS, MONTHS):
        return Expr(cast_to(f"round({manner('avg', value)})", type_), type_)
    result = t.REAL if type_.name == "real" else t.DOUBLE
    return Expr(cast_to(manner("avg", value), result), result)


@aggregate("min", "max")
def _unreachable(values: Sequence[Expr], manner: Manner) -> Expr | None:
    raise AssertionError("replaced below: min and max differ by name")


def _extreme(name: str) -> Aggregate:
    def extreme(values: Sequence[Expr], manner: Manner) -> Expr | None:
        if len(values) != 1:
            if len(values) == 2:
                raise Refused(f"{name} with a number of values")
            return None
        value, type_ = values[0].sql, values[0].type
        if type_.name in FLOATS and name == "max":  # NaN counts only where there is nothing else
            return Expr(f"coalesce({manner(name, value, where=f'NOT isnan({value})')}, {manner(name, value)})", type_)
        if type_.name not in (*FLOATS, DAYS, MONTHS, t.TZ):
            comparable(type_, name)
        return Expr(manner(name, value), type_)

    return extreme


AGGREGATES["min"], AGGREGATES["max"] = _extreme("min"), _extreme("max")


def _by(name: str) -> Aggregate:
    def by(values: Sequence[Expr], manner: Manner) -> Expr | None:
        if len(values) != 2:
            return None
        value, key = values
        if key.type.name not in (*FLOATS, t.TZ):
            comparable(key.type, name)
        function = "arg_max_null" if name == "max_by" else "arg_min_null"
        if key.type.name in FLOATS and name == "max_by":
            numbers = manner(function, value.sql, key.sql, where=f"NOT isnan({key.sql})")
            count = manner("count", key.sql, where=f"NOT isnan({key.sql})")
            return Expr(f"(CASE WHEN {count} > 0 THEN {numbers} ELSE {manner(function, value.sql, key.sql)} END)", value.type)
        return Expr(manner(function, value.sql, key.sql), value.type)

    return by


for _name in ("max_by", "min_by"):
    aggregate(_name)(_by(_name))


@aggregate("arbitrary", "any_value")
def _any_value(values: Sequence[Expr], manner: Manner) -> Expr | None:
    return Expr(manner("any_value", values[0].sql), values[0].type) if len(values) == 1 else None


@aggregate("array_agg")
def _array_agg(values: Sequence[Expr], manner: Manner) -> Expr | None:
    if manner.distinct:
        comparable(values[0].type, "array_agg(DISTINCT …)")
    return Expr(manner("array_agg", values[0].sql, order=True), t.array(values[0].type)) if len(values) == 1 else None


def _logical(function: str) -> Aggregate:
    def logical(values: Sequence[Expr], manner: Manner) -> Expr | None:
        return (
            Expr(manner(function, values[0].sql), t.BOOLEAN) if len(values) == 1 and values[0].type.name in ("boolean", "unknown") else None
        )

    return logical


for _name, _function in (("bool_and", "bool_and"), ("every", "bool_and"), ("bool_or", "bool_or")):
    aggregate(_name)(_logical(_function))


def _statistic(function: str, least: int) -> Aggregate:
    def statistic(values: Sequence[Expr], manner: Manner) -> Expr | None:
        if len(values) != 1 or common(values[0].type, t.DOUBLE) != t.DOUBLE:
            return None
        return Expr(manner(function, coerce(values[0], t.DOUBLE).sql), t.DOUBLE)

    return statistic


for _name, _function, _least in (
    ("stddev", "stddev_samp", 2),
    ("stddev_samp", "stddev_samp", 2),
    ("stddev_pop", "stddev_pop", 1),
    ("variance", "var_samp", 2),
    ("var_samp", "var_samp", 2),
    ("var_pop", "var_pop", 1),
):
    aggregate(_name)(_statistic(_function, _least))


@aggregate("approx_distinct")
def _approx_distinct(values: Sequence[Expr], manner: Manner) -> Expr | None:
    """The exact number, which lies within every error that may be asked for."""
    if not 1 <= len(values) <= 2 or manner.distinct:
        return None
    comparable(values[0].type, "approx_distinct")
    return Expr(replace(manner, distinct=True)("count", values[0].sql), t.BIGINT)


@aggregate("approx_percentile")
def _approx_percentile(values: Sequence[Expr], manner: Manner) -> Expr | None:
    """The exact quantile, one of the values; weights and accuracies are refused."""
    if len(values) != 2 or not values[0].type.numeric or manner.distinct:
        return None
    value, wanted = values
    if wanted.type.name != "array" and not wanted.type.numeric:
        return None
    type_ = t.BIGINT if value.type.name in INTEGERS else t.REAL if value.type.name == "real" else t.DOUBLE
    share = t.array(t.DOUBLE) if wanted.type.name == "array" else t.DOUBLE
    found = manner("quantile_disc", coerce(value, type_).sql, coerce(wanted, share).sql)
    return Expr(found, t.array(type_) if share.name == "array" else type_)


@aggregate("map_agg")
def _map_agg(values: Sequence[Expr], manner: Manner) -> Expr | None:
    if len(values) != 2 or manner.distinct:
        return None
    key, value = values
    comparable(key.type, "map_agg by")
    entry = f"struct_pack(k := {key.sql}, v := {value.sql})"
    entries = manner("array_agg", entry, where=f"{key.sql} IS NOT NULL", order=True)
    return Expr(
        f"(CASE WHEN {manner('count', '*')} > 0 THEN map_from_entries(coalesce({entries}, [])) END)", t.map_of(key.type, value.type)
    )


@aggregate("histogram")
def _histogram(values: Sequence[Expr], manner: Manner) -> Expr | None:
    if len(values) != 1 or manner.distinct:
        return None
    comparable(values[0].type, "histogram")
    type_ = t.map_of(values[0].type, t.BIGINT)
    return Expr(cast_to(manner("histogram", values[0].sql, where=f"{values[0].sql} IS NOT NULL"), type_), type_)


def result_type(value: Expr) -> Type:
    """The type of an aggregate's result."""
    return value.type
