"""Things that are made once and kept: a folder appears complete or not at all, however many servers want it at the same time."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

Progress = Callable[[str, int, int], None]
"""What is being done, how much is done, of how much. Called at least every second; what it raises ends the work."""
WAIT = 0.2  # seconds between looks at a lock


def silent(what: str, done: int, total: int) -> None:
    """The progress nobody looks at."""


def still() -> None:
    """The heartbeat nobody listens to."""


@contextmanager
def locked(file: Path, beat: Callable[[], None] = still) -> Iterator[None]:
    """Alone among all processes of this machine that lock the same file; waits for its turn, calling `beat` meanwhile."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as lock:
        while not _taken(lock):
            beat()
            time.sleep(WAIT)
        yield


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def made_once(target: Path, make: Callable[[Path], None], beat: Callable[[], None] = still) -> Path:
    """`target`, made by `make(folder)` if it is not there yet. What `make` leaves when it raises is thrown away.

    `beat` is called while another process or thread makes it; what it raises ends the waiting.
    """
    if target.exists():
        return target
    with locked(target.with_name(f".{target.name}.lock"), beat):
        if target.exists():
            return target
        for abandoned in target.parent.glob(f".{target.name}.*/"):  # by a process that was killed: nobody else makes it now
            shutil.rmtree(abandoned)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            make(draft)
            os.replace(draft, target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return target
