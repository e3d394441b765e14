"""Redshift's date and time functions, date parts and format models."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect import infer
from wheatpaste.engines.redshift.dialect.calls import final

PARTS = {
    "millennium": "millennium",
    "millennia": "millennium",
    "mil": "millennium",
    "mils": "millennium",
    "century": "century",
    "centuries": "century",
    "c": "century",
    "cent": "century",
    "cents": "century",
    "decade": "decade",
    "decades": "decade",
    "dec": "decade",
    "decs": "decade",
    "epoch": "epoch",
    "year": "year",
    "years": "year",
    "y": "year",
    "yr": "year",
    "yrs": "year",
    "quarter": "quarter",
    "quarters": "quarter",
    "qtr": "quarter",
    "qtrs": "quarter",
    "month": "month",
    "months": "month",
    "mon": "month",
    "mons": "month",
    "week": "week",
    "weeks": "week",
    "w": "week",
    "dayofweek": "dow",
    "dow": "dow",
    "dw": "dow",
    "weekday": "dow",
    "dayofyear": "doy",
    "doy": "doy",
    "dy": "doy",
    "yearday": "doy",
    "day": "day",
    "days": "day",
    "d": "day",
    "hour": "hour",
    "hours": "hour",
    "h": "hour",
    "hr": "hour",
    "hrs": "hour",
    "minute": "minute",
    "minutes": "minute",
    "m": "minute",
    "min": "minute",
    "mins": "minute",
    "second": "second",
    "seconds": "second",
    "s": "second",
    "sec": "second",
    "secs": "second",
    "millisecond": "millisecond",
    "milliseconds": "millisecond",
    "ms": "millisecond",
    "msec": "millisecond",
    "msecs": "millisecond",
    "msecond": "millisecond",
    "mseconds": "millisecond",
    "millisec": "millisecond",
    "millisecs": "millisecond",
    "millisecon": "millisecond",
    "microsecond": "microsecond",
    "microseconds": "microsecond",
    "us": "microsecond",
    "usec": "microsecond",
    "usecs": "microsecond",
    "microsec": "microsecond",
    "microsecs": "microsecond",
    "usecond": "microsecond",
    "useconds": "microsecond",
}

# Redshift's format models → strftime's; longest first, so that HH24 is not read as HH.
MODELS: list[tuple[str, str | None]] = [
    ("HH24", "%H"),
    ("HH12", "%I"),
    ("YYYY", "%Y"),
    ("IYYY", "%G"),
    ("MONTH", None),
    ("Month", "%B"),
    ("month", None),
    ("MON", None),
    ("Mon", "%b"),
    ("mon", None),
    ("DAY", None),
    ("Day", None),
    ("day", None),
    ("DDD", "%j"),
    ("Dy", "%a"),
    ("DY", None),
    ("dy", None),
    ("HH", "%I"),
    ("YY", "%y"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("MI", "%M"),
    ("SS", "%S"),
    ("MS", "%g"),
    ("US", "%f"),
    ("AM", "%p"),
    ("PM", "%p"),
    ("IW", "%V"),
    ("ID", "%u"),
]
_ALWAYS_UPPER = {"HH24", "HH12", "YYYY", "IYYY", "DDD", "HH", "YY", "MM", "DD", "MI", "SS", "MS", "US", "IW", "ID"}


def part_of(node: Any) -> str:
    """The canonical date part that a node names. Raises SqlError 22023 for an unknown one."""
    name = (node.name if isinstance(node, exp.Expression) else str(node)).lower()
    if name not in PARTS:
        raise SqlError("22023", f'date part "{name}" not recognized')
    return PARTS[name]


def format_model(model: str, reading: bool) -> str:
    """strftime's format of a Redshift format model. Raises SqlError 0A000 for an element that has no equivalent."""
    out, rest = "", model
    while rest:
        for name, strftime in MODELS:
            if rest.startswith(name) or (name in _ALWAYS_UPPER and rest.upper().startswith(name)):
                if strftime is None and reading and name.upper() in ("MON", "MONTH"):
                    strftime = "%b" if len(name) == 3 else "%B"
                if strftime is None:
                    raise SqlError("0A000", f'the format element "{name}" is not supported by wheatpaste')
                out, rest = out + strftime, rest[len(name) :]
                break
        else:
            if rest[0].isalpha():
                raise SqlError("0A000", f'the format "{rest}" is not supported by wheatpaste')
            if rest[0] == '"':
                literal, _, rest = rest[1:].partition('"')
                out += literal.replace("%", "%%")
                continue
            out, rest = out + ("%%" if rest[0] == "%" else rest[0]), rest[1:]
    return out


def _format(model: Any, reading: bool) -> Any:
    if not isinstance(model, exp.Literal) or not model.is_string:
        raise SqlError("0A000", "a format that is not a literal is not supported by wheatpaste")
    return exp.Literal.string(format_model(str(model.this), reading))


def _arguments(node: Any, least: int, most: int) -> list[Any]:
    if not least <= len(node.expressions) <= most:
        raise SqlError("42883", f"function {str(node.this).lower()}() does not exist with {len(node.expressions)} arguments")
    return list(node.expressions)


