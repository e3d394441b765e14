"""What expressions are over: numbers, time series, arrays of time series."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias


class ExpressionError(Exception):
    """The expression is wrong; the message says how."""


class Unsupported(Exception):
    """The expression is AWS's, and its meaning is not built here; the message names it."""


@dataclass(frozen=True)
class Series:
    """A time series: values by the time at which their interval begins, among those of ``span``, whose step is the period."""

    values: Mapping[int, float]
    span: range
    label: str = ""
    id: str = ""  # of the query it is of

    def with_values(self, values: Iterable[tuple[int, float | None]]) -> Series:
        """The same series with other values; those that are no numbers are dropped."""
        return replace(self, values={time: value for time, value in values if value is not None and math.isfinite(value)})


Value: TypeAlias = "float | Series | list[Series]"
Operator: TypeAlias = Callable[[float, float], float | None]


def _divided(a: float, b: float) -> float | None:
    return a / b if b else None


def _power(a: float, b: float) -> float | None:
    try:
        return math.pow(a, b)
    except (ValueError, OverflowError):
        return None


def _truth(test: Callable[[float, float], object]) -> Operator:
    return lambda a, b: float(bool(test(a, b)))


OPERATORS: dict[str, Operator] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": _divided,
    "power": _power,
    "equal": _truth(operator.eq),
    "unequal": _truth(operator.ne),
    "less": _truth(operator.lt),
    "at_most": _truth(operator.le),
    "greater": _truth(operator.gt),
    "at_least": _truth(operator.ge),
    "both": _truth(lambda a, b: a and b),
    "either": _truth(lambda a, b: a or b),
}


def combined(name: str, left: Value, right: Value) -> Value:
    """``left <operator> right``, each with each of an array; a value that one of two series lacks counts as 0, as on AWS."""
    if isinstance(left, list):
        if isinstance(right, list):
            raise ExpressionError("an operator cannot be between two arrays of time series")
        return [series for each in left if isinstance(series := combined(name, each, right), Series)]
    if isinstance(right, list):
        return [series for each in right if isinstance(series := combined(name, left, each), Series)]
    apply = OPERATORS[name]
    if isinstance(left, Series):
        if isinstance(right, Series):
            times = sorted(left.values.keys() | right.values.keys())
            of_one(left, right)
            return left.with_values((t, apply(left.values.get(t, 0.0), right.values.get(t, 0.0))) for t in times)
        return left.with_values((t, apply(value, right)) for t, value in left.values.items())
    if isinstance(right, Series):
        return right.with_values((t, apply(left, value)) for t, value in right.values.items())
    found = apply(left, right)
    return math.nan if found is None else found


def of_one(*several: Series) -> range:
    """The intervals that series have in common; Unsupported for different periods."""
    spans = {each.span for each in several}
    if len(spans) > 1:
        raise Unsupported("metric math over different periods")
    return spans.pop()
