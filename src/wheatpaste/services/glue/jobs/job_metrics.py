"""The job metrics that AWS Glue sends to CloudWatch, by its own names, from what Spark counted (pure).

https://docs.aws.amazon.com/glue/latest/dg/monitoring-awsglue-with-cloudwatch-metrics.html
https://docs.aws.amazon.com/glue/latest/dg/monitor-observability.html

What is not measured is absent. There are no executors but the driver: ``glue.ALL.*`` is the driver's own value, and nobody allocates any.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from wheatpaste.engines.base import RunResult

Report = Mapping[str, Any]
DRIVER, ALL = "glue.driver.", "glue.ALL."
COUNTED = {  # what Spark counts → name, unit
    "inputBytes": ("aggregate.bytesRead", "Bytes"),
    "inputRecords": ("aggregate.recordsRead", "Count"),
    "completedStages": ("aggregate.numCompletedStages", "Count"),
    "numCompleteTasks": ("aggregate.numCompletedTasks", "Count"),
    "numFailedTasks": ("aggregate.numFailedTasks", "Count"),
    "numKilledTasks": ("aggregate.numKilledTasks", "Count"),
    "shuffleWriteBytes": ("aggregate.shuffleBytesWritten", "Bytes"),
    "shuffleReadBytes": ("aggregate.shuffleLocalBytesRead", "Bytes"),
}
LARGEST = 2.0**64
ELAPSED = "glue.driver.aggregate.elapsedTime"
MEBIBYTE, GIBIBYTE = 1 << 20, 1 << 30


class Measure(NamedTuple):
    """One value of a run. ``kind`` is AWS's dimension Type; a ``delta`` is published as what has been added since the last time."""

    name: str
    value: float
    unit: str
    kind: str = "gauge"
    delta: bool = False
    dimensions: tuple[tuple[str, str], ...] = ()


def measures(found: Report) -> Iterator[Measure]:
    """Those of ``--enable-metrics``: of a report, or of what a driver has written so far. None when the script made no context."""
    spark, gauges, seconds = _numbers(found.get("spark")), _numbers(found.get("gauges")), _numbers(found)
    if not COUNTED.keys() <= spark.keys():
        return
    for name, (metric, unit) in COUNTED.items():
        yield Measure(DRIVER + metric, spark[name], unit, "count", delta=True)
    if "seconds" in seconds:
        yield Measure(ELAPSED, round(seconds["seconds"] * 1000), "Milliseconds", "count", delta=True)
    if "blocks_on_disk" in gauges:
        yield Measure("glue.driver.BlockManager.disk.diskSpaceUsed_MB", gauges["blocks_on_disk"] / MEBIBYTE, "Megabytes")
    for metric, value, unit, delta in _of_each(gauges):
        yield from (Measure(prefix + metric, value, unit, delta=delta) for prefix in (DRIVER, ALL))


def _numbers(found: Any) -> dict[str, float]:
    """Those members that are numbers: the script could have written anything where its driver writes."""
    members = found.items() if isinstance(found, Mapping) else ()
    return {name: value for name, value in members if isinstance(value, int | float) and math.isfinite(value) and abs(value) < LARGEST}


def _of_each(gauges: Mapping[str, float]) -> Iterator[tuple[str, float, str, bool]]:
    """What AWS has of the driver, of each executor and of all of them."""
    if "heap_used" in gauges and gauges.get("heap_max"):
        yield "jvm.heap.used", gauges["heap_used"], "Bytes", False
        yield "jvm.heap.usage", round(gauges["heap_used"] / gauges["heap_max"], 4), "Percent", False
    if "s3_read" in gauges and "s3_written" in gauges:
        yield "s3.filesystem.read_bytes", gauges["s3_read"], "Bytes", True
        yield "s3.filesystem.write_bytes", gauges["s3_written"], "Bytes", True
    if "cpu_load" in gauges:
        yield "system.cpuSystemLoad", round(gauges["cpu_load"], 4), "Percent", False


