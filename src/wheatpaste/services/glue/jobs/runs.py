"""Job runs: start, look, stop."""

from typing import Any

from sqlalchemy import Row, func, insert, select, update

from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import ConcurrentRunsExceededException, EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.jobs import arguments
from wheatpaste.services.glue.jobs.capacity import capacity, timeout, version
from wheatpaste.services.glue.jobs.definitions import here, job_row, when
from wheatpaste.services.glue.jobs.schema import ACTIVE, LIVE, runs
from wheatpaste.wire.paginate import decode_token, encode_token

TASK = "job_run"
OVERRIDES = (
    "AllocatedCapacity",
    "MaxCapacity",
    "Timeout",
    "WorkerType",
    "NumberOfWorkers",
    "SecurityConfiguration",
    "NotificationProperty",
    "ExecutionClass",
)


def run_row(call: Call, run_id: str) -> Row[Any]:
    """The run's row; EntityNotFoundException when there is none."""
    row = call.db.execute(select(runs).where(here(call, runs), runs.c.id == run_id)).one_or_none()
    if row is None:
        raise EntityNotFoundException(f"Job Run with id {run_id} not found.")
    return row


def run_shape(row: Row[Any]) -> Shape:
    """A run as GetJobRun shows it."""
    shape = {
        "Id": row.id,
        "JobName": row.job,
        "JobRunState": row.state,
        "StartedOn": when(row.started),
        "LastModifiedOn": when(row.modified),
        **row.body,
    }
    if row.completed is not None:
        shape["CompletedOn"] = when(row.completed)
    return shape


def _definition(job: Shape, req: Shape) -> Shape:
    """The job as this run sees it: its definition under the run's own settings."""
    given = {k: req[k] for k in OVERRIDES if req.get(k) is not None}
    if {"WorkerType", "NumberOfWorkers"} & given.keys():
        job = {k: v for k, v in job.items() if k not in ("MaxCapacity", "AllocatedCapacity")}
    if {"MaxCapacity", "AllocatedCapacity"} & given.keys():
        job = {k: v for k, v in job.items() if k not in ("WorkerType", "NumberOfWorkers", "MaxCapacity", "AllocatedCapacity")}
    return {**job, **given}


def insert_run(call: Call, job_name: str, definition: Shape, given: Shape, *, run_id: str, state: str, extra: Shape) -> None:
    """Write a run's row and start its task, in the call's transaction."""
    sequence = (
        call.db.execute(select(func.coalesce(func.max(runs.c.sequence), 0)).where(here(call, runs), runs.c.job == job_name)).scalar_one()
        + 1
    )
    minutes = timeout(definition)
    body = {
        "Attempt": 0,
        "JobMode": definition.get("JobMode", "SCRIPT"),
        "PredecessorRuns": [],
        "ExecutionTime": 0,
        "LogGroupName": "/aws-glue/python-jobs" if definition["Command"]["Name"] == "pythonshell" else "/aws-glue/jobs",
        "GlueVersion": version(definition),
        **({"Arguments": given} if given else {}),
        **({"Timeout": minutes} if minutes is not None else {}),
        **{k: definition[k] for k in ("SecurityConfiguration", "NotificationProperty", "ExecutionClass") if definition.get(k) is not None},
        **capacity(definition),
        **extra,
    }
    now = call.now.timestamp()
    row = {"id": run_id, "job": job_name, "state": state, "body": body, "started": now, "modified": now, "sequence": sequence}
    call.db.execute(insert(runs).values(account=call.account, region=call.region, **row))
    call.start(TASK, run_id, {"job": job_name, "definition": definition, "arguments": arguments.merged(definition, given)})


