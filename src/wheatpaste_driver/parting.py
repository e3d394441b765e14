"""A run that is told to end tells first what it did, while Spark is still there to be asked."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

EVERY = 0.2  # seconds
STATUS = 143  # of a process that SIGTERM ends, as shells tell it


class Parting:
    """Ends the process once the server has made the file `asked`: `tell` first, and nothing else of the script. A thread of its own."""

    def __init__(self, asked: Path, tell: Callable[[], bool]) -> None:
        self._asked, self._tell = asked, tell

    def start(self) -> None:
        threading.Thread(target=self._watch, name="parting", daemon=True).start()

    def _watch(self) -> None:
        while not self._asked.exists():
            time.sleep(EVERY)
        if not self._tell():
            return  # the script is over, and about to tell it itself
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # the script may have closed it
                stream.flush()
        os.kill(os.getpid(), signal.SIGTERM)  # which a script may have a handler of its own for
