"""Points age as on AWS: seconds for three hours, minutes for 15 days, five minutes for 63, hours for 455."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from wheatpaste.app import App
from wheatpaste.config import Config
from wheatpaste.services.cloudwatch.periods import DAY, HOUR
from wheatpaste.store.db import metadata
from wheatpaste.tasks.table import tasks

NOW = int(time.time()) // HOUR * HOUR + 30 * 60
TABLES = metadata.tables


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[App]:
    """An app whose task runner does not run, on either database."""
    url = request.getfixturevalue("empty_postgres")() if request.param == "postgresql" else ""
    made = App(Config(home=tmp_path / "home", database_url=url))
    made.db.ensure(list(TABLES.values()))
    yield made
    made.supervisor.close()
    made.db.close()


class Metric:
    """One metric of the app, at a time of our own."""

    def __init__(self, app: App) -> None:
        self.app, self.aws = app, app.as_root("123456789012", "us-east-1")

    def put(self, when: int, value: float, resolution: int = 60) -> None:
        datum = {"MetricName": "m", "Value": value, "Timestamp": datetime.fromtimestamp(when, UTC), "StorageResolution": resolution}
        self.aws.client("cloudwatch").put_metric_data(Namespace="n", MetricData=[datum])

    def age(self, now: int) -> None:
        from wheatpaste.services.cloudwatch import retention

        operation = self.app.operation("cloudwatch", "PutMetricData")
        for _ in range(4):  # once through all resolutions
            self.app.transact(self.aws, operation, lambda call: retention.age(call, now))

    def rows(self) -> list[tuple[int, int, float, float]]:
        points = TABLES["cloudwatch_points"]
        columns = (points.c.resolution, points.c.time, points.c.samples, points.c.total)
        return [tuple(row) for row in self.app.db.read(lambda c: list(c.execute(select(*columns).order_by(*columns))))]

    def percentile(self, start: int) -> Any:
        """The median of an hour."""
        begin, end = (datetime.fromtimestamp(when, UTC) for when in (start, start + HOUR))
        asked = {"Namespace": "n", "MetricName": "m", "StartTime": begin, "EndTime": end, "Period": HOUR, "ExtendedStatistics": ["p50"]}
        (found,) = self.aws.client("cloudwatch").get_metric_statistics(**asked)["Datapoints"]
        return found["ExtendedStatistics"]["p50"]


def test_points_are_merged_as_they_age_and_nothing_is_lost(app: App) -> None:
    metric, hour = Metric(app), NOW - NOW % HOUR - HOUR  # the hour before this
    for second in range(0, 600, 30):
        metric.put(hour + second, second / 30, resolution=1)
    assert len(metric.rows()) == 20 and {row[0] for row in metric.rows()} == {1}
    metric.age(NOW)
    assert len(metric.rows()) == 20, "three hours are not over"
    metric.age(hour + 4 * HOUR)
    assert metric.rows() == [(60, hour + 60 * n, 2.0, 4.0 * n + 1) for n in range(10)]
    metric.age(hour + 14 * DAY)
    assert len(metric.rows()) == 10
    metric.age(hour + 16 * DAY)
    assert metric.rows() == [(300, hour, 10.0, 45.0), (300, hour + 300, 10.0, 145.0)]
    metric.age(hour + 64 * DAY)
    assert metric.rows() == [(3600, hour, 20.0, 190.0)]
    assert metric.percentile(hour) == 9.5, "which values there were is still known"
    metric.age(hour + 455 * DAY)
    assert len(metric.rows()) == 1
    metric.age(hour + 456 * DAY + HOUR)
    assert metric.rows() == []
    assert app.db.read(lambda c: c.execute(select(func.count()).select_from(TABLES["cloudwatch_metrics"])).scalar()) == 0


def test_what_comes_late_joins_what_is_there(app: App) -> None:
    metric, old = Metric(app), NOW - NOW % HOUR - 10 * DAY
    metric.put(old, 1)
    metric.put(old + 30, 2, resolution=1)
    assert metric.rows() == [(60, old, 2.0, 3.0)], "seconds of ten days ago are kept by the minute"


def test_old_metrics_are_not_listed(app: App) -> None:
    metric = Metric(app)
    metric.put(NOW, 1)
    table = TABLES["cloudwatch_metrics"]
    assert len(metric.aws.client("cloudwatch").list_metrics(Namespace="n")["Metrics"]) == 1
    app.db.write(lambda c: c.execute(table.update().values(active=time.time() - 4 * HOUR)) and None)
    assert metric.aws.client("cloudwatch").list_metrics(Namespace="n", RecentlyActive="PT3H")["Metrics"] == []
    assert len(metric.aws.client("cloudwatch").list_metrics(Namespace="n")["Metrics"]) == 1
    app.db.write(lambda c: c.execute(table.update().values(active=time.time() - 15 * DAY)) and None)
    assert metric.aws.client("cloudwatch").list_metrics(Namespace="n")["Metrics"] == []


def test_one_task_sees_to_it(app: App) -> None:
    metric = Metric(app)
    metric.put(NOW, 1)
    metric.aws.client("cloudwatch").put_metric_data(Namespace="n", MetricData=[{"MetricName": "another", "Value": 1}])
    kinds = select(tasks.c.kind, tasks.c.region).where(tasks.c.service == "cloudwatch")
    assert app.db.read(lambda c: [tuple(row) for row in c.execute(kinds)]) == [("retention", "us-east-1")]
