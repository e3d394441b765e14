"""Job runs: start, look, stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, insert, select, update

from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import ConcurrentRunsExceededException, EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.jobs import arguments, turns
from wheatpaste.services.glue.jobs.capacity import capacity, check_size, timeout, version
from wheatpaste.services.glue.jobs.definitions import LONGEST_TIMEOUT, job_row, named_arn, when
from wheatpaste.services.glue.jobs.schema import LIVE, runs
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        BatchStopJobRunError,
        BatchStopJobRunRequest,
        BatchStopJobRunResponse,
        BatchStopJobRunSuccessfulSubmission,
        ErrorDetail,
        GetJobRunRequest,
        GetJobRunResponse,
        GetJobRunsRequest,
        GetJobRunsResponse,
        JobRun,
        StartJobRunRequest,
        StartJobRunResponse,
    )

QUEUED = "The job has as many runs as MaxConcurrentRuns says; this one starts when one of them ends."
SHOWN = ["SecurityConfiguration", "NotificationProperty", "ExecutionClass"]  # of the definition, in the run
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


def log_group(command: str) -> str:
    """Where the output of this kind of job goes: two groups, of this name and ``/output`` or ``/error``."""
    return "/aws-glue/python-jobs" if command == "pythonshell" else "/aws-glue/jobs"


def run_row(call: Call, run_id: str) -> Row[Any]:
    """The run's row; EntityNotFoundException when there is none."""
    row = call.db.execute(select(runs).where(here(call, runs, id=run_id))).one_or_none()
    if row is None:
        raise EntityNotFoundException(f"Job Run with id {run_id} not found.")
    return row


def find(call: Call, run_id: str) -> str | None:
    """The run's state; None when there is no such run."""
    found: str | None = call.db.execute(select(runs.c.state).where(here(call, runs, id=run_id))).scalar()
    return found


def run_shape(call: Call, row: Row[Any]) -> JobRun:
    """A run as GetJobRun shows it."""
    shape: JobRun = {
        "Id": row.id,
        "JobName": row.job,
        "JobRunState": row.state,
        "StartedOn": when(row.started),
        "LastModifiedOn": when(row.modified),
        **row.body,
    }
    if row.detail:
        shape["StateDetail"] = row.detail
    if row.completed is not None:
        shape["CompletedOn"] = when(row.completed)
    elif row.began is not None:
        shape["ExecutionTime"] = int(call.now.timestamp() - row.began)
    return shape


def _definition(job: Mapping[str, Any], req: Mapping[str, Any]) -> Shape:
    """The job as this run sees it: its definition under the run's own settings."""
    given = {k: req[k] for k in OVERRIDES if req.get(k) is not None}
    check_size(given)
    if {"WorkerType", "NumberOfWorkers"} & given.keys():
        job = {k: v for k, v in job.items() if k not in ("MaxCapacity", "AllocatedCapacity")}
    if {"MaxCapacity", "AllocatedCapacity"} & given.keys():
        job = {k: v for k, v in job.items() if k not in ("WorkerType", "NumberOfWorkers", "MaxCapacity", "AllocatedCapacity")}
    if given.get("Timeout", 0) > LONGEST_TIMEOUT:
        raise InvalidInputException(f"Timeout {given['Timeout']} is longer than {LONGEST_TIMEOUT} minutes (7 days)")
    return {**job, **given}


def _body(definition: Mapping[str, Any], given: Mapping[str, Any], extra: Mapping[str, Any]) -> Shape:
    """The members of a run that its definition decides."""
    minutes = timeout(definition)
    return {
        "Attempt": 0,
        "JobMode": definition.get("JobMode", "SCRIPT"),
        "JobRunQueuingEnabled": False,
        "PredecessorRuns": [],
        "ExecutionTime": 0,
        "LogGroupName": log_group(definition["Command"]["Name"]),
        "GlueVersion": version(definition),
        **({"Arguments": given} if given else {}),
        **({"Timeout": minutes} if minutes is not None else {}),
        **{k: definition[k] for k in SHOWN if definition.get(k) is not None},
        **capacity(definition),
        **extra,
    }


def insert_run(
    call: Call,
    job: str,
    definition: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    run_id: str,
    waits: bool = False,
    extra: Mapping[str, Any],
) -> None:
    """Write a run's row and start its task, in the call's transaction."""
    last = select(func.coalesce(func.max(runs.c.sequence), 0)).where(here(call, runs, job=job))
    now = call.now.timestamp()
    row = place(
        call,
        id=run_id,
        job=job,
        state="WAITING" if waits else "STARTING",
        detail=QUEUED if waits else "",
        body=_body(definition, given, extra),
        started=now,
        modified=now,
        sequence=call.db.execute(last).scalar_one() + 1,
    )
    call.db.execute(insert(runs).values(row))
    data = {"job": job, "definition": definition, "arguments": arguments.merged(definition, given)}
    call.start(turns.TASK, run_id, data, run_at=now + turns.LOOK if waits else 0.0)


