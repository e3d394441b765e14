"""Job definitions: what CreateJob was given is what GetJob returns, with the values that AWS computes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, delete, exists, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import AlreadyExistsException, EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.jobs import arguments, turns
from wheatpaste.services.glue.jobs.bookmark_rows import forget
from wheatpaste.services.glue.jobs.capacity import capacity, check_size, timeout, version
from wheatpaste.services.glue.jobs.schema import jobs
from wheatpaste.services.glue.schema import tags
from wheatpaste.services.glue.tags import delete_tags, put_tags
from wheatpaste.wire.errors import NotImplementedByWheatpaste
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        BatchGetJobsRequest,
        BatchGetJobsResponse,
        CreateJobRequest,
        CreateJobResponse,
        DeleteJobRequest,
        DeleteJobResponse,
        GetJobRequest,
        GetJobResponse,
        GetJobsRequest,
        GetJobsResponse,
        Job,
        ListJobsRequest,
        ListJobsResponse,
        UpdateJobRequest,
        UpdateJobResponse,
    )

COMMANDS = ("glueetl", "pythonshell", "gluestreaming")
MOST_RETRIES = 10
LONGEST_TIMEOUT = 7 * 24 * 60  # minutes
STORED = [
    "LogUri",
    "SecurityConfiguration",
    "NotificationProperty",
    "SourceControlDetails",
    "MaintenanceWindow",
    "ExecutionClass",
    "JobMode",
    "Connections",
    "Description",
    "Command.Runtime",
]
REFUSED = ["CodeGenConfigurationNodes", "SourceControlDetails.AuthToken"]


def job_arn(call: Call, name: str) -> str:
    """A job's ARN."""
    return arns.arn("glue", call.region, call.account, f"job/{name}")


def named_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The job that a request names."""
    return job_arn(call, req.get("JobName") or req["Name"])


def job_row(call: Call, name: str, *, lock: bool = False) -> Row[Any]:
    """The job's row, held against others until the transaction ends with ``lock``; EntityNotFoundException when there is none."""
    query = select(jobs).where(here(call, jobs, name=name))
    row = call.db.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise EntityNotFoundException(f"Job {name} not found.")
    return row


def when(seconds: float) -> datetime:
    """Epoch seconds as an aware datetime."""
    return datetime.fromtimestamp(round(seconds, 3), UTC)


