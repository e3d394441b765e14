"""Metrics of the test's own: put, and read back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

SPAN = timedelta(minutes=30)


def minute(ago: int = 0) -> datetime:
    """The beginning of the minute that many minutes ago."""
    return datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=ago)


@dataclass
class Bench:
    """A namespace of the test's own."""

    api: Any
    namespace: str

    def put(self, name: str, *data: Any, **members: Any) -> None:
        """Put values, or data as they are."""
        shapes = [{"MetricName": name, **members, **(each if isinstance(each, dict) else {"Value": each})} for each in data]
        self.api.put_metric_data(Namespace=self.namespace, MetricData=shapes)

    def minutes(self, name: str, values: dict[int, float], **members: Any) -> None:
        """Put a value into each of these minutes: those so long ago."""
        self.put(name, *({"Value": value, "Timestamp": minute(ago)} for ago, value in values.items()), **members)

    def statistics(self, name: str, *statistics: str, period: int = 3600, **members: Any) -> list[dict[str, Any]]:
        """The datapoints of one metric around now."""
        extended = statistics[0].startswith("p")
        asked = {"ExtendedStatistics" if extended else "Statistics": list(statistics), "Period": period, **members}
        start = {"StartTime": minute(30), "EndTime": minute(-5)} if "StartTime" not in members else {}
        found: list[dict[str, Any]] = self.api.get_metric_statistics(Namespace=self.namespace, MetricName=name, **start, **asked)[
            "Datapoints"
        ]
        return found

    def query(self, name: str, id: str = "", stat: str = "Sum", period: int = 60, **members: Any) -> dict[str, Any]:
        """A query for a metric."""
        metric = {"Namespace": self.namespace, "MetricName": name, "Dimensions": members.pop("Dimensions", [])}
        unit = {"Unit": members.pop("Unit")} if "Unit" in members else {}
        return {"Id": id or name, "MetricStat": {"Metric": metric, "Period": period, "Stat": stat, **unit}, **members}

    def data(self, *queries: dict[str, Any], **members: Any) -> list[dict[str, Any]]:
        """What GetMetricData answers for the last half hour, oldest first."""
        members = {"StartTime": minute(30), "EndTime": minute(-1), "ScanBy": "TimestampAscending", **members}
        found: list[dict[str, Any]] = self.api.get_metric_data(MetricDataQueries=list(queries), **members)["MetricDataResults"]
        return found


@pytest.fixture
def bench(client: Callable[..., Any], unique: str) -> Bench:
    """A namespace on the session's server."""
    return Bench(client("cloudwatch"), unique)


def refused(call: Callable[..., Any], *arguments: Any, **members: Any) -> tuple[str, str]:
    """Code and message of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **members)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]
