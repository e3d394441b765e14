"""A Spark driver for one Data Quality run, by the engine of jobs and with what jobs have: role, metastore, logs."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import update

from wheatpaste.engines.base import RunResult, RunSpec
from wheatpaste.engines.budget import NoRoom
from wheatpaste.services.glue.jobs import material
from wheatpaste.services.glue.jobs.tail import Tails
from wheatpaste.services.glue.jobs.task import NOT_LAUNCHED
from wheatpaste.services.glue.quality.schema import runs
from wheatpaste.tasks.step import Next, Step

SCRIPT = Path(__file__).with_name("driver.py")
LOGS = "/aws-glue/data-quality"  # /output and /error
LOOK, FULL = 0.2, 1.0  # seconds between looks at a run, and for room on the machine


@dataclass(frozen=True)
class Ended:
    """How a driver ended, and what it found."""

    state: str  # SUCCEEDED | FAILED | STOPPED | TIMEOUT
    message: str = ""
    found: Any = None


def driven(step: Step, order: Mapping[str, Any]) -> Ended | Next:
    """Run the driver to its end; Next when there is no room yet."""
    if step.stopping() and not step.app.ending.is_set():
        return Ended("STOPPED")
    directory = material.directory(step)
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "order.json"
    file.write_text(json.dumps(order))
    file.with_name("found.json").unlink(missing_ok=True)  # of a server that is gone
    tails = Tails(step, directory, LOGS)
    try:
        tails.make()
        with _spec(step, file) as spec:
            return _ended(_run(step, spec, tails), file.with_name("found.json"))
    except NoRoom:
        return Next(step.state, step.data, after=FULL)
    except material.Stopped:
        if step.app.ending.is_set():
            raise InterruptedError("the server ends") from None
        return Ended("STOPPED")
    except NOT_LAUNCHED as error:
        return Ended("FAILED", f"LAUNCH ERROR | {error}")


@contextmanager
def _spec(step: Step, order: Path) -> Iterator[RunSpec]:
    with material.surroundings(step) as spec:
        yield replace(spec, script=SCRIPT, argv=(str(order),))


def _run(step: Step, spec: RunSpec, tails: Tails) -> RunResult:
    engine = material.engine(step.app)
    handle = engine.submit(spec, 0.0, material.progress(step))
    now = time.time()
    mine = (runs.c.account == step.account) & (runs.c.region == step.region) & (runs.c.id == step.key) & (runs.c.state == "STARTING")
    step.db.write(lambda c: c.execute(update(runs).where(mine).values(state="RUNNING", began=now, modified=now)))
    while engine.poll(handle, LOOK) is None:
        tails.ship()
        if step.stopping():
            engine.cancel(handle)
            if step.app.ending.is_set():
                raise InterruptedError("the server ends")
    tails.close()
    return engine.result(handle)


def _ended(result: RunResult, found: Path) -> Ended:
    if result.state == "SUCCEEDED":
        return Ended("SUCCEEDED", found=json.loads(found.read_text()))
    return Ended(result.state, "" if result.state == "STOPPED" else result.message)
