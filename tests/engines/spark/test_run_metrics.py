"""What runs on real Spark publish to CloudWatch."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import Server, wait_for
from tests.engines.spark.test_platform_runs import Platform

pytestmark = [pytest.mark.spark, pytest.mark.timeout(600)]

MOVES = """
from pyspark.sql import SparkSession
import boto3
spark = SparkSession.builder.getOrCreate()
spark.range(1000).repartition(3).write.parquet('s3://{name}/{job}/in')
frame = spark.read.parquet('s3://{name}/{job}/in')
assert frame.groupBy((frame.id % 7).alias('k')).count().count() == 7
boto3.client('cloudwatch').put_metric_data(Namespace='{name}', MetricData=[dict(MetricName='own', Value=frame.count())])
"""
FAILS = MOVES + """
from pyspark.sql import functions as f
spark.range(10).select(f.udf(lambda x: 1 // (x - 5), 'long')('id')).collect()
"""  # fmt: skip
WAITS = MOVES + "import time\ntime.sleep(600)\n"


class Metrics:
    """What CloudWatch has of one job."""

    def __init__(self, api: Any, job: str) -> None:
        self.api, self.job = api, job

    def names(self, **dimensions: str) -> set[str]:
        wanted = [{"Name": name, "Value": value} for name, value in {"JobName": self.job, **dimensions}.items()]
        pages = self.api.get_paginator("list_metrics").paginate(Namespace="Glue", Dimensions=wanted)
        return {each["MetricName"] for page in pages for each in page["Metrics"]}

    def values(self, run: str, kind: str, *names: str, stat: str = "Sum", **dimensions: str) -> dict[str, float]:
        named = {"JobName": self.job, "JobRunId": run, "Type": kind, **dimensions}
        shape = [{"Name": name, "Value": value} for name, value in named.items()]
        queries = [
            {
                "Id": f"m{n}",
                "Label": name,
                "MetricStat": {
                    "Metric": {"Namespace": "Glue", "MetricName": f"glue.{name}", "Dimensions": shape},
                    "Period": 86400,
                    "Stat": stat,
                },
            }
            for n, name in enumerate(names)
        ]
        span = {"StartTime": datetime.now(UTC) - timedelta(hours=2), "EndTime": datetime.now(UTC) + timedelta(minutes=1)}
        found = self.api.get_metric_data(MetricDataQueries=queries, **span)["MetricDataResults"]
        return {each["Label"]: each["Values"][0] for each in found if each["Values"]}


def test_what_spark_counted_is_published(server: Server, unique: str) -> None:
    account = f"{int(unique[1:], 16) % 10**12:012}"
    client: Callable[[str], Any] = lambda service: server.client(service, key=account)  # noqa: E731
    platform, api = Platform(client, unique), client("cloudwatch")
    both = {"--enable-metrics": "true", "--enable-observability-metrics": "true"}
    wanted = {"silent": (MOVES, {}), "moves": (MOVES, both), "fails": (FAILS, both), "waits": (WAITS, both)}
    started = {
        job: platform.start(code.format(name=unique, job=job), job, DefaultArguments=arguments) for job, (code, arguments) in wanted.items()
    }
    check_silent(api, platform, started["silent"], unique)
    check_moves(api, platform, started["moves"])
    check_fails(api, platform, started["fails"])
    check_stopped(api, platform, started["waits"], server)


def check_silent(api: Any, platform: Platform, started: tuple[str, str], namespace: str) -> None:
    assert platform.wait(started)["JobRunState"] == "SUCCEEDED"
    assert Metrics(api, started[0]).names() == set()
    found = api.list_metrics(Namespace=namespace)["Metrics"]
    assert [each["MetricName"] for each in found] == ["own"], "the script's own, as its role"


def check_moves(api: Any, platform: Platform, started: tuple[str, str]) -> None:
    run = platform.wait(started)
    assert run["JobRunState"] == "SUCCEEDED", run.get("ErrorMessage")
    found = Metrics(api, started[0])
    for which in (started[1], "ALL"):
        counts = ("recordsRead", "bytesRead", "numCompletedStages", "numCompletedTasks", "numFailedTasks", "shuffleBytesWritten")
        values = found.values(which, "count", *(f"driver.aggregate.{name}" for name in (*counts, "elapsedTime", "shuffleLocalBytesRead")))
        assert values["driver.aggregate.recordsRead"] >= 2000 > values["driver.aggregate.numFailedTasks"] == 0.0
        assert values["driver.aggregate.bytesRead"] > 1000 < values["driver.aggregate.shuffleBytesWritten"]
        assert values["driver.aggregate.shuffleLocalBytesRead"] > 1000 and values["driver.aggregate.numCompletedStages"] >= 4
        assert 1000 < values["driver.aggregate.elapsedTime"] <= 1000 * run["ExecutionTime"] + 1000
        sums = found.values(which, "gauge", "driver.s3.filesystem.read_bytes", "ALL.s3.filesystem.write_bytes")
        assert min(sums.values()) > 1000 and len(sums) == 2
        now = found.values(which, "gauge", "driver.jvm.heap.used", "ALL.jvm.heap.usage", "driver.system.cpuSystemLoad", stat="Average")
        assert 0 < now["ALL.jvm.heap.usage"] < 1 < now["driver.jvm.heap.used"] and 0 < now["driver.system.cpuSystemLoad"] <= 1
    assert found.values("ALL", "count", "succeed.ALL", ObservabilityGroup="error") == {"succeed.ALL": 1.0}
    assert {"glue.driver.recordsWritten", "glue.driver.filesWritten"} < found.names(ObservabilityGroup="throughput")
    assert not [name for name in found.names() if "ExecutorAllocationManager" in name], "nobody allocates any"


def check_fails(api: Any, platform: Platform, started: tuple[str, str]) -> None:
    assert platform.wait(started)["JobRunState"] == "FAILED"
    found = Metrics(api, started[0])
    values = found.values(started[1], "count", "driver.aggregate.numFailedTasks", "driver.aggregate.recordsRead")
    assert values["driver.aggregate.numFailedTasks"] >= 1 and values["driver.aggregate.recordsRead"] >= 2000
    assert found.values(started[1], "count", "error.ALL", "succeed.ALL", ObservabilityGroup="error") == {
        "error.ALL": 1.0,
        "succeed.ALL": 0.0,
    }
    assert "glue.error.UNCLASSIFIED_ERROR" in found.names()


def check_stopped(api: Any, platform: Platform, started: tuple[str, str], server: Server) -> None:
    """What a killed process had measured is published."""
    wait_for((server.home / "runs" / started[1] / "metrics.json").exists, seconds=120)
    wait_for(lambda: platform.glue.get_job_run(JobName=started[0], RunId=started[1])["JobRun"]["JobRunState"] == "RUNNING")
    time.sleep(11)  # it measures every ten seconds: the work is done by then
    platform.glue.batch_stop_job_run(JobName=started[0], JobRunIds=[started[1]])
    assert platform.wait(started)["JobRunState"] == "STOPPED"
    found = Metrics(api, started[0])
    assert found.values(started[1], "count", "driver.aggregate.recordsRead")["driver.aggregate.recordsRead"] >= 1000
    assert found.names(ObservabilityGroup="error") == set()
