"""Workers: child processes of our own code that answer calls.

The server's side is `Worker`; the child's side is `serve`:

    # wheatpaste/engines/duckdb/worker.py
    if __name__ == "__main__":
        serve({"query": query}, threads=4)

A function's exception reaches the caller as `WorkerError(kind, message)`; a crash as `WorkerDied(exit)`.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from itertools import count
from pathlib import Path
from typing import Any

from wheatpaste.engines.frames import Frames
from wheatpaste.engines.supervisor import Child, Exit, Supervisor

SOCKET = 3  # the descriptor at which a worker finds its end
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "PYTHONPATH")
CLOSE_TIMEOUT = 5.0


class WorkerError(Exception):
    """A function in the worker raised: `kind` is the exception's class name, `detail` its attribute of that name, if any."""

    def __init__(self, kind: str, message: str, detail: Any = None) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind, self.message, self.detail = kind, message, detail


class WorkerDied(Exception):
    """The worker's process ended while it was needed: by a signal, out of memory, or because it could not start."""

    def __init__(self, exit: Exit | None, log: str = "") -> None:
        what = "with the supervisor" if exit is None else f"by signal {exit.signal}" if exit.signal else f"with status {exit.status}"
        peak = f" (peak memory {exit.peak >> 20} MiB)" if exit else ""
        super().__init__(f"the worker ended {what}{peak}{': ' + log if log else ''}")
        self.exit = exit


class Pending:
    """A call under way."""

    def __init__(self, worker: Worker, number: int) -> None:
        self.id = number
        self.done: Future[Any] = Future()
        self._worker = worker

    def result(self, timeout: float | None = None) -> Any:
        return self.done.result(timeout)

    def cancel(self) -> None:
        self._worker.cancel(self.id)


