"""CAST, implicit coercion, and values as text: each pair of types that is exact has a rule, all others are an error or refused."""

from collections.abc import Callable

from sqlglot import exp

from wheatpaste.services.athena.dialect import types as t
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr, cast_to, fail, refuse_if, untried
from wheatpaste.services.athena.dialect.times import at_zone, from_zone, rounded, timestamp_text
from wheatpaste.services.athena.dialect.types import DAYS, FLOATS, INTEGERS, TZ, Type, known_zone, members, physical, quoted, text

Rule = Callable[[str, Type, Type], str]
NAMES = {"integer": "INT"}


def coerce(value: Expr, type_: Type, node: exp.Expression | None = None) -> Expr:
    """``value`` as a type that it coerces to (varchar lengths grow, numbers widen, items of arrays and rows likewise)."""
    if value.type == type_ or (value.type.name == type_.name == "varchar"):
        return Expr(value.sql, type_, value.value)
    if value.type.name == "unknown":
        return Expr(cast_to(value.sql, type_), type_)
    if type_.name == TZ and value.type.name == TZ:
        return Expr(value.sql, type_)
    return cast(value, type_, node)


def cast(value: Expr, type_: Type, node: exp.Expression | None = None) -> Expr:
    """``CAST(value AS type_)``; raises SqlError where Trino has no such cast."""
    source = value.type
    if source == type_ and source.name != TZ:
        return Expr(value.sql, type_, value.value)
    if source.name == "unknown":
        return Expr(cast_to("NULL", type_), type_ if type_.name != TZ else t.zoned(type_.args[0], "UTC"))
    if type_.name == TZ:
        return _to_zoned(value, type_)
    rule = RULES.get((_family(source), _family(type_)))
    if rule is None:
        if {"char", "json", "time"} & {source.name, type_.name}:
            raise Refused(f"the cast from {source} to {type_}", node)
        raise SqlError("TYPE_MISMATCH", f"Cannot cast {source} to {type_}", node)
    return Expr(rule(value.sql, source, type_), type_)


def _family(type_: Type) -> str:
    if type_.name in INTEGERS:
        return "integer"
    return "float" if type_.name in FLOATS else type_.name


# -- numbers


def _plain(sql: str, source: Type, type_: Type) -> str:
    return cast_to(sql, type_)


def _time_of(sql: str, source: Type, type_: Type) -> str:
    if source.args[0] > type_.args[0]:  # rounding may reach midnight
        raise Refused(f"the cast from {source} to {type_}")
    return f"CAST({sql} AS TIME)"


def _decimal_to_float(sql: str, source: Type, type_: Type) -> str:
    """A long decimal by its digits: DuckDB divides two doubles, which rounds twice."""
    return cast_to(sql if source.args[0] <= 18 else f"CAST({sql} AS VARCHAR)", type_)


def _float_to_integer(sql: str, source: Type, type_: Type) -> str:
    return cast_to(f"round({sql})", type_)  # half away from zero; DuckDB's own cast rounds half to even


def _float_to_decimal(sql: str, source: Type, type_: Type) -> str:
    """By the shortest decimal text of the number, as Trino does: 1.005 becomes 1.01."""
    return cast_to(f"CAST({sql} AS VARCHAR)", type_)


def _float_to_float(sql: str, source: Type, type_: Type) -> str:
    if type_.name == "real" and source.name == "double":
        limit = "3.4028235677973366e38::DOUBLE"  # from here on a double rounds to an infinite float
        return (
            f"(CASE WHEN isfinite({sql}) AND abs({sql}) >= {limit} THEN CAST(sign({sql}) * 'Infinity'::DOUBLE AS FLOAT) "
            f"ELSE CAST({sql} AS FLOAT) END)"
        )
    return cast_to(sql, type_)


# -- from text


def _checked(pattern: str, name: str, message: str) -> Rule:
    def rule(sql: str, source: Type, type_: Type) -> str:
        wrong = fail("INVALID_CAST_ARGUMENT", message, type_, sql)
        return (
            f"(CASE WHEN regexp_full_match(trim({sql}), {text(pattern)}) THEN {cast_to(f'trim({sql})', type_)} ELSE "
            f"{_null(sql, wrong)} END)"
        )

    return rule


def _null(sql: str, wrong: str) -> str:
    return f"CASE WHEN {sql} IS NOT NULL THEN {wrong} END"


