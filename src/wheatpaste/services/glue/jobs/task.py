"""The durable task of one run: fetch what it needs, run the script in a process of its own, follow its output, keep how it ended.

A script has side effects, so it never runs twice behind the user's back: the run's state is RUNNING on disk before its process is spawned,
and a server that finds a run in that state after a crash ends it as FAILED; then MaxRetries applies.
"""

import time

from sqlalchemy import ColumnElement, Connection, func, select, update

from wheatpaste.call import Call
from wheatpaste.engines.base import RunResult
from wheatpaste.engines.spark.engine import JobEngine
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.jobs import material
from wheatpaste.services.glue.jobs.definitions import here
from wheatpaste.services.glue.jobs.runs import TASK, insert_run, next_attempt, run_row
from wheatpaste.services.glue.jobs.schema import ACTIVE, runs
from wheatpaste.services.glue.jobs.tail import Tails
from wheatpaste.tasks.step import Done, Next, Step

LOOK = 0.25  # seconds between looks at a run's output and at whether it shall stop
QUEUED = 1.0  # seconds between looks of a run that waits for its turn
PATIENCE = 5.0  # seconds that a run waits for memory before it says WAITING
ERROR_LENGTH = 4000  # characters of ErrorMessage


class ControlPlaneRestarted(Exception):
    """The server that ran the script is gone."""


def job_run_failed(call: Call, key: str, data: Shape, error: Exception) -> None:
    """End a run whose task failed."""
    _finish(call, key, data, "FAILED", f"{type(error).__name__}: {error}", 0.0)


@glue.task(TASK, failed=job_run_failed)
def job_run(step: Step) -> Next | Done:
    """``start`` waits for its turn and fetches; ``run`` runs."""
    if step.stopping() and not step.app.ending.is_set():
        return Done(lambda call: _finish(call, step.key, step.data, "STOPPED", "", 0.0))
    if step.state == "start":
        return _start(step)
    if step.again:
        reason = "The control plane restarted while the run was under way; its process ended with it."
        return Done(lambda call: _finish(call, step.key, step.data, "FAILED", reason, 0.0))
    return _run(step)


def _start(step: Step) -> Next | Done:
    if not step.db.read(lambda c: _may_start(step, c)):
        return Next("start", step.data, after=QUEUED)
    try:
        material.fetch(step)
    except material.Missing as error:
        reason = str(error)
        return Done(lambda call: _finish(call, step.key, step.data, "FAILED", reason, 0.0))
    started = time.time()
    return Next("run", {**step.data, "started": started}, commit=lambda call: _set_state(call, step.key, "RUNNING"))


def _may_start(step: Step, connection: Connection) -> bool:
    """Whether the job has room for this run: those that were asked for before it go first."""
    row = connection.execute(select(runs).where(_mine(step), runs.c.id == step.key)).one_or_none()
    if row is None or row.state != "WAITING":
        return True
    most = (step.data["definition"].get("ExecutionProperty") or {}).get("MaxConcurrentRuns") or 1
    ahead = (
        select(func.count())
        .select_from(runs)
        .where(
            _mine(step),
            runs.c.job == row.job,
            (runs.c.state.in_(ACTIVE)) | ((runs.c.state == "WAITING") & (runs.c.sequence < row.sequence)),
        )
    )
    return bool(connection.execute(ahead).scalar_one() < most)


def _mine(step: Step) -> ColumnElement[bool]:
    return (runs.c.account == step.account) & (runs.c.region == step.region)


def _run(step: Step) -> Next | Done:
    """Run the script to its end, its output flowing to CloudWatch Logs."""
    with material.surroundings(step) as spec:
        engine = material.engine(step.app)
        handle = engine.submit(spec, PATIENCE * 120, material.progress(step))
        tails = Tails(step, spec)
        result = _follow(step, engine, handle, tails)
        tails.close()
    return Done(lambda call: _finish(call, step.key, step.data, result.state, result.message, result.seconds))


def _follow(step: Step, engine: JobEngine, handle: str, tails: Tails) -> RunResult:
    while True:
        result = engine.poll(handle, LOOK)
        tails.ship()
        if result is not None:
            return engine.result(handle)
        if step.stopping():
            engine.cancel(handle)
            if step.app.ending.is_set():
                raise ControlPlaneRestarted("the server ends")


def _set_state(call: Call, run_id: str, state: str) -> None:
    row = run_row(call, run_id)
    if row.state in ("STARTING", "WAITING"):
        call.db.execute(update(runs).where(here(call, runs), runs.c.id == run_id).values(state=state, modified=call.now.timestamp()))


def _finish(call: Call, run_id: str, data: Shape, state: str, message: str, seconds: float) -> None:
    """Write how a run ended, tell it, and start the next attempt of one that failed and may be tried again."""
    row = run_row(call, run_id)
    now = call.now.timestamp()
    body = {**row.body, "ExecutionTime": int(seconds), **({"ErrorMessage": message[:ERROR_LENGTH]} if message else {})}
    call.db.execute(update(runs).where(here(call, runs), runs.c.id == run_id).values(state=state, body=body, modified=now, completed=now))
    severity = {"FAILED": "ERROR", "TIMEOUT": "WARN"}.get(state, "INFO")
    detail = {
        "jobName": row.job,
        "severity": severity,
        "state": state,
        "jobRunId": run_id,
        "message": message or f"Job run {state.lower()}",
    }
    call.emit("Glue Job State Change", detail)
    retries = int(data["definition"].get("MaxRetries") or 0)
    if state == "FAILED" and int(row.body.get("Attempt", 0)) < retries:
        next_id, extra = next_attempt(run_row(call, run_id))
        insert_run(call, row.job, data["definition"], row.body.get("Arguments") or {}, run_id=next_id, state="STARTING", extra=extra)
