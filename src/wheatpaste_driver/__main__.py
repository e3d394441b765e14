"""`python -m wheatpaste_driver run.json`: run a script as `__main__` and write what became of it.

The order names `script`, `argv`, `result` and, for Spark, `java`: the command of its JVM. The result is a JSON file, absent only
when the process was killed or left through `os._exit`. The working directory, the environment and the import path are those we
were started with, unless the order is to wait for the real one (`waits`: see `waiting`).
"""

from __future__ import annotations

import json
import os
import sys
import traceback
import types
from pathlib import Path
from typing import Any

from wheatpaste_driver import meter, waiting
from wheatpaste_driver.facts import Facts
from wheatpaste_driver.progress import Progress
from wheatpaste_driver.report import report
from wheatpaste_driver.spark import Jvm


def main() -> int:
    order = json.loads(Path(sys.argv[1]).read_text())
    jvm = Jvm(order["java"], Path(sys.argv[1]).with_name("gateway")) if order.get("java") else None
    if order.get("waits") and jvm is not None and (order := waiting.prepare(jvm)) is None:
        jvm.stop()
        return 0
    script, result = order["script"], Path(order["result"])
    sys.argv = [script, *order["argv"]]
    sys.path.insert(0, str(Path(script).parent))
    outcome = attempt(script, jvm, result.with_name("report.json"))
    if jvm is not None:
        jvm.stop(order.get("patience", 10.0))
    write(result, outcome)
    return int(outcome["exit_code"])


def attempt(script: str, jvm: Jvm | None, told: Path) -> dict[str, Any]:
    """Run it; what became of it. What it did is written to `told`."""
    facts = None
    try:
        if jvm is not None:
            jvm.ready()
        metered = jvm is not None and bool(set(meter.ASKED) & set(sys.argv))
        facts = Facts(spark=jvm is not None, metered=metered)
        if jvm is not None:
            Progress(told.with_name("progress.json")).start()
        if metered:
            meter.Meter(told.with_name("metrics.json"), facts).start()
        run(script)
        outcome: dict[str, Any] = {"ok": True, "exit_code": 0}
    except SystemExit as end:
        outcome = report(end, script)
    except BaseException as error:  # noqa: BLE001  whatever a script raises is its end, and is told
        traceback.print_exception(error.with_traceback(beyond_us(error.__traceback__)))
        outcome = report(error, script, jvm)
    if facts is not None:
        facts.write(told, outcome, jvm.process_id if jvm is not None else None)
    return outcome


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


def write(file: Path, outcome: dict[str, Any]) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps(outcome))
    os.replace(draft, file)


if __name__ == "__main__":
    sys.exit(main())
