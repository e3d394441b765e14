"""GetMetricData."""

from datetime import timedelta
from typing import Any

import pytest
from tests.services.cloudwatch.conftest import Bench, minute, refused

FIVE = {5: 1.0, 4: 2.0, 3: 3.0, 2: 4.0, 1: 5.0}


def values(results: list[dict[str, Any]]) -> dict[str, list[float]]:
    return {each["Id"]: each["Values"] for each in results}


def test_metrics_and_expressions_in_the_order_of_asking(bench: Bench) -> None:
    bench.minutes("a", FIVE)
    bench.minutes("b", {5: 10.0, 1: 50.0})
    queries = [
        {"Id": "ratio", "Expression": "sum / a", "Label": "per a"},
        bench.query("a"),
        bench.query("b", ReturnData=False),
        {"Id": "sum", "Expression": "a + b", "ReturnData": False},
    ]
    found = bench.data(*queries)
    assert [(each["Id"], each["Label"], each["StatusCode"]) for each in found] == [("ratio", "per a", "Complete"), ("a", "a", "Complete")]
    assert found[1]["Timestamps"] == [minute(ago) for ago in FIVE] and found[1]["Values"] == list(FIVE.values())
    assert found[0]["Values"] == [11.0, 1.0, 1.0, 1.0, 11.0], "what b lacks counts as 0"


def test_the_newest_come_first(bench: Bench) -> None:
    bench.minutes("a", FIVE)
    (found,) = bench.api.get_metric_data(MetricDataQueries=[bench.query("a")], StartTime=minute(30), EndTime=minute(-1))[
        "MetricDataResults"
    ]
    assert found["Values"] == [5.0, 4.0, 3.0, 2.0, 1.0] and found["Timestamps"] == sorted(found["Timestamps"], reverse=True)


def test_pages_hold_so_many_datapoints(bench: Bench) -> None:
    bench.minutes("a", FIVE)
    bench.minutes("b", FIVE)
    asked = {"MetricDataQueries": [bench.query("a"), bench.query("none"), bench.query("b")], "StartTime": minute(30), "EndTime": minute(-1)}
    pages, token = [], {}
    while True:
        page = bench.api.get_metric_data(**asked, **token, MaxDatapoints=3, ScanBy="TimestampAscending")
        pages.append([(each["Id"], each["Values"], each["StatusCode"]) for each in page["MetricDataResults"]])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert pages == [
        [("a", [1.0, 2.0, 3.0], "PartialData")],
        [("a", [4.0, 5.0], "Complete"), ("none", [], "Complete"), ("b", [1.0], "PartialData")],
        [("b", [2.0, 3.0, 4.0], "PartialData")],
        [("b", [5.0], "Complete")],
    ]
    whole = bench.api.get_paginator("get_metric_data").paginate(**asked, PaginationConfig={"PageSize": 2}).build_full_result()
    assert sum(len(each["Values"]) for each in whole["MetricDataResults"]) == 10
    assert refused(bench.api.get_metric_data, **asked, NextToken="x")[0] == "InvalidNextToken"


def test_pages_of_several_units_lose_nothing(bench: Bench) -> None:
    for unit in ("Bytes", "Count", "Seconds"):
        bench.minutes("a", {3: 1.0, 2: 2.0, 1: 3.0}, Unit=unit)
    asked = {"MetricDataQueries": [bench.query("a"), bench.query("a", "b")], "StartTime": minute(30), "EndTime": minute(-1)}
    for size in range(1, 20):
        pages = bench.api.get_paginator("get_metric_data").paginate(**asked, PaginationConfig={"PageSize": size})
        found = [(each["Id"], value) for page in pages for each in page["MetricDataResults"] for value in each["Values"]]
        assert found == [(name, value) for name in "ab" for _ in range(3) for value in (3.0, 2.0, 1.0)], size


