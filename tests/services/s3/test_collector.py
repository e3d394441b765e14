"""The collector: what is referred to stays, what is not goes, whenever it is interrupted."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from tests.services.s3.test_listing import row

from wheatpaste.services.s3 import collector
from wheatpaste.services.s3.schema import garbage, inline, objects, parts, uploads
from wheatpaste.store.blobs import Blob, Blobs
from wheatpaste.store.db import SQLiteDatabase


class Home:
    """A database and blobs, as the collector's step and the sweep see them."""

    def __init__(self, path: Path) -> None:
        self.db = SQLiteDatabase(path / "state.db")
        self.db.ensure([objects, parts, uploads, inline, garbage])
        self.blobs = Blobs(path / "objects", path / "cache")
        self.app = self
        self.data: dict[str, float] = {}
        self.ending = threading.Event()

    def rows(self, table: Any) -> list[Any]:
        return self.db.read(lambda c: list(c.execute(select(table))))

    def add(self, table: Any, *rows: dict[str, Any]) -> None:
        self.db.write(lambda c: c.execute(insert(table), list(rows)))

    def lost(self, *blobs: str, minutes: float = 16) -> None:
        since = round((time.time() - 60 * minutes) * 1000)
        self.add(garbage, *({"blob": blob, "since": since} for blob in blobs))

    def file(self) -> Blob:
        return self.blobs.put(os.urandom(40_000))

    def collect(self) -> None:
        collector.collect(self)  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    yield made
    made.db.close()


def part(upload_id: str, number: int, blob: str) -> dict[str, Any]:
    return {"upload_id": upload_id, "number": number, "blob": blob, "size": 1, "etag": "", "modified": 0, "checksums": {}}


def test_only_what_has_no_row_goes(home: Home) -> None:
    kept, gone = home.file(), home.file()
    home.add(objects, row("k", blob=kept.id))
    home.lost(kept.id, gone.id)
    home.collect()
    assert home.blobs.path(kept).exists()
    assert not home.blobs.path(gone).exists()
    assert home.rows(garbage) == []


def test_fresh_garbage_waits(home: Home) -> None:
    blob = home.file()
    home.lost(blob.id, minutes=14)
    home.collect()
    assert home.blobs.path(blob).exists()
    assert len(home.rows(garbage)) == 1


def test_what_is_read_waits(home: Home) -> None:
    blob = home.file()
    home.lost(blob.id)
    with home.blobs.reading(blob):
        home.collect()
        assert home.blobs.path(blob).exists()
    home.collect()
    assert not home.blobs.path(blob).exists()


def test_small_bytes_go_with_their_row(home: Home) -> None:
    home.add(inline, {"id": "small", "bytes": b"x"}, {"id": "kept", "bytes": b"y"})
    home.add(objects, row("k", blob="kept"))
    home.lost("small", "kept")
    home.collect()
    assert [r.id for r in home.rows(inline)] == ["kept"]


def test_a_whole_takes_its_parts_along_but_for_those_that_others_have(home: Home) -> None:
    own, shared = home.file(), home.file()
    home.add(parts, part("whole", 1, own.id), part("whole", 2, shared.id))
    home.add(objects, row("k", blob=shared.id))
    home.lost("whole")
    home.collect()
    home.collect()
    assert not home.blobs.path(own).exists()
    assert home.blobs.path(shared).exists()
    assert home.rows(parts) == home.rows(garbage) == []


def test_a_copy_keeps_a_whole(home: Home) -> None:
    blob = home.file()
    home.add(parts, part("whole", 1, blob.id))
    home.add(objects, row("copy", blob="whole", parts=1))
    home.lost("whole", blob.id)
    home.collect()
    assert home.blobs.path(blob).exists()
    assert len(home.rows(parts)) == 1


def test_it_may_die_between_file_and_note(home: Home) -> None:
    blob = home.file()
    home.lost(blob.id)
    home.blobs.unlink(blob.id)
    home.collect()
    assert home.rows(garbage) == []


def test_the_sweep_removes_files_that_never_got_a_row(home: Home) -> None:
    kept, orphan, fresh = home.file(), home.file(), home.file()
    home.add(objects, row("k", blob=kept.id))
    for blob in (kept, orphan):
        os.utime(home.blobs.path(blob), (0, time.time() - 1000))
    collector.sweep(home)  # type: ignore[arg-type]
    assert [home.blobs.path(b).exists() for b in (kept, orphan, fresh)] == [True, False, True]


def test_the_collector_sweeps_every_hour(home: Home) -> None:
    orphan = home.file()
    os.utime(home.blobs.path(orphan), (0, time.time() - 1000))
    home.data = {"swept": time.time() - 3500}
    home.collect()
    assert home.blobs.path(orphan).exists()
    home.data = {"swept": time.time() - 3700}
    home.collect()
    assert not home.blobs.path(orphan).exists()
