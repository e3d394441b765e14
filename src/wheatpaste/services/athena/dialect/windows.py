"""Window functions and frames."""

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.aggregates import AGGREGATES, Manner, compile_aggregate
from wheatpaste.services.athena.dialect.casts import coerce
from wheatpaste.services.athena.dialect.compiler import Compiler, compiles, only
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, cast_to
from wheatpaste.services.athena.dialect.functions import SPECIAL, require_known, unexpected
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.types import INTEGERS, Type

RANKING = {"row_number": t.BIGINT, "rank": t.BIGINT, "dense_rank": t.BIGINT, "percent_rank": t.DOUBLE, "cume_dist": t.DOUBLE}
VALUES = ("lag", "lead", "first_value", "last_value", "nth_value", "ntile")


def _alone(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    raise SqlError("MISSING_OVER", f"Window function {node.name.lower()} must have an OVER clause", node)


for _name in (*RANKING, *VALUES):
    SPECIAL[_name] = _alone


@compiles(exp.Window)
def _window(compiler: Compiler, node: exp.Window, scope: Scope) -> Expr:
    only(node, "this", "partition_by", "order", "spec", "over", "alias")
    if not scope.windows:
        raise SqlError("EXPRESSION_NOT_SCALAR", f"window functions may not stand here: [{node.sql('trino')}]", node)
    inner = replace(scope, windows=False, outputs=())
    over = f" OVER ({_specification(compiler, _named(node, scope), inner)})"
    call, ignore_nulls = node.this, False
    if isinstance(call, (exp.IgnoreNulls, exp.RespectNulls)):
        call, ignore_nulls = call.this, isinstance(call, exp.IgnoreNulls)
    if isinstance(call, exp.Filter):
        raise SqlError("NOT_SUPPORTED", "FILTER is not yet supported for window functions", node)
    if not isinstance(call, exp.Anonymous):
        raise Refused("OVER on this expression", node)
    name = call.name.lower()
    if name in AGGREGATES and not ignore_nulls:
        return compile_aggregate(compiler, call, inner, Manner(over=over))
    if name not in RANKING and name not in VALUES:
        require_known(name, call)
        raise Refused(f"{name} as a window function", node)
    values = [compiler.expr(argument, inner) for argument in call.expressions]
    found = _ranking(name, values, over) if name in RANKING or name == "ntile" else _valued(name, values, over, ignore_nulls)
    if found is None:
        raise unexpected(name, values, call)
    return found


def _named(node: exp.Window, scope: Scope) -> exp.Window:
    """The window that OVER stands for: its own, or one of the WINDOW clause."""
    alias = node.args.get("alias")
    if alias is None:
        return node
    found = scope.named_windows.get(alias.name.lower())
    if found is None:
        raise SqlError("INVALID_WINDOW_REFERENCE", f"Cannot resolve WINDOW name {alias.name}", node)
    if any(node.args.get(part) for part in ("partition_by", "order", "spec")) or found.args.get("alias") is not None:
        raise Refused("a window that extends a named one", node)
    return found


def _ranking(name: str, values: Sequence[Expr], over: str) -> Expr | None:
    if name == "ntile":
        if len(values) != 1 or values[0].type.name not in INTEGERS:
            return None
        return Expr(f"ntile({values[0].sql}){over}", t.BIGINT)
    return Expr(cast_to(f"{name}(){over}", RANKING[name]), RANKING[name]) if not values else None


def _valued(name: str, values: Sequence[Expr], over: str, ignore_nulls: bool) -> Expr | None:
    most = {"lag": 3, "lead": 3, "nth_value": 2}.get(name, 1)
    if not 1 <= len(values) <= most or (name == "nth_value" and len(values) != 2):
        return None
    value = values[0]
    arguments = [value.sql]
    if len(values) > 1:
        offset = values[1]
        if not isinstance(offset.value, int):
            raise Refused(f"{name} with an offset that is no literal")
        if offset.value < (1 if name == "nth_value" else 0):
            message = "Offset must be at least 1" if name == "nth_value" else "Offset must be at least 0"
            raise SqlError("INVALID_FUNCTION_ARGUMENT", message)
        arguments.append(str(offset.value))
    if len(values) > 2:
        arguments.append(coerce(values[2], value.type).sql)
    words = " IGNORE NULLS" if ignore_nulls else ""
    return Expr(f"{name}({', '.join(arguments)}{words}){over}", value.type)


def _specification(compiler: Compiler, node: exp.Window, scope: Scope) -> str:
    from wheatpaste.services.athena.dialect.queries import order_terms

    words = []
    if node.args.get("partition_by"):
        words.append("PARTITION BY " + ", ".join(compiler.expr(each, scope).sql for each in node.args["partition_by"]))
    order = node.args.get("order")
    if order is not None:
        words.append("ORDER BY " + order_terms(compiler, order.expressions, scope))
    if node.args.get("spec") is not None:
        words.append(_frame(compiler, node.args["spec"], node, scope))
    return " ".join(words)


def _frame(compiler: Compiler, spec: exp.WindowSpec, node: exp.Window, scope: Scope) -> str:
    only(spec, "kind", "start", "start_side", "end", "end_side")
    kind = str(spec.args["kind"]).upper()
    start = _bound(compiler, spec.args.get("start"), spec.args.get("start_side"), kind, node, scope)
    end = spec.args.get("end")
    if end is None:
        return f"{kind} BETWEEN {start} AND CURRENT ROW"
    return f"{kind} BETWEEN {start} AND {_bound(compiler, end, spec.args.get('end_side'), kind, node, scope)}"


def _bound(compiler: Compiler, bound: object, side: str | None, kind: str, node: exp.Window, scope: Scope) -> str:
    if bound == "CURRENT ROW":
        return "CURRENT ROW"
    if bound == "UNBOUNDED":
        return f"UNBOUNDED {str(side).upper()}"
    if not isinstance(bound, exp.Expression):
        raise Refused("this window frame", node)
    value = compiler.expr(bound, Scope())
    keys = [compiler.expr(each.this, scope).type for each in node.args["order"].expressions] if node.args.get("order") else []
    if not isinstance(value.value, int) or value.value < 0 or (kind == "RANGE" and not _ranged(keys)):
        raise Refused("a window frame with this distance", node)
    return f"{value.value} {str(side).upper()}"


def _ranged(keys: Sequence[Type]) -> bool:
    return len(keys) == 1 and keys[0].name in INTEGERS
