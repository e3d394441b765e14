"""``+ - * /`` with dates, timestamps and intervals."""

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.errors import Refused
from wheatpaste.services.athena.dialect.expr import Expr, fail
from wheatpaste.services.athena.dialect.times import add_milliseconds, add_months
from wheatpaste.services.athena.dialect.types import DAYS, INTEGERS, MONTHS, TZ, Type

DAY = 86_400_000


def time_arithmetic(operator: str, left: Expr, right: Expr) -> Expr | None:
    """The result, or None where no time is involved (or the operator is not defined)."""
    names = left.type.name, right.type.name
    if names[0] in (DAYS, MONTHS):
        return _interval_first(operator, left, right)
    if names[1] in (DAYS, MONTHS):
        if names[0] in ("date", "timestamp", TZ) and operator in "+-":
            return shifted(left, right.sql if operator == "+" else f"(-{right.sql})", right.type)
        if operator == "*":
            return _scaled(right, operator, left)
        return None
    if operator == "-" and names[0] in ("date", "timestamp", TZ) and names[1] in ("date", "timestamp", TZ):
        return _difference(left, right)
    return None


def _interval_first(operator: str, left: Expr, right: Expr) -> Expr | None:
    if right.type == left.type and operator in "+-":
        return Expr(f"({left.sql} {operator} {right.sql})", left.type)
    if right.type.name in ("date", "timestamp", TZ) and operator == "+":
        return shifted(right, left.sql, left.type)
    if right.type.numeric and operator in "*/":
        return _scaled(left, operator, right)
    return None


def _scaled(interval: Expr, operator: str, factor: Expr) -> Expr | None:
    if not factor.type.numeric:
        return None
    if operator == "*" and factor.type.name in INTEGERS:
        return Expr(f"CAST({interval.sql} * {factor.sql} AS {t.physical(interval.type)})", interval.type)
    # Trino multiplies and divides as doubles and drops the fraction
    return Expr(
        f"CAST(trunc(CAST({interval.sql} AS DOUBLE) {operator} CAST({factor.sql} AS DOUBLE)) AS {t.physical(interval.type)})", interval.type
    )


def shifted(value: Expr, amount: str, interval: Type) -> Expr:
    """A date or timestamp, an interval (milliseconds or months) later."""
    if value.type.name == TZ and (interval.name == MONTHS and value.type.zone != "UTC"):
        raise Refused("months added to a timestamp with a time zone other than UTC")
    if interval.name == MONTHS:
        return Expr(add_months(value.sql, amount, t.physical(value.type)), value.type)
    if value.type.name == "date":
        wrong = fail("INVALID_FUNCTION_ARGUMENT", "Cannot add hour, minutes or seconds to a date", t.DATE, amount)
        return Expr(f"(CASE WHEN {amount} % {DAY} <> 0 THEN {wrong} ELSE {value.sql} + CAST({amount} // {DAY} AS INTEGER) END)", t.DATE)
    precision = max(3, value.type.args[0])
    type_ = t.timestamp(precision) if value.type.name == "timestamp" else t.zoned(precision, value.type.zone)
    return Expr(add_milliseconds(value.sql, amount), type_)


def _difference(left: Expr, right: Expr) -> Expr | None:
    if left.type.name == right.type.name == "date":
        return Expr(f"(CAST({left.sql} - {right.sql} AS BIGINT) * {DAY})", t.DAY_TIME)
    if left.type.name == right.type.name:
        if max(left.type.args[0], right.type.args[0]) > 3:
            raise Refused("the difference of timestamps finer than milliseconds")
        return Expr(f"((epoch_us({left.sql}) - epoch_us({right.sql})) // 1000)", t.DAY_TIME)
    return None
