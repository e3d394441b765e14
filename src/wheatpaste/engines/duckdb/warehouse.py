"""A warehouse: one DuckDB file, the one worker process that owns it, and sessions on it.

The worker starts with the first session and is started again when it died; a session whose worker died raises ``WarehouseDied`` from then
on, its transaction being lost with it.
"""

import contextlib
import json
import os
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from wheatpaste.engines.duckdb import warehouse_frames as frames
from wheatpaste.engines.supervisor import Child, Supervisor

WORKER = "wheatpaste.engines.duckdb.warehouse_worker"
INTERRUPTED = "InterruptException"  # DuckDB's name for what was cancelled
INSIST = 0.1  # seconds between interrupts of one cancellation


class WarehouseError(Exception):
    """DuckDB refused a statement; ``kind`` is DuckDB's name of the exception (``ConversionException``)."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class WarehouseDied(Exception):
    """The worker process ended (out of memory, killed)."""


@dataclass(frozen=True)
class Settings:
    """How a warehouse's worker runs: ``prelude`` SQL in memory, ``setup`` SQL in its file, ``start`` SQL in each session."""

    file: Path
    name: str
    directories: Sequence[Path] = ()
    memory: int = 1 << 30
    threads: int = 2
    prelude: Sequence[str] = ()
    setup: Sequence[str] = ()
    start: Sequence[str] = ()
    log: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> str:
        """The worker's argument."""
        return json.dumps(
            {
                "file": str(self.file),
                "name": self.name,
                "directories": [str(d) for d in self.directories],
                "memory": self.memory,
                "threads": self.threads,
                "spill": str(self.file.with_suffix(".spill")),
                "prelude": list(self.prelude),
                "setup": list(self.setup),
                "start": list(self.start),
            }
        )


