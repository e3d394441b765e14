"""The metrics that runs publish: by AWS's names, as deltas, and only of those that ask (without Spark)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.services.glue.jobs.conftest import Bench

from wheatpaste.app import App
from wheatpaste.config import Config
from wheatpaste.engines.base import RunResult
from wheatpaste.services.glue.jobs import job_metrics
from wheatpaste.services.glue.jobs.publishing import Publisher
from wheatpaste.store.db import metadata
from wheatpaste.tasks.step import Step

OVER = RunResult("SUCCEEDED", "", 9.0, 0)
COUNTS = dict.fromkeys((*job_metrics.COUNTED, "stages"), 0)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An app whose task runner does not run."""
    made = App(Config(home=tmp_path / "home"))
    made.db.ensure(list(metadata.tables.values()))
    yield made
    made.supervisor.close()
    made.db.close()


class Run:
    """A run of which this test is the driver."""

    def __init__(self, app: App, folder: Path, **arguments: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        given = {f"--{name.replace('_', '-')}": value for name, value in arguments.items()}
        data = {"job": "nightly", "arguments": given, "definition": {"Command": {"Name": "glueetl"}}}
        self.app, self.aws, self.folder = app, app.as_root("123456789012", "us-east-1"), folder
        self.publisher = Publisher(Step(app, SimpleNamespace(key="jr_1", data=data), self.aws), folder, every=0.0)  # type: ignore[arg-type]

    def measured(self, seconds: float, **counts: int) -> dict[str, Any]:
        found = {"seconds": seconds, "spark": {**COUNTS, **counts}, "gauges": {"heap_used": 50 + seconds, "heap_max": 200, "s3_read": 7}}
        found["gauges"]["s3_written"] = 0
        (self.folder / "metrics.json").write_text(json.dumps(found))
        return found

    def ends(self, report: dict[str, Any], result: RunResult = OVER) -> None:
        operation = self.app.operation("cloudwatch", "PutMetricData")
        whole = {"sources": [], "sinks": [], **report}
        self.app.transact(self.aws, operation, lambda call: self.publisher.close(call, whole, result))

    def of(self, name: str, run: str = "jr_1", kind: str = "count", **dimensions: str) -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        named = {"JobName": "nightly", "JobRunId": run, "Type": kind, **dimensions}
        found: list[dict[str, Any]] = self.aws.client("cloudwatch").get_metric_statistics(
            Namespace="Glue",
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in named.items()],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(minutes=1),
            Period=7200,
            Statistics=["Sum", "SampleCount", "Maximum"],
        )["Datapoints"]
        return [{name: each[name] for name in ("Sum", "SampleCount", "Maximum", "Unit")} for each in found]


def test_counts_are_deltas_and_gauges_are_not(app: App, tmp_path: Path) -> None:
    run = Run(app, tmp_path / "run", enable_metrics="")
    run.publisher.send()  # nothing is measured yet
    run.measured(30.0, inputRecords=10)
    run.publisher.send()
    run.measured(60.0, inputRecords=25, numFailedTasks=1)
    run.publisher.send()
    run.ends({**run.measured(70.0, inputRecords=40, numFailedTasks=1)})
    records, elapsed = run.of("glue.driver.aggregate.recordsRead"), run.of("glue.driver.aggregate.elapsedTime")
    assert records == [{"Sum": 40.0, "SampleCount": 3.0, "Maximum": 15.0, "Unit": "Count"}]
    assert elapsed == [{"Sum": 70000.0, "SampleCount": 3.0, "Maximum": 30000.0, "Unit": "Milliseconds"}]
    assert run.of("glue.driver.aggregate.numFailedTasks", "ALL")[0]["Sum"] == 1.0
    for prefix in ("driver", "ALL"):
        heap = run.of(f"glue.{prefix}.jvm.heap.used", kind="gauge")
        assert heap == [{"Sum": 310.0, "SampleCount": 3.0, "Maximum": 120.0, "Unit": "Bytes"}]
        assert run.of(f"glue.{prefix}.s3.filesystem.read_bytes", kind="gauge")[0]["Sum"] == 7.0
    assert run.of("glue.succeed.ALL", ObservabilityGroup="error") == []