def _text_to_integer(sql: str, source: Type, type_: Type) -> str:
    return _checked(r"[+-]?[0-9]+", "", f"Cannot cast '{{}}' to {NAMES.get(type_.name, type_.name.upper())}")(sql, source, type_)


def _text_to_float(sql: str, source: Type, type_: Type) -> str:
    wrong = fail("INVALID_CAST_ARGUMENT", f"Cannot cast '{{}}' to {type_.name.upper()}", type_, sql)
    number = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?"
    value = cast_to(f"regexp_replace(trim({sql}), '([0-9.])[dDfF]$', '\\1')", type_)
    special = cast_to(f"trim({sql})", type_)
    return (
        f"(CASE WHEN regexp_full_match(trim({sql}), {text(number)}) THEN {value} WHEN regexp_full_match(trim({sql}), "
        f"'[+-]?(NaN|Infinity)') THEN {special} "
        f"ELSE {_null(sql, wrong)} END)"
    )


def _text_to_boolean(sql: str, source: Type, type_: Type) -> str:
    wrong = fail("INVALID_CAST_ARGUMENT", "Cannot cast '{}' to BOOLEAN", type_, sql)
    return (
        f"(CASE WHEN lower({sql}) IN ('t', 'true', '1') THEN true WHEN lower({sql}) IN ('f', 'false', '0') THEN false ELSE "
        f"{_null(sql, wrong)} END)"
    )


def _text_to_timestamp(sql: str, source: Type, type_: Type) -> str:
    wrong = fail("INVALID_CAST_ARGUMENT", "Value cannot be cast to timestamp: {}", type_, sql)
    shape = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}( [0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}(\.[0-9]{0,6})?)?)?"
    beyond = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} [0-9:.]+ .*|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} [0-9:]+\.[0-9]{7,}"
    value = rounded(f"CAST(trim({sql}) AS TIMESTAMP)", 6, type_.args[0])
    checked = f"(CASE WHEN regexp_full_match(trim({sql}), {text(shape)}) THEN {value} ELSE {_null(sql, wrong)} END)"
    what = "a cast of text with a time zone, or with more than 6 digits of a second, to timestamp"
    return refuse_if(f"regexp_full_match(trim({sql}), {text(beyond)})", what, checked, type_)


def _text_to_text(sql: str, source: Type, type_: Type) -> str:
    if type_.args and (not source.args or source.args[0] > type_.args[0]):
        return f"left({sql}, {type_.args[0]})"
    return sql


# -- to text


def to_text(sql: str, source: Type) -> str:
    """``CAST(… AS VARCHAR)`` of a value, as Trino writes it."""
    rule = RULES.get((_family(source), "varchar"))
    if rule is None:
        raise Refused(f"{source} as text")
    return rule(sql, source, t.VARCHAR)


def _float_to_text(sql: str, source: Type, type_: Type) -> str:
    return f"wp_{source.name}_text({sql})"


def decimal_text(sql: str, source: Type) -> str:
    """A decimal's digits; DuckDB leaves out the zero of ``0.5`` where the type has no digit before the point."""
    shown = f"CAST({sql} AS VARCHAR)"
    return shown if source.args[0] > source.args[1] else f"regexp_replace({shown}, '^(-?)\\.', '\\1' || '0.')"


def _bounded(rule: Rule) -> Rule:
    """A cast to varchar(n) must fit, except from text."""

    def bounded(sql: str, source: Type, type_: Type) -> str:
        found = rule(sql, source, type_)
        if not type_.args:
            return found
        wrong = fail("INVALID_CAST_ARGUMENT", f"Value {{}} cannot be represented as varchar({type_.args[0]})", type_, found)
        return f"(CASE WHEN length({found}) > {type_.args[0]} THEN {wrong} ELSE {found} END)"

    return bounded


def _zoned_to_text(sql: str, source: Type, type_: Type) -> str:
    zone = known_zone(source)
    return f"({timestamp_text(at_zone(sql, zone), source.args[0])} || {text(' ' + zone)})"


# -- times


