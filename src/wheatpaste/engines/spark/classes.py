"""Makes the archive of loaded classes (AppCDS) with which Spark's JVM starts in half the time: once per Java and set of jars.

With what the first job would wait for (`wheatpaste doctor --fetch`, the demo), else in the background after the first run that
succeeded: it takes the time of a small job and 150 MB, and is valid for exactly one Java and class path, so it is never shipped.
"""

from __future__ import annotations

import logging
import shutil
import threading
from pathlib import Path

from wheatpaste.engines.base import RunSpec
from wheatpaste.engines.once import made_once
from wheatpaste.engines.spark import driver
from wheatpaste.engines.spark.jvm import Jvm
from wheatpaste.engines.spark.runtimes import Runtime
from wheatpaste.engines.supervisor import Supervisor, SupervisorDied

log = logging.getLogger(__name__)
WARMUP = Path(__file__).with_name("warmup.py")
TIMEOUT = 900.0  # seconds, on a busy machine at the lowest priority
SIZE = driver.Size(1 << 30, 1)
NOWHERE = "http://127.0.0.1:9"  # the warm-up opens no connection


class Archiver:
    """One attempt per archive and server."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._tried: set[Path] = set()
        self._lock = threading.Lock()

    def want(self, jvm: Jvm, runtime: Runtime) -> None:
        """See to it that there is an archive; returns at once."""
        with self._lock:
            if jvm.archive.exists() or jvm.archive in self._tried:
                return
            self._tried.add(jvm.archive)
        threading.Thread(target=self._try, args=(jvm, runtime), name="classes", daemon=True).start()

    def _try(self, jvm: Jvm, runtime: Runtime) -> None:
        try:
            self.make(jvm, runtime)
        except SupervisorDied:
            return  # the server ends
        except Exception:  # runs are slower to start without it, and right
            log.warning("no archive of Spark's classes could be made; runs start without", exc_info=True)

    def make(self, jvm: Jvm, runtime: Runtime) -> Path:
        """The archive; raises RuntimeError with the last words of the warm-up."""
        made_once(jvm.archive.parent, lambda draft: self._make(jvm, runtime, draft))
        for folder in jvm.outdated():
            shutil.rmtree(folder)
        return jvm.archive

    def _make(self, jvm: Jvm, runtime: Runtime, draft: Path) -> None:
        name = jvm.archive.parent.name
        number = runtime.name.removeprefix("glue-")
        run = RunSpec(f"classes-{name}", "glueetl", number, "classes", WARMUP, draft / "run", endpoint=NOWHERE)
        run.directory.mkdir()
        plan = driver.prepare(run, runtime, None, jvm, SIZE, archive=draft / jvm.archive.name)
        exit = plan.sandbox.start(self._supervisor).wait(TIMEOUT)
        if exit.status != 0 or not (draft / jvm.archive.name).exists():
            raise RuntimeError(f"the warm-up ended with {exit.status}: {run.stderr.read_text(errors='replace')[-1000:]}")
        shutil.rmtree(run.directory)
