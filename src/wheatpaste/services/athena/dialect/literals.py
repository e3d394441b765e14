"""Literals: numbers, text, typed literals (DATE '…'), intervals, parameters."""

import json
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.casts import cast
from wheatpaste.services.athena.dialect.compiler import Compiler, compiles, only
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import NULL, Expr, attempt, trying
from wheatpaste.services.athena.dialect.parser import parse
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.times import UTC, from_zone
from wheatpaste.services.athena.dialect.typenames import sql_type
from wheatpaste.services.athena.dialect.types import text

DType = exp.DataType.Type
MAX_BIGINT = 2**63 - 1


def number(compiler: Compiler, digits: str, node: exp.Expression, negative: bool = False) -> Expr:
    """A numeric literal: integer, bigint or double; a plain Trino takes one without an exponent for a decimal, Athena does not
    (``0.1 + 0.2`` is ``0.30000000000000004`` there: measured on engine version 3 in 2026-09, and what PyAthena's own tests expect)."""
    digits = digits.replace("_", "")
    sign = "-" if negative else ""
    if re.fullmatch(r"[0-9]+", digits):
        value = int(sign + digits)
        if value > MAX_BIGINT or value < -MAX_BIGINT - 1:
            raise SqlError("SYNTAX_ERROR", f"Invalid numeric literal: {digits}", node)
        type_ = t.INTEGER if -(2**31) <= value < 2**31 else t.BIGINT
        return Expr(f"CAST({value} AS {t.physical(type_)})" if type_ == t.BIGINT or value < 0 else str(value), type_, value)
    if "e" in digits.lower() or not compiler.decimals:
        return Expr(f"CAST('{sign}{digits}' AS DOUBLE)", t.DOUBLE)
    return decimal_literal(sign + digits, node)


def decimal_literal(written: str, node: exp.Expression) -> Expr:
    """``DECIMAL '1.50'``: precision and scale are those of its digits."""
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", written):
        raise SqlError("INVALID_LITERAL", f"'{written}' is not a valid DECIMAL literal", node)
    whole, _, fraction = written.lstrip("+-").partition(".")
    precision = max(1, len(whole.lstrip("0")) + len(fraction))
    if precision > 38:
        raise SqlError("SYNTAX_ERROR", f"Invalid numeric literal: {written}", node)
    type_ = t.decimal(precision, len(fraction))
    return Expr(f"CAST('{written}' AS {t.physical(type_)})", type_)


@compiles(exp.Literal)
def _literal(compiler: Compiler, node: exp.Literal, scope: Scope) -> Expr:
    if node.is_string:
        return Expr(text(node.this), t.varchar(len(node.this)), node.this)
    return number(compiler, node.this, node)


@compiles(exp.Null)
def _null(compiler: Compiler, node: exp.Null, scope: Scope) -> Expr:
    return NULL


@compiles(exp.Boolean)
def _boolean(compiler: Compiler, node: exp.Boolean, scope: Scope) -> Expr:
    return Expr("true" if node.this else "false", t.BOOLEAN, bool(node.this))


@compiles(exp.HexString)
def _hex(compiler: Compiler, node: exp.HexString, scope: Scope) -> Expr:
    if not re.fullmatch(r"([0-9A-Fa-f]{2})*", node.this):
        raise SqlError("SYNTAX_ERROR", "Invalid hexadecimal literal", node)
    return Expr(f"unhex('{node.this}')", t.VARBINARY)


@compiles(exp.Placeholder, exp.Parameter)
def _parameter(compiler: Compiler, node: exp.Placeholder, scope: Scope) -> Expr:
    if node.this is not None:
        raise SqlError("SYNTAX_ERROR", f"mismatched input ':{node.this}'", node)
    number_ = int(node.meta.get("number", 0))
    if number_ >= len(compiler.parameters):
        raise SqlError("INVALID_PARAMETER_USAGE", f"Incorrect number of parameters: expected more than {len(compiler.parameters)}", node)
    given = parse(f"SELECT {compiler.parameters[number_]}").expressions
    if len(given) != 1 or any(given[0].find_all(exp.Column, exp.Subquery, exp.Select)):
        raise SqlError("INVALID_PARAMETER_USAGE", f"the parameter {compiler.parameters[number_]} is no constant")
    return compiler.expr(given[0], Scope())


# -- typed literals: sqlglot makes DATE '…' the same node as CAST('…' AS DATE), but for a mark that the parser leaves in the text's absence


def typed_literal(kind: exp.DataType, written: str, node: exp.Expression) -> Expr | None:
    """``DATE '…'``, ``TIMESTAMP '…'``, ``DECIMAL '…'``, ``DOUBLE '…'`` …; None where a plain cast means the same."""
    if kind.this == DType.DATE:
        return Expr(f"DATE '{_valid_date(written, node)}'", t.DATE)
    if kind.this in (DType.TIMESTAMP, DType.TIMESTAMPTZ):
        return timestamp_literal(written, node)
    if kind.this == DType.JSON:
        return _json_literal(written, node)
    if kind.this == DType.DECIMAL and not kind.expressions:
        return decimal_literal(written, node)
    return None