def resources(found: Report) -> Iterator[Measure]:
    """Those of ``--enable-observability-metrics`` that say what is used: memory, and the disk on which the run works."""
    gauges, group = _numbers(found.get("gauges")), (("ObservabilityGroup", "resource_utilization"),)
    for prefix in (DRIVER, ALL):
        for metric, used, most in (("memory.heap", "heap_used", "heap_max"), ("memory.non-heap", "rest_used", "rest_max")):
            if used in gauges:
                yield Measure(f"{prefix}{metric}.used", gauges[used], "Bytes", dimensions=group)
            if used in gauges and gauges.get(most):
                yield Measure(f"{prefix}{metric}.available", gauges[most] - gauges[used], "Bytes", dimensions=group)
                yield Measure(f"{prefix}{metric}.used.percentage", 100 * gauges[used] / gauges[most], "Percent", dimensions=group)
        if disk := found.get("disk"):
            yield Measure(f"{prefix}disk.used_GB", disk["used"] / GIBIBYTE, "Gigabytes", dimensions=group)
            yield Measure(f"{prefix}disk.available_GB", disk["free"] / GIBIBYTE, "Gigabytes", dimensions=group)
            yield Measure(f"{prefix}disk.used.percentage", 100 * disk["used"] / (disk["used"] + disk["free"]), "Percent", dimensions=group)


READ = {"rows": ("recordsRead", "Count"), "bytes": ("bytesRead", "Bytes"), "read": ("filesRead", "Count")}
WRITTEN = {"rows": ("recordsWritten", "Count"), "bytes": ("bytesWrittten", "Bytes"), "files": ("filesWritten", "Count")}  # AWS's three t


def throughput(report: Report) -> Iterator[Measure]:
    """Those of ``--enable-observability-metrics`` by source and sink, once a run has ended."""
    for dimension, places, names in (("Source", report["sources"], READ), ("Sink", report["sinks"], WRITTEN)):
        for place in places:
            if not place["name"]:
                continue
            where, moved = (("ObservabilityGroup", "throughput"), (dimension, str(place["name"]))), _numbers(place)
            for member in names.keys() & moved.keys():
                metric, unit = names[member]
                yield Measure(DRIVER + metric, moved[member], unit, dimensions=where)


CATEGORIES = (
    ("OUT_OF_MEMORY_ERROR", r"OutOfMemoryError|Java heap space|GC overhead limit|MemoryError|for want of memory"),
    ("DISK_NO_SPACE_ERROR", r"No space left on device"),
    ("LAUNCH_ERROR", r"^LAUNCH ERROR"),
    ("SYNTAX_ERROR", r"^(SyntaxError|IndentationError|TabError)\b"),
    ("IMPORT_ERROR", r"^(ImportError|ModuleNotFoundError)\b"),
    ("GLUE_JOB_BOOKMARK_VERSION_MISMATCH_ERROR", r"VersionMismatch"),
    ("PERMISSION_ERROR", r"AccessDenied|Access Denied|is not authorized to perform|PermissionError"),
    ("RESOURCE_NOT_FOUND_ERROR", r"_NOT_FOUND\]|NoSuch(Key|Bucket)|EntityNotFound|FileNotFound|does not exist|Path does not exist"),
    ("RESOURCES_ALREADY_EXISTS_ERROR", r"AlreadyExists|_ALREADY_EXISTS\]"),
    ("CONNECTION_ERROR", r"Connect(ion)?(Error|Exception|Timeout)|Connection refused|UnknownHost"),
    ("QUERY_ERROR", r"^(AnalysisException|ParseException)\b"),
    ("INVALID_ARGUMENT_ERROR", r"^(GlueArgumentError|IllegalArgumentException)\b"),
    ("UNSUPPORTED_OPERATION_ERROR", r"^(UnsupportedOperationException|NotImplementedError)\b"),
    ("SYSTEM_EXIT_ERROR", r"^SystemExit\b|left through os\._exit"),
    ("UNCLASSIFIED_SPARK_ERROR", r"^(Spark\w*Exception|Py4J\w+|PySpark\w+|PythonException)\b"),
)
"""AWS's categories of errors that can be told by a message; what matches first counts."""


def reliability(result: RunResult) -> Iterator[Measure]:
    """Those of ``--enable-observability-metrics`` that say how a run ended; none for one that was stopped."""
    group = (("ObservabilityGroup", "error"),)
    if result.state == "STOPPED":
        return
    succeeded = result.state == "SUCCEEDED"
    yield Measure("glue.succeed.ALL", float(succeeded), "Count", "count", dimensions=group)
    yield Measure("glue.error.ALL", float(not succeeded), "Count", "count", dimensions=group)
    if not succeeded:
        yield Measure(f"glue.error.{category(result)}", 1.0, "Count", "count", dimensions=group)


def category(result: RunResult) -> str:
    """The category of a failure."""
    if result.state == "TIMEOUT":
        return "TIMEOUT_ERROR"
    return next((name for name, pattern in CATEGORIES if re.search(pattern, result.message)), "UNCLASSIFIED_ERROR")