class Worker:
    """A child that answers calls, from any thread, many at once. Started by the first call; once dead it stays dead.

    `memory` limits its address space, in bytes. What it prints is appended to `log`.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        module: str,
        *,
        tag: str,
        env: Mapping[str, str] | None = None,
        memory: int | None = None,
        log: Path | None = None,
    ) -> None:
        self._supervisor, self._module, self.tag = supervisor, module, tag
        self._env = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | dict(env or {})
        self._limits = {"memory": memory} if memory else {}
        self._log = log
        self._starting = threading.Lock()
        self._frames: Frames | None = None
        self._child: Child | None = None
        self._numbers = count(1)
        self._pending: dict[int, Pending] = {}
        self._died: WorkerDied | None = None

    def call(self, method: str, /, **params: Any) -> Any:
        """Raises WorkerError for an exception there, WorkerDied when the process ended."""
        return self.start(method, **params).result()

    def start(self, method: str, /, **params: Any) -> Pending:
        """Like `call`, without waiting for the answer."""
        frames = self._started()
        pending = Pending(self, next(self._numbers))
        with self._starting:
            if self._died:
                raise self._died
            self._pending[pending.id] = pending
        try:
            frames.send({"id": pending.id, "method": method, "params": params})
        except OSError:
            return pending  # it died: the reader tells every call so
        except BaseException:
            self._pending.pop(pending.id, None)
            raise
        return pending

    def cancel(self, number: int) -> None:
        """Ask the call to end; it then raises what its function raises when interrupted."""
        if self._frames is not None and number in self._pending:
            try:
                self._frames.send({"cancel": number})
            except OSError:  # it died, which is a cancellation too
                return

    def close(self) -> None:
        """Let it end by itself; after five seconds it is ended."""
        if self._child is not None and self._frames is not None:
            self._frames.close()
            try:
                self._child.wait(CLOSE_TIMEOUT)
            except TimeoutError:
                self._child.kill(grace=1.0)

    @property
    def alive(self) -> bool:
        return self._child is not None and self._died is None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def _started(self) -> Frames:
        with self._starting:
            if self._frames is None:
                secret = secrets.token_hex(8)
                ours, theirs = socket.socketpair()
                with theirs:
                    self._child = self._supervisor.spawn(
                        [sys.executable, "-P", "-m", self._module, secret],
                        env=self._env,
                        tag=self.tag,
                        stdout=self._log,
                        stderr=self._log,
                        fds=[theirs.fileno()],
                        limits=self._limits,
                    )
                self._frames = Frames(ours, secret)
                threading.Thread(target=self._read, args=(self._frames, self._child), name=f"worker {self.tag}", daemon=True).start()
            return self._frames

    def _read(self, frames: Frames, child: Child) -> None:
        try:
            while True:
                self._answered(frames.receive())
        except EOFError:
            frames.close()
        try:
            exit = child.wait(CLOSE_TIMEOUT + 10)
        except Exception as error:  # noqa: BLE001  the supervisor died, or the process hangs without its socket: the calls are lost either way
            exit = None
            child_log = str(error)
        else:
            child_log = self._last_line()
        with self._starting:
            self._died = WorkerDied(exit, child_log)
        for pending in list(self._pending.values()):
            pending.done.set_exception(self._died)
        self._pending.clear()

    def _answered(self, answer: dict[str, Any]) -> None:
        pending = self._pending.pop(answer["id"])
        if "error" in answer:
            pending.done.set_exception(WorkerError(*answer["error"]))
        else:
            pending.done.set_result(answer["result"])

    def _last_line(self) -> str:
        if self._log is None or not self._log.exists():
            return ""
        with self._log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 2000))
            lines = file.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""


# ── in the child ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class Cancelled(Exception):
    """The caller has cancelled this call."""


class Running:
    """The call that a function is answering; see `current`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._interrupt: Callable[[], object] | None = None
        self.cancelled = False

    def on_cancel(self, interrupt: Callable[[], object] | None) -> None:
        """What to call (from another thread) when the caller cancels; at once when that has happened."""
        with self._lock:
            self._interrupt = interrupt
            if self.cancelled and interrupt:
                interrupt()

    def cancel(self) -> None:
        with self._lock:
            self.cancelled = True
            if self._interrupt:
                self._interrupt()

    def check(self) -> None:
        """Raises Cancelled when the caller has cancelled."""
        if self.cancelled:
            raise Cancelled("cancelled by the caller")


_current: ContextVar[Running] = ContextVar("current")


def current() -> Running:
    """Inside a function that answers a call: the call."""
    return _current.get()


def serve(methods: Mapping[str, Callable[..., Any]], *, threads: int = 1, closing: Callable[[], object] | None = None) -> None:
    """Answer calls until the server closes the connection or dies; then `closing()`, and the process ends at once."""
    end = socket.socket(fileno=SOCKET)
    end.set_inheritable(False)
    frames = Frames(end, sys.argv[1])
    running: dict[int, Running] = {}
    with ThreadPoolExecutor(threads) as pool:
        try:
            while True:
                message = frames.receive()
                if "cancel" in message:
                    if (call := running.get(message["cancel"])) is not None:
                        call.cancel()
                    continue
                running[message["id"]] = Running()
                pool.submit(_answer, frames, methods, message, running)
        except EOFError:
            if closing:
                closing()
            os._exit(0)  # what still runs has nobody to answer


def _answer(frames: Frames, methods: Mapping[str, Callable[..., Any]], message: dict[str, Any], running: dict[int, Running]) -> None:
    call = running[message["id"]]
    _current.set(call)
    try:
        call.check()
        answer = {"id": message["id"], "result": methods[message["method"]](**message["params"])}
        frames.send(answer)
    except Exception as error:  # noqa: BLE001  it is told to the caller, who knows what it means
        _fail(frames, message["id"], error)
    finally:
        del running[message["id"]]


def _fail(frames: Frames, number: int, error: Exception) -> None:
    frames.send({"id": number, "error": [type(error).__name__, str(error), getattr(error, "detail", None)]})
