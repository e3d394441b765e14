"""What a run can tell of itself afterwards, as plain data. Internal.

Readers add a `Source` when they have decided what to read. `as_json()` is the report so far::

    {"version": 1, "sources": [{"name": "s3://b/in/", "kind": "s3", "format": "csv", "transformation_ctx": "raw",
      "listed": 12, "excluded": 2, "skipped_by_bookmark": 7, "left_for_later": 0, "read": 3, "bytes": 4096, "notes": []}]}

`listed` = `excluded` + `skipped_by_bookmark` + `left_for_later` + `read`; for a database all of them are null.
With `WHEATPASTE_RUN_REPORT` in the environment it is written to that file when the process ends.
"""

from __future__ import annotations

import atexit
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

VERSION = 1


@dataclass
class Source:
    """A source that was read: its objects, counted when the frame was made."""

    name: str  # a path, or database.table
    kind: str  # the connection type, or "catalog"
    format: str | None
    transformation_ctx: str
    listed: int | None = None
    excluded: int | None = None  # by the option exclusions
    skipped_by_bookmark: int | None = None  # read by earlier runs
    left_for_later: int | None = None  # by boundedFiles, boundedSize, maxFilesInBand, or newer than the listing
    read: int | None = None
    bytes: int | None = None  # of the objects read
    notes: list[str] = field(default_factory=list)  # in plain words


_sources: list[Source] = []


def add(source: Source) -> Source:
    """Add a source; it may be changed afterwards."""
    _sources.append(source)
    return source


def as_json() -> dict[str, Any]:
    """The report so far."""
    return {"version": VERSION, "sources": [asdict(source) for source in _sources]}


@atexit.register
def _write() -> None:
    if file := os.environ.get("WHEATPASTE_RUN_REPORT"):
        Path(file).write_text(json.dumps(as_json(), indent=1))
