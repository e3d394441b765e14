"""The engine of Glue jobs: starts each run's driver under the supervisor and tells how it ended."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wheatpaste.engines import once, trust
from wheatpaste.engines.base import RunResult, RunSpec
from wheatpaste.engines.budget import Budget, NoRoom, Reservation
from wheatpaste.engines.spark import driver, jars, java, runtimes, versions
from wheatpaste.engines.spark.classes import Archiver
from wheatpaste.engines.spark.jvm import Jvm
from wheatpaste.engines.spark.pool import Pool
from wheatpaste.engines.spark.profiles import Profile, profile
from wheatpaste.engines.spark.runtimes import Runtime
from wheatpaste.engines.spark.waiting import Waiting
from wheatpaste.engines.supervisor import Child, Exit, Supervisor

log = logging.getLogger(__name__)
PYTHON_SHELL_MEMORY = 1 << 30  # bytes: 0.0625 DPU
GRACE = 5.0
PARTING = 5.0  # seconds in which a run that is told to end may tell what it did
FAULT = re.compile(r"^Fatal Python error: (.+)$", re.MULTILINE)
GREETING = "WARNING: Using incubator modules"  # of every JVM that Spark 4 starts


@dataclass
class Running:
    run: RunSpec
    runtime: Runtime
    jvm: Jvm | None  # None: it has no Spark
    child: Child
    reservation: Reservation
    profile: Profile | None = None  # None: no driver can wait for a run like this
    waited: Waiting | None = None  # the driver that was there before the run
    started: float = field(default_factory=time.monotonic)
    ending: str = ""  # STOPPED or TIMEOUT, once it has been told to end
    result: RunResult | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class JobEngine:
    """`glueetl` and `gluestreaming` on Spark, `pythonshell` on Python; a BatchEngine."""

    def __init__(self, supervisor: Supervisor, cache: Path, budget: Budget, *, runtime_python: str = "", pool: Pool | None = None) -> None:
        self.supervisor, self.cache, self.budget, self.runtime_python = supervisor, cache, budget, runtime_python
        self.pool = pool  # None: every run starts a driver of its own
        self._runs: dict[str, Running] = {}
        self._archiver = Archiver(supervisor)

    @property
    def waiting(self) -> int:
        """How many drivers wait for a run."""
        return self.pool.ready() if self.pool else 0

    def warm(self, run: RunSpec, progress: once.Progress = once.silent) -> None:
        """Have drivers wait for runs like this one, whose runtime is made first if need be."""
        runtime, modules, jvm, trusted = self._surroundings(run, progress)
        found = profile(run, runtime, modules, jvm, self._size(run), trusted) if jvm else None
        if found and self.pool:
            self.pool.want(found)

    def submit(self, run: RunSpec, wait: float = 0.0, progress: once.Progress = once.silent, *, cores: int = 1) -> str:
        """Start the run; its handle is its id. `cores`: how many it holds while it runs, if it uses Spark.

        The first run of a runtime makes its environment and fetches its jars: minutes, told by `progress`. Raises NoRoom when the
        machine has no room within `wait` seconds, UnsupportedRuntime, JarsMissing, UvFailed.
        """
        run.directory.mkdir(parents=True, exist_ok=True)
        size = self._size(run)
        runtime, modules, jvm, trusted = self._surroundings(run, progress)
        plan = driver.prepare(run, runtime, modules, jvm, size, trust=trusted)
        found = profile(run, runtime, modules, jvm, size, trusted) if jvm and self.pool else None
        child, reservation, waited = self._waiting(run, plan, found, wait, cores) or self._anew(run, plan, size, wait, cores)
        self._runs[run.run_id] = Running(run, runtime, jvm, child, reservation, found, waited)
        return run.run_id

    def _size(self, run: RunSpec) -> driver.Size:
        return driver.size(run, self.budget.memory, int(self.budget.cores))

    def _surroundings(self, run: RunSpec, progress: once.Progress) -> tuple[Runtime, Path | None, Jvm | None, trust.Trust | None]:
        """What has to be there before it can start; made once."""
        runtime = runtimes.provide(run.kind, run.version, self.cache, self.runtime_python, progress)
        modules = runtimes.modules(runtime, run.modules, run.module_options, self.cache, progress) if run.modules else None
        jvm = self._jvm(runtime, progress, run) if runtime.spark_home else None
        return runtime, modules, jvm, trust.provide(self.cache, Path(run.ca_file)) if run.ca_file else None

    def _anew(
        self, run: RunSpec, plan: driver.Plan, size: driver.Size, wait: float, cores: int
    ) -> tuple[Child, Reservation, Waiting | None]:
        """A driver of its own."""
        shell = run.kind == "pythonshell"
        # A Spark run counts one core though it may use all: runs that wait for each other must not wait for cores.
        reservation = self.budget.reserve(PYTHON_SHELL_MEMORY if shell else size.memory, 0 if shell else cores, wait)
        try:
            return plan.sandbox.start(self.supervisor), reservation, None
        except BaseException:
            reservation.release()
            raise

    def _waiting(
        self, run: RunSpec, plan: driver.Plan, found: Profile | None, wait: float, cores: int
    ) -> tuple[Child, Reservation, Waiting | None] | None:
        """The driver that waits for a run like this, if there is one."""
        driver = self.pool.take(found) if self.pool and found else None
        if driver is None or self.pool is None:
            return None
        try:
            reservation = self.budget.reserve(driver.profile.size.memory - driver.memory.memory, cores, wait)
        except NoRoom:
            self.pool.give_back(driver)
            raise
        try:
            return driver.hand_over(run, plan), reservation, driver
        except OSError as error:
            log.warning("run %s: its waiting driver is gone (%s); it starts a driver of its own", run.run_id, error)
            reservation.release()
            driver.discard()
            return None

    def ready(self, kind: str, version: str, progress: once.Progress = once.silent) -> None:
        """Fetch and make what the first run of this kind would wait for."""
        runtime = runtimes.provide(kind, version, self.cache, self.runtime_python, progress)
        if runtime.spark_home is not None:
            self._jvm(runtime, progress)

    def poll(self, handle: str, seconds: float = 0) -> RunResult | None:
        running = self._runs[handle]
        deadline = time.monotonic() + seconds
        while True:
            left = self._left(running)
            try:
                exit = running.child.wait(max(0.0, min(deadline - time.monotonic(), left)))
            except TimeoutError:
                if time.monotonic() - running.started >= running.run.timeout > 0:
                    self._end(running, "TIMEOUT")
                if time.monotonic() >= deadline:
                    return None
            else:
                return self._ended(running, exit)

    def cancel(self, handle: str) -> None:
        running = self._runs.get(handle)
        if running is not None:
            self._end(running, "STOPPED")

    def result(self, handle: str) -> RunResult:
        while (result := self.poll(handle, 60)) is None:
            continue
        del self._runs[handle]
        return result

    def close(self) -> None:
        """End every run that is under way, and the drivers that wait."""
        if self.pool:
            self.pool.close()
        for running in list(self._runs.values()):
            self._end(running, "STOPPED", parting=0.0)

    def _jvm(self, runtime: Runtime, progress: once.Progress, run: RunSpec | None = None) -> Jvm:
        machine, version, home = java.provide(self.cache, progress), runtime.version, runtime.spark_home
        assert home is not None
        base = jars.provide(self.cache, machine, home, version.jars, progress)
        if run is None:
            return Jvm(machine, home, base, self.cache, version.scala)
        sets = [jars.provide(self.cache, machine, home, versions.jars_of(version, name), progress) for name in run.formats]
        files = [file for folder in sets for file in sorted(folder.glob("*.jar"))]
        first, last = (run.jars, ()) if run.jars_first else ((), run.jars)
        return Jvm(machine, home, base, self.cache, version.scala, (*files, *last), first)

    def _left(self, running: Running) -> float:
        if running.ending or not running.run.timeout:
            return float("inf")
        return running.started + running.run.timeout - time.monotonic()

    def _end(self, running: Running, state: str, parting: float = PARTING) -> None:
        """Have it end by itself, with its report, and kill it when it does not."""
        with running.lock:
            running.ending = running.ending or state
        with contextlib.suppress(FileNotFoundError):  # the script may have removed its run's folder
            (running.run.directory / "end").touch()  # it ends because it is told to, whatever it says then
        if parting:
            later = threading.Timer(parting, running.child.kill, (GRACE,))
            later.daemon = True
            later.start()
        else:
            running.child.kill(GRACE)

    def _ended(self, running: Running, exit: Exit) -> RunResult:
        with running.lock:
            if running.result is None:
                running.reservation.release()
                if running.waited:
                    running.waited.release()
                running.result = outcome(running, exit)
                self._prepare_next(running, running.result)
            return running.result

    def _prepare_next(self, running: Running, result: RunResult) -> None:
        if running.jvm and result.state == "SUCCEEDED":
            self._archiver.want(running.jvm, running.runtime)
            if running.profile and self.pool:
                self.pool.want(running.profile)


def outcome(running: Running, exit: Exit) -> RunResult:
    """The result of a run whose processes have all ended."""
    run, seconds = running.run, time.monotonic() - running.started
    code = exit.status if exit.status >= 0 else None
    file = run.directory / "result.json"
    told = json.loads(file.read_text()) if file.exists() else None
    if told is not None and told["ok"]:
        return RunResult("SUCCEEDED", "", seconds, exit.peak, code)
    if running.ending:
        message = f"timed out after {run.timeout:g} seconds" if running.ending == "TIMEOUT" else "stopped on request"
        return RunResult(running.ending, message, seconds, exit.peak, code)
    if told is not None:
        details = {name: told.get(name) for name in ("error_class", "line", "traceback")}
        return RunResult("FAILED", sentence(told, run.script.name), seconds, exit.peak, code, **details)
    if exit.status == 0 and running.jvm is None:  # os._exit(0): a shell script's own word; what Spark had under way may be undone
        return RunResult("SUCCEEDED", "", seconds, exit.peak, code)
    return RunResult("FAILED", without_words(exit, run), seconds, exit.peak, code)


def sentence(told: dict[str, Any], script: str) -> str:
    """`ZeroDivisionError: division by zero (job.py, line 3: x = 1 / 0)`"""
    where = f" ({script}, line {told['line']}: {told['source']})" if told.get("line") else f" ({script})"
    return f"{told['error_class']}{': ' if told['message'] else ''}{told['message']}{where}"


def without_words(exit: Exit, run: RunSpec) -> str:
    """Of a process that ended without its result."""
    if exit.status == 0:
        return (
            f"{run.script.name} left through os._exit(0): what it had under way may be undone. End it with sys.exit(0), or by its last line"
        )
    if exit.status > 0:
        return f"{run.script.name} left through os._exit({exit.status}) or a crash{last_words(run)}"
    peak = f"; its peak memory was {exit.peak >> 20} MiB"
    if exit.signal == 9:
        return f"the process was killed (SIGKILL), most likely by the system for want of memory{peak}"
    return f"the process ended by {signal.Signals(exit.signal or 0).name}{peak}{last_words(run)}"


def last_words(run: RunSpec) -> str:
    """What the error log ends with, or the script's line that Python's fault handler tells of a crash in native code."""
    text = run.stderr.read_text(errors="replace") if run.stderr.exists() else ""
    if fault := FAULT.search(text):
        line = re.search(rf'File "{re.escape(str(run.script))}", line (\d+)', text[fault.start() :])
        return f"; {fault[1]}, {run.script.name}, line {line[1]}" if line else f"; {fault[1]}"
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(GREETING)]
    return f"; its last words: {lines[-1].strip()[-500:]}" if lines else ""
