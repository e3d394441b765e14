"""Trino's types: names, how they are written, what coerces to what, and the DuckDB type that holds their values.

How a value is held where the two engines differ: ``timestamp with time zone`` as the UTC TIMESTAMP (its zone is part of the type here,
and must be known when the query is compiled), intervals as whole milliseconds or months, ``json`` as its canonical text, a row as a
STRUCT whose members are named by :func:`members`.
"""

from dataclasses import dataclass, field, replace

from wheatpaste.services.athena.dialect.errors import Refused

INTEGERS = ("tinyint", "smallint", "integer", "bigint")
FLOATS = ("real", "double")
UNBOUNDED = 2147483647
TZ = "timestamp with time zone"
DAYS, MONTHS = "interval day to second", "interval year to month"


@dataclass(frozen=True)
class Type:
    """One type; ``args`` are decimal precision and scale, a length, or a timestamp's precision."""

    name: str
    args: tuple[int, ...] = ()
    items: tuple["Type", ...] = ()
    fields: tuple[str | None, ...] = ()
    zone: str | None = field(default=None, compare=False)
    vague: bool = field(default=False, compare=False)  # a varchar whose declared length we do not track: typeof refuses it

    def __str__(self) -> str:
        """As Trino prints it."""
        if self.name == TZ:
            return f"timestamp({self.args[0]}) with time zone"
        if self.name == "row":
            return f"row({', '.join(f'{name} {item}' if name else str(item) for name, item in zip(self.fields, self.items, strict=True))})"
        inner = ",".join(map(str, self.args)) if self.args else ", ".join(map(str, self.items))
        return f"{self.name}({inner})" if inner else self.name

    @property
    def numeric(self) -> bool:
        """Whether arithmetic is defined on it."""
        return self.name in INTEGERS or self.name in FLOATS or self.name == "decimal"

    @property
    def text(self) -> bool:
        """varchar or char."""
        return self.name in ("varchar", "char")


BOOLEAN, INTEGER, BIGINT, REAL, DOUBLE = Type("boolean"), Type("integer"), Type("bigint"), Type("real"), Type("double")
TINYINT, SMALLINT = Type("tinyint"), Type("smallint")
VARCHAR, VARBINARY, DATE, JSON, UNKNOWN = Type("varchar"), Type("varbinary"), Type("date"), Type("json"), Type("unknown")
SOME_VARCHAR = Type("varchar", vague=True)
DAY_TIME, YEAR_MONTH = Type(DAYS), Type(MONTHS)


def varchar(length: int) -> Type:
    """``varchar(n)``."""
    return Type("varchar", (length,))


def decimal(precision: int, scale: int) -> Type:
    """``decimal(p, s)``."""
    return Type("decimal", (precision, scale))


def timestamp(precision: int = 3) -> Type:
    """``timestamp(p)``."""
    return Type("timestamp", (precision,))


def zoned(precision: int, zone: str | None) -> Type:
    """``timestamp(p) with time zone``, all of whose values are in ``zone``."""
    return Type(TZ, (precision,), zone=zone)


def array(item: Type) -> Type:
    """``array(T)``."""
    return Type("array", (), (item,))


def map_of(key: Type, value: Type) -> Type:
    """``map(K, V)``."""
    return Type("map", (), (key, value))


def row(fields: tuple[str | None, ...], items: tuple[Type, ...]) -> Type:
    """``row(name type, …)``."""
    return Type("row", (), items, fields)


PHYSICAL = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "FLOAT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "char": "VARCHAR",
    "json": "VARCHAR",
    "varbinary": "BLOB",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
    TZ: "TIMESTAMP",
    DAYS: "BIGINT",
    MONTHS: "INTEGER",
    "unknown": "INTEGER",
}


def physical(type_: Type) -> str:
    """The DuckDB type that holds the values."""
    if type_.name == "decimal":
        return f"DECIMAL({type_.args[0]},{type_.args[1]})"
    if type_.name == "array":
        return f"{physical(type_.items[0])}[]"
    if type_.name == "map":
        return f"MAP({physical(type_.items[0])}, {physical(type_.items[1])})"
    if type_.name == "row":
        inner = ", ".join(f"{quoted(name)} {physical(item)}" for name, item in zip(members(type_), type_.items, strict=True))
        return f"STRUCT({inner})"
    return PHYSICAL[type_.name]


