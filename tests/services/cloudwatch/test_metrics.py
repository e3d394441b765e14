"""ListMetrics."""

from typing import Any

from tests.services.cloudwatch.conftest import Bench, refused


def named(bench: Bench, **members: Any) -> list[str]:
    pages = bench.api.get_paginator("list_metrics").paginate(Namespace=bench.namespace, **members)
    return [each["MetricName"] for page in pages for each in page["Metrics"]]


def test_metrics_are_found_by_name_and_dimensions(bench: Bench) -> None:
    a1, a2, b1 = ({"Name": name, "Value": value} for name, value in (("a", "1"), ("a", "2"), ("b", "1")))
    bench.put("x", {"Value": 1, "Dimensions": [a1, b1]}, {"Value": 1, "Dimensions": [a2]}, 1)
    bench.put("y", 1)
    assert bench.api.list_metrics(Namespace=bench.namespace, MetricName="x", Dimensions=[{"Name": "b"}])["Metrics"] == [
        {"Namespace": bench.namespace, "MetricName": "x", "Dimensions": [a1, b1]}
    ]
    assert named(bench) == ["x", "x", "x", "y"] == named(bench, RecentlyActive="PT3H")
    assert named(bench, MetricName="y") == ["y"]
    assert [named(bench, Dimensions=each) for each in ([{"Name": "a"}], [a2], [a1, b1], [a2, b1], [{"Name": "c"}])] == [
        ["x", "x"],
        ["x"],
        ["x"],
        [],
        [],
    ]


def test_pages_of_five_hundred(bench: Bench) -> None:
    bench.api.put_metric_data(Namespace=bench.namespace, MetricData=[{"MetricName": f"m{n:03}", "Value": n} for n in range(700)])
    first = bench.api.list_metrics(Namespace=bench.namespace)
    assert len(first["Metrics"]) == 500 and first["NextToken"]
    assert named(bench) == [f"m{n:03}" for n in range(700)]
    bad = refused(bench.api.list_metrics, NextToken="nonsense")
    assert bad == ("InvalidParameterValue", "Request parameter NextToken is invalid")


def test_linked_accounts_are_refused(bench: Bench) -> None:
    assert refused(bench.api.list_metrics, IncludeLinkedAccounts=True)[0] == "NotImplementedException"
