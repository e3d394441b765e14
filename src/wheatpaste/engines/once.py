"""Things that are made once and kept: a folder appears complete or not at all, however many servers want it at the same time."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Progress = Callable[[str, int, int], None]  # what is being done, how much is done, of how much


def silent(what: str, done: int, total: int) -> None:
    """The progress nobody looks at."""


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Alone among all processes of this machine that lock the same file; waits for its turn."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def made_once(target: Path, make: Callable[[Path], None]) -> Path:
    """`target`, made by `make(folder)` if it is not there yet. What `make` leaves when it raises is thrown away."""
    if target.exists():
        return target
    with locked(target.with_name(f".{target.name}.lock")):
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
