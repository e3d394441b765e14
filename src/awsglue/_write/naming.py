"""The names of written files: of their own for every write, but the same again when a stream's batch is run again."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

log = logging.getLogger("awsglue")
_current = threading.local()


@dataclass
class _Batch:
    name: str
    again: bool  # it may have written before
    writes: int = 0


@contextmanager
def of_batch(stream: str, batch_id: int, again: bool) -> Iterator[None]:
    """Within it, files are called after the stream (its checkpoint), the batch, and the how-manieth write of it they belong to."""
    digest = hashlib.sha256(stream.rstrip("/").encode()).hexdigest()[:12]
    _current.batch = _Batch(f"{digest}-{batch_id}", again)
    try:
        yield
    finally:
        _current.batch = None


def prefix(spark: Any, path: str) -> str:
    """How the files of a write that begins now are called; what an earlier run of the same batch left at the path is removed."""
    batch: _Batch | None = getattr(_current, "batch", None)
    if batch is None:
        return f"run-{int(time.time() * 1000)}-part"
    made = f"run-{batch.name}-{batch.writes}-part"
    batch.writes += 1
    if batch.again:
        removed = _remove(spark, path, made)
        if removed:
            log.warning("%d files that an earlier run of this batch left under %s are replaced", removed, path)
    return made


def _remove(spark: Any, path: str, beginning: str) -> int:
    """Deletes the files below a path whose names begin so; how many."""
    where = spark._jvm.org.apache.hadoop.fs.Path(path)
    fs = where.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf())
    if not fs.exists(where):
        return 0
    found = fs.listFiles(where, True)
    old = []
    while found.hasNext():
        file = found.next().getPath()
        if file.getName().startswith(beginning):
            old.append(file)
    for file in old:
        fs.delete(file, False)
    return len(old)
