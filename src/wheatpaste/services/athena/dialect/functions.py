"""Function calls: the registry, overload resolution by Trino's coercions, and the errors for what is not there.

A function is a list of signatures, ``F("lower", "varchar -> 0", "lower({0})")``: parameter types, ``->``, the result's type, and the
DuckDB SQL. In types a capital letter is a variable, ``decimal`` and ``timestamp`` stand for any precision, ``*`` after a parameter
repeats it, and a result that is a digit is the type of that argument. Functions that look at their arguments' syntax (lambdas, units,
patterns) register a special instead.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.casts import coerce
from wheatpaste.services.athena.dialect.compiler import Compiler, compiles
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr
from wheatpaste.services.athena.dialect.functionnames import TRINO
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.types import FLOATS, INTEGERS, TZ, Type, common

Sql = str | Callable[[Sequence[Expr], Type], str]
Special = Callable[[Compiler, exp.Anonymous, Scope], Expr]


@dataclass(frozen=True)
class Signature:
    """One overload."""

    params: tuple[str, ...]
    returns: str
    sql: Sql
    variadic: bool = False


SIMPLE: dict[str, list[Signature]] = {}
SPECIAL: dict[str, Special] = {}


def F(name: str, signature: str, sql: Sql) -> None:
    """Register one overload of a function."""
    left, _, returns = signature.partition(" -> ")
    params = tuple(part.strip() for part in re.split(r";", left) if part.strip())
    variadic = bool(params) and params[-1].endswith("*")
    if variadic:
        params = (*params[:-1], params[-1][:-1])
    SIMPLE.setdefault(name, []).append(Signature(params, returns.strip(), sql, variadic))


def special(*names: str) -> Callable[[Special], Special]:
    """Register a function that compiles its own arguments."""

    def register(fn: Special) -> Special:
        for name in names:
            SPECIAL[name] = fn
        return fn

    return register


@compiles(exp.Anonymous)
def _call(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    name = node.name.lower()
    if name in SPECIAL:
        return SPECIAL[name](compiler, node, scope)
    require_known(name, node)
    return call(compiler, name, [compiler.expr(argument, scope) for argument in node.expressions], node)


def require_known(name: str, node: exp.Expression) -> None:
    """Raise for a function that Trino lacks (SqlError) or that is not built here (Refused)."""
    if name in SIMPLE or name in SPECIAL:
        return
    if name in TRINO:
        raise Refused(f"the function {name}", node)
    raise SqlError("FUNCTION_NOT_FOUND", f"Function '{name}' not registered", node)


def call(compiler: Compiler, name: str, arguments: Sequence[Expr], node: exp.Expression) -> Expr:
    """A call of a simple function; raises SqlError when no overload takes the arguments."""
    found = choose(SIMPLE[name], [argument.type for argument in arguments])
    if found is None:
        if any(argument.type.name in ("char", "json") for argument in arguments):
            raise Refused(f"the function {name} on {', '.join(str(argument.type) for argument in arguments)}", node)
        raise unexpected(name, arguments, node)
    signature, variables, params = found
    values = [coerce(value, wanted(param, value.type, variables), node) for param, value in zip(params, arguments, strict=True)]
    returns = result(signature.returns, variables, values)
    sql = signature.sql.format(*(value.sql for value in values)) if isinstance(signature.sql, str) else signature.sql(values, returns)
    return Expr(sql if sql.endswith(")") and "(" in sql else f"({sql})", returns)


PARTLY = frozenset(
    {
        "approx_percentile",
        "concat_ws",
        "date_format",
        "element_at",
        "from_unixtime",
        "lpad",
        "max",
        "max_by",
        "min",
        "min_by",
        "random",
        "repeat",
        "reverse",
        "rpad",
        "split",
        "strpos",
        "to_iso8601",
        "to_unixtime",
        "width_bucket",
    }
)
"""Functions of which Trino has forms that are not built: arguments that fit none of ours may fit those."""


def unexpected(name: str, arguments: Sequence[Expr], node: exp.Expression) -> SqlError:
    """Trino's error for arguments that no overload takes."""
    if name in PARTLY:
        raise Refused(f"this form of the function {name}", node)
    types = ", ".join(str(argument.type) for argument in arguments)
    return SqlError("FUNCTION_NOT_FOUND", f"Unexpected parameters ({types}) for function {name}.", node)