def _checked(call: Call, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body of a job that can run here; raises the AWS error for one that cannot be, and names what is refused."""
    command = body.get("Command") or {}
    name = command.get("Name", "")
    if name == "glueray":
        raise NotImplementedByWheatpaste(f"glue:{call.operation.name}", "Command.Name=glueray")
    if name not in COMMANDS:
        raise InvalidInputException(f"Invalid Job Command name {name!r}. Valid names: {', '.join(COMMANDS)}, glueray")
    if not command.get("ScriptLocation", "").startswith("s3://"):
        raise InvalidInputException(f"Invalid ScriptLocation {command.get('ScriptLocation', '')!r}: give the script's s3:// path")
    if not body.get("Role"):
        raise InvalidInputException("Give the job's Role")
    _check_limits(body)
    capacity(body)
    arguments.merged(body, {})
    call.require("iam:PassRole", arns.role_arn(call.account, body["Role"]), {"iam:PassedToService": "glue.amazonaws.com"})
    return body


def _check_limits(body: Mapping[str, Any]) -> None:
    """Raise InvalidInputException for a number that AWS does not take, though its model does."""
    if not 0 <= (body.get("MaxRetries") or 0) <= MOST_RETRIES:
        raise InvalidInputException(f"MaxRetries {body['MaxRetries']} is not between 0 and {MOST_RETRIES}")
    if (body.get("Timeout") or 0) > LONGEST_TIMEOUT:
        raise InvalidInputException(f"Timeout {body['Timeout']} is longer than {LONGEST_TIMEOUT} minutes (7 days)")
    if (body.get("ExecutionProperty") or {}).get("MaxConcurrentRuns", 1) < 1:
        raise InvalidInputException("MaxConcurrentRuns must be 1 or more")
    check_size(body)


def job_shape(call: Call, row: Row[Any]) -> Job:
    """A job as GetJob shows it."""
    body = row.body
    minutes = timeout(body)
    shape = {
        "Name": row.name,
        "JobMode": "SCRIPT",
        "MaxRetries": 0,
        **body,
        **capacity(body),
    }
    shape["ExecutionProperty"] = {"MaxConcurrentRuns": turns.limit(body)}
    shape.update(CreatedOn=when(row.created), LastModifiedOn=when(row.modified), GlueVersion=body.get("GlueVersion") or version(body))
    return cast("Job", {**shape, "Timeout": minutes} if minutes is not None else shape)


@glue.operation(resource=named_arn, stored=STORED, refused=REFUSED)
def create_job(call: Call, req: CreateJobRequest) -> CreateJobResponse:
    """Add a job definition."""
    body = _checked(call, {k: v for k, v in req.items() if k not in ("Name", "Tags")})
    now = call.now.timestamp()
    try:
        with call.db.begin_nested():
            call.db.execute(insert(jobs).values(place(call, name=req["Name"], body=body, created=now, modified=now)))
    except IntegrityError:
        raise AlreadyExistsException(f"Job {req['Name']} already exists.") from None
    put_tags(call, job_arn(call, req["Name"]), req.get("Tags") or {})
    return {"Name": req["Name"]}


@glue.operation(resource=named_arn, stored=[f"JobUpdate.{m}" for m in STORED], refused=[f"JobUpdate.{m}" for m in REFUSED])
def update_job(call: Call, req: UpdateJobRequest) -> UpdateJobResponse:
    """Replace a job's definition: what ``JobUpdate`` does not give goes back to its default, as in AWS."""
    job_row(call, req["JobName"], lock=True)
    body = _checked(call, dict(req["JobUpdate"]))
    call.db.execute(update(jobs).where(here(call, jobs, name=req["JobName"])).values(body=body, modified=call.now.timestamp()))
    turns.admit(call, req["JobName"], turns.limit(body))
    return {"JobName": req["JobName"]}


@glue.operation(point=True, resource=named_arn)
def get_job(call: Call, req: GetJobRequest) -> GetJobResponse:
    """One job."""
    return {"Job": job_shape(call, job_row(call, req["JobName"]))}


def _page(call: Call, req: Mapping[str, Any], wanted: dict[str, str]) -> tuple[list[Row[Any]], str | None]:
    """The next jobs by name that carry the tags, and the token of those after them."""
    limit = req.get("MaxResults") or 100
    query = select(jobs).where(here(call, jobs)).order_by(jobs.c.name).limit(limit + 1)
    for key, value in wanted.items():
        query = query.where(exists().where(here(call, tags, tag=key, value=value), tags.c.arn == literal(job_arn(call, "")) + jobs.c.name))
    if req.get("NextToken"):
        query = query.where(jobs.c.name > decode_token(req["NextToken"], "glue:jobs", InvalidInputException))
    rows = list(call.db.execute(query))
    token = encode_token(rows[limit - 1].name, "glue:jobs") if len(rows) > limit else None
    return rows[:limit], token


@glue.operation(reads=True)
def get_jobs(call: Call, req: GetJobsRequest) -> GetJobsResponse:
    """All jobs, by name."""
    rows, token = _page(call, req, {})
    return {"Jobs": [job_shape(call, row) for row in rows], "NextToken": token}


@glue.operation(reads=True)
def list_jobs(call: Call, req: ListJobsRequest) -> ListJobsResponse:
    """The names of all jobs, or of those that carry the tags."""
    rows, token = _page(call, req, req.get("Tags") or {})
    return {"JobNames": [row.name for row in rows], "NextToken": token}


@glue.operation(reads=True)
def batch_get_jobs(call: Call, req: BatchGetJobsRequest) -> BatchGetJobsResponse:
    """The jobs of these names, in their order, and the names that have none."""
    names = list(dict.fromkeys(req["JobNames"]))
    found = {row.name: row for row in call.db.execute(select(jobs).where(here(call, jobs), jobs.c.name.in_(names)))}
    return {"Jobs": [job_shape(call, found[n]) for n in names if n in found], "JobsNotFound": [n for n in names if n not in found]}


@glue.operation(resource=named_arn)
def delete_job(call: Call, req: DeleteJobRequest) -> DeleteJobResponse:
    """Delete a definition and its bookmarks; like AWS, a name that does not exist is no error, and its runs stay readable by id."""
    call.db.execute(delete(jobs).where(here(call, jobs, name=req["JobName"])))
    forget(call.db, (call.account, call.region), req["JobName"])
    delete_tags(call, job_arn(call, req["JobName"]))
    return {"JobName": req["JobName"]}