def test_statistics_units_and_periods(bench: Bench) -> None:
    bench.minutes("a", FIVE, Unit="Bytes")
    bench.minutes("a", {1: 100.0}, Unit="Count")
    start = {"StartTime": minute(5), "EndTime": minute(0)}
    ids = {"mean": "Average", "least": "Minimum", "most": "Maximum", "count": "SampleCount", "median": "p50"}
    found = bench.data(*(bench.query("a", id, stat, 300, Unit="Bytes") for id, stat in ids.items()), **start)
    assert values(found) == {"mean": [3.0], "least": [1.0], "most": [5.0], "count": [5.0], "median": [3.0]}
    assert [each["Label"] for each in found] == [f"a {stat}" for stat in ids.values()]
    both = bench.data(bench.query("a", period=300), **start)
    assert [(each["Id"], each["Values"]) for each in both] == [("a", [15.0]), ("a", [100.0])], "units are not added up"


def test_an_array_is_several_results(bench: Bench) -> None:
    bench.minutes("a", {1: 3.0})
    bench.minutes("b", {1: 4.0})
    hidden = [bench.query("a", ReturnData=False), bench.query("b", ReturnData=False)]
    found = bench.data({"Id": "e", "Expression": "METRICS() * 2", "Label": "Twice"}, *hidden)
    assert [(each["Id"], each["Label"], each["Values"]) for each in found] == [("e", "Twice a", [6.0]), ("e", "Twice b", [8.0])]


def test_nothing_is_an_empty_result(bench: Bench) -> None:
    assert bench.data(bench.query("none")) == [{"Id": "none", "Label": "none", "Timestamps": [], "Values": [], "StatusCode": "Complete"}]


WRONG = {
    "number": ({"Id": "e", "Expression": "SUM(a)"}, "ValidationError", "must give a time series"),
    "unknown": ({"Id": "e", "Expression": "a + zz"}, "ValidationError", "there is no query zz"),
    "circle": ({"Id": "e", "Expression": "e + a"}, "ValidationError", "it depends on itself: e → e"),
    "syntax": ({"Id": "e", "Expression": "a +"}, "ValidationError", "Error in expression 'e': it cannot be read"),
    "function": ({"Id": "e", "Expression": "MEDIAN(a)"}, "ValidationError", "there is no function MEDIAN"),
    "not built": ({"Id": "e", "Expression": "STDDEV(a)"}, "NotImplementedException", "the function STDDEV of metric math"),
    "search": ({"Id": "e", "Expression": "SEARCH('{x} y', 'Sum')"}, "NotImplementedException", "the function SEARCH"),
    "insights": ({"Id": "e", "Expression": "SELECT AVG(x) FROM y"}, "NotImplementedException", "Metrics Insights"),
    "period": ({"Id": "e", "Expression": "a", "Period": 300}, "NotImplementedException", "Period 300 of expression 'e'"),
    "neither": ({"Id": "e"}, "ValidationError", "The parameter MetricDataQueries.member.2.MetricStat is required.\n"),
    "twice": ({"Id": "a", "Expression": "1"}, "ValidationError", "not unique: a"),
    "upper": ({"Id": "E", "Expression": "a"}, "ValidationError", "not matching the expected pattern"),
    "label": ({"Id": "e", "Expression": "a", "Label": "${MAX}"}, "NotImplementedException", "the dynamic MetricDataQueries.member.2.Label"),
    "account": ({"Id": "e", "Expression": "a", "AccountId": "1"}, "NotImplementedException", "AccountId"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_or_not_built_is_told(bench: Bench, name: str) -> None:
    query, code, words = WRONG[name]
    found = refused(bench.data, bench.query("a"), query)
    assert found[0] == code and words in found[1], found


def test_wrong_times_periods_and_statistics(bench: Bench) -> None:
    backwards = refused(bench.data, bench.query("a"), StartTime=minute(0), EndTime=minute(1))
    assert backwards == ("ValidationError", "The parameter EndTime must be greater than StartTime.")
    same = refused(bench.data, bench.query("a"), StartTime=minute(1), EndTime=minute(1) + timedelta(milliseconds=900))
    assert same == ("ValidationError", "The parameter StartTime must not equal parameter EndTime.")
    assert "Period" in refused(bench.data, bench.query("a", period=7))[1]
    assert refused(bench.data, bench.query("a", stat="Median"))[0] == "InvalidParameterValue"
    mixed = [bench.query("a"), bench.query("b", period=300), {"Id": "e", "Expression": "a + b"}]
    assert "metric math over different periods" in refused(bench.data, *mixed)[1]
