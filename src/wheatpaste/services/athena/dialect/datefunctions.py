"""Functions of dates and times."""

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.casts import cast, coerce
from wheatpaste.services.athena.dialect.compiler import Compiler, compiles, only
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, fail, refuse_if
from wheatpaste.services.athena.dialect.functions import F, special, unexpected
from wheatpaste.services.athena.dialect.literals import valid_zone
from wheatpaste.services.athena.dialect.scope import Scope
from wheatpaste.services.athena.dialect.timearithmetic import shifted
from wheatpaste.services.athena.dialect.times import at_zone, from_zone
from wheatpaste.services.athena.dialect.types import DAYS, MONTHS, TZ, Type, common, known_zone, text

UNITS = {"millisecond": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000, "week": 7 * 86_400_000}
MONTH_UNITS = {"month": 1, "quarter": 3, "year": 12}
PARTS = {
    "year": "year({0})",
    "quarter": "quarter({0})",
    "month": "month({0})",
    "week": "weekofyear({0})",
    "week_of_year": "weekofyear({0})",
    "day": "day({0})",
    "day_of_month": "day({0})",
    "day_of_week": "isodow({0})",
    "dow": "isodow({0})",
    "day_of_year": "dayofyear({0})",
    "doy": "dayofyear({0})",
    "year_of_week": "isoyear({0})",
    "yow": "isoyear({0})",
}
CLOCK = {
    "hour": "hour({0})",
    "minute": "minute({0})",
    "second": "second({0})",
    "millisecond": "((epoch_us({0}) // 1000) % 1000 + 1000) % 1000",
}
INTERVAL_PARTS = {"day": (86_400_000, 0), "hour": (3_600_000, 24), "minute": (60_000, 60), "second": (1000, 60), "millisecond": (1, 1000)}


def local(value: Expr) -> Expr:
    """A timestamp with time zone as the timestamp that its zone's clock shows."""
    if value.type.name != TZ:
        return value
    return Expr(at_zone(value.sql, known_zone(value.type)), t.timestamp(value.type.args[0]))


def part(name: str, value: Expr, node: exp.Expression) -> Expr:
    """``year(x)`` and its kin, and EXTRACT."""
    type_ = value.type
    if type_.name == DAYS and name in INTERVAL_PARTS:
        size, modulus = INTERVAL_PARTS[name]
        sql = f"({value.sql} // {size})"
        return Expr(f"({sql} % {modulus})" if modulus else sql, t.BIGINT)
    if type_.name == MONTHS and name in ("year", "month"):
        return Expr(f"CAST({value.sql} {'//' if name == 'year' else '%'} 12 AS BIGINT)", t.BIGINT)
    templates = {**PARTS, **CLOCK} if type_.name in ("timestamp", TZ) else PARTS if type_.name == "date" else {}
    if name not in templates:
        if type_.name == "unknown":
            return Expr("CAST(NULL AS BIGINT)", t.BIGINT)
        if type_.name == "time":
            raise Refused(f"{name} of a time", node)
        raise unexpected(name, [value], node)
    return Expr(f"CAST({templates[name].format(local(value).sql)} AS BIGINT)", t.BIGINT)


