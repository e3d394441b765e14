"""What a run can tell of itself afterwards, as plain data. Internal.

Readers add a `Source` when they have decided what to read, sinks a `Sink` when they write; what is learnt of columns and records on the
way is kept as it is learnt, never looked for. `as_json()` is the report so far::

    {"version": 1, "job": {"began": true, "committed": false, "bookmarks": true},
     "sources": [{"name": "s3://b/in/", "kind": "s3", "format": "csv", "transformation_ctx": "raw", "locations": ["s3://b/in/"],
      "listed": 12, "excluded": 2, "skipped_by_bookmark": 7, "left_for_later": 0, "read": 3, "bytes": 4096, "notes": []}],
     "sinks": [{"name": "s3://b/out/", "kind": "s3", "format": "parquet", "table": "db.t", "began": 1790000000000, "ended": …,
      "failed": false}],
     "columns": [{"name": "price", "what": "choice", "detail": "int, string", "example": "n/a"}],
     "error_records": [{"place": "map (job.py:12)", "count": 3, "message": "…", "example": "{…}"}], "notes": ["…"]}

`listed` = `excluded` + `skipped_by_bookmark` + `left_for_later` + `read`; for a database all of them are null. `what` is choice, null or
dropped. A platform's driver takes the report at the script's end; with `WHEATPASTE_RUN_REPORT` in the environment it is also written to
that file when the process ends.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

log = logging.getLogger("awsglue")
VERSION = 1
_MOST = 200  # columns, notes: a stream's run has no end


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
    partitions: int | None = None  # of the catalog's table
    partitions_skipped: int | None = None  # by a predicate
    notes: list[str] = field(default_factory=list)  # in plain words
    locations: list[str] = field(default_factory=list)  # of what is read, as Spark's plans name it


@dataclass
class Sink:
    """A sink that was written to."""

    name: str  # a path, or a table of a database
    kind: str  # the connection type
    format: str | None
    table: str | None  # of the catalog, if it is kept up to date
    began: int = 0  # epoch milliseconds
    ended: int | None = None  # None: it is written to
    failed: bool = False


_sources: list[Source] = []
_sinks: list[Sink] = []
_columns: dict[tuple[str, str], dict[str, Any]] = {}
_notes: dict[str, None] = {}
_job = {"began": False, "committed": False, "bookmarks": False}


def add(source: Source) -> Source:
    """Add a source; it may be changed afterwards."""
    if len(_sources) < _MOST:
        _sources.append(source)
    return source


@contextmanager
def writing(sink: Sink) -> Iterator[None]:
    """The sink is written to inside."""
    sink.began = int(time.time() * 1000)
    if len(_sinks) < _MOST:
        _sinks.append(sink)
    try:
        yield
    except BaseException:
        sink.failed = True
        raise
    finally:
        sink.ended = int(time.time() * 1000)


def column(name: str, what: str, detail: str = "", example: str | None = None) -> None:
    """A column turned out to be a choice or all null, or was dropped."""
    if len(_columns) < _MOST:
        _columns.setdefault((name, what), {"name": name, "what": what, "detail": detail, "example": example})


def ignored(what: str, given: Iterable[str], known: Collection[str]) -> None:
    """Says which of the options given to it there are not. Glue ignores such, and a slip of the pen goes unseen."""
    unknown = sorted(set(given) - set(known))
    if unknown:
        tell(f"{what} has no option {', '.join(unknown)}: ignored, as Glue does")


def tell(text: str) -> None:
    """`note`, and a warning in the log."""
    log.warning(text)
    note(text)


def note(text: str) -> None:
    """Something that the script's author should know, in plain words; said once."""
    if len(_notes) < _MOST:
        _notes[text] = None


def job(**facts: bool) -> None:
    """What became of the job: `began`, `committed`, `bookmarks`."""
    _job.update(facts)


def as_json() -> dict[str, Any]:
    """The report so far."""
    return {
        "version": VERSION,
        "job": dict(_job),
        "sources": [asdict(source) for source in _sources],
        "sinks": [asdict(sink) for sink in _sinks],
        "columns": list(_columns.values()),
        "error_records": failures.as_json() if (failures := sys.modules.get("awsglue._failures")) else [],
        "notes": list(_notes),
    }


@atexit.register
def _write() -> None:
    if file := os.environ.get("WHEATPASTE_RUN_REPORT"):
        Path(file).write_text(json.dumps(as_json(), indent=1))
