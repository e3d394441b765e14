"""A run's metrics on their way to CloudWatch: every 30 seconds while it runs, the rest in the transaction that ends it."""

import json
import logging
import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wheatpaste.engines.base import RunResult
from wheatpaste.services.glue.jobs import arguments
from wheatpaste.services.glue.jobs.capacity import is_shell
from wheatpaste.services.glue.jobs.job_metrics import Measure, measures, reliability, resources, throughput
from wheatpaste.wire.errors import AwsError

if TYPE_CHECKING:
    from wheatpaste.call import Call, Client
    from wheatpaste.tasks.step import Step

log = logging.getLogger(__name__)
NAMESPACE = "Glue"
EVERY = 30.0  # seconds, as on AWS
LARGEST = 1 << 20  # bytes of what a driver wrote: the script could have written anything
MOST = 1000  # data of one PutMetricData
Datum = dict[str, Any]


class Publisher:
    """The metrics of one run; none unless it asks for them. Python shell jobs have none, as on AWS."""

    def __init__(self, step: "Step", folder: Path, every: float = EVERY) -> None:
        given = step.data["arguments"]
        spark = not is_shell(step.data["definition"])
        self._usual = spark and "--enable-metrics" in given  # whatever its value: the parameter's presence counts
        self._observed = spark and arguments.is_on(given, "--enable-observability-metrics")
        self._step, self._file = step, folder / "metrics.json"
        self._sent: dict[str, float] = {}  # of what is published as deltas: what has been
        self._every, self._next = every, time.monotonic() + every

    def send(self) -> None:
        """Publish what is new, at most every so many seconds."""
        if time.monotonic() < self._next or not (self._usual or self._observed):
            return
        self._next = time.monotonic() + self._every
        found = written(self._file)
        if found is None:
            return
        several = list(self._measures(found))
        self._put(self._step.aws.client("cloudwatch"), several)
        self._sent |= {each.name: each.value for each in several if each.delta}

    def close(self, call: "Call", report: Mapping[str, Any], result: RunResult) -> None:
        """Publish the rest, in the transaction that ends the run (which may run twice: nothing is remembered)."""
        several = list(self._measures(report))
        if self._observed:
            several += [*throughput(report), *reliability(result)]
        self._put(call.aws("cloudwatch"), several)

    def _put(self, cloudwatch: "Client", several: list[Measure]) -> None:
        """A run goes on, and ends as it ended, whatever becomes of its metrics."""
        try:
            for data in self._data(several):
                cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data)
        except AwsError as error:
            log.warning("job run %s: CloudWatch took no metrics: %s", self._step.key, error)

    def _measures(self, found: Mapping[str, Any]) -> Iterable[Measure]:
        if self._usual:
            yield from measures(found)
        if self._observed and found.get("gauges"):
            disk = shutil.disk_usage(self._file.parent)
            yield from resources({**found, "disk": {"used": disk.used, "free": disk.free}})

    def _data(self, several: Iterable[Measure]) -> list[list[Datum]]:
        """Each measure for the run and for all runs of its job, as PutMetricData takes them."""
        data = [self._datum(each, run) for each in several for run in (self._step.key, "ALL")]
        return [data[start : start + MOST] for start in range(0, len(data), MOST)]

    def _datum(self, found: Measure, run: str) -> Datum:
        value = max(0.0, found.value - self._sent.get(found.name, 0.0)) if found.delta else found.value
        named = (("JobName", self._step.data["job"]), ("JobRunId", run), ("Type", found.kind), *found.dimensions)
        dimensions = [{"Name": name, "Value": text[:1024]} for name, text in named]
        return {"MetricName": found.name, "Dimensions": dimensions, "Value": float(value), "Unit": found.unit}


def written(file: Path) -> dict[str, Any] | None:
    """What a driver has measured so far; None before it has, and for what is none (the script may have written it)."""
    if not file.exists() or file.stat().st_size > LARGEST:
        return None
    try:
        found = json.loads(file.read_text())
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("spark"), dict) else None
