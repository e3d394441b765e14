"""How far the run's Spark is, each second, for whoever looks: one small file, one question to the JVM.

`{"done": 12, "total": 40, "running": 2, "stages": ["count at job.py:12"], "ui": "http://127.0.0.1:4040"}`: tasks of the stages that run
now. The file is written when something has changed.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from wheatpaste_driver.answers import keep
from wheatpaste_driver.spark import active_context

EVERY = 1.0  # seconds
MOST = 5  # stages that are named
LONGEST = 100  # characters of a stage's name


class Progress:
    """A thread that ends with the process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._told: dict[str, Any] = {}

    def start(self) -> None:
        threading.Thread(target=self._watch, name="progress", daemon=True).start()

    def _watch(self) -> None:
        from py4j.protocol import Py4JError

        while True:
            time.sleep(EVERY)
            context = active_context()
            if getattr(context, "_jsc", None) is None:  # a context is active before it is made
                continue
            try:
                found = look(context)
            except (Py4JError, OSError, AttributeError):  # it stops meanwhile: the script's own business, told by the run's end
                continue
            if found != self._told:
                self._told = found
                keep(self._file, found)


def look(context: Any) -> dict[str, Any]:
    """The stages that run now. Tasks that are done twice count once."""
    spark = context._jsc.sc()
    active = spark.statusStore().activeStages()
    stages = [active.apply(n) for n in range(active.size())]
    total = sum(int(stage.numTasks()) for stage in stages)
    done = sum(min(int(stage.numCompletedIndices()), int(stage.numTasks())) for stage in stages)
    found: dict[str, Any] = {"done": done, "total": total, "running": sum(int(stage.numActiveTasks()) for stage in stages)}
    found["stages"] = [str(stage.name())[:LONGEST] for stage in stages[:MOST]]
    address = spark.uiWebUrl()
    return {**found, **({"ui": str(address.get())} if address.isDefined() else {})}