def members(type_: Type) -> list[str]:
    """The names of a row's members in DuckDB: its own where they are unique, else by position."""
    folded = [(name or "").lower() for name in type_.fields]
    return [name if name and folded.count(name) == 1 else f"field {number}" for number, name in enumerate(folded)]


def quoted(name: str) -> str:
    """A DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A DuckDB string literal."""
    return "'" + value.replace("'", "''") + "'"


# -- coercion


def as_decimal(type_: Type) -> Type:
    """The decimal that holds every value of an integer type."""
    if type_.name == "decimal":
        return type_
    return decimal({"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}[type_.name], 0)


def common(left: Type, right: Type) -> Type | None:
    """The type that both coerce to, or None: Trino's implicit coercions."""
    if left == right:
        return _same(left, right)
    if left.name == "unknown":
        return right
    if right.name == "unknown":
        return left
    if left.numeric and right.numeric:
        return _common_number(left, right)
    if left.text and right.text:
        return _common_text(left, right)
    if left.name == right.name and left.items:
        return _common_items(left, right)
    return _common_time(left, right)


def _same(left: Type, right: Type) -> Type:
    if left.name == TZ and left.zone != right.zone:
        return replace(left, zone=None)
    return replace(left, vague=left.vague or right.vague)


def _common_number(left: Type, right: Type) -> Type:
    if "double" in (left.name, right.name):
        return DOUBLE
    if "real" in (left.name, right.name):
        return REAL
    if "decimal" in (left.name, right.name):
        a, b = as_decimal(left).args, as_decimal(right).args
        scale = max(a[1], b[1])
        return decimal(min(38, max(a[0] - a[1], b[0] - b[1]) + scale), scale)
    return max(left, right, key=lambda t: INTEGERS.index(t.name))


def _common_text(left: Type, right: Type) -> Type:
    if left.name != right.name:
        lengths = [t.args[0] if t.args else UNBOUNDED for t in (left, right)]
        return Type("char", (min(65536, max(lengths)),))
    if not left.args or not right.args:
        return replace(VARCHAR, vague=left.vague or right.vague)
    return Type(left.name, (max(left.args[0], right.args[0]),), vague=left.vague or right.vague)


def _common_items(left: Type, right: Type) -> Type | None:
    if len(left.items) != len(right.items):
        return None
    items = tuple(common(a, b) for a, b in zip(left.items, right.items, strict=True))
    if any(item is None for item in items):
        return None
    fields = tuple(a if a == b else None for a, b in zip(left.fields, right.fields, strict=True))
    return Type(left.name, (), tuple(item for item in items if item), fields)


TIMES = ("date", "timestamp", TZ)


def _common_time(left: Type, right: Type) -> Type | None:
    if left.name not in TIMES or right.name not in TIMES:
        return None
    first, second = sorted((left, right), key=lambda t: TIMES.index(t.name))
    precision = max(first.args[0] if first.args else 0, second.args[0])
    if second.name == TZ:
        if first.name == TZ and first.zone != second.zone:
            return zoned(precision, None)
        return zoned(precision, second.zone)
    return timestamp(precision)


def coerces(source: Type, target: Type) -> bool:
    """Whether ``source`` is implicitly turned into ``target`` (varchar lengths aside)."""
    found = common(source, target)
    if found is None:
        return False
    if target.name == "varchar" and not target.args:
        return source.name in ("varchar", "unknown")
    return found == target or (found.name == target.name == "timestamp")


def contains_float(type_: Type) -> bool:
    """Whether NaN may be inside: its equality is not DuckDB's."""
    return type_.name in FLOATS or any(contains_float(item) for item in type_.items)


def known_zone(type_: Type) -> str:
    """The zone that all values share; raises Refused where they may differ."""
    if type_.zone is None:
        raise Refused("timestamps of several time zones in one column")
    return type_.zone
