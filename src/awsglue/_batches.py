"""Streams, batch by batch."""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from typing import Any

from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from awsglue._read.streams import expanded
from awsglue._write import naming

log = logging.getLogger("awsglue")
Function = Callable[[DataFrame, int], Any]
_GRAINS = ("year", "month", "day", "hour", "minute")
_PAUSES = (1, 2, 5)
"""Seconds before the first, second and every later retry of a batch."""
_UNITS = {"milli": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000}


def for_each_batch(frame: DataFrame, function: Function, options: Mapping[str, Any]) -> None:
    """Runs the stream until it ends; a batch that fails is tried again up to batchMaxRetries times.

    What the function writes to files through a DynamicFrame sink, a batch that is run again (after a failure, or after the job was
    killed and started anew) replaces: nothing is lost and nothing comes twice.
    """
    missing = [name for name in ("windowSize", "checkpointLocation") if name not in options]
    if missing:
        raise ValueError(f"forEachBatch needs the option {' and '.join(missing)}")
    retries = int(options.get("batchMaxRetries", 3))
    if not 0 <= retries <= 100:
        raise ValueError(f"batchMaxRetries must be between 0 and 100, not {retries}")
    query = (
        frame.writeStream.foreachBatch(_batch_runner(function, options, retries))
        .trigger(processingTime=str(options["windowSize"]))
        .option("checkpointLocation", str(options["checkpointLocation"]))
        .start()
    )
    query.awaitTermination()


def _batch_runner(function: Function, options: Mapping[str, Any], retries: int) -> Function:
    keep = str(options.get("persistDataFrame", "true")).lower() != "false"
    level = getattr(StorageLevel, str(options.get("storageLevel", "MEMORY_AND_DISK")).upper())
    stream = str(options["checkpointLocation"])
    ran: list[int] = []

    def run(batch: DataFrame, batch_id: int) -> None:
        if keep:
            batch.persist(level)
        try:
            if not batch.isEmpty():
                again = not ran  # the first batch of a process may be one that an earlier process began
                ran.append(batch_id)
                _with_retries(lambda attempt: _one(function, batch, batch_id, stream, again or attempt > 0), retries, batch_id)
        finally:
            if keep:
                batch.unpersist()

    return run


def _one(function: Function, batch: DataFrame, batch_id: int, stream: str, again: bool) -> None:
    with naming.of_batch(stream, batch_id, again):
        function(expanded(batch), batch_id)


def _with_retries(call: Callable[[int], Any], retries: int, batch_id: int) -> None:
    for attempt in range(retries + 1):
        try:
            call(attempt)
        except Exception as error:
            if attempt == retries or str(error).startswith("CheckpointMetadataNotFound"):
                raise
            log.warning("Batch %d failed (%s); attempt %d of %d follows", batch_id, error, attempt + 2, retries + 1)
            time.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
        else:
            return


def sample(frame: DataFrame, options: Mapping[str, Any], function: Function | None) -> DataFrame:
    """Up to `recordPollingLimit` records (100) of a stream, waiting `pollingTimeInMs` (10000) for them."""
    if "windowSize" not in options:
        raise ValueError("getSampleStreamingDynamicFrame needs the option windowSize")
    limit, wait = int(options.get("recordPollingLimit", 100)), int(options.get("pollingTimeInMs", 10_000))
    if _milliseconds(str(options["windowSize"])) >= wait:
        raise ValueError(f"windowSize ({options['windowSize']}) must be shorter than pollingTimeInMs ({wait})")
    rows: list[Any] = []
    schema: list[Any] = []

    def collect(batch: DataFrame, batch_id: int) -> None:
        found = expanded(batch)
        if len(rows) < limit and not found.isEmpty():
            schema.append(found.schema)
            rows.extend(found.limit(limit - len(rows)).collect())

    checkpoint = tempfile.mkdtemp(prefix="sample-")
    query = (
        frame.writeStream.foreachBatch(collect)
        .trigger(processingTime=str(options["windowSize"]))
        .option("checkpointLocation", f"file://{checkpoint}")
        .start()
    )
    try:
        until = time.monotonic() + wait / 1000
        while query.isActive and len(rows) < limit and time.monotonic() < until:
            time.sleep(0.05)
        failed = query.exception()
        if failed is not None:
            raise failed
    finally:
        query.stop()
        shutil.rmtree(checkpoint)
    found = frame.sparkSession.createDataFrame(rows, schema[-1] if schema else frame.schema)
    if function is not None:
        function(found, 0)
    return found


def _milliseconds(window: str) -> int:
    match = re.fullmatch(r"\s*(\d+)\s*(milli|second|minute|hour)(?:second)?s?\s*", window.lower())
    if match is None:
        raise ValueError(f"windowSize {window!r} is no interval like '5 seconds'")
    return int(match[1]) * _UNITS[match[2]]


def add_ingestion_time_columns(frame: DataFrame, time_granularity: str) -> DataFrame:
    """The frame with ingest_year … down to the granularity."""
    if time_granularity not in ("day", "hour", "minute"):
        raise ValueError(f"time_granularity must be day, hour or minute, not {time_granularity!r}")
    now = F.current_timestamp()
    for grain in _GRAINS[: _GRAINS.index(time_granularity) + 1]:
        frame = frame.withColumn(f"ingest_{grain}", getattr(F, "dayofmonth" if grain == "day" else grain)(now))
    return frame