def date_add(node: Any) -> Any:
    """DATEADD(part, count, date): a timestamp, also of a date."""
    unit, count, moment = _arguments(node, 3, 3)
    part = part_of(unit)
    if part in ("dow", "doy", "epoch"):
        raise SqlError("22023", f'date part "{part}" not supported by DATEADD')
    return final("rs_dateadd_" + part, count, moment)


def date_diff(node: Any) -> Any:
    """DATEDIFF(part, from, to): how many boundaries of the part lie between."""
    unit, start, end = _arguments(node, 3, 3)
    if part_of(unit) == "week":
        raise SqlError("0A000", "DATEDIFF in weeks is not supported by wheatpaste: AWS does not document on which day a week begins there")
    return final("rs_datediff", exp.Literal.string(part_of(unit)), start, end)


def extract(node: Any) -> Any:
    """EXTRACT: DuckDB's parts are Redshift's; an INTEGER, but for seconds since 1970."""
    part = part_of(node.this)
    return exp.cast(final("date_part", exp.Literal.string(part), node.expression), "bigint" if part == "epoch" else "int")


def date_trunc(node: Any) -> Any:
    """DATE_TRUNC(part, moment): a timestamp, also of a date."""
    unit, moment = _arguments(node, 2, 2)
    return final("date_trunc", exp.Literal.string(part_of(unit)), moment)


def trunc(node: Any) -> Any:
    """TRUNC of a number; of a moment that is seen to be one, its date."""
    value, *digits = _arguments(node, 1, 2)
    if not digits and (is_moment(value) or infer.is_moment(node)):
        return exp.cast(value, "date")
    return final("trunc", value, *digits)


def is_moment(node: Any) -> bool:
    """Whether an expression is written so that it must be a timestamp."""
    if isinstance(node, exp.Cast):
        return bool(node.is_type("timestamp", "timestamptz", "date"))
    name = str(node.this).lower() if isinstance(node, exp.Anonymous) else ""
    return name in MOMENTS or name.startswith("rs_dateadd_") or isinstance(node, exp.CurrentTimestamp)


MOMENTS = {"getdate", "rs_getdate", "rs_sysdate", "date_trunc", "to_timestamp", "rs_convert_timezone", "rs_to_timestamp", "dateadd"}


def to_date(node: Any) -> Any:
    """TO_DATE(text, model [, is_strict])."""
    text, model, *_ = _arguments(node, 2, 3)
    return exp.cast(final("strptime", text, _format(model, reading=True)), "date")


def to_timestamp(node: Any) -> Any:
    """TO_TIMESTAMP(text, model [, is_strict]): with time zone."""
    text, model, *_ = _arguments(node, 2, 3)
    return exp.cast(final("strptime", text, _format(model, reading=True)), "timestamptz")


def convert_timezone(node: Any) -> Any:
    """CONVERT_TIMEZONE([source,] target, timestamp)."""
    arguments = _arguments(node, 2, 3)
    return final("rs_convert_timezone", *([exp.Literal.string("UTC")] * (3 - len(arguments))), *arguments)


def _to_macro(name: str, count: int) -> Callable[[Any], Any]:
    return lambda node: final(name, *_arguments(node, count, count))


# DATE_CMP and its kin: -1, 0 or 1.
COMPARISONS = (
    "date_cmp",
    "date_cmp_timestamp",
    "date_cmp_timestamptz",
    "timestamp_cmp",
    "timestamp_cmp_date",
    "timestamp_cmp_timestamptz",
    "timestamptz_cmp",
    "timestamptz_cmp_date",
    "timestamptz_cmp_timestamp",
)

REWRITTEN: dict[type, Callable[[Any], Any]] = {
    exp.Extract: extract,
    exp.CurrentTimestamp: lambda node: final("rs_sysdate") if node.args.get("sysdate") else node,
    exp.Date: lambda node: exp.cast(node.this, "date"),
}

NAMED: dict[str, Callable[[Any], Any]] = {
    "getdate": _to_macro("rs_getdate", 0),
    "dateadd": date_add,
    "date_add": date_add,
    "datediff": date_diff,
    "date_diff": date_diff,
    "date_trunc": date_trunc,
    "trunc": trunc,
    "date_part": lambda node: exp.cast(
        final("date_part", exp.Literal.string(part_of(node.expressions[0])), *node.expressions[1:]), "double"
    ),
    "date_part_year": _to_macro("year", 1),
    "timeofday": _to_macro("rs_timeofday", 0),
    "isfinite": _to_macro("isfinite", 1),
    **dict.fromkeys(COMPARISONS, _to_macro("rs_cmp", 2)),
    "to_date": to_date,
    "to_timestamp": to_timestamp,
    "convert_timezone": convert_timezone,
    "timezone": _to_macro("timezone", 2),
    "last_day": _to_macro("rs_last_day", 1),
    "add_months": _to_macro("rs_add_months", 2),
    "months_between": _to_macro("rs_months_between", 2),
    "next_day": _to_macro("rs_next_day", 2),
}