def _json_literal(written: str, node: exp.Expression) -> Expr:
    try:
        json.loads(written)
    except ValueError:
        raise SqlError("INVALID_LITERAL", f"'{written}' is not a valid JSON literal", node) from None
    return Expr(text(written), t.JSON)


def _valid_date(written: str, node: exp.Expression) -> str:
    found = re.fullmatch(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*", written)
    try:
        if found is None:
            raise ValueError
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        if re.fullmatch(r"\s*[+-]?\d{4,}-\d{1,2}-\d{1,2}\s*", written) and not (found and int(found[1])):
            raise Refused("dates outside of the years 1 to 9999", node) from None
        raise SqlError("INVALID_LITERAL", f"'{written}' is not a valid DATE literal", node) from None


STAMP = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?: (\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?)?(?: ?(\S.*))?")


def timestamp_literal(written: str, node: exp.Expression) -> Expr:
    """``TIMESTAMP '…'``: its precision is its number of digits, a zone makes it ``with time zone``."""
    found = STAMP.fullmatch(written.strip())
    wrong = SqlError("INVALID_LITERAL", f"'{written}' is not a valid TIMESTAMP literal", node)
    if found is None:
        raise wrong
    *numbers, fraction, zone = found.groups()
    precision = len(fraction or "")
    if precision > 6:
        raise Refused("timestamps of more than 6 digits of a second", node)
    try:
        value = datetime(*(int(part or 0) for part in numbers), int((fraction or "0").ljust(6, "0")))  # type: ignore[arg-type,misc]
    except ValueError:
        raise wrong from None
    sql = f"TIMESTAMP '{value.isoformat(sep=' ')}'"
    if zone is None:
        return Expr(sql, t.timestamp(precision))
    return Expr(from_zone(sql, valid_zone(zone, node)), t.zoned(precision, valid_zone(zone, node)))


def valid_zone(zone: str, node: exp.Expression | None = None) -> str:
    """A time zone's name as Trino prints it; raises SqlError for one that does not exist, Refused for a fixed offset."""
    if zone in UTC:
        return "UTC"
    if re.fullmatch(r"[+-]\d{1,2}(:?\d{2})?", zone):
        raise Refused("time zones that are fixed offsets", node)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SqlError("INVALID_FUNCTION_ARGUMENT", f"'{zone}' is not a valid time zone", node) from None
    return zone


@compiles(exp.Cast)
def _cast(compiler: Compiler, node: exp.Cast, scope: Scope) -> Expr:
    only(node, "this", "to")
    if node.meta.get("literal"):
        special = typed_literal(node.to, node.this.this, node)
        if special is not None:
            return special
    value = compiler.expr(node.this, scope)
    if value.literal and isinstance(value.value, str) and node.to.this == DType.TIMESTAMPTZ:
        return cast(timestamp_literal(value.value, node), sql_type(node.to), node)
    return cast(value, sql_type(node.to), node)


@compiles(exp.TryCast)
def _try_cast(compiler: Compiler, node: exp.TryCast, scope: Scope) -> Expr:
    only(node, "this", "to", "safe", "requires_string")
    with trying() as conditions:
        found = cast(compiler.expr(node.this, scope), sql_type(node.to), node)
    return Expr(attempt(found.sql, found.type, conditions), found.type)


# -- intervals: whole milliseconds, or whole months

UNITS = {"second": 1000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
MONTHS = {"month": 1, "year": 12}


@compiles(exp.Interval)
def _interval(compiler: Compiler, node: exp.Interval, scope: Scope) -> Expr:
    only(node, "this", "unit")
    if not isinstance(node.this, exp.Literal) or not node.this.is_string or not isinstance(node.args.get("unit"), exp.Var):
        raise Refused("this form of INTERVAL", node)
    unit, written = node.args["unit"].name.lower(), node.this.this
    if unit in MONTHS and re.fullmatch(r"[+-]?\d+", written):
        return Expr(f"CAST({int(written) * MONTHS[unit]} AS INTEGER)", t.YEAR_MONTH)
    pattern = r"[+-]?\d+(\.\d{1,3})?" if unit == "second" else r"[+-]?\d+"
    if unit not in UNITS or not re.fullmatch(pattern, written):
        raise SqlError("SYNTAX_ERROR", f"'{written}' is not a valid INTERVAL literal", node)
    return Expr(f"CAST({round(float(written) * 1000) if unit == 'second' else int(written) * UNITS[unit]} AS BIGINT)", t.DAY_TIME)
