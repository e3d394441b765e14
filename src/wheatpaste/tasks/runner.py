"""The runner claims due tasks, runs their step outside any transaction, and commits the next state with the step's own rows and events in
one.

Recovery is the ordinary claim: a server that starts voids the leases of the one before it (SQLite: the home's lock proves that it is gone)
or waits until they expire (PostgreSQL), and the rows are simply due again. A step learns from ``step.again`` that its state was claimed
before.

A commit that raises is the step's own failure, and the service's ``failed=`` hook is told of it: ``step.again`` would call it a crash.
Where the database itself fails (a full disk), the outcome waits in memory and is committed at the next claim; the step does not run again.
"""

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row
from sqlalchemy.exc import OperationalError

from wheatpaste import ids
from wheatpaste.service import Operation, TaskKind
from wheatpaste.tasks import table
from wheatpaste.tasks.step import Done, Next, Step

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.call import Aws, Call

log = logging.getLogger(__name__)
IDLE = 60.0  # seconds between looks when nothing is due
RETRY = 5.0  # seconds before a step whose commit failed is tried again


class Runner:
    """Runs the tasks of one server on a pool of threads."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self.owner = ids.request_id()
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._free = threading.Semaphore(app.config.task_threads)
        self._pool = ThreadPoolExecutor(app.config.task_threads, "task")
        self._paused = False
        self._in_hand: set[str] = set()
        self._owed: dict[tuple[str, float], Next | Done] = {}  # what the database did not take, by task and its creation
        self._threads = [threading.Thread(target=self._run, name="tasks", daemon=True)]
        if app.db.shared:
            self._threads.append(threading.Thread(target=self._renew, name="leases", daemon=True))

    def start(self) -> None:
        """Void a dead server's leases and begin."""
        if not self._app.db.shared:
            self._app.db.write(table.release_all)
        self._app.db.listeners.append(lambda topic: self._wake.set() if topic == "tasks" else None)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Claim nothing more and wait for the steps in hand, which see ``step.stopping()``."""
        self._ended.set()
        self._wake.set()
        if self._threads[0].ident is not None:  # it was started
            self._threads[0].join()
        self._pool.shutdown(wait=True)

    @contextmanager
    def paused(self, patience: float) -> Iterator[None]:
        """Ask every task to stop and claim nothing meanwhile; TimeoutError when a step in hand does not return within ``patience``
        seconds."""
        self._paused = True
        try:
            self._app.db.write(table.stop_all)
            deadline = time.monotonic() + patience
            while self._in_hand:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"still running after {patience:g} s: {', '.join(sorted(self._in_hand)[:5])}")
                time.sleep(0.02)
            yield
        finally:
            self._paused = False
            self._wake.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._wake.clear()
            try:
                later = self._claim()
            except Exception:
                log.exception("tasks could not be claimed; trying again in %s s", RETRY)
                later = time.time() + RETRY
            wait = IDLE if later is None else min(IDLE, max(0.0, later - time.time()))
            self._wake.wait(wait)

    def _renew(self) -> None:
        while not self._ended.wait(table.LEASE / 3):
            try:
                self._app.db.write(lambda c: table.renew(c, self.owner))
            except Exception:
                log.exception("leases could not be renewed")

    def _claim(self) -> float | None:
        """Start what is due and fits; when to look again."""
        if self._paused:
            return None
        rows, later = self._app.db.read(lambda c: table.due(c, self._app.config.task_threads))
        fitting = [row for row in rows if self._free.acquire(blocking=False)]
        taken: list[Row[Any]] = []
        try:
            if fitting:
                taken = self._app.db.write(
                    lambda c: table.claim(c, fitting, self.owner, table.LEASE if self._app.db.shared else table.ALONE)
                )
        finally:
            for _ in range(len(fitting) - len(taken)):
                self._free.release()
        for row in taken:
            self._in_hand.add(_name(row))
            self._pool.submit(self._work, row)
        return later

    def _work(self, row: Row[Any]) -> None:
        try:
            self._step(row)
        except Exception:
            log.exception("task %s %s %s: its outcome could not be committed; trying again", row.service, row.kind, row.key)
            self._app.db.submit(lambda c: table.retry(c, row, time.time() + RETRY))
        finally:
            self._in_hand.discard(_name(row))
            self._free.release()
            self._wake.set()

    def _step(self, row: Row[Any]) -> None:
        kind = self._app.service(row.service).tasks[row.kind]
        aws = self._app.as_root(row.account, row.region)
        task = _name(row), float(row.created)  # a later task may have the same name
        outcome = self._owed.pop(task, None) or self._outcome(kind, row, aws)
        if outcome is None:
            return
        try:
            self._commit(row, aws, outcome)
        except OperationalError:
            self._owed[task] = outcome
            raise
        except Exception as error:
            if kind.failed is None:
                raise
            log.exception("task %s %s %s failed when its outcome was committed", row.service, row.kind, row.key)
            self._owed[task] = failure = Done(_failure(kind, row, error))
            self._commit(row, aws, failure)
            del self._owed[task]

    def _outcome(self, kind: TaskKind, row: Row[Any], aws: "Aws") -> Next | Done | None:
        """What the step comes to; None when the server ends: the next one claims the task again."""
        try:
            return kind.step(Step(self._app, row, aws))
        except Exception as error:
            if self._app.ending.is_set():
                return None
            log.exception("task %s %s %s failed", row.service, row.kind, row.key)
            return Done(_failure(kind, row, error))

    def _commit(self, row: Row[Any], aws: "Aws", outcome: Next | Done) -> None:
        operation = Operation(row.service, f"task {row.kind}", _nothing, False, (), (), None, "executed")
        self._app.transact(aws, operation, lambda call: _settle(call, row, outcome))


def _name(row: Row[Any]) -> str:
    """A task's name, for people."""
    return f"{row.service} {row.kind} {row.key} ({row.account}, {row.region})"


def _nothing(call: "Call", req: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError("a task's commit is no operation")


def _failure(kind: TaskKind, row: Row[Any], error: Exception) -> "Any":
    def commit(call: "Call") -> None:
        if kind.failed is not None:
            kind.failed(call, row.key, row.data, error)

    return commit


def _settle(call: "Call", row: Row[Any], outcome: Next | Done) -> None:
    if outcome.commit is not None:
        outcome.commit(call)
    if isinstance(outcome, Next):
        table.move(call.db, row, outcome.state, outcome.data, time.time() + outcome.after if outcome.after else 0.0)
    else:
        table.finish(call.db, row)
