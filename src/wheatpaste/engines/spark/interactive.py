"""Interactive sessions: a driver of the job engine whose script answers statements (`wheatpaste_driver.session` is its other side)."""

from __future__ import annotations

import json
import logging
import queue
import secrets
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from wheatpaste.engines import once
from wheatpaste.engines.base import RunResult, RunSpec
from wheatpaste.engines.spark.engine import JobEngine

log = logging.getLogger(__name__)
SCRIPT = "from pathlib import Path\n\nfrom wheatpaste_driver.session import serve\n\nserve(Path(__file__).with_name('secret'))\n"


class Interactive:
    """One session's driver. `changed` is called from another thread when there is an answer to `fetch`."""

    def __init__(self, engine: JobEngine, changed: Callable[[], object]) -> None:
        self._engine, self._changed = engine, changed
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._end: socket.socket | None = None
        self._handle = ""

    def open(self, run: RunSpec, progress: once.Progress = once.silent) -> None:
        """Start the driver of this run, whose script is ours. Raises what `JobEngine.submit` raises."""
        folder = run.directory / "session"
        folder.mkdir(parents=True, exist_ok=True)
        script, self._secret, self._port = (folder / name for name in ("session.py", "secret", "secret.port"))
        script.write_text(SCRIPT)
        self._secret.touch(0o600)
        self._word = secrets.token_hex(32)
        self._secret.write_text(self._word)
        # It holds no core: most of its time it waits for its user, and jobs would wait with it.
        self._handle = self._engine.submit(replace(run, script=script), 0.0, progress, cores=0)

    def is_ready(self) -> bool:
        """Whether it takes statements; connects to it when it has just become so."""
        if self._end is None and self._port.exists():
            self._end = socket.create_connection(("127.0.0.1", int(self._port.read_text())), 10)
            self._end.settimeout(None)
            self._end.sendall(self._word.encode())
            threading.Thread(target=self._read, args=(self._end,), name=f"session {self._handle}", daemon=True).start()
        return self._end is not None

    def execute(self, number: int, code: str) -> None:
        """Run a statement; its answer will be there to `fetch`."""
        self._say({"run": number, "code": code})

    def cancel(self, number: int) -> None:
        """Ask a statement to end; its answer says whether it did."""
        self._say({"cancel": number})

    def fetch(self) -> dict[str, Any] | None:
        """The next answer: `done` (the statement's number), `status`, `text` and, of an error, `name`, `value`, `traceback`."""
        try:
            return self._answers.get_nowait()
        except queue.Empty:
            return None

    def poll(self) -> RunResult | None:
        """How its process ended, if it has."""
        return self._engine.poll(self._handle, 0)

    def close(self) -> RunResult:
        """End it, with everything it does; how it ended."""
        self._engine.cancel(self._handle)
        result = self._engine.result(self._handle)
        if self._end is not None:
            self._end.close()
        return result

    def _say(self, order: dict[str, Any]) -> None:
        assert self._end is not None, "nothing is said to a session that is not ready"
        try:
            self._end.sendall(json.dumps(order).encode() + b"\n")
        except OSError:  # it ended: `poll` tells how
            self._changed()

    def _read(self, end: socket.socket) -> None:
        try:
            with end.makefile("r", encoding="utf-8") as lines:
                for line in lines:
                    self._answers.put(json.loads(line))
                    self._changed()
        except (OSError, ValueError) as error:  # killed in the middle of a line; `poll` tells how it ended
            log.debug("session %s hung up: %s", self._handle, error)
        self._changed()
