"""How long the folder of what has run and ended (a job run, a session, a data quality run) stays: script, files, output as it was
written. Its report, its row and its logs are not there."""

import logging
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from wheatpaste.services.glue import glue
from wheatpaste.tasks.table import tasks

if TYPE_CHECKING:
    from wheatpaste.app import App

log = logging.getLogger(__name__)
DAY = 86400.0
BATCH = 500
_at_once = threading.Lock()


@glue.on_start
def clear(app: "App") -> None:
    """Remove the folders of runs that ended more than ``run_days`` ago, and of those beyond the last ``run_folders``."""
    if not _at_once.acquire(blocking=False):  # somebody else is at it
        return
    try:
        old = list(_old(app.config.home / "runs", app.config.run_folders, time.time() - app.config.run_days * DAY))
        for start in range(0, len(old), BATCH):
            _remove(app, old[start : start + BATCH])
    finally:
        _at_once.release()


def _old(folder: Path, most: int, since: float) -> Iterator[Path]:
    """Those that need not stay."""
    if not folder.exists():
        return
    found = sorted(((each.stat().st_mtime, each) for each in folder.iterdir() if each.is_dir()), reverse=True)
    yield from (each for n, (changed, each) in enumerate(found) if n >= most or changed < since)


def _remove(app: "App", folders: list[Path]) -> None:
    names = [each.name for each in folders]
    live = app.db.read(lambda db: set(db.execute(select(tasks.c.key).where(tasks.c.key.in_(names))).scalars()))
    for each in folders:
        if each.name not in live:
            shutil.rmtree(each, onerror=lambda _, path, error: log.warning("%s cannot be removed: %s", path, error[1]))
