"""`python -m wheatpaste_driver run.json`: run a script as `__main__` and write what became of it.

The order names `script`, `argv`, `result` and, for Spark, `java`: the command of its JVM. The result is a JSON file, absent only
when the process was killed or left through `os._exit`. The working directory, the environment and the import path are those we
were started with, unless the order is to wait for the real one (`waits`: see `waiting`).
"""

from __future__ import annotations

import atexit
import faulthandler
import json
import os
import sys
import threading
import traceback
import types
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from wheatpaste_driver import meter, parting, waiting
from wheatpaste_driver.answers import keep
from wheatpaste_driver.facts import Facts
from wheatpaste_driver.parting import Parting
from wheatpaste_driver.progress import Progress
from wheatpaste_driver.report import report
from wheatpaste_driver.spark import Jvm


def main() -> int:
    faulthandler.enable()  # a crash of native code leaves the script's line in the error log
    order = json.loads(Path(sys.argv[1]).read_text())
    jvm = Jvm(order["java"], Path(sys.argv[1]).with_name("gateway")) if order.get("java") else None
    begin: Callable[[], None] | None = partial(jvm.take, order.get("sql", {})) if jvm is not None else None
    if order.get("waits") and jvm is not None:
        standby = waiting.standby(jvm)
        if (order := waiting.order()) is None:
            jvm.stop()
            return 0
        begin = partial(waiting.take_over, order, standby)
    script = Script(order, jvm)
    atexit.register(script.tell)  # the first, so the last to be called: after all threads and exit functions of the script
    return script.attempt(begin)


class Script:
    """The one script of this process, and what became of it."""

    def __init__(self, order: dict[str, Any], jvm: Jvm | None) -> None:
        self._order, self._jvm = order, jvm
        self._name, self._result = str(order["script"]), Path(order["result"])
        self._report, self._asked = self._result.with_name("report.json"), self._result.with_name("end")
        self._process = os.getpid()
        self._facts: Facts | None = None
        self._outcome: dict[str, Any] | None = None
        self._telling = threading.Lock()

    def attempt(self, begin: Callable[[], None] | None) -> int:
        """Run it, once `begin` has made the process ready for it; its exit code."""
        try:
            if begin is not None:
                begin()
            sys.argv = [self._name, *self._order["argv"]]
            sys.path.insert(0, str(Path(self._name).parent))
            self._watch()
            run(self._name)
            outcome: dict[str, Any] = {"ok": True, "exit_code": 0}
        except SystemExit as end:
            outcome = report(end, self._name)
        except BaseException as error:  # noqa: BLE001  whatever a script raises is its end, and is told
            traceback.print_exception(error.with_traceback(beyond_us(error.__traceback__)))
            outcome = report(error, self._name, self._jvm)
        self._outcome = outcome
        return int(outcome["exit_code"])

    def _watch(self) -> None:
        spark = self._jvm is not None
        metered = spark and bool(set(meter.ASKED) & set(sys.argv))
        self._facts = Facts(spark=spark, metered=metered)
        Parting(self._asked, self.part).start()
        if spark:
            Progress(self._report.with_name("progress.json")).start()
        if metered:
            meter.Meter(self._report.with_name("metrics.json"), self._facts).start()

    def part(self) -> bool:
        """Write what it did until now; False for a script that has ended by itself."""
        with self._telling:
            if self._outcome is None:
                self._write({"ok": True, "exit_code": parting.STATUS})
            return self._outcome is None

    def _write(self, outcome: dict[str, Any]) -> None:
        if self._facts is not None:
            self._facts.write(self._report, outcome, self._jvm.process_id if self._jvm is not None else None)

    def tell(self) -> None:
        """Write what it did and how it ended, and end Spark. Of a script that was told to end that is no end of its own: it may handle
        SIGTERM, and leave with any code."""
        if self._outcome is None:  # ours is the fault: the error log has it
            return
        if os.getpid() != self._process:  # a child that the script forked, and that leaves as the script would
            return
        asked = self._asked.exists()
        with self._telling:
            self._write({"ok": True, "exit_code": parting.STATUS} if asked else self._outcome)
        if self._jvm is not None:
            self._jvm.stop(self._order.get("patience", 10.0))
        if not asked:
            keep(self._result, self._outcome)


def run(script: str) -> None:
    """As `python script` does. Not by runpy, which takes the script's globals away when it ends, while its threads may live."""
    module = types.ModuleType("__main__")
    module.__file__ = script
    sys.modules["__main__"] = module
    code = compile(Path(script).read_bytes(), script, "exec", dont_inherit=True)
    exec(code, module.__dict__)


def beyond_us(trace: types.TracebackType | None) -> types.TracebackType | None:
    """The traceback without our own frames at its head."""
    while trace is not None and Path(trace.tb_frame.f_code.co_filename).parent.name == "wheatpaste_driver":
        trace = trace.tb_next
    return trace


if __name__ == "__main__":
    sys.exit(main())
