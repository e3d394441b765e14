"""PutMetricData: single values, values with counts, statistic sets."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from wheatpaste.service import Empty
from wheatpaste.services.cloudwatch import cloudwatch, metrics, points
from wheatpaste.services.cloudwatch.distribution import Distribution, merged, of, of_set
from wheatpaste.services.cloudwatch.errors import InvalidParameterCombination, InvalidParameterValue, MissingParameter
from wheatpaste.services.cloudwatch.periods import NEWEST, OLDEST, resolution_of

if TYPE_CHECKING:
    from wheatpaste.call import Call
    from wheatpaste.services.cloudwatch.shapes_generated import MetricDatum, PutMetricDataInput

MOST = 1000  # data of one call
MOST_VALUES = 150  # of one datum
LARGEST = 2.0**360
FORMS = ("Value", "Values", "StatisticValues")
RESERVED = "AWS/"


@cloudwatch.operation(refused=["EntityMetricData", "StrictEntityValidation"])
def put_metric_data(call: Call, req: PutMetricDataInput) -> Empty:
    """Add to metrics, which are there from their first datum on; it can be read as soon as this call returns."""
    namespace, data = req["Namespace"], req.get("MetricData")
    if not data:
        raise MissingParameter("The parameter MetricData is required.")
    if namespace.startswith(RESERVED) and call.aws_as_caller.origin.user_agent != "wheatpaste":  # the platform's own may
        raise InvalidParameterValue(f"The value {namespace} for parameter Namespace is invalid.")
    if len(data) > MOST:
        raise InvalidParameterValue(f"The collection MetricData must not have a size greater than {MOST}.")
    now = int(call.now.timestamp())
    parts: dict[points.Key, list[Distribution]] = defaultdict(list)
    named: set[metrics.Metric] = set()
    for number, datum in enumerate(data, 1):
        where = f"MetricData.member.{number}"
        found = metrics.metric(namespace, datum["MetricName"], datum.get("Dimensions"))
        named.add(found)
        parts[_key(found, datum, where, now)].append(_measured(datum, where))
    metrics.touch(call, named, now)
    points.add(call, {key: merged(several) for key, several in parts.items()})
    return {}


def _key(found: metrics.Metric, datum: MetricDatum, where: str, now: int) -> points.Key:
    """Which point a datum belongs to."""
    given, asked = datum.get("Timestamp"), datum.get("StorageResolution") or 60
    time = now if given is None else math.floor(given.timestamp())
    if time < now - OLDEST:
        raise InvalidParameterValue(f"The parameter {where}.Timestamp must specify a time no older than two weeks ago.")
    if time > now + NEWEST:
        raise InvalidParameterValue(f"The parameter {where}.Timestamp must specify a time no more than two hours in the future.")
    if asked not in (1, 60):
        raise InvalidParameterValue(f"The value {asked} for parameter {where}.StorageResolution is invalid: it is 1 or 60.")
    resolution = resolution_of(asked, time, now)
    return points.Key(found.identity, time - time % resolution, resolution, datum.get("Unit") or "None")


def _measured(datum: MetricDatum, where: str) -> Distribution:
    """What a datum says; exactly one of the three forms."""
    forms = [name for name in FORMS if datum.get(name) is not None]
    if not forms:
        raise MissingParameter(f"At least one of the parameters {where}.Value, {where}.Values, {where}.StatisticValues must be specified.")
    if len(forms) > 1:
        one, other = (f"{where}.{name}" for name in forms[:2])
        raise InvalidParameterCombination(f"The parameters {one} and {other} are mutually exclusive and you have specified both.")
    if forms == ["Value"]:
        return of({_number(datum["Value"], f"{where}.Value"): 1.0})
    return _values(datum, where) if forms == ["Values"] else _statistics(datum, f"{where}.StatisticValues")


def _number(value: float, where: str) -> float:
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise InvalidParameterValue(f"The value {_written(value)} for parameter {where} is invalid.")
    return float(value)


def _written(value: float) -> str:
    """As AWS writes what is no number."""
    return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity" if math.isinf(value) else str(value)


def _count(value: float, where: str) -> float:
    if _number(value, where) <= 0:
        raise InvalidParameterValue(f"The value {value} for parameter {where} is invalid.")
    return float(value)


def _values(datum: MetricDatum, where: str) -> Distribution:
    values = datum["Values"]
    counts = datum.get("Counts") or [1.0] * len(values)
    if not values:
        raise MissingParameter(f"The parameter {where}.Values is required.")
    if len(values) > MOST_VALUES:
        raise InvalidParameterValue(f"The collection {where}.Values must not have a size greater than {MOST_VALUES}.")
    if len(values) != len(counts):
        raise InvalidParameterValue(f"The parameters {where}.Values and {where}.Counts must be of the same size.")
    found: dict[float, float] = defaultdict(float)
    for number, (value, count) in enumerate(zip(values, counts, strict=True), 1):
        found[_number(value, f"{where}.Values.member.{number}")] += _count(count, f"{where}.Counts.member.{number}")
    return of(found)


def _statistics(datum: MetricDatum, where: str) -> Distribution:
    given = datum["StatisticValues"]
    count = _count(given["SampleCount"], f"{where}.SampleCount")
    total, low, high = (_number(given[name], f"{where}.{name}") for name in ("Sum", "Minimum", "Maximum"))
    if low > high:
        raise InvalidParameterValue(f"The parameter {where}.Maximum must be greater than {where}.Minimum.")
    return of_set(count, total, low, high)
