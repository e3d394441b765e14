"""The lake engine on the server's side: a few worker processes, one query in each, the first of them warm."""

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from wheatpaste.engines.duckdb import settings
from wheatpaste.engines.supervisor import Supervisor
from wheatpaste.engines.worker import Worker, WorkerDied, WorkerError

MODULE = "wheatpaste.engines.duckdb.lake_worker"
IDLE = 600.0  # seconds after which a worker without queries ends
LOOK = 0.5  # seconds between two looks whether somebody wants the query stopped


class QueryFailed(Exception):
    """A query ended without a result; ``name`` is Trino's name of the error."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name, self.message = name, message


class QueryStopped(Exception):
    """Somebody stopped it."""


class Lake:
    """Runs queries over files in worker processes; ``most`` at once."""

    def __init__(self, supervisor: Supervisor, folder: Path, prelude: Sequence[str], memory: int, threads: int, most: int = 4) -> None:
        self._supervisor, self._folder, self._prelude = supervisor, folder, list(prelude)
        self._limits = settings.limits(memory, threads, str(folder / "spill"))
        self._free: list[Worker] = []
        self._lock = threading.Lock()
        self._turns = threading.Semaphore(most)
        self._most, self._running, self._count, self._made = most, 0, 0, 0
        self._idle: threading.Timer | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def warm(self) -> None:
        """Start the first worker, without waiting for it; nothing when one was ever started."""
        if not self._count:
            worker = self._take()
            worker.start("warm", prelude=self._prelude, limits=self._limits)
            self._give(worker)

    def query(self, sql: str, tables: Sequence[Mapping[str, Any]], output: Path, stopping: Callable[[], bool]) -> dict[str, Any]:
        """Write the rows to ``output``; raises QueryFailed, or QueryStopped when ``stopping()`` says so."""
        return self._call("query", stopping, sql=sql, tables=list(tables), output=str(output))

    def write(self, stopping: Callable[[], bool], **params: Any) -> dict[str, Any]:
        """Write a query's rows as a table's files (see ``lake_worker.write`` for ``params``); the same errors."""
        return self._call("write", stopping, **params)

    @property
    def busy(self) -> bool:
        """Whether another query would have to wait."""
        return self._running >= self._most

    def _call(self, method: str, stopping: Callable[[], bool], **params: Any) -> dict[str, Any]:
        with self._turns:
            worker = self._take()
            try:
                return self._answer(worker, method, stopping, {**params, "prelude": self._prelude, "limits": self._limits})
            finally:
                self._give(worker)

    def _answer(self, worker: Worker, method: str, stopping: Callable[[], bool], params: dict[str, Any]) -> dict[str, Any]:
        pending = worker.start(method, **params)
        while True:
            try:
                answer: dict[str, Any] = pending.result(LOOK)
                return answer
            except TimeoutError:
                if stopping():
                    pending.cancel()
            except WorkerError as error:
                if error.kind == "Cancelled":
                    raise QueryStopped from error
                detail = error.detail or {"name": "GENERIC_INTERNAL_ERROR", "message": str(error)}
                raise QueryFailed(detail["name"], detail["message"]) from error
            except WorkerDied as error:
                raise QueryFailed("GENERIC_INTERNAL_ERROR", str(error)) from error

    def _take(self) -> Worker:
        with self._lock:
            self._running += 1
            if self._idle is not None:
                self._idle.cancel()
            while self._free:
                worker = self._free.pop()
                if worker.alive:
                    return worker
            self._count += 1
            self._made += 1
            return Worker(self._supervisor, MODULE, tag=f"athena-{self._made}", log=self._folder / "worker.log")

    def _give(self, worker: Worker) -> None:
        """One worker stays warm, for a while; the others end when they have nothing to do."""
        with self._lock:
            self._running -= 1
            surplus = worker if self._free else None
            if surplus is None:
                self._free.append(worker)
                self._idle = threading.Timer(IDLE, self.close)
                self._idle.daemon = True
                self._idle.start()
        if surplus is not None:
            threading.Thread(target=surplus.close, daemon=True).start()

    def close(self) -> None:
        """End the workers that nothing runs in."""
        with self._lock:
            workers, self._free = self._free, []
            self._count = 0
            if self._idle is not None:
                self._idle.cancel()
        for worker in workers:
            worker.close()
