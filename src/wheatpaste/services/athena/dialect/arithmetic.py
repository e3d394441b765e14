"""Numbers: ``+ - * / %`` with Trino's result types, integer division, and its decimal rules."""

from wheatpaste.services.athena.dialect.expr import Expr, cast_to, fail
from wheatpaste.services.athena.dialect.types import FLOATS, INTEGERS, Type, as_decimal, common, decimal

NAMES = {"+": "addition", "-": "subtraction", "*": "multiplication", "/": "division", "%": "modulus"}


def arithmetic(operator: str, left: Expr, right: Expr) -> Expr | None:
    """``left operator right`` for two numbers (or an untyped NULL); None when the types have no such operator."""
    type_ = common(left.type, right.type)
    if type_ is None or not (type_.numeric or type_.name == "unknown"):
        return None
    if type_.name == "decimal":
        return _decimals(operator, left, right)
    if type_.name == "unknown":
        type_ = Type("integer")
    a, b = coerce(left, type_).sql, coerce(right, type_).sql
    if type_.name in INTEGERS:
        return Expr(_integers(operator, a, b, type_), type_)
    return Expr(cast_to(_floats(operator, a, b), type_), type_)


def coerce(value: Expr, type_: Type) -> Expr:
    """``value`` as ``type_``, one it coerces to; see casts.coerce for types that are not numbers."""
    return value if value.type == type_ else Expr(cast_to(value.sql, type_), type_)


def _integers(operator: str, a: str, b: str, type_: Type) -> str:
    if operator in "+-*":
        return f"({a} {operator} {b})"
    zero = fail("DIVISION_BY_ZERO", "Division by zero", type_, b)
    if operator == "%":
        return f"(CASE WHEN {b} = 0 THEN {zero} WHEN {b} = -1 THEN {a} - {a} ELSE {a} % {b} END)"
    return f"(CASE WHEN {b} = 0 THEN {zero} WHEN {b} = -1 THEN -({a}) ELSE {a} // {b} END)"


def _floats(operator: str, a: str, b: str) -> str:
    if operator == "%":
        # Java's % keeps the dividend when the divisor is infinite, and so does fmod, which DuckDB uses.
        return f"({a} % {b})"
    return f"({a} {operator} {b})"


def result_type(operator: str, left: Type, right: Type) -> Type:
    """The decimal that Trino gives for two decimals (release 476: a division's scale is the larger one)."""
    (p1, s1), (p2, s2) = as_decimal(left).args, as_decimal(right).args
    scale = max(s1, s2)
    if operator in "+-":
        return decimal(min(38, max(p1 - s1, p2 - s2) + scale + 1), scale)
    if operator == "*":
        return decimal(min(38, p1 + p2), s1 + s2)
    if operator == "/":
        return decimal(min(38, p1 + s2 + max(0, s2 - s1)), scale)
    return decimal(max(1, min(p1 - s1, p2 - s2) + scale), scale)


def _decimals(operator: str, left: Expr, right: Expr) -> Expr | None:
    one, two = (as_decimal(other.type if side.type.name == "unknown" else side.type) for side, other in ((left, right), (right, left)))
    type_ = result_type(operator, one, two)
    if type_.args[1] > 38:
        return None
    a, b = coerce(left, one).sql, coerce(right, two).sql
    if operator == "*":
        return Expr(cast_to(f"({a} * {b})", type_), type_)
    if operator in "+-":
        return Expr(cast_to(f"({cast_to(a, type_)} {operator} {cast_to(b, type_)})", type_), type_)
    zero = fail("DIVISION_BY_ZERO", "Division by zero", type_, b)
    if operator == "%":
        wide = decimal(min(38, max(one.args[0] - one.args[1], two.args[0] - two.args[1]) + type_.args[1]), type_.args[1])
        return Expr(f"(CASE WHEN {b} = 0 THEN {zero} ELSE {cast_to(f'({cast_to(a, wide)} % {cast_to(b, wide)})', type_)} END)", type_)
    return Expr(f"(CASE WHEN {b} = 0 THEN {zero} ELSE {divide(a, one, b, two, type_)} END)", type_)


def unscaled(sql: str, type_: Type) -> str:
    """A decimal's digits as a whole number."""
    scale = type_.args[1]
    if scale == 0:
        return f"CAST({sql} AS HUGEINT)"
    return f"CAST(replace(CAST({sql} AS VARCHAR), '.', '') AS HUGEINT)"  # also right for '.5', as DuckDB prints decimal(1,1)


def divide(a: str, one: Type, b: str, two: Type, type_: Type) -> str:
    """``a / b`` rounded half away from zero to the scale of ``type_``; exact, since DuckDB divides decimals as doubles."""
    up = type_.args[1] - one.args[1] + two.args[1]
    return scaled_down(f"{unscaled(a, one)} * {10**up}::HUGEINT", unscaled(b, two), type_)


def scaled_down(numerator: str, denominator: str, type_: Type) -> str:
    """Two whole numbers' quotient, rounded half away from zero, as the digits of ``type_``."""
    halves = f"(2 * abs({numerator}) + abs({denominator})) // (2 * abs({denominator}))"
    signed = f"({halves}) * CAST(sign({numerator}) * sign({denominator}) AS HUGEINT)"
    return from_unscaled(signed, type_)


def from_unscaled(sql: str, type_: Type) -> str:
    """The decimal with these digits."""
    scale = type_.args[1]
    if scale == 0:
        return cast_to(sql, type_)
    # through a decimal with no fraction, then times 10^-scale: exact, and an overflow is an error
    return (
        f"CAST(CAST({sql} AS DECIMAL(38,0)) * CAST('0.{'0' * (scale - 1)}1' AS DECIMAL({scale},{scale})) AS "
        f"DECIMAL({type_.args[0]},{scale}))"
    )


def negate(value: Expr) -> Expr | None:
    """``-value``."""
    if value.type.name in (*INTEGERS, *FLOATS, "decimal", "interval day to second", "interval year to month"):
        return Expr(cast_to(f"(-({value.sql}))", value.type), value.type)
    return None
