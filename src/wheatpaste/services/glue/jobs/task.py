"""The durable task of one run: fetch what it needs, run the script in a process of its own, follow its output, keep how it ended.

A script has side effects, so it never runs twice behind the user's back: the task's state is ``run`` on disk before its process is spawned,
and a server that finds a run claimed in that state after a crash ends it as FAILED; then MaxRetries applies.
"""

import logging
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from wheatpaste.call import Call
from wheatpaste.engines.base import RunResult
from wheatpaste.engines.budget import NoRoom
from wheatpaste.engines.spark.driver import WrongSetting
from wheatpaste.engines.spark.engine import JobEngine
from wheatpaste.engines.spark.jars import JarsMissing
from wheatpaste.engines.spark.versions import UnsupportedRuntime
from wheatpaste.engines.uv import UvFailed
from wheatpaste.scope import here
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.jobs import arguments, material, reports, retention, turns
from wheatpaste.services.glue.jobs.publishing import Publisher
from wheatpaste.services.glue.jobs.runs import insert_run, log_group, next_attempt, run_row
from wheatpaste.services.glue.jobs.schema import jobs, runs
from wheatpaste.services.glue.jobs.tail import Tails
from wheatpaste.tasks.step import Done, Next, Step
from wheatpaste.wire.errors import AwsError

log = logging.getLogger(__name__)
LOOK = 0.2  # seconds between looks at a run's output and at whether it shall stop
FULL = 1.0  # seconds between looks for room on the machine
ERROR_LENGTH = 4000  # characters of ErrorMessage
NOT_LAUNCHED = (material.Missing, UnsupportedRuntime, WrongSetting, UvFailed, JarsMissing, AwsError)  # the user's to mend: told, not traced
RESTARTED = "The control plane restarted while the run was under way; its process ended with it."


class ControlPlaneRestarted(Exception):
    """The server that ran the script is gone."""


def job_run_failed(call: Call, key: str, data: Mapping[str, Any], error: Exception) -> None:
    """End a run whose task failed."""
    _finish(call, key, data, "FAILED", f"{type(error).__name__}: {error}", 0.0)


@glue.task(turns.TASK, failed=job_run_failed)
def job_run(step: Step) -> Next | Done:
    """``start`` waits for its turn and fetches; ``run`` runs."""
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
        return _not_launched(step, error)


def _ended(step: Step, state: str, message: str = "", seconds: float = 0.0) -> Done:
    """End a run whose process never was, or is long gone."""
    return _told(step, RunResult(state, message, seconds, 0))


def _told(step: Step, result: RunResult, tails: Tails | None = None, publisher: Publisher | None = None) -> Done:
    """End a run with its report, which closes its output. ``publisher``: the one that has published while it ran."""
    material.directory(step).mkdir(parents=True, exist_ok=True)
    report = reports.complete(step, result)
    if tails is not None:
        tails.close()
    retention.clear(step.app)
    message = "" if result.state == "STOPPED" else result.message

    def commit(call: Call) -> None:
        _finish(call, step.key, step.data, result.state, message, result.seconds)
        reports.keep(call, step.key, report)
        if publisher is not None:
            publisher.close(call, report, result)

    return Done(commit)


def _not_launched(step: Step, error: Exception) -> Done:
    """End a run that could not begin: its error log says why, as its ErrorMessage does."""
    reason = f"LAUNCH ERROR | {error}"
    log.info("job run %s: %s", step.key, reason)
    with (material.directory(step) / "stderr").open("a") as file:
        file.write(reason + "\n")
    # Not by the arguments' continuous log: it may be the arguments that are wrong.
    tails = Tails(step, material.directory(step), log_group(step.data["definition"]["Command"]["Name"]), None)
    return _told(step, RunResult("FAILED", reason, 0.0, 0), tails, Publisher(step, material.directory(step)))


def _tails(step: Step) -> Tails:
    command = step.data["definition"]["Command"]["Name"]
    continuous = arguments.continuous_log(step.data["arguments"], step.key) if command != "pythonshell" else None
    return Tails(step, material.directory(step), log_group(command), continuous)


def _start(step: Step) -> Next | Done:
    if step.db.read(lambda c: c.execute(select(runs.c.state).where(_mine(step))).scalar()) == "WAITING":
        return Next("start", step.data, after=turns.LOOK, commit=lambda call: _admit(call, step.data))
    material.directory(step).mkdir(parents=True, exist_ok=True)
    _tails(step).make()
    material.fetch(step)
    return Next("run", step.data)


