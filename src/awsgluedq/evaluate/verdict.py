"""What evaluating one rule yields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from awsgluedq.dqdl.model import Rule

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


class RuleError(Exception):
    """A rule that cannot be evaluated; the text is its FailureReason."""


@dataclass(frozen=True)
class Verdict:
    passed: bool
    reason: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    error: bool = False  # it could not be evaluated


@dataclass(frozen=True)
class Plan:
    """A rule that has said what it needs measured. `judge` is called after the measuring."""

    rule: Rule  # with the numbers of earlier results in place of last(…)
    judge: Callable[[], Verdict]
    row: Column | None = None  # whether a row passes; null: the where clause leaves it out
    join: Callable[[DataFrame, str], DataFrame] | None = None  # adds that column, where it takes other frames


def not_met(value: float | int, mark: str = "!") -> str:
    """AWS's words for a value that fails its condition."""
    return f"Value: {shown(value)} does not meet the constraint requirement{mark}"


def shown(value: float | int) -> str:
    """A number as the JVM prints it: counts as whole numbers, doubles as `1.0` and `1.0E10`."""
    if isinstance(value, int):
        return str(value)
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    digits, exponent = f"{value:e}".split("e")
    digits = repr(value).split("e")[0] if "e" in repr(value) else repr(value / 10 ** int(exponent))
    return f"{digits if '.' in digits else digits + '.0'}E{int(exponent)}"