def _to_zoned(value: Expr, type_: Type) -> Expr:
    precision, source = type_.args[0], value.type
    if source.name == TZ:
        return Expr(rounded(value.sql, source.args[0], precision), t.zoned(precision, source.zone))
    if source.name in ("date", "timestamp"):
        zone = type_.zone or "UTC"
        return Expr(from_zone(cast(value, t.timestamp(precision)).sql, zone), t.zoned(precision, zone))
    raise Refused(f"the cast from {source} to {type_}")


# -- nested


def _arrays(sql: str, source: Type, type_: Type) -> str:
    with untried():
        item = cast(Expr("e", source.items[0]), type_.items[0]).sql
    return sql if item == "e" else f"list_transform({sql}, lambda e: {item})"


def _maps(sql: str, source: Type, type_: Type) -> str:
    (key, value), (new_key, new_value) = source.items, type_.items
    keys = _arrays(f"map_keys({sql})", t.array(key), t.array(new_key))
    values = _arrays(f"map_values({sql})", t.array(value), t.array(new_value))
    return f"(CASE WHEN {sql} IS NOT NULL THEN map({keys}, {values}) END)"


def _rows(sql: str, source: Type, type_: Type) -> str:
    if len(source.items) != len(type_.items):
        raise SqlError("TYPE_MISMATCH", f"Cannot cast {source} to {type_}")
    parts = []
    for old, new, item, wanted in zip(members(source), members(type_), source.items, type_.items, strict=True):
        parts.append(f"{quoted(new)} := {cast(Expr(f'struct_extract({sql}, {text(old)})', item), wanted).sql}")
    return f"(CASE WHEN {sql} IS NOT NULL THEN struct_pack({', '.join(parts)}) END)"


def _seconds(sql: str, source: Type, type_: Type) -> str:
    return rounded(at_zone(sql, known_zone(source)) if source.name == TZ else sql, source.args[0], type_.args[0])


RULES: dict[tuple[str, str], Rule] = {
    **{
        (a, b): _plain
        for a in ("integer", "decimal", "boolean")
        for b in ("integer", "float", "decimal", "boolean")
        if (a, b) != ("boolean", "boolean")
    },
    ("decimal", "float"): _decimal_to_float,
    ("float", "integer"): _float_to_integer,
    ("float", "decimal"): _float_to_decimal,
    ("float", "float"): _float_to_float,
    ("float", "boolean"): lambda sql, source, type_: f"({sql} <> 0)",
    ("varchar", "integer"): _text_to_integer,
    ("varchar", "float"): _text_to_float,
    ("varchar", "decimal"): _checked(
        r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", "", "Cannot cast VARCHAR '{}' to DECIMAL. Value is not a number."
    ),
    ("varchar", "boolean"): _text_to_boolean,
    ("varchar", "date"): _checked(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", "", "Value cannot be cast to date: {}"),
    ("varchar", "timestamp"): _text_to_timestamp,
    ("varchar", "varchar"): _text_to_text,
    ("integer", "varchar"): _bounded(_plain),
    ("decimal", "varchar"): _bounded(lambda sql, source, type_: decimal_text(sql, source)),
    ("boolean", "varchar"): _bounded(_plain),
    ("date", "varchar"): _bounded(lambda sql, source, type_: f"wp_date_text({sql})"),
    ("float", "varchar"): _bounded(_float_to_text),
    ("timestamp", "varchar"): _bounded(lambda sql, source, type_: timestamp_text(sql, source.args[0])),
    (TZ, "varchar"): _bounded(_zoned_to_text),
    ("time", "varchar"): _bounded(
        lambda sql, source, type_: f"strftime(DATE '2000-01-01' + {sql}, '%H:%M:%S{'.%g' if source.args[0] == 3 else ''}')"
    ),
    (DAYS, "varchar"): _bounded(lambda sql, source, type_: f"wp_day_time_text({sql})"),
    ("interval year to month", "varchar"): _bounded(lambda sql, source, type_: f"wp_year_month_text({sql})"),
    ("timestamp", "time"): _time_of,
    ("date", "timestamp"): _plain,
    ("timestamp", "date"): _plain,
    (TZ, "date"): lambda sql, source, type_: f"CAST({at_zone(sql, known_zone(source))} AS DATE)",
    ("timestamp", "timestamp"): _seconds,
    (TZ, "timestamp"): _seconds,
    ("array", "array"): _arrays,
    ("map", "map"): _maps,
    ("row", "row"): _rows,
}

__all__ = ["cast", "coerce", "physical", "to_text"]
