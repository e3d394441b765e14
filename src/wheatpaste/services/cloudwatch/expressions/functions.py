"""The functions of metric math, by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from wheatpaste.services.cloudwatch.expressions.series import ExpressionError, Series, Unsupported, Value, of_one

Word: TypeAlias = str  # REPEAT, LINEAR; the text of METRICS("…")
Argument: TypeAlias = "Value | Word"
Function: TypeAlias = Callable[[Sequence[Any]], "Value"]

NOT_BUILT = {
    *("ANOMALY_DETECTION_BAND", "DB_PERF_INSIGHTS", "INSIGHT_RULE_METRIC", "LAMBDA", "SEARCH", "SERVICE_QUOTA", "SLICE", "SORT", "STDDEV"),
    *("DATE", "DAY", "EPOCH", "HOUR", "MINUTE", "MONTH", "YEAR"),
}
"""AWS's functions that are refused by name."""


def _one(arguments: Sequence[Any]) -> Any:
    if len(arguments) != 1:
        raise ExpressionError(f"one argument is needed, not {len(arguments)}")
    return arguments[0]


def _series(value: Any) -> Series:
    if not isinstance(value, Series):
        raise ExpressionError("the argument must be one time series")
    return value


def _array(value: Any) -> list[Series]:
    if not isinstance(value, list):
        raise ExpressionError("the argument must be an array of time series")
    return value


def _aggregate(reduce: Callable[[list[float]], float], *, missing: bool = False) -> Function:
    """Of one series a number, of an array a series; ``missing``: what a series of the array lacks counts as 0."""

    def call(arguments: Sequence[Any]) -> Value:
        given = _one(arguments)
        if isinstance(given, Series):
            return reduce(list(given.values.values())) if given.values else math.nan
        if not _array(given):
            return []
        times = sorted({time for each in given for time in each.values})
        span = of_one(*given)
        return Series({}, span).with_values((time, reduce(_at(given, time, missing))) for time in times)

    return call


def _at(several: list[Series], time: int, missing: bool) -> list[float]:
    return [each.values.get(time, 0.0) for each in several if missing or time in each.values]


def _average(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def _by_series(change: Callable[[Series], Series]) -> Function:
    """Of one series a series, of an array each of them."""

    def call(arguments: Sequence[Any]) -> Value:
        given = _one(arguments)
        return [change(each) for each in given] if isinstance(given, list) else change(_series(given))

    return call


def _by_value(change: Callable[[float], float | None]) -> Function:
    return _by_series(lambda series: series.with_values((time, change(value)) for time, value in series.values.items()))


def _by_pair(change: Callable[[tuple[int, float], tuple[int, float]], float]) -> Function:
    """Each value from it and the one before; the first has none."""
    return _by_series(lambda series: series.with_values((b[0], change(a, b)) for a, b in pairwise(sorted(series.values.items()))))


def _running(series: Series) -> Series:
    total, found = 0.0, []
    for time, value in sorted(series.values.items()):
        total += value
        found.append((time, total))
    return series.with_values(found)


def _count(arguments: Sequence[Any]) -> Value:
    given = _one(arguments)
    return float(len(given.values)) if isinstance(given, Series) else _aggregate(lambda values: float(len(values)))(arguments)


def _fill(arguments: Sequence[Any]) -> Value:
    if len(arguments) != 2:
        raise ExpressionError(f"FILL needs two arguments, not {len(arguments)}")
    given, filler = arguments
    if isinstance(given, list):
        return [_filled(each, filler) for each in given]
    return _filled(_series(given), filler)


def _filled(series: Series, filler: Argument) -> Series:
    """The series with a value in each interval, as far as the filler has one."""
    if filler == "REPEAT":
        return series.with_values(_repeated(series))
    if filler == "LINEAR":
        return series.with_values(_interpolated(series))
    if isinstance(filler, Series):
        of_one(series, filler)
        return series.with_values((time, series.values.get(time, filler.values.get(time))) for time in series.span)
    if not isinstance(filler, float):
        raise ExpressionError("the second argument of FILL is a number, a time series, REPEAT or LINEAR")
    return series.with_values((time, series.values.get(time, filler)) for time in series.span)


def _repeated(series: Series) -> Iterator[tuple[int, float | None]]:
    last = None
    for time in series.span:
        last = series.values.get(time, last)
        yield time, last


def _interpolated(series: Series) -> Iterator[tuple[int, float | None]]:
    """Between two values that are there; nothing before the first and after the last."""
    yield from series.values.items()
    for (begin, low), (end, high) in pairwise(sorted(series.values.items())):
        for time in range(begin + series.span.step, end, series.span.step):
            yield time, low + (high - low) * (time - begin) / (end - begin)


def _if(arguments: Sequence[Any]) -> Value:
    if len(arguments) not in (2, 3):
        raise ExpressionError(f"IF needs two or three arguments, not {len(arguments)}")
    condition, then, otherwise = (*arguments, None)[:3]
    if any(isinstance(each, list | str) for each in (condition, then, otherwise)):
        raise ExpressionError("IF is of numbers and single time series")
    if not isinstance(condition, Series):
        chosen = then if condition else otherwise
        return Series({}, _series(then).span) if chosen is None else _series(chosen)
    of_one(condition, *(each for each in (then, otherwise) if isinstance(each, Series)))
    return condition.with_values(
        (t, _value(then, t, 0.0) if value else _value(otherwise, t, None)) for t, value in condition.values.items()
    )


def _value(branch: Series | float | None, time: int, missing: float | None) -> float | None:
    return branch.values.get(time, missing) if isinstance(branch, Series) else branch


def _logarithm(of: Callable[[float], float]) -> Callable[[float], float | None]:
    return lambda value: of(value) if value > 0 else None


def _end(place: int) -> Function:
    def call(arguments: Sequence[Any]) -> Value:
        given = _array(_one(arguments))
        if not given:
            raise ExpressionError("the array has no time series")
        return given[place]

    return call


FUNCTIONS: dict[str, Function] = {
    "ABS": _by_value(abs),
    "AVG": _aggregate(_average, missing=True),
    "CEIL": _by_value(lambda value: float(math.ceil(value))),
    "DATAPOINT_COUNT": _count,
    "DIFF": _by_pair(lambda before, now: now[1] - before[1]),
    "DIFF_TIME": _by_pair(lambda before, now: float(now[0] - before[0])),
    "FILL": _fill,
    "FIRST": _end(0),
    "FLOOR": _by_value(lambda value: float(math.floor(value))),
    "IF": _if,
    "LAST": _end(-1),
    "LOG": _by_value(_logarithm(math.log)),
    "LOG10": _by_value(_logarithm(math.log10)),
    "MAX": _aggregate(max),
    "METRIC_COUNT": lambda arguments: float(len(_array(_one(arguments)))),
    "MIN": _aggregate(min),
    "PERIOD": lambda arguments: float(_series(_one(arguments)).span.step),
    "RATE": _by_pair(lambda before, now: (now[1] - before[1]) / (now[0] - before[0])),
    "REMOVE_EMPTY": lambda arguments: [each for each in _array(_one(arguments)) if each.values],
    "RUNNING_SUM": _by_series(_running),
    "SUM": _aggregate(math.fsum),
}


def function(name: str) -> Function:
    """The function of that name; Unsupported for AWS's that are not built, ExpressionError for what is none."""
    if name in NOT_BUILT:
        raise Unsupported(f"the function {name} of metric math")
    if name not in FUNCTIONS:
        raise ExpressionError(f"there is no function {name}")
    return FUNCTIONS[name]
