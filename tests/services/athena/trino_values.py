"""The oracle's values (JSON) as the text that Athena's result file has for them: written apart from the code under test."""

import base64
import math
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any


def split(types: str) -> list[str]:
    """``a, map(b, c)`` at its outer commas."""
    parts, depth, start = [], 0, 0
    for place, mark in enumerate(types):
        depth += (mark == "(") - (mark == ")")
        if mark == "," and depth == 0:
            parts.append(types[start:place].strip())
            start = place + 1
    return [*parts, types[start:].strip()]


def java_double(value: float | str) -> str:
    """``Double.toString``."""
    if isinstance(value, str):
        return value
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    sign, digits = ("-" if value < 0 else ""), Decimal(repr(abs(value)))
    if Decimal("0.001") <= digits < 10_000_000:
        plain = format(digits, "f")
        return sign + (plain if "." in plain else plain + ".0")
    parts = digits.normalize().as_tuple()
    text = "".join(map(str, parts.digits))
    return f"{sign}{text[0]}.{text[1:] or '0'}E{len(text) - 1 + int(parts.exponent)}"


def milliseconds(value: str) -> str:
    """Athena shows timestamps with three digits of a second, rounded half up, whatever their precision."""
    found = re.fullmatch(r"(.{10} \d\d:\d\d:\d\d)(?:\.(\d+))?( .*)?", value)
    assert found, value
    whole = datetime.fromisoformat(found[1]) + timedelta(microseconds=round(Decimal(f"0.{found[2] or 0}") * 1_000_000) + 500)
    return f"{whole:%Y-%m-%d %H:%M:%S}.{whole.microsecond // 1000:03d}{found[3] or ''}"


def shown(type_: str, value: Any, inner: bool = False) -> str | None:
    """One value; NULL is None, and ``null`` inside of arrays, maps and rows."""
    if value is None:
        return "null" if inner else None
    kind = type_.lower()
    if kind.startswith("array("):
        return f"[{', '.join(str(shown(type_[6:-1], item, True)) for item in value)}]"
    if kind.startswith("map("):
        key, item = split(type_[4:-1])
        return "{" + ", ".join(sorted(f"{shown(key, k, True)}={shown(item, v, True)}" for k, v in value.items())) + "}"
    if kind.startswith("row("):
        return (
            "{"
            + ", ".join(_field(number, part, item) for number, (part, item) in enumerate(zip(split(type_[4:-1]), value, strict=True)))
            + "}"
        )
    if kind.startswith("timestamp"):
        return milliseconds(value)
    if kind in ("double", "real"):
        return java_double(value)
    if kind == "boolean":
        return "true" if value else "false"
    return base64.b64decode(value).hex(" ") if kind == "varbinary" else str(value)


def _field(number: int, part: str, value: Any) -> str:
    named = re.match(r'^("?\w+"?) (\w.*)$', part)
    if named and named[1].lower() not in ("timestamp", "interval", "double", "time"):
        return f"{named[1]}={shown(named[2], value, True)}"
    return f"field{number}={shown(part, value, True)}"