def test_observability_has_its_groups(app: App, tmp_path: Path) -> None:
    run = Run(app, tmp_path / "run", enable_observability_metrics="true")
    report = run.measured(5.0, inputRecords=3)
    report |= {"sources": [{"name": "s3://b/in", "rows": 3, "read": 2, "bytes": 90}]}
    report |= {"sinks": [{"name": "s3://b/out", "rows": 3, "files": 1, "bytes": 80}]}
    run.ends(report, RunResult("FAILED", "ModuleNotFoundError: No module named 'x' (job.py, line 1: import x)", 5.0, 0))
    error = {"ObservabilityGroup": "error"}
    assert [run.of(f"glue.{name}", **error)[0]["Sum"] for name in ("succeed.ALL", "error.ALL", "error.IMPORT_ERROR")] == [0.0, 1.0, 1.0]
    used = {"kind": "gauge", "ObservabilityGroup": "resource_utilization"}
    assert run.of("glue.driver.memory.heap.used.percentage", **used)[0]["Sum"] == 27.5
    assert 0 < run.of("glue.ALL.disk.used.percentage", **used)[0]["Sum"] < 100
    moved = {"kind": "gauge", "ObservabilityGroup": "throughput"}
    assert run.of("glue.driver.filesRead", **moved, Source="s3://b/in")[0]["Sum"] == 2.0
    assert run.of("glue.driver.bytesWrittten", **moved, Sink="s3://b/out")[0] == {
        **dict.fromkeys(("Sum", "Maximum"), 80.0),
        "SampleCount": 1.0,
        "Unit": "Bytes",
    }
    assert run.of("glue.driver.aggregate.recordsRead") == [], "that is --enable-metrics"


@pytest.mark.parametrize("arguments", [{}, {"enable_observability_metrics": "false"}])
def test_who_does_not_ask_has_none(app: App, tmp_path: Path, arguments: dict[str, str]) -> None:
    run = Run(app, tmp_path / "run", **arguments)
    report = run.measured(5.0, inputRecords=3)
    run.publisher.send()
    run.ends(report)
    assert run.aws.client("cloudwatch").list_metrics(Namespace="Glue")["Metrics"] == []


def test_what_the_script_wrote_there_is_no_measure(app: App, tmp_path: Path) -> None:
    run = Run(app, tmp_path / "run", enable_metrics="true")
    counts = dict.fromkeys(COUNTS, "many")
    for text in (
        "no json",
        "[1]",
        '{"spark": null}',
        '{"spark": {"inputBytes": 1}}',
        json.dumps({"spark": counts, "gauges": {"heap_used": "x"}}),
    ):
        (run.folder / "metrics.json").write_text(text)
        run.publisher.send()
    run.ends({"spark": counts, "gauges": [1], "seconds": "long", "sources": [{"name": "", "rows": 1}, {"name": "x", "rows": "few"}]})
    assert run.aws.client("cloudwatch").list_metrics(Namespace="Glue")["Metrics"] == []


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("OutOfMemoryError: Spark's JVM ran out of memory (Java heap space) (job.py)", "OUT_OF_MEMORY_ERROR"),
        ("LAUNCH ERROR | script s3://b/none.py cannot be read: NoSuchKey: no", "LAUNCH_ERROR"),
        ("SyntaxError: invalid syntax (job.py, line 2: x =)", "SYNTAX_ERROR"),
        (
            "AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `a` cannot be found. (job.py, line 4)",
            "RESOURCE_NOT_FOUND_ERROR",
        ),
        ("AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column (job.py, line 4)", "QUERY_ERROR"),
        ("ClientError: An error occurred (AccessDenied) when calling the GetObject operation (job.py)", "PERMISSION_ERROR"),
        ("SystemExit: 3 (job.py, line 1: sys.exit(3))", "SYSTEM_EXIT_ERROR"),
        ("SparkArithmeticException: [DIVIDE_BY_ZERO] Division by zero (job.py)", "UNCLASSIFIED_SPARK_ERROR"),
        ("ZeroDivisionError: division by zero (job.py, line 3: x = 1 / 0)", "UNCLASSIFIED_ERROR"),
    ],
)
def test_categories_of_errors(message: str, expected: str) -> None:
    assert job_metrics.category(RunResult("FAILED", message, 1.0, 0)) == expected
    assert job_metrics.category(RunResult("TIMEOUT", message, 1.0, 0)) == "TIMEOUT_ERROR"


OWN = """
import boto3
datum = {"MetricName": "m", "Value": 4, "Dimensions": [{"Name": "job", "Value": "%s"}]}
boto3.client("cloudwatch").put_metric_data(Namespace="Own", MetricData=[datum])
"""


def test_a_script_publishes_its_own_and_a_shell_has_none(bench: Bench) -> None:
    run = bench.run(OWN % bench.name, arguments={"--enable-metrics": "true"})
    assert run["JobRunState"] == "SUCCEEDED", run.get("ErrorMessage")
    api = bench.connect("cloudwatch")
    dimensions = [{"Name": "job", "Value": bench.name}]
    assert len(api.list_metrics(Namespace="Own", Dimensions=dimensions)["Metrics"]) == 1
    assert api.list_metrics(Namespace="Glue", Dimensions=[{"Name": "JobName", "Value": bench.name}])["Metrics"] == []
