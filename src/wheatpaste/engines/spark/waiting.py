"""A driver that waits for its run: started, watched and handed over by the server; `wheatpaste_driver.waiting` is its other side.

It lives in a folder of its own. At the hand-over its working directory and its output files move into the run's folder (the open
files and the processes' working directory move with them), and a link stays where they were.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import threading
from dataclasses import replace
from pathlib import Path

from wheatpaste.engines.base import RunSpec
from wheatpaste.engines.budget import Reservation
from wheatpaste.engines.spark import driver
from wheatpaste.engines.spark.profiles import Profile, changes, waiting
from wheatpaste.engines.supervisor import Child, Supervisor

START_TIMEOUT = 300.0  # seconds, on a busy machine
LINES = 20  # of a driver that did not get ready, for the log


class NotReady(RuntimeError):
    """It ended, or was not ready in time; the message has its last words."""


class Waiting:
    """One driver. It owns its reservation until `release`."""

    def __init__(self, profile: Profile, folder: Path, name: str, memory: Reservation) -> None:
        self.profile, self.memory = profile, memory
        self.directory = folder / name
        self.is_ready = False
        self.child: Child | None = None
        self._run = waiting(profile, name, self.directory)
        self._orders = self._told = -1  # our ends of its pipes
        self._conf: dict[str, str] = {}
        self.is_discarded = False
        self._lock = threading.Lock()  # it may be told to end while it starts

    def start(self, supervisor: Supervisor) -> None:
        """Start it; returns when its process is there. Raises OSError, NotReady."""
        with self._lock:
            if self.is_discarded:
                raise NotReady("it was told to end")
            self._start(supervisor)

    def _start(self, supervisor: Supervisor) -> None:
        found = self.profile
        plan = driver.prepare(self._run, found.runtime, found.modules, found.jvm, found.size, trust=found.trust, waits=True)
        self._conf = plan.conf
        orders, self._orders = os.pipe()
        self._told, told = os.pipe()
        try:
            self.child = replace(plan.sandbox, fds=(orders, told)).start(supervisor)
        except BaseException:
            os.close(self._told)
            raise
        finally:
            os.close(orders)
            os.close(told)

    def get_ready(self) -> None:
        """Wait until it is. Raises NotReady."""
        readable, _, _ = select.select([self._told], [], [], START_TIMEOUT)
        told = os.read(self._told, 16) if readable else b""
        os.close(self._told)
        if told != b"ready":
            words = self._run.stderr.read_text(errors="replace").splitlines()[-LINES:] if self._run.stderr.exists() else []
            raise NotReady(f"a waiting driver did not get ready: {' | '.join(words) or 'it said nothing'}")
        self.is_ready = True

    def hand_over(self, run: RunSpec, plan: driver.Plan) -> Child:
        """Make it the driver of this run. Raises OSError when it is gone; the run's folder is then as it was."""
        if self.child is None or self.child.poll() is not None:
            raise ProcessLookupError("the waiting driver has ended")
        self._move(run)
        conf = {name: value.strip() for name, value in changes(plan.conf, self._conf).items()}  # as Spark reads its file
        order = {**plan.order, "env": dict(plan.sandbox.env), "conf": conf, "work": str(run.directory / "work")}
        with open(self._orders, "wb") as pipe:
            self._orders = -1
            pipe.write(json.dumps(order).encode())
        return self.child

    def _move(self, run: RunSpec) -> None:
        theirs, ours = run.directory / "work", self.directory / "work"
        for each in theirs.iterdir():
            each.rename(ours / each.name)
        theirs.rmdir()
        ours.rename(theirs)
        ours.symlink_to(theirs)
        for mine, its in ((self._run.stdout, run.stdout), (self._run.stderr, run.stderr)):
            # It is appended to: what the start had to say is over, what the run has been told stays.
            mine.write_bytes(its.read_bytes() if its.exists() else b"")
            mine.replace(its)

    def discard(self) -> None:
        """End it, and wait until nothing of it is left."""
        with self._lock:
            self.is_discarded = True
            if self._orders >= 0:
                os.close(self._orders)
                self._orders = -1
        if self.child is not None:
            self.child.kill(0.0)
            self.child.wait(60)
        self.release()

    def release(self) -> None:
        """Give back what it holds, once its process has ended."""
        self.memory.release()
        shutil.rmtree(self.directory, ignore_errors=True)