class WarehouseSession:
    """One session: a connection and a transaction of its own. Its calls come from one thread at a time, ``cancel`` from any."""

    def __init__(self, warehouse: "Warehouse", number: int, channel: socket.socket) -> None:
        self._warehouse = warehouse
        self._number = number
        self._channel = channel
        self._results = count(1)
        self._cancelled = threading.Event()
        self._requests = count(1)
        self._request = 0  # the number of what the worker has to do for this session; 0: nothing

    def execute(self, sql: str) -> int:
        """Run a statement that has no rows; the count of rows it changed."""
        return int(self._ask({"op": "execute", "sql": sql, "rows": False})["count"])

    def query(self, sql: str) -> tuple[int, list[tuple[str, str]]]:
        """Run a statement that has rows: the number of its result, and its columns as (name, DuckDB type)."""
        result = next(self._results)
        answer = self._ask({"op": "execute", "sql": sql, "rows": True, "result": result})
        return result, [(name, kind) for name, kind in answer["columns"]]

    def fetch(self, result: int, rows: int, oids: Sequence[int], formats: Sequence[int]) -> tuple[int, bytes]:
        """The next rows of a result as DataRow messages, and how many they are (0: no more); fewer than asked for is not the end."""
        head, payload = self._exchange({"op": "fetch", "result": result, "count": rows, "oids": list(oids), "formats": list(formats)})
        return int(head["rows"]), payload

    def register(self, table: dict[str, Any], forget: list[str]) -> None:
        """Show a table of the lake (``lake_tables.LakeTable`` as JSON) under its name, and forget others. Raises WarehouseError."""
        self._ask({"op": "register", "table": table, "forget": forget})

    def files(self, work: str, **parameters: Any) -> Any:
        """Work on files in the worker's process (``redshift.transfer.files.WORK``). Raises WarehouseError."""
        return self._ask({"op": "files", "work": work, "parameters": parameters})["answer"]

    def drop(self, result: int) -> None:
        """Forget a result."""
        self._ask({"op": "drop", "result": result})

    def begin(self) -> None:
        """A new request of the client's: a cancellation of the one before does not reach it."""
        self._cancelled.clear()

    def cancel(self) -> None:
        """Interrupt what the session runs: that call, or the next one before ``begin``, raises WarehouseError of kind ``INTERRUPTED``."""
        self._cancelled.set()
        self._insist()

    def _insist(self) -> None:
        """Interrupt until it is answered: DuckDB forgets an interrupt that comes just before its statement begins."""
        request = self._request
        if self._cancelled.is_set() and request:
            self._warehouse._interrupt(self._number, request)
            again = threading.Timer(INSIST, self._insist)
            again.daemon = True
            again.start()

    def close(self) -> None:
        """End the session; an open transaction is rolled back."""
        self._channel.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._exchange(request)[0]

    def _exchange(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        # Before the look at what was cancelled: who cancels after it sees that there is something to interrupt.
        self._request = next(self._requests) & 0xFFFFFFFF
        try:
            if self._cancelled.is_set() and request["op"] != "drop":
                answer: tuple[dict[str, Any], bytes] | None = ({"kind": INTERRUPTED, "error": "cancelled before it began"}, b"")
            else:
                frames.send(self._channel, {**request, "number": self._request})
                answer = frames.receive(self._channel)
        except OSError as error:
            raise WarehouseDied(f"the warehouse's process is gone: {error}") from error
        finally:
            self._request = 0
        if answer is None:
            raise WarehouseDied("the warehouse's process ended")
        if "error" in answer[0]:
            if answer[0]["kind"] == INTERRUPTED:
                self._cancelled.clear()  # told: what is done to clean up is not cancelled
            raise WarehouseError(answer[0]["kind"], answer[0]["error"])
        return answer


class Warehouse:
    """The owner of one file's worker process."""

    def __init__(self, supervisor: Supervisor, settings: Settings) -> None:
        self.settings = settings
        self._supervisor = supervisor
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._child: Child | None = None
        self._numbers = count(1)

    @property
    def pid(self) -> int:
        """The worker's process id; 0 when none runs."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else 0

    def session(self) -> WarehouseSession:
        """A new session; starts the worker if need be. Raises WarehouseError when the file cannot be opened."""
        with self._lock:
            if self._child is None or self._child.poll() is not None:
                self._start()
            try:
                return self._open_session()
            except OSError:  # it died just now, and nobody has been told yet
                if self._child is not None:
                    self._end(self._child)
                self._start()
                return self._open_session()

    def _open_session(self) -> WarehouseSession:
        ours, theirs = socket.socketpair()
        number = next(self._numbers)
        assert self._control is not None
        try:
            with theirs:
                socket.send_fds(self._control, [frames.CONTROL.pack(b"o", number, 0)], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
        return WarehouseSession(self, number, ours)

    def close(self) -> None:
        """End the worker once its statements in hand are cut; the file is checkpointed. Waits for it."""
        with self._lock:
            if self._control is not None:
                self._control.close()
                self._control = None
            if self._child is not None:
                self._end(self._child)
                self._child = None

    def _end(self, child: Child) -> None:
        try:
            child.wait(10)
        except TimeoutError:
            child.kill()
            child.wait(30)

    def _interrupt(self, number: int, request: int) -> None:
        with self._lock:
            if self._control is not None:
                with contextlib.suppress(OSError):  # the worker is gone, and what it ran with it
                    self._control.sendall(frames.CONTROL.pack(b"i", number, request))

    def _start(self) -> None:
        if self._control is not None:  # of a worker that died
            self._control.close()
        ours, theirs = socket.socketpair()
        settings = self.settings
        with theirs:
            self._child = self._supervisor.spawn(
                [sys.executable, "-m", WORKER, settings.as_json()],
                env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": _source_path(), **settings.environment},
                tag=f"warehouse-{settings.file.name}-{os.getpid()}",
                cwd=settings.file.parent,
                stdout=settings.log,
                stderr=settings.log,
                fds=[theirs.fileno()],
            )
        self._control = ours
        told = ours.recv(4096)
        if not told.startswith(b"R"):
            child, self._child, self._control = self._child, None, None
            ours.close()
            self._end(child)
            raise WarehouseError("IOException", told[1:].decode() or f"the warehouse's process did not start (see {settings.log})")


def _source_path() -> str:
    """The folder that holds the package: the worker runs the same code as the server."""
    return str(Path(__file__).resolve().parents[3])
