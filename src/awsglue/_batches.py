"""Streams, batch by batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

log = logging.getLogger("awsglue")
_GRAINS = ("year", "month", "day", "hour", "minute")
_PAUSES = (1, 2, 5)
"""Seconds before the first, second and every later retry of a batch."""


def for_each_batch(frame: DataFrame, function: Callable[[DataFrame, int], Any], options: Mapping[str, Any]) -> None:
    """Runs the stream until it ends; a batch that fails is tried again up to batchMaxRetries times."""
    missing = [name for name in ("windowSize", "checkpointLocation") if name not in options]
    if missing:
        raise ValueError(f"forEachBatch needs the option {' and '.join(missing)}")
    retries = int(options.get("batchMaxRetries", 3))
    if not 0 <= retries <= 100:
        raise ValueError(f"batchMaxRetries must be between 0 and 100, not {retries}")
    run = _batch_runner(function, options, retries)
    query = (
        frame.writeStream.foreachBatch(run)
        .trigger(processingTime=str(options["windowSize"]))
        .option("checkpointLocation", str(options["checkpointLocation"]))
        .start()
    )
    query.awaitTermination()


def _batch_runner(function: Callable[[DataFrame, int], Any], options: Mapping[str, Any], retries: int) -> Callable[[DataFrame, int], None]:
    keep = str(options.get("persistDataFrame", "true")).lower() != "false"
    level = getattr(StorageLevel, str(options.get("storageLevel", "MEMORY_AND_DISK")).upper())

    def run(batch: DataFrame, batch_id: int) -> None:
        if keep:
            batch.persist(level)
        try:
            if not batch.isEmpty():
                _with_retries(lambda: function(batch, batch_id), retries, batch_id)
        finally:
            if keep:
                batch.unpersist()

    return run


def _with_retries(call: Callable[[], Any], retries: int, batch_id: int) -> None:
    for attempt in range(retries + 1):
        try:
            call()
        except Exception as error:
            if attempt == retries or str(error).startswith("CheckpointMetadataNotFound"):
                raise
            log.warning("Batch %d failed (%s); attempt %d of %d follows", batch_id, error, attempt + 2, retries + 1)
            time.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
        else:
            return


def add_ingestion_time_columns(frame: DataFrame, time_granularity: str) -> DataFrame:
    """The frame with ingest_year … down to the granularity."""
    if time_granularity not in ("day", "hour", "minute"):
        raise ValueError(f"time_granularity must be day, hour or minute, not {time_granularity!r}")
    now = F.current_timestamp()
    for grain in _GRAINS[: _GRAINS.index(time_granularity) + 1]:
        frame = frame.withColumn(f"ingest_{grain}", getattr(F, "dayofmonth" if grain == "day" else grain)(now))
    return frame
