"""What was measured in one interval: how much, and which values how often (pure)."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST = 500  # values that are told apart exactly
GROWTH = 1.02  # of the classes beyond: a percentile is then right to 1 %
STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


@dataclass(frozen=True, slots=True)
class Distribution:
    """``values`` is None when only the four figures are known, as of a statistic set: then there are no percentiles."""

    count: float
    total: float
    low: float
    high: float
    values: Mapping[float, float] | None

    def statistic(self, name: str) -> float:
        """One of STATISTICS."""
        if name == "Average":
            return self.total / self.count
        return {"SampleCount": self.count, "Sum": self.total, "Minimum": self.low, "Maximum": self.high}[name]

    def percentile(self, percent: float) -> float | None:
        """Interpolated between the two nearest values; None where CloudWatch has none: values unknown, or negative ones among them."""
        if self.values is None or self.low < 0:
            return None
        place = max(0.0, percent / 100 * (self.count - 1))
        below, above = _at(self.values, math.floor(place)), _at(self.values, math.ceil(place))
        return min(max(below + (above - below) * (place - math.floor(place)), self.low), self.high)


def _at(values: Mapping[float, float], place: int) -> float:
    """The value at a place (from 0) of all in order."""
    seen = 0.0
    for value in sorted(values):
        seen += values[value]
        if seen > place:
            return value
    return max(values)


def of(values: Mapping[float, float]) -> Distribution:
    """The distribution of values and how often each occurred."""
    return Distribution(
        sum(values.values()), math.fsum(value * count for value, count in values.items()), min(values), max(values), _bounded(values)
    )


def of_set(count: float, total: float, low: float, high: float) -> Distribution:
    """The distribution of a statistic set; the values are known when all are the same."""
    return Distribution(count, total, low, high, {low: count} if low == high and total == low * count else None)


def merged(parts: Iterable[Distribution]) -> Distribution:
    """All of at least one together."""
    found = list(parts)
    if len(found) == 1:
        return found[0]
    values: dict[float, float] | None = {}
    for part in found:
        if part.values is None or values is None:
            values = None
            continue
        for value, count in part.values.items():
            values[value] = values.get(value, 0.0) + count
    return Distribution(
        sum(each.count for each in found),
        math.fsum(each.total for each in found),
        min(each.low for each in found),
        max(each.high for each in found),
        None if values is None else _bounded(values),
    )


def _bounded(values: Mapping[float, float]) -> Mapping[float, float] | None:
    """As they are, or in classes that each stand for what differs by at most 1 % from their middle."""
    if len(values) <= MOST:
        return values
    if min(values) < 0:
        return None  # CloudWatch has no percentiles of negative values: nothing would ever be asked of them
    classes: dict[float, float] = {}
    for value, count in values.items():
        middle = GROWTH ** round(math.log(value, GROWTH)) if value > 0 else 0.0
        classes[middle] = classes.get(middle, 0.0) + count
    return classes


def pack(found: Distribution) -> bytes | None:
    """The values for a column: empty for one value (it is the minimum), None for unknown ones."""
    if found.values is None:
        return None
    if found.low == found.high:
        return b""
    pairs = [number for pair in found.values.items() for number in pair]
    return zlib.compress(struct.pack(f"<{len(pairs)}d", *pairs), 1)


def unpack(count: float, total: float, low: float, high: float, spread: bytes | None) -> Distribution:
    """The distribution of a row."""
    if spread is None:
        return Distribution(count, total, low, high, None)
    if not spread:
        return Distribution(count, total, low, high, {low: count})
    data = zlib.decompress(spread)
    numbers = struct.unpack(f"<{len(data) // 8}d", data)
    return Distribution(count, total, low, high, dict(zip(numbers[::2], numbers[1::2], strict=True)))
