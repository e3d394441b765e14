"""The durable task of one session: start its driver, hand it one statement after the other, end it when it is asked to or has idled.

Statements have side effects: a session never outlives its server, and nothing of it is executed again. A server that finds a session
under way after a crash ends it as FAILED, and its statements with it.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from wheatpaste.call import Call
from wheatpaste.engines.base import RunResult, RunSpec
from wheatpaste.engines.budget import NoRoom
from wheatpaste.engines.spark.interactive import Interactive
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.jobs import material
from wheatpaste.services.glue.jobs.tail import Tail
from wheatpaste.services.glue.jobs.task import FULL, NOT_LAUNCHED, ControlPlaneRestarted
from wheatpaste.services.glue.sessions import rows
from wheatpaste.services.glue.sessions.definitions import TASK
from wheatpaste.services.glue.sessions.statements import TOPIC
from wheatpaste.tasks.step import Done, Next, Step

log = logging.getLogger(__name__)
LOOK = 0.5  # seconds between looks at what nobody tells: output, idling, the process's end
GROUP = "/aws-glue/sessions"
RESTARTED = "The control plane restarted while the session was under way; its process ended with it."


def session_failed(call: Call, key: str, data: Mapping[str, Any], error: Exception) -> None:
    """End a session whose task failed."""
    rows.finish(call, key, "FAILED", f"{type(error).__name__}: {error}")


@glue.task(TASK, failed=session_failed)
def session(step: Step) -> Next | Done:
    """``start`` fetches what the session names; ``run`` is its life."""
    if step.stopping() and not step.app.ending.is_set():
        return _ended(step, "STOPPED")
    if step.state == "run" and step.again:
        return _ended(step, "FAILED", RESTARTED)
    try:
        return _start(step) if step.state == "start" else _run(step)
    except material.Stopped:
        if step.app.ending.is_set():
            raise ControlPlaneRestarted("the server ends") from None
        return _ended(step, "STOPPED")
    except NOT_LAUNCHED as error:
        log.info("session %s: %s", step.data["job"], error)
        return _ended(step, "FAILED", f"LAUNCH ERROR | {error}")


def _ended(step: Step, status: str, message: str = "") -> Done:
    return Done(lambda call: rows.finish(call, step.key, status, message))


def _tails(step: Step) -> list[Tail]:
    stream = step.data["job"].translate({ord(":"): "-", ord("*"): "-"})  # which no log stream's name may have
    folder = material.directory(step)
    return [Tail(step, folder / name, f"{GROUP}/{kind}", stream) for name, kind in (("stdout", "output"), ("stderr", "error"))]


def _start(step: Step) -> Next:
    material.directory(step).mkdir(parents=True, exist_ok=True)
    for tail in _tails(step):
        tail.make()
    material.fetch(step)
    return Next("run", step.data)


def _run(step: Step) -> Next | Done:
    wake = threading.Event()
    tails = _tails(step)
    with material.surroundings(step) as spec, _listening(step, wake.set):
        driver = Interactive(material.engine(step.app), wake.set)
        try:
            driver.open(_without_job(spec, step), material.progress(step))
        except NoRoom as full:
            log.info("session %s waits for room on the machine: %s", step.data["job"], full)
            return Next("run", step.data, after=FULL)
        life = Life(step, driver, wake, tails)
        try:
            status, message = life.live()
        finally:
            driver.close()
            for tail in tails:
                tail.ship(rest=True)
    return _ended(step, status, message)


def _without_job(spec: RunSpec, step: Step) -> RunSpec:
    """A session is no run of a job: it has no name, and keeps neither bookmarks nor results of data quality."""
    given = step.data["arguments"]
    words = [word for name, value in given.items() for word in (name, value) if word]
    env = {name: value for name, value in spec.env.items() if not name.startswith("WHEATPASTE_")}
    return replace(spec, argv=tuple(words), env=env, timeout=60.0 * step.data["definition"]["Timeout"])


@contextmanager
def _listening(step: Step, tell: Callable[[], object]) -> Iterator[None]:
    """Hear at once of new statements, cancellations and the wish to stop."""

    def hear(topic: str) -> None:
        if topic in (TOPIC, "tasks"):
            tell()

    step.db.listeners.append(hear)
    try:
        yield
    finally:
        step.db.listeners.remove(hear)


class Life:
    """From the driver's start to its end."""

    def __init__(self, step: Step, driver: Interactive, wake: threading.Event, tails: list[Tail]) -> None:
        self._step, self._driver, self._wake, self._tails = step, driver, wake, tails
        self._running: int | None = None  # the statement under way
        self._cancelling = False
        self._ready = False
        self._used = time.monotonic()

    def live(self) -> tuple[str, str]:
        """Status and message of its end."""
        while True:
            self._wake.clear()
            if self._step.stopping():
                if self._step.app.ending.is_set():
                    raise ControlPlaneRestarted("the server ends")
                return "STOPPED", ""
            self._answers()
            if (result := self._driver.poll()) is not None:
                return _outcome(result)
            self._work()
            if self._has_idled():
                return "TIMEOUT", f"The session was idle for {self._step.data['idle'] // 60} minutes"
            for tail in self._tails:
                tail.ship()
            self._wake.wait(LOOK)

    def _answers(self) -> None:
        while (answer := self._driver.fetch()) is not None:
            rows.keep(self._step, answer)
            self._running, self._cancelling = None, False
            self._used = time.monotonic()

    def _work(self) -> None:
        if not self._ready:
            if not self._driver.is_ready():
                return
            self._ready = True
            rows.become_ready(self._step)
            self._used = time.monotonic()
        if self._running is None and rows.is_waiting(self._step) and (row := rows.next_statement(self._step)) is not None:
            self._running = row.id
            self._driver.execute(row.id, row.code)
        if self._running is not None and not self._cancelling and rows.is_cancelled(self._step, self._running):
            self._cancelling = True
            self._driver.cancel(self._running)

    def _has_idled(self) -> bool:
        return self._ready and self._running is None and time.monotonic() - self._used > self._step.data["idle"]


def _outcome(result: RunResult) -> tuple[str, str]:
    """Of a driver that ended by itself: a session's never should."""
    if result.state == "TIMEOUT":
        return "TIMEOUT", f"The session {result.message}"
    return "FAILED", result.message or "The session's process ended"
