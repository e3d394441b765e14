"""GetMetricStatistics, and what statistics there are."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from wheatpaste.services.cloudwatch import cloudwatch, metrics, points
from wheatpaste.services.cloudwatch.distribution import STATISTICS, Distribution
from wheatpaste.services.cloudwatch.errors import InvalidParameterCombination, InvalidParameterValue
from wheatpaste.services.cloudwatch.periods import first, is_period
from wheatpaste.store.codec import from_millis
from wheatpaste.wire.errors import NotImplementedByWheatpaste

if TYPE_CHECKING:
    from datetime import datetime

    from wheatpaste.call import Call
    from wheatpaste.services.cloudwatch.shapes_generated import Datapoint, GetMetricStatisticsInput, GetMetricStatisticsOutput

MOST = 1440  # datapoints of one answer
PERCENTILE = re.compile(r"[pP](\d{1,2}(?:\.\d{1,10})?|100(?:\.0{1,10})?)")
TRIMMED = re.compile(r"(?i)(?:tm|wm|tc|ts|pr)(?:\d{1,2}(?:\.\d+)?|100|\([\d.%]*:[\d.%]*\))|iqm")
BAD_PERIOD = "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60; it is {0}."


def seconds(time: datetime) -> int:
    """Epoch seconds; CloudWatch ignores what is less."""
    return math.floor(time.timestamp())


def moment(time: int) -> datetime:
    """The other way."""
    return from_millis(time * 1000)


def checked(name: str, operation: str) -> str:
    """A statistic's name, if it is one; the trimmed ones are refused by name."""
    if name in STATISTICS or PERCENTILE.fullmatch(name):
        return name
    if TRIMMED.fullmatch(name):
        raise NotImplementedByWheatpaste(f"cloudwatch:{operation}", f"the statistic {name}")
    raise InvalidParameterValue(f"The value {name} for parameter Stat is not supported.")


def value(found: Distribution, name: str) -> float | None:
    """A statistic of an interval; None for a percentile that there is not."""
    match = PERCENTILE.fullmatch(name)
    return found.percentile(float(match[1])) if match else found.statistic(name)


@cloudwatch.operation(reads=True)
def get_metric_statistics(call: Call, req: GetMetricStatisticsInput) -> GetMetricStatisticsOutput:
    """Statistics of one metric, period by period, each unit by itself."""
    plain, extended = req.get("Statistics") or [], req.get("ExtendedStatistics") or []
    if bool(plain) == bool(extended):
        raise InvalidParameterCombination("Must specify either Statistics or ExtendedStatistics")
    for name in extended:
        checked(name, "GetMetricStatistics")
    span = _span(req, int(call.now.timestamp()))
    found = metrics.metric(req["Namespace"], req["MetricName"], req.get("Dimensions"))
    measured = points.read(call, found.identity, span, req.get("Unit"))
    shown = [_datapoint(time, each, unit, plain, extended) for unit, times in measured.items() for time, each in times.items()]
    return {"Label": req["MetricName"], "Datapoints": [each for each in shown if each is not None]}


def _span(req: GetMetricStatisticsInput, now: int) -> range:
    start, end, period = seconds(req["StartTime"]), seconds(req["EndTime"]), req["Period"]
    if start >= end:
        raise InvalidParameterValue("The parameter StartTime must be less than the parameter EndTime.")
    if not is_period(period):
        raise InvalidParameterValue(BAD_PERIOD.format(period))
    span = range(first(start, period, now), end, period)
    if (end - start) // period > MOST:
        raise InvalidParameterCombination(
            f"You have requested up to {(end - start) // period:,} datapoints, which exceeds the limit of {MOST:,}. You may reduce the "
            "datapoints requested by increasing Period, or decreasing the time range."
        )
    return span


def _datapoint(time: int, found: Distribution, unit: str, plain: list[str], extended: list[str]) -> Datapoint | None:
    """One datapoint; None where none of the percentiles is there."""
    shape: Datapoint = {"Timestamp": moment(time), "Unit": unit}
    if plain:
        shape.update({name: found.statistic(name) for name in plain})  # type: ignore[typeddict-item]
        return shape
    values = {name: one for name in extended if (one := value(found, name)) is not None}
    return {**shape, "ExtendedStatistics": values} if values else None
