"""PutMetricData and GetMetricStatistics."""

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.services.cloudwatch.conftest import Bench, minute, refused

ALL = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


def only(found: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(found) == 1, found
    return {k: v for k, v in found[0].items() if k != "Timestamp"}


def test_values_counts_and_statistic_sets_are_one_metric(bench: Bench) -> None:
    when = {"Timestamp": minute(2), "Unit": "Bytes"}
    bench.put("m", 5, **when)
    bench.put("m", {"Values": [1, 10], "Counts": [2, 4]}, {"Values": [7.5]}, **when)
    bench.put("m", {"StatisticValues": {"SampleCount": 3, "Sum": 30, "Minimum": -2, "Maximum": 40}}, **when)
    total = 5 + 2 + 40 + 7.5 + 30
    expected = {"SampleCount": 11.0, "Average": total / 11, "Sum": total, "Minimum": -2.0, "Maximum": 40.0, "Unit": "Bytes"}
    assert only(bench.statistics("m", *ALL)) == expected


def test_periods_begin_at_the_start(bench: Bench) -> None:
    bench.minutes("m", {9: 1, 8: 2, 7: 4, 6: 8, 1: 16})
    found = bench.statistics("m", "Sum", period=120, StartTime=minute(9) + timedelta(seconds=31), EndTime=minute(0))
    assert [(each["Timestamp"], each["Sum"]) for each in found] == [(minute(9), 3.0), (minute(7), 12.0), (minute(1), 16.0)]
    without_last = bench.statistics("m", "Sum", period=60, StartTime=minute(7), EndTime=minute(1))
    assert [each["Sum"] for each in without_last] == [4.0, 8.0], "the end is exclusive"


def test_each_unit_by_itself(bench: Bench) -> None:
    bench.put("m", {"Value": 1, "Unit": "Seconds"}, {"Value": 2, "Unit": "Count"}, {"Value": 3})
    assert {each["Unit"]: each["Sum"] for each in bench.statistics("m", "Sum")} == {"Seconds": 1.0, "Count": 2.0, "None": 3.0}
    assert [each["Sum"] for each in bench.statistics("m", "Sum", Unit="Count")] == [2.0]
    assert bench.statistics("m", "Sum", Unit="Percent") == []


def test_dimensions_in_any_order_name_the_same_metric(bench: Bench) -> None:
    a, b = {"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}
    bench.put("m", {"Value": 1, "Dimensions": [a, b]}, {"Value": 2, "Dimensions": [b, a]}, {"Value": 4, "Dimensions": [a]}, 8)
    assert [only(bench.statistics("m", "Sum", Dimensions=each))["Sum"] for each in ([a, b], [b, a], [a], [])] == [3.0, 3.0, 4.0, 8.0]
    assert bench.statistics("m", "Sum", Dimensions=[b]) == []


def test_percentiles(bench: Bench) -> None:
    bench.put("m", {"Values": [float(n) for n in range(1, 101)]})
    bench.put("m", {"Values": [1000.0], "Counts": [1]})
    found = only(bench.statistics("m", "p0", "p50", "p99", "p99.5", "p100"))["ExtendedStatistics"]
    assert found == {"p0": 1.0, "p50": 51.0, "p99": 100.0, "p99.5": pytest.approx(550.0), "p100": 1000.0}


def test_percentiles_of_many_values_are_right_to_one_percent(bench: Bench) -> None:
    source = random.Random(7)
    values = [source.lognormvariate(3, 2) for _ in range(3000)]
    when = minute(3)
    for start in range(0, len(values), 150):
        bench.put("m", {"Values": values[start : start + 150], "Timestamp": when})
    found = only(bench.statistics("m", "p10", "p50", "p90", "p99"))["ExtendedStatistics"]
    ranked = sorted(values)
    for name, percentile in found.items():
        assert percentile == pytest.approx(ranked[math.floor(float(name[1:]) / 100 * 2999)], rel=0.02), name
    assert only(bench.statistics("m", "Sum", "SampleCount"))["SampleCount"] == 3000


def test_no_percentiles_where_aws_has_none(bench: Bench) -> None:
    whole = {"SampleCount": 2, "Sum": 4, "Minimum": 1, "Maximum": 3}
    bench.put("negative", -1, 5)
    bench.put("set", {"StatisticValues": whole})
    bench.put("equal", {"StatisticValues": {**whole, "Minimum": 2, "Maximum": 2}})
    assert bench.statistics("negative", "p50") == bench.statistics("set", "p50") == []
    assert only(bench.statistics("equal", "p50"))["ExtendedStatistics"] == {"p50": 2.0}


def test_seconds_of_high_resolution(bench: Bench) -> None:
    base = minute(2)
    fine = [{"Value": n, "Timestamp": base + timedelta(seconds=n), "StorageResolution": 1} for n in (0, 1, 5, 9, 31)]
    bench.put("fine", *fine)
    bench.put("usual", *({k: v for k, v in each.items() if k != "StorageResolution"} for each in fine))
    span = {"StartTime": base, "EndTime": base + timedelta(seconds=60)}
    assert [each["Sum"] for each in bench.statistics("fine", "Sum", period=1, **span)] == [0.0, 1.0, 5.0, 9.0, 31.0]
    assert [each["Sum"] for each in bench.statistics("fine", "Sum", period=10, **span)] == [15.0, 31.0]
    assert [each["Sum"] for each in bench.statistics("fine", "Sum", period=60, **span)] == [46.0]
    assert bench.statistics("usual", "Sum", period=10, **span) == [], "kept by the minute"
    assert [each["Sum"] for each in bench.statistics("usual", "Sum", period=60, **span)] == [46.0]


def test_data_of_two_weeks_and_two_hours(bench: Bench) -> None:
    now = datetime.now(UTC)
    for when in (now - timedelta(days=13, hours=23), now + timedelta(hours=1, minutes=59)):
        bench.put("m", {"Value": 1, "Timestamp": when})
        assert only(bench.statistics("m", "Sum", StartTime=when - timedelta(hours=1), EndTime=when + timedelta(hours=1)))["Sum"] == 1.0
    where = "The parameter MetricData.member.1.Timestamp must specify a time no "
    for when, words in (
        (now - timedelta(days=14, hours=1), "older than two weeks ago."),
        (now + timedelta(hours=2.1), "more than two hours"),
    ):
        code, message = refused(bench.put, "m", {"Value": 1, "Timestamp": when})
        assert code == "InvalidParameterValue" and message.startswith(where + words)


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "nan": ({"Value": math.nan}, "InvalidParameterValue", "The value NaN for parameter MetricData.member.1.Value is invalid."),
    "infinite": (
        {"Values": [1, math.inf]},
        "InvalidParameterValue",
        "The value Infinity for parameter MetricData.member.1.Values.member.2",
    ),
    "large": ({"Value": 2.0**361}, "InvalidParameterValue", "for parameter MetricData.member.1.Value is invalid."),
    "nothing": ({}, "MissingParameter", "At least one of the parameters MetricData.member.1.Value"),
    "both": ({"Value": 1, "Values": [1]}, "InvalidParameterCombination", "MetricData.member.1.Values are mutually exclusive"),
    "sizes": ({"Values": [1, 2], "Counts": [1]}, "InvalidParameterValue", "Counts must be of the same size."),
    "many": ({"Values": list(range(151))}, "InvalidParameterValue", "must not have a size greater than 150."),
    "count": ({"Values": [1], "Counts": [0]}, "InvalidParameterValue", "The value 0.0 for parameter MetricData.member.1.Counts.member.1"),
    "set": (
        {"StatisticValues": {"SampleCount": 1, "Sum": 1, "Minimum": 2, "Maximum": 1}},
        "InvalidParameterValue",
        "StatisticValues.Maximum must be greater than",
    ),
    "resolution": ({"Value": 1, "StorageResolution": 30}, "InvalidParameterValue", "StorageResolution is invalid"),
    "unit": ({"Value": 1, "Unit": "Parsecs"}, "ValidationError", "Member must satisfy enum value set"),
    "dimensions": (
        {"Value": 1, "Dimensions": [{"Name": str(n), "Value": "v"} for n in range(31)]},
        "ValidationError",
        "Member must have length less than or equal to 30",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_and_nothing_is_kept(bench: Bench, name: str) -> None:
    datum, code, words = WRONG[name]
    found = refused(bench.api.put_metric_data, Namespace=bench.namespace, MetricData=[{"MetricName": "m", **datum}])
    assert found[0] == code and words in found[1], found
    assert bench.api.list_metrics(Namespace=bench.namespace)["Metrics"] == []


def test_the_second_datum_is_named(bench: Bench) -> None:
    assert "MetricData.member.2.Value is invalid" in refused(bench.put, "m", 1, math.nan)[1]
    assert bench.statistics("m", "Sum") == [], "all or nothing"


def test_limits_of_a_call(bench: Bench) -> None:
    assert refused(bench.put, "m", *range(1001))[1] == "The collection MetricData must not have a size greater than 1000."
    bench.put("m", *range(1000))
    assert only(bench.statistics("m", "SampleCount"))["SampleCount"] == 1000
    reserved = {"Namespace": "AWS/Mine", "MetricData": [{"MetricName": "m", "Value": 1}]}
    assert refused(bench.api.put_metric_data, **reserved) == (
        "InvalidParameterValue",
        "The value AWS/Mine for parameter Namespace is invalid.",
    )
    entity = [{"Entity": {"KeyAttributes": {"Type": "Service", "Name": "n"}}, "MetricData": [{"MetricName": "m", "Value": 1}]}]
    assert refused(bench.api.put_metric_data, Namespace=bench.namespace, EntityMetricData=entity)[0] == "NotImplementedException"


def test_wrong_questions(bench: Bench) -> None:
    same = {"StartTime": minute(), "EndTime": minute()}
    assert refused(bench.statistics, "m", "Sum", **same)[1] == "The parameter StartTime must be less than the parameter EndTime."
    assert "Period" in refused(bench.statistics, "m", "Sum", period=45)[1]
    asked = {"Namespace": bench.namespace, "MetricName": "m", "StartTime": minute(2), "EndTime": minute(), "Period": 60}
    neither = ("InvalidParameterCombination", "Must specify either Statistics or ExtendedStatistics")
    assert refused(bench.api.get_metric_statistics, **asked) == neither
    assert refused(bench.api.get_metric_statistics, **asked, ExtendedStatistics=["p101"])[0] == "InvalidParameterValue"
    code, message = refused(bench.api.get_metric_statistics, **asked, ExtendedStatistics=["tm90"])
    assert code == "NotImplementedException" and "the statistic tm90" in message
    code, message = refused(bench.statistics, "m", "Sum", period=60, StartTime=minute(1441), EndTime=minute())
    assert code == "InvalidParameterCombination" and "You have requested up to 1,441 datapoints" in message


def test_regions_and_accounts_are_apart(client: Callable[..., Any], unique: str) -> None:
    Bench(client("cloudwatch"), unique).put("m", 1)
    assert Bench(client("cloudwatch", region="eu-west-1"), unique).statistics("m", "Sum") == []
    assert Bench(client("cloudwatch", key="111122223333"), unique).statistics("m", "Sum") == []
