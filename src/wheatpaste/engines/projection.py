"""Partition projection: a table's partitions computed from its parameters, without the catalog having them.

https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html: enum, integer, date and injected keys;
``storage.location.template`` or ``k=v`` folders below the table's location.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

MOST = 100_000  # partitions that a query may look at
Condition = tuple[str, str, tuple[str, ...]]
"""A key, an operator (``= <> < > <= >= BETWEEN IN``), and values, as text."""

DATE_LETTERS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
UNITS = {"WEEKS": 7 * 86400, "DAYS": 86400, "HOURS": 3600, "MINUTES": 60, "SECONDS": 1}
MONTHS = {"YEARS": 12, "MONTHS": 1}


class WrongProjection(Exception):
    """Parameters that say no projection, or a query that does not narrow one enough; ``name`` is Athena's name of the error."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name, self.message = name, message


def enabled(parameters: Mapping[str, str]) -> bool:
    """Whether a table's partitions are projected."""
    return str(parameters.get("projection.enabled", "")).lower() == "true"


def projected(
    parameters: Mapping[str, str], keys: Sequence[tuple[str, str]], location: str, conditions: Sequence[Condition]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The values and the location of each partition that the conditions allow; raises WrongProjection."""
    lists = [list(_values(name, type_, parameters, [each for each in conditions if each[0] == name])) for name, type_ in keys]
    count = 1
    for each in lists:
        count *= len(each)
    if count > MOST:
        raise WrongProjection(
            "NOT_SUPPORTED", f"wheatpaste refuses to look at {count} projected partitions: narrow them in the WHERE clause"
        )
    template = parameters.get("storage.location.template") or _template(location, keys)
    for values in product(*lists):
        place = template
        for (name, _), value in zip(keys, values, strict=True):
            place = place.replace(f"${{{name}}}", value)
        yield values, place


def _template(location: str, keys: Sequence[tuple[str, str]]) -> str:
    return "/".join([location.rstrip("/"), *(f"{name}=${{{name}}}" for name, _ in keys)]) + "/"


def _values(name: str, type_: str, parameters: Mapping[str, str], conditions: Sequence[Condition]) -> Iterator[str]:
    told = {key[len(f"projection.{name}.") :]: str(value) for key, value in parameters.items() if key.startswith(f"projection.{name}.")}
    kind = told.get("type", "").lower()
    if kind not in KINDS:
        raise WrongProjection("INVALID_TABLE_PROPERTY", f"Table property projection.{name}.type is {kind or 'missing'}")
    number = type_ in ("tinyint", "smallint", "int", "bigint")
    for value in KINDS[kind](name, told, conditions):
        if all(allows(each, value, number) for each in conditions):
            yield value


def allows(condition: Condition, value: str, number: bool) -> bool:
    """Whether a value passes; numbers are compared as such, all else as text."""
    _, operator, given = condition
    read: Callable[[str], Any] = int if number else str
    mine, others = read(value), [read(each) for each in given]
    return TESTS[operator](mine, others)


TESTS: dict[str, Callable[[Any, list[Any]], bool]] = {
    "=": lambda mine, others: bool(mine == others[0]),
    "<>": lambda mine, others: bool(mine != others[0]),
    "<": lambda mine, others: bool(mine < others[0]),
    ">": lambda mine, others: bool(mine > others[0]),
    "<=": lambda mine, others: bool(mine <= others[0]),
    ">=": lambda mine, others: bool(mine >= others[0]),
    "BETWEEN": lambda mine, others: bool(others[0] <= mine <= others[1]),
    "IN": lambda mine, others: mine in others,
}


def _enum(name: str, told: Mapping[str, str], conditions: Sequence[Condition]) -> Iterator[str]:
    yield from (value.strip() for value in told.get("values", "").split(",") if value.strip())


def _integer(name: str, told: Mapping[str, str], conditions: Sequence[Condition]) -> Iterator[str]:
    low, high = (int(each) for each in _range(name, told))
    for number in range(low, high + 1, int(told.get("interval", 1))):
        yield str(number).zfill(int(told.get("digits", 0)))


def _injected(name: str, told: Mapping[str, str], conditions: Sequence[Condition]) -> Iterator[str]:
    given = [values for _, operator, values in conditions if operator in ("=", "IN")]
    if not given:
        message = f"For the injected projected partition column {name}, the WHERE clause must contain only static equality conditions"
        raise WrongProjection("CONSTRAINT_VIOLATION", f"{message}, and at least one such condition must be present.")
    yield from given[0]


def _range(name: str, told: Mapping[str, str]) -> tuple[str, str]:
    ends = [each.strip() for each in told.get("range", "").split(",")]
    if len(ends) != 2 or not all(ends):
        raise WrongProjection("INVALID_TABLE_PROPERTY", f"Table property projection.{name}.range is no range: {told.get('range')}")
    return ends[0], ends[1]


# -- dates


def _date(name: str, told: Mapping[str, str], conditions: Sequence[Condition]) -> Iterator[str]:
    pattern = strftime(name, told.get("format", ""))
    start, end = (_moment(name, each, pattern) for each in _range(name, told))
    amount, unit = int(told.get("interval", 1)), (told.get("interval.unit") or _unit(name, pattern)).upper().rstrip("S") + "S"
    if unit not in UNITS and unit not in MONTHS:
        raise WrongProjection("INVALID_TABLE_PROPERTY", f"Table property projection.{name}.interval.unit is {unit}")
    step, last = 0, ""
    while True:
        moment = shifted(start, step * amount, unit)
        if moment > end:
            return
        text = moment.strftime(pattern)
        if text != last:
            yield text
        last, step = text, step + 1


def strftime(name: str, pattern: str) -> str:
    """A Java date pattern of digits as strftime's."""
    found = ""
    for part in re.finditer(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+", pattern):
        if part[2] and part[0] not in DATE_LETTERS:
            raise WrongProjection("NOT_SUPPORTED", f"wheatpaste refuses {part[0]} in projection.{name}.format")
        found += DATE_LETTERS[part[0]] if part[2] else (part[1] if part[1] is not None else part[0]).replace("%", "%%")
    if not found:
        raise WrongProjection("INVALID_TABLE_PROPERTY", f"Table property projection.{name}.format is missing")
    return found


def _unit(name: str, pattern: str) -> str:
    for letter, unit in (("%S", ""), ("%M", ""), ("%H", ""), ("%d", "DAYS"), ("%m", "MONTHS"), ("%Y", "YEARS")):
        if letter in pattern and unit:
            return unit
        if letter in pattern:
            break
    raise WrongProjection("INVALID_TABLE_PROPERTY", f"Table property projection.{name}.interval.unit is missing")


def _moment(name: str, written: str, pattern: str) -> datetime:
    relative = re.fullmatch(r"NOW\s*(?:([+-])\s*(\d+)\s*([A-Z]+))?", written.upper())
    if relative is None:
        try:
            return datetime.strptime(written, pattern)
        except ValueError:
            raise WrongProjection("INVALID_TABLE_PROPERTY", f"Table property projection.{name}.range: {written} is no such date") from None
    now = datetime.now(UTC).replace(tzinfo=None)
    if relative[1] is None:
        return now
    unit = relative[3].rstrip("S") + "S"
    if unit not in UNITS and unit not in MONTHS:
        raise WrongProjection("INVALID_TABLE_PROPERTY", f"Table property projection.{name}.range: {written} is no such date")
    return shifted(now, int(relative[2]) * (-1 if relative[1] == "-" else 1), unit)


def shifted(moment: datetime, amount: int, unit: str) -> datetime:
    """So many units later; the day of a month is kept where the month has it."""
    if unit in UNITS:
        return moment + timedelta(seconds=amount * UNITS[unit])
    months = moment.year * 12 + moment.month - 1 + amount * MONTHS[unit]
    year, month = months // 12, months % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


KINDS: dict[str, Callable[[str, Mapping[str, str], Sequence[Condition]], Iterator[str]]] = {
    "enum": _enum,
    "integer": _integer,
    "injected": _injected,
    "date": _date,
}