def _mine(step: Step) -> ColumnElement[bool]:
    return (runs.c.account == step.account) & (runs.c.region == step.region) & (runs.c.id == step.key)


def _run(step: Step) -> Next | Done:
    """Run the script to its end, its output flowing to CloudWatch Logs."""
    tails, publisher = _tails(step), Publisher(step, material.directory(step))
    with material.surroundings(step) as spec:
        engine = material.engine(step.app)
        try:
            say = material.progress(step, lambda text: step.db.write(lambda c: _change(c, step, {"detail": text})))
            handle = engine.submit(spec, 0.0, say)
        except NoRoom as full:
            detail = f"Waits for room on the machine: {full}"
            return Next("run", step.data, after=FULL, commit=lambda call: _change(call.db, step, {"detail": detail}))
        step.db.write(lambda c: _change(c, step, _begun()))
        try:
            result = _follow(step, engine, handle, tails, publisher)
        except ControlPlaneRestarted:
            raise
        except BaseException:  # ours is the fault: the run ends as FAILED, and nothing of it may go on
            engine.cancel(handle)
            engine.result(handle)
            raise
        return _told(step, result, tails, publisher)


def _begun() -> Shape:
    """What changes in a run's row when its process has been started."""
    now = time.time()
    return {"state": "RUNNING", "detail": "", "began": now, "modified": now}


def _follow(step: Step, engine: JobEngine, handle: str, tails: Tails, publisher: Publisher) -> RunResult:
    while True:
        result = engine.poll(handle, LOOK)
        if result is not None:
            return engine.result(handle)
        tails.ship()
        publisher.send()
        if step.stopping():
            engine.cancel(handle)
            if step.app.ending.is_set():
                tails.close()  # what it said until now; the next server tells how it ended
                raise ControlPlaneRestarted("the server ends")


def _change(db: Connection, step: Step, values: Mapping[str, Any]) -> None:
    """Change the row of a run that is STARTING; one that was stopped or has ended meanwhile stays as it is."""
    db.execute(update(runs).where(_mine(step), runs.c.state == "STARTING").values(**values))


def _limit(call: Call, data: Mapping[str, Any]) -> int:
    """How many runs this run's job may have, as it says or, if it is deleted, as it said.

    Holds the job's row: on PostgreSQL one run of a job starts or ends at a time, so that no turn is given twice or forgotten.
    """
    query = select(jobs.c.body).where(here(call, jobs, name=data["job"])).with_for_update()
    return turns.limit(call.db.execute(query).scalar() or data["definition"])


def _admit(call: Call, data: Mapping[str, Any]) -> None:
    """Start the runs of this run's job for which there is room."""
    turns.admit(call, data["job"], _limit(call, data))


def _finish(call: Call, run_id: str, data: Mapping[str, Any], state: str, message: str, seconds: float) -> None:
    """Write how a run ended, tell it, start its next attempt if it failed and may be tried again, then those that waited for its end."""
    most = _limit(call, data)
    row = run_row(call, run_id)
    now = call.now.timestamp()
    used = {"ExecutionTime": round(seconds), "DPUSeconds": round(seconds * float(row.body.get("MaxCapacity") or 0), 1)}
    body = {**row.body, **used, **({"ErrorMessage": message[:ERROR_LENGTH]} if message else {})}
    ended = {"state": state, "detail": "", "body": body, "modified": now, "completed": now}
    call.db.execute(update(runs).where(here(call, runs, id=run_id)).values(**ended))
    detail = {
        "jobName": row.job,
        "severity": {"FAILED": "ERROR", "TIMEOUT": "WARN"}.get(state, "INFO"),
        "state": state,
        "jobRunId": run_id,
        "message": message or f"Job run {state.lower()}",
    }
    call.emit("Glue Job State Change", detail)
    if state == "FAILED" and int(body.get("Attempt", 0)) < int(data["definition"].get("MaxRetries") or 0):
        _retry(call, run_id, data, body)
    turns.admit(call, data["job"], most)


def _retry(call: Call, run_id: str, data: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Start the next attempt, which takes the place of the one that ended."""
    next_id, extra = next_attempt(call, run_row(call, run_id))
    extra["JobRunQueuingEnabled"] = body["JobRunQueuingEnabled"]
    insert_run(call, data["job"], data["definition"], body.get("Arguments") or {}, run_id=next_id, extra=extra)