@glue.operation(stored=["SecurityConfiguration", "NotificationProperty", "ExecutionClass"], refused=["ExecutionRoleSessionPolicy"])
def start_job_run(call: Call, req: Shape) -> Shape:
    """Start a run; with ``JobRunId`` it is a retry of that run, as its next attempt."""
    row = job_row(call, req["JobName"])
    definition = _definition(row.body, req)
    arguments.check(arguments.merged(definition, req.get("Arguments") or {}))
    busy = call.db.execute(
        select(func.count()).select_from(runs).where(here(call, runs), runs.c.job == row.name, runs.c.state.in_(ACTIVE))
    ).scalar_one()
    most = (row.body.get("ExecutionProperty") or {}).get("MaxConcurrentRuns") or 1
    queued = req.get("JobRunQueuingEnabled", row.body.get("JobRunQueuingEnabled", False))
    if busy >= most and not queued:
        raise ConcurrentRunsExceededException(f"Concurrent runs exceeded for {row.name}")
    run_id = ids.job_run_id()
    extra: Shape = {}
    if req.get("JobRunId"):
        run_id, extra = next_attempt(run_row(call, req["JobRunId"]))
    insert_run(
        call,
        row.name,
        definition,
        req.get("Arguments") or {},
        run_id=run_id,
        state="WAITING" if busy >= most else "STARTING",
        extra={**extra, "JobRunQueuingEnabled": queued},
    )
    return {"JobRunId": run_id}


def next_attempt(previous: Row[Any]) -> tuple[str, Shape]:
    """Id and members of the attempt after ``previous``."""
    attempt = int(previous.body.get("Attempt", 0)) + 1
    base = previous.id.split("_attempt_")[0]
    return f"{base}_attempt_{attempt}", {"Attempt": attempt, "PreviousRunId": previous.id}


@glue.operation(reads=True, stored=["PredecessorsIncluded"])
def get_job_run(call: Call, req: Shape) -> Shape:
    """One run (no run has predecessors until triggers exist)."""
    row = run_row(call, req["RunId"])
    if row.job != req["JobName"]:
        raise EntityNotFoundException(f"Job Run with id {req['RunId']} not found for job {req['JobName']}.")
    return {"JobRun": run_shape(row)}


@glue.operation(reads=True)
def get_job_runs(call: Call, req: Shape) -> Shape:
    """A job's runs, newest first."""
    name, limit = req["JobName"], req.get("MaxResults") or 200
    query = select(runs).where(here(call, runs), runs.c.job == name).order_by(runs.c.sequence.desc()).limit(limit + 1)
    if req.get("NextToken"):
        query = query.where(runs.c.sequence < int(decode_token(req["NextToken"], "glue:runs", InvalidInputException)))
    rows = list(call.db.execute(query))
    if not rows:
        job_row(call, name)
    token = {"NextToken": encode_token(rows[limit - 1].sequence, "glue:runs")} if len(rows) > limit else {}
    return {"JobRuns": [run_shape(row) for row in rows[:limit]], **token}


@glue.operation()
def batch_stop_job_run(call: Call, req: Shape) -> Shape:
    """Ask runs to stop; each id is answered by itself."""
    job_row(call, req["JobName"])
    stopped: list[Shape] = []
    errors: list[Shape] = []
    for run_id in req["JobRunIds"]:
        row = call.db.execute(select(runs).where(here(call, runs), runs.c.id == run_id, runs.c.job == req["JobName"])).one_or_none()
        if row is None or row.state not in LIVE:
            code = "EntityNotFoundException" if row is None else "JobRunNotInRunningStateException"
            message = f"Job Run with id {run_id} not found." if row is None else f"Job Run {run_id} is not in running state: {row.state}"
            errors.append({"JobName": req["JobName"], "JobRunId": run_id, "ErrorDetail": {"ErrorCode": code, "ErrorMessage": message}})
            continue
        call.db.execute(update(runs).where(here(call, runs), runs.c.id == run_id).values(state="STOPPING", modified=call.now.timestamp()))
        call.stop(TASK, run_id)
        stopped.append({"JobName": req["JobName"], "JobRunId": run_id})
    return {"SuccessfulSubmissions": stopped, "Errors": errors}
