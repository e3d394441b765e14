"""Scalars as text: timestamps in AWS's three forms, numbers, booleans, blobs."""

import base64
import binascii
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from wheatpaste.wire.errors import SerializationError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(Z|[+-]\d\d:?\d\d)?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")


def aware(value: datetime) -> datetime:
    """A datetime in UTC; a naive one is taken as UTC."""
    if value.tzinfo is UTC:
        return value
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def iso8601(value: datetime) -> str:
    """``2026-01-31T09:30:00Z``, with milliseconds where there are any."""
    return aware(value).isoformat(timespec="milliseconds" if value.microsecond >= 1000 else "seconds")[:-6] + "Z"


def iso8601_millis(value: datetime) -> str:
    """``2026-01-31T09:30:00.000Z``: S3 always writes milliseconds."""
    return aware(value).isoformat(timespec="milliseconds")[:-6] + "Z"


def rfc822(value: datetime) -> str:
    """``Sat, 31 Jan 2026 09:30:00 GMT``."""
    v = aware(value)
    return f"{_DAYS[v.weekday()]}, {v.day:02d} {_MONTHS[v.month - 1]} {v.year:04d} {v.hour:02d}:{v.minute:02d}:{v.second:02d} GMT"


def unix(value: datetime) -> int | float:
    """Epoch seconds, with milliseconds as AWS gives them."""
    millis = round(aware(value).timestamp() * 1000)
    return millis // 1000 if millis % 1000 == 0 else millis / 1000


def from_unix(seconds: float) -> datetime:
    """The datetime of epoch seconds; raises SerializationError beyond the calendar."""
    try:
        return EPOCH + timedelta(milliseconds=round(seconds * 1000))
    except (OverflowError, ValueError):
        raise SerializationError(f"{seconds} is not a timestamp") from None


def read_timestamp(text: str) -> datetime:
    """Any of the three forms, whichever the model names: AWS's own parsers are as lenient."""
    text = text.strip()
    iso = _ISO.fullmatch(text)
    try:
        if iso:
            return _from_iso(*iso.groups())
        if _NUMBER.fullmatch(text):
            return from_unix(float(text))
        return aware(parsedate_to_datetime(text))
    except ValueError:
        raise SerializationError(f"{text!r} is not a timestamp") from None


def _from_iso(year: str, month: str, day: str, hour: str, minute: str, second: str, fraction: str, zone: str) -> datetime:
    micros = int((fraction or "0")[:6].ljust(6, "0"))
    made = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micros, UTC)
    if zone and zone != "Z":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        return made.replace(tzinfo=timezone(timedelta(minutes=minutes if zone[0] == "+" else -minutes))).astimezone(UTC)
    return made


FORMATS: dict[str, Callable[[datetime], Any]] = {"iso8601": iso8601, "rfc822": rfc822, "unixTimestamp": unix, "unixtimestamp": unix}


def read_integer(text: str) -> int:
    """A decimal integer of 32 bits, nothing else."""
    return bounded(_decimal(text), 31)


def read_long(text: str) -> int:
    """A decimal integer of 64 bits."""
    return bounded(_decimal(text), 63)


def _decimal(text: str) -> int:
    text = text.strip()
    if not _INTEGER.fullmatch(text):
        raise SerializationError(f"{text[:40]!r} is not an integer")
    return int(text)


def bounded(value: int, bits: int) -> int:
    """The value, when a signed integer with that many bits for its size holds it."""
    if not -(1 << bits) <= value < 1 << bits:
        raise SerializationError(f"{value} is out of range")
    return value


def read_float(text: str) -> float:
    """A number, or NaN, Infinity, -Infinity."""
    try:
        return float(text)
    except ValueError:
        raise SerializationError(f"{text!r} is not a number") from None


def read_boolean(text: str) -> bool:
    """``true`` or ``false``, in any case."""
    lower = text.strip().lower()
    if lower not in ("true", "false"):
        raise SerializationError(f"{text!r} is not a boolean")
    return lower == "true"


def read_blob(text: str) -> bytes:
    """Bytes of base64."""
    try:
        return base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        raise SerializationError("A blob is not base64") from None


def write_blob(value: Any) -> str:
    """Base64 of bytes (or of a text's UTF-8)."""
    return base64.b64encode(value.encode() if isinstance(value, str) else bytes(value)).decode()


def write_float(value: Any) -> Any:
    """A number as JSON has it; NaN and the infinities by their names."""
    number = float(value)
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


READERS: dict[str, Callable[[str], Any]] = {
    "integer": read_integer,
    "long": read_long,
    "float": read_float,
    "double": read_float,
    "boolean": read_boolean,
    "blob": read_blob,
    "timestamp": read_timestamp,
    "string": str,
    "character": str,
}
"""Text → value, by the shape's type."""


def _write_number(value: Any) -> str:
    written = write_float(value)
    return written if isinstance(written, str) else repr(written).removesuffix(".0") if abs(written) < 1e15 else repr(written)


def text_writer(type_name: str, timestamp: Callable[[datetime], Any]) -> Callable[[Any], str]:
    """Value → text, by the shape's type."""
    if type_name == "timestamp":
        return lambda value: str(timestamp(value))
    return _WRITERS.get(type_name, str)


_WRITERS: dict[str, Callable[[Any], str]] = {
    "boolean": lambda value: "true" if value else "false",
    "integer": lambda value: str(int(value)),
    "long": lambda value: str(int(value)),
    "float": _write_number,
    "double": _write_number,
    "blob": write_blob,
}