Found = tuple[Signature, dict[str, Type], tuple[str, ...]]


def choose(signatures: Sequence[Signature], types: Sequence[Type]) -> Found | None:
    """The overload that takes ``types`` with the least coercion."""
    best: tuple[int, Found] | None = None
    for signature in signatures:
        params = signature.params
        if signature.variadic:
            params = params + (params[-1],) * (len(types) - len(params))
        if len(params) != len(types):
            continue
        variables: dict[str, Type] = {}
        costs = [bind(param, type_, variables) for param, type_ in zip(params, types, strict=True)]
        if any(cost is None for cost in costs):
            continue
        cost = sum(cost or 0 for cost in costs)
        if best is None or cost < best[0]:
            best = (cost, (signature, variables, params))
    return best[1] if best else None


RANK = {name: rank for rank, name in enumerate((*INTEGERS, "decimal", "real", "double"))}


def bind(param: str, type_: Type, variables: dict[str, Type]) -> int | None:
    """How far ``type_`` is from ``param`` (0: the same); None when it cannot be turned into it."""
    if len(param) == 1 and param.isupper():
        known = variables.get(param)
        found = type_ if known is None else common(known, type_)
        if found is None:
            return None
        variables[param] = found
        return 0
    if type_.name == "unknown":
        return 1
    inner = split(param)
    if inner is not None:
        name, parts = inner
        if type_.name != name or len(parts) != len(type_.items):
            return None
        costs = [bind(part, item, variables) for part, item in zip(parts, type_.items, strict=True)]
        return None if any(cost is None for cost in costs) else sum(cost or 0 for cost in costs)
    if type_.name == param:
        return 0
    if param in RANK and type_.name in RANK:
        distance = RANK[param] - RANK[type_.name]
        return distance if distance > 0 and not (param == "decimal" and type_.name in FLOATS) else None
    if param == "timestamp" and type_.name == "date":
        return 1
    return 2 if param == TZ and type_.name in ("date", "timestamp") else None


def split(param: str) -> tuple[str, list[str]] | None:
    """``map(K,V)`` as ("map", ["K", "V"])."""
    if not param.endswith(")"):
        return None
    name, _, rest = param[:-1].partition("(")
    parts, depth, start = [], 0, 0
    for place, mark in enumerate(rest):
        depth += (mark == "(") - (mark == ")")
        if mark == "," and depth == 0:
            parts.append(rest[start:place])
            start = place + 1
    return name, [part.strip() for part in [*parts, rest[start:]]]


def wanted(param: str, given: Type, variables: dict[str, Type]) -> Type:
    """The type an argument is coerced to."""
    if param in ("varchar", "timestamp", "decimal", TZ, "row", "char", "time"):
        if given.name == param:
            return given
        if given.name == "unknown":
            return {"varchar": t.varchar(0), "decimal": t.decimal(1, 0), TZ: t.zoned(3, "UTC")}.get(param, t.timestamp(3))
        return t.as_decimal(given) if param == "decimal" else t.zoned(3, "UTC") if param == TZ else t.timestamp(3)
    return result(param, variables, ())


def result(returns: str, variables: dict[str, Type], values: Sequence[Expr]) -> Type:
    """A type written in a signature, with its variables filled in."""
    if returns.isdigit():
        return values[int(returns)].type
    if returns in variables:
        return variables[returns]
    inner = split(returns)
    if inner is not None and inner[0] in ("array", "map"):
        return Type(inner[0], (), tuple(result(part, variables, values) for part in inner[1]))
    if inner is not None:
        return Type(inner[0], tuple(int(part) for part in inner[1]))
    return t.SOME_VARCHAR if returns == "varchar?" else Type(returns)