@special(*PARTS, *CLOCK)
def _part(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    name = node.name.lower()
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if len(arguments) != 1:
        raise unexpected(name, arguments, node)
    return part(name, arguments[0], node)


@compiles(exp.Extract)
def _extract(compiler: Compiler, node: exp.Extract, scope: Scope) -> Expr:
    name = node.name.lower()
    if name not in PARTS and name not in CLOCK:
        raise SqlError("SYNTAX_ERROR", f"Invalid EXTRACT field: {name}", node)
    return part(name, compiler.expr(node.expression, scope), node)


# -- units


def unit_of(value: Expr, type_: Type, node: exp.Expression) -> str:
    """The unit that a literal names; raises as Trino does for one that the type has not."""
    if not isinstance(value.value, str):
        raise Refused("a unit that is no literal", node)
    unit = value.value.lower()
    kind = {"date": "DATE", "time": "TIME"}.get(type_.name, "TIMESTAMP")
    if (unit not in UNITS and unit not in MONTH_UNITS) or (kind == "DATE" and unit in ("millisecond", "second", "minute", "hour")):
        raise SqlError("INVALID_FUNCTION_ARGUMENT", f"'{unit}' is not a valid {kind} field")
    return unit


def _three(name: str, compiler: Compiler, node: exp.Anonymous, scope: Scope, count: int) -> list[Expr]:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    times = arguments[-1].type.name in ("date", "timestamp", TZ, "unknown")
    if len(arguments) != count or arguments[0].type.name != "varchar" or not times:
        if len(arguments) == count and arguments[-1].type.name == "time":
            raise Refused(f"{name} of a time", node)
        raise unexpected(name, arguments, node)
    return arguments


@special("date_trunc")
def _date_trunc(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    unit, value = _three("date_trunc", compiler, node, scope, 2)
    name = unit_of(unit, value.type, node)
    if value.type.name == "date":
        return Expr(f"CAST(date_trunc('{name}', {value.sql}) AS DATE)", t.DATE)
    found = f"CAST(date_trunc('{name}', {local(value).sql}) AS TIMESTAMP)"
    return Expr(from_zone(found, known_zone(value.type)) if value.type.name == TZ else found, value.type)


@special("date_add")
def _date_add(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    unit, amount, value = _three("date_add", compiler, node, scope, 3)
    name = unit_of(unit, value.type, node)
    if common(amount.type, t.BIGINT) != t.BIGINT:
        raise unexpected("date_add", [unit, amount, value], node)
    size = UNITS.get(name, MONTH_UNITS.get(name, 1))
    if value.type.name == TZ and name in ("day", "week", *MONTH_UNITS) and value.type.zone != "UTC":
        raise Refused("date_add of days in a time zone other than UTC", node)
    moved = shifted(value, f"(CAST({amount.sql} AS BIGINT) * {size})", t.DAY_TIME if name in UNITS else t.YEAR_MONTH)
    return Expr(moved.sql, value.type if name != "millisecond" else moved.type)


@special("date_diff")
def _date_diff(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    unit, start, end = _three("date_diff", compiler, node, scope, 3)
    type_ = common(start.type, end.type)
    if type_ is None or type_.name not in ("date", "timestamp", TZ):
        raise unexpected("date_diff", [unit, start, end], node)
    name = unit_of(unit, type_, node)
    a, b = coerce(start, type_).sql, coerce(end, type_).sql
    if name in UNITS:
        return Expr(f"((epoch_us({b}) // 1000 - epoch_us({a}) // 1000) // {UNITS[name]})", t.BIGINT)
    if type_.name == TZ and type_.zone != "UTC":
        raise Refused("date_diff of months in a time zone other than UTC", node)
    return Expr(f"(wp_months_between(CAST({a} AS TIMESTAMP), CAST({b} AS TIMESTAMP)) // {MONTH_UNITS[name]})", t.BIGINT)


# -- zones


def zone_of(value: Expr, node: exp.Expression) -> str:
    """The zone that a literal names."""
    if not isinstance(value.value, str):
        raise Refused("a time zone that is no literal", node)
    return valid_zone(value.value, node)


def in_zone(value: Expr, zone: str, node: exp.Expression) -> Expr:
    """The same instant, shown in another zone."""
    if value.type.name in ("date", "timestamp"):
        value = cast(value, t.zoned(max(0, *value.type.args) if value.type.args else 0, "UTC"))
    if value.type.name != TZ:
        raise unexpected("at_timezone", [value], node)
    return Expr(value.sql, t.zoned(value.type.args[0], zone))


@compiles(exp.AtTimeZone)
def _at_time_zone(compiler: Compiler, node: exp.AtTimeZone, scope: Scope) -> Expr:
    only(node, "this", "zone")
    return in_zone(compiler.expr(node.this, scope), zone_of(compiler.expr(node.args["zone"], scope), node), node)


@special("at_timezone", "with_timezone")
def _timezones(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if len(arguments) != 2:
        raise unexpected(node.name.lower(), arguments, node)
    zone = zone_of(arguments[1], node)
    if node.name.lower() == "at_timezone":
        return in_zone(arguments[0], zone, node)
    if arguments[0].type.name not in ("date", "timestamp"):
        raise unexpected("with_timezone", arguments, node)
    value = coerce(arguments[0], t.timestamp(3)) if arguments[0].type.name == "date" else arguments[0]
    return Expr(from_zone(value.sql, zone), t.zoned(value.type.args[0], zone))


# -- the present: the start of the query


def _now(compiler: Compiler) -> str:
    return f"TIMESTAMP '{compiler.now.strftime('%Y-%m-%d %H:%M:%S.%f')[:-3]}'"


@compiles(exp.CurrentTimestamp, exp.CurrentDate, exp.Localtimestamp)
def _current(compiler: Compiler, node: exp.Expression, scope: Scope) -> Expr:
    only(node)
    if isinstance(node, exp.CurrentDate):
        return Expr(f"CAST({_now(compiler)} AS DATE)", t.DATE)
    return Expr(_now(compiler), t.timestamp(3) if isinstance(node, exp.Localtimestamp) else t.zoned(3, "UTC"))


@special("now")
def _now_function(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    return Expr(_now(compiler), t.zoned(3, "UTC"))


# -- simple ones

F("current_timezone", " -> varchar", "('UTC')")
F("date", "varchar -> date", lambda values, type_: cast(values[0], t.DATE).sql)
F("date", "timestamp -> date", "CAST({0} AS DATE)")
F("date", "date -> date", "CAST({0} AS DATE)")
F("last_day_of_month", "date -> date", "last_day({0})")
F("last_day_of_month", "timestamp -> date", "last_day({0})")
F("to_unixtime", "timestamp -> double", "epoch({0})")
F("to_unixtime", f"{TZ} -> double", "epoch({0})")
F("to_milliseconds", f"{DAYS} -> bigint", "({0})")
F("to_iso8601", "date -> varchar", "wp_date_text({0})")
F(
    "to_iso8601",
    "timestamp -> varchar",
    lambda values, type_: f"replace(wp_timestamp_text({values[0].sql}, {values[0].type.args[0]}), ' ', 'T')",
)
F("from_iso8601_date", "varchar -> date", lambda values, type_: _iso_date(values[0].sql))


def _iso_date(sql: str) -> str:
    shape = f"regexp_full_match({sql}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
    return refuse_if(f"NOT {shape}", "from_iso8601_date of anything but yyyy-MM-dd", f"CAST({sql} AS DATE)", t.DATE)


ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}(:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?)?)?(Z|\+00:?00)?"


@special("from_iso8601_timestamp")
def _iso_timestamp(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if len(arguments) != 1 or arguments[0].type.name not in ("varchar", "unknown"):
        raise unexpected("from_iso8601_timestamp", arguments, node)
    sql, type_ = arguments[0].sql, t.zoned(3, "UTC")
    bare = f"regexp_replace(replace({sql}, 'T', ' '), '(Z|\\+00:?00)$', '')"
    padded = f"(CASE WHEN length({bare}) = 13 THEN {bare} || ':00' ELSE {bare} END)"
    known = f"regexp_full_match({sql}, {text(ISO)})"
    return Expr(
        refuse_if(
            f"NOT {known}",
            "from_iso8601_timestamp of a time that is not in UTC or not yyyy-MM-ddTHH:mm:ss.SSSZ",
            f"CAST({padded} AS TIMESTAMP)",
            type_,
        ),
        type_,
    )


@special("from_unixtime")
def _from_unixtime(compiler: Compiler, node: exp.Anonymous, scope: Scope) -> Expr:
    arguments = [compiler.expr(argument, scope) for argument in node.expressions]
    if not 1 <= len(arguments) <= 2 or (not arguments[0].type.numeric and arguments[0].type.name != "unknown"):
        if len(arguments) == 3:
            raise Refused("from_unixtime with an offset", node)
        raise unexpected("from_unixtime", arguments, node)
    seconds = coerce(arguments[0], t.DOUBLE).sql
    zone = zone_of(arguments[1], node) if len(arguments) == 2 else "UTC"
    wrong = fail("INVALID_FUNCTION_ARGUMENT", "Millis overflow: {}", t.timestamp(3), seconds)
    limit = f"abs({seconds}) < 250000000000"
    moment = f"make_timestamp(CAST(floor({seconds} * 1000 + 0.5) AS BIGINT) * 1000)"
    return Expr(f"(CASE WHEN {limit} THEN {moment} WHEN {seconds} IS NOT NULL THEN {wrong} END)", t.zoned(3, zone))