@glue.operation(resource=named_arn, stored=SHOWN, refused=["ExecutionRoleSessionPolicy"])
def start_job_run(call: Call, req: StartJobRunRequest) -> StartJobRunResponse:
    """Start a run; with ``JobRunId`` it is a retry of that run, as its next attempt."""
    row = job_row(call, req["JobName"], lock=True)
    definition = _definition(row.body, req)
    queued = bool(req.get("JobRunQueuingEnabled", row.body.get("JobRunQueuingEnabled", False)))
    run_id, given = ids.job_run_id(), req.get("Arguments") or {}
    extra: Shape = {"JobRunQueuingEnabled": queued}
    if req.get("JobRunId"):
        previous = _ended(call, row.name, req["JobRunId"])
        given = given or previous.body.get("Arguments") or {}
        run_id, attempt = next_attempt(call, previous)
        extra |= attempt
    arguments.check(arguments.merged(definition, given))
    free = turns.is_free(call, row.name, turns.limit(row.body), queued=queued)
    if not free and not queued:
        raise ConcurrentRunsExceededException(f"Concurrent runs exceeded for {row.name}")
    insert_run(call, row.name, definition, given, run_id=run_id, waits=not free, extra=extra)
    return {"JobRunId": run_id}


def _ended(call: Call, job: str, run_id: str) -> Row[Any]:
    """The job's run that is to be tried again."""
    row = run_row(call, run_id)
    if row.job != job:
        raise EntityNotFoundException(f"Job Run with id {run_id} not found for job {job}.")
    if row.state in LIVE:
        raise InvalidInputException(f"Job Run {run_id} is {row.state}: only a run that has ended can be retried")
    return row


def next_attempt(call: Call, previous: Row[Any]) -> tuple[str, Shape]:
    """Id and members of the attempt after ``previous`` and all others of the same run."""
    base = previous.id.split("_attempt_")[0]
    tried = call.db.execute(select(runs.c.id).where(here(call, runs), runs.c.id.startswith(f"{base}_attempt_", autoescape=True))).scalars()
    attempt = 1 + max((int(each.rpartition("_")[2]) for each in tried), default=0)
    return f"{base}_attempt_{attempt}", {"Attempt": attempt, "PreviousRunId": previous.id}


@glue.operation(point=True, resource=named_arn, stored=["PredecessorsIncluded"])
def get_job_run(call: Call, req: GetJobRunRequest) -> GetJobRunResponse:
    """One run (no run has predecessors until triggers exist)."""
    row = run_row(call, req["RunId"])
    if row.job != req["JobName"]:
        raise EntityNotFoundException(f"Job Run with id {req['RunId']} not found for job {req['JobName']}.")
    return {"JobRun": run_shape(call, row)}


@glue.operation(reads=True, resource=named_arn)
def get_job_runs(call: Call, req: GetJobRunsRequest) -> GetJobRunsResponse:
    """A job's runs, newest first."""
    name, limit = req["JobName"], req.get("MaxResults") or 200
    bound = f"glue:runs:{name}"
    query = select(runs).where(here(call, runs, job=name)).order_by(runs.c.sequence.desc()).limit(limit + 1)
    if req.get("NextToken"):
        query = query.where(runs.c.sequence < int(decode_token(req["NextToken"], bound, InvalidInputException)))
    rows = list(call.db.execute(query))
    if not rows:
        job_row(call, name)
    token = encode_token(rows[limit - 1].sequence, bound) if len(rows) > limit else None
    return {"JobRuns": [run_shape(call, row) for row in rows[:limit]], "NextToken": token}


@glue.operation(resource=named_arn)
def batch_stop_job_run(call: Call, req: BatchStopJobRunRequest) -> BatchStopJobRunResponse:
    """Ask runs to stop; each id is answered by itself."""
    job = req["JobName"]
    stopped: list[BatchStopJobRunSuccessfulSubmission] = []
    errors: list[BatchStopJobRunError] = []
    for run_id in dict.fromkeys(req["JobRunIds"]):
        refusal = _stop(call, job, run_id)
        if refusal is None:
            stopped.append({"JobName": job, "JobRunId": run_id})
        else:
            detail: ErrorDetail = {"ErrorCode": refusal[0], "ErrorMessage": refusal[1]}
            errors.append({"JobName": job, "JobRunId": run_id, "ErrorDetail": detail})
    return {"SuccessfulSubmissions": stopped, "Errors": errors}


def _stop(call: Call, job: str, run_id: str) -> tuple[str, str] | None:
    """Ask one run to stop; the error's code and message when it cannot be. The job itself may be deleted by now."""
    row = call.db.execute(select(runs).where(here(call, runs, id=run_id, job=job)).with_for_update()).one_or_none()
    if row is None:
        return "EntityNotFoundException", f"Job Run with id {run_id} not found."
    if row.state not in LIVE:
        return "JobRunNotInRunningStateException", f"Job Run {run_id} is not in running state: {row.state}"
    call.db.execute(update(runs).where(here(call, runs, id=run_id)).values(state="STOPPING", detail="", modified=call.now.timestamp()))
    call.stop(turns.TASK, run_id)
    return None
