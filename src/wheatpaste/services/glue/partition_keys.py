"""Partition key values as texts whose byte order is the order of their declared type.

Glue compares partition values by the key's type, not as the text it stores: for an ``int`` key, 9 is less than 10 and ``01`` equals 1.
Each value is therefore encoded once, when the partition is written, so that an ordinary index answers comparisons. An encoded value starts
with its kind:

=====  ==========================================================================================
``-``  NULL: Hive's ``__HIVE_DEFAULT_PARTITION__`` under a key that is not a string
``.``  a text that is no value of the type; Glue keeps such partitions until an expression meets one
``=``  a value: the text itself for strings, ISO for dates, the form of ``_number`` for numbers
=====  ==========================================================================================
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"
NULL = "-"
MISFIT = "."
VALUE = "="

_TIMESTAMP = re.compile(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?")
_INTEGER = re.compile(r"[+-]?\d+")
_NINES = str.maketrans("0123456789", "9876543210")
_EXPONENT_BIAS = 5000


class CastError(ValueError):
    """A text is no value of a partition key's type; the message is AWS's."""


class UnknownTypeError(ValueError):
    """A type that partition expressions do not know; the message is AWS's."""


@lru_cache(1024)
def base_type(declared: str) -> str:
    """``decimal(10,2)`` → ``decimal``; lower case."""
    return declared.strip().lower().split("(", 1)[0].strip()


def _number(value: Decimal) -> str:
    """Sign, then the exponent and the significant digits, complemented for negative numbers: texts in the order of the numbers."""
    sign, digits, _ = value.as_tuple()
    significant = "".join(map(str, digits)).lstrip("0").rstrip("0")
    if not significant:
        return "1"
    magnitude = f"{value.adjusted() + _EXPONENT_BIAS:04d}{significant}"
    return f"0{magnitude.translate(_NINES)}~" if sign else f"2{magnitude}"


def _integer(text: str) -> str:
    if not _INTEGER.fullmatch(text) or len(text) > 1000:
        raise CastError(f'"{text}" is not an integer.')
    return _number(Decimal(text))


def _decimal(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise CastError(f"{text} is not a decimal.") from None
    if not value.is_finite() or abs(value.adjusted()) >= _EXPONENT_BIAS:
        raise CastError(f"{text} is not a decimal.")
    return _number(value)


def _date(text: str) -> str:
    try:
        if len(text) != 10:
            raise ValueError(text)
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise CastError(f"{text} is not a date.") from None


def _timestamp(text: str) -> str:
    found = _TIMESTAMP.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        datetime.fromisoformat(found[1])
    except ValueError:
        raise CastError(f"Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] {text} is not a timestamp.") from None
    return f"{found[1]}.{(found[2] or '').ljust(9, '0')}"


def _text(text: str) -> str:
    return text


CASTS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("string", "char", "varchar"), _text),
    **dict.fromkeys(("tinyint", "smallint", "int", "integer", "bigint", "long"), _integer),
    "decimal": _decimal,
    "date": _date,
    "timestamp": _timestamp,
}
STRINGS = frozenset(("string", "char", "varchar"))


@lru_cache(1024)
def is_string(declared: str) -> bool:
    """Whether values of the type compare as text (which is so for every type that expressions do not know)."""
    kind = base_type(declared)
    return kind in STRINGS or kind not in CASTS


def cast(declared: str, text: str) -> str:
    """A literal of an expression, encoded; raises CastError, or UnknownTypeError for a type that expressions cannot use."""
    kind = base_type(declared)
    if kind not in CASTS:
        raise UnknownTypeError(f"Unknown type : '{kind}'")
    return VALUE + CASTS[kind](text)


def encode(declared: str, text: str) -> str:
    """A partition's value, encoded; a text that does not fit the type is marked, not refused, as in Glue."""
    if is_string(declared):
        return VALUE + text
    if text == HIVE_NULL:
        return NULL
    try:
        return cast(declared, text)
    except CastError:
        return MISFIT + text
