"""Job definitions: what CreateJob was given is what GetJob returns, with the values that AWS computes."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import AlreadyExistsException, EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.jobs.capacity import capacity, timeout, version
from wheatpaste.services.glue.jobs.schema import jobs
from wheatpaste.services.glue.tags import delete_tags, put_tags, tags_of
from wheatpaste.wire.errors import NotImplementedByWheatpaste
from wheatpaste.wire.paginate import decode_token, encode_token

COMMANDS = ("glueetl", "pythonshell", "gluestreaming")
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
]


def job_arn(call: Call, name: str) -> str:
    """A job's ARN."""
    return arns.arn("glue", call.region, call.account, f"job/{name}")


def here(call: Call, table: Any) -> Any:
    """The WHERE clause of the call's account and region."""
    return (table.c.account == call.account) & (table.c.region == call.region)


def job_row(call: Call, name: str) -> Row[Any]:
    """The job's row; EntityNotFoundException when there is none."""
    row = call.db.execute(select(jobs).where(here(call, jobs), jobs.c.name == name)).one_or_none()
    if row is None:
        raise EntityNotFoundException(f"Job {name} not found.")
    return row


def when(seconds: float) -> datetime:
    """Epoch seconds as an aware datetime."""
    return datetime.fromtimestamp(round(seconds, 3), UTC)


def _checked(body: Shape) -> Shape:
    """The body of a job that can run here; raises the AWS error for one that cannot be, and names what is refused."""
    command = body.get("Command") or {}
    name = command.get("Name", "")
    if name == "glueray":
        raise NotImplementedByWheatpaste("glue:CreateJob", "Command.Name=glueray")
    if name not in COMMANDS:
        raise InvalidInputException(f"Invalid Job Command name {name!r}. Valid names: {', '.join(COMMANDS)}, glueray")
    location = command.get("ScriptLocation", "")
    if not location.startswith("s3://") and body.get("JobMode") != "VISUAL":
        raise InvalidInputException(f"Invalid ScriptLocation {location!r}: give the script's s3:// path")
    capacity(body)
    return body


def job_shape(call: Call, row: Row[Any]) -> Shape:
    """A job as GetJob shows it."""
    body = row.body
    minutes = timeout(body)
    shape = {
        "Name": row.name,
        "JobMode": "SCRIPT",
        "MaxRetries": 0,
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        **body,
        **capacity(body),
    }
    shape.update(CreatedOn=when(row.created), LastModifiedOn=when(row.modified), GlueVersion=body.get("GlueVersion") or version(body))
    return {**shape, "Timeout": minutes} if minutes is not None else shape


@glue.operation(stored=STORED, refused=["CodeGenConfigurationNodes"])
def create_job(call: Call, req: Shape) -> Shape:
    """Add a job definition."""
    body = _checked({k: v for k, v in req.items() if k not in ("Name", "Tags")})
    now = call.now.timestamp()
    try:
        with call.db.begin_nested():
            call.db.execute(
                insert(jobs).values(account=call.account, region=call.region, name=req["Name"], body=body, created=now, modified=now)
            )
    except IntegrityError:
        raise AlreadyExistsException(f"Job {req['Name']} already exists.") from None
    put_tags(call, job_arn(call, req["Name"]), req.get("Tags") or {})
    return {"Name": req["Name"]}


@glue.operation(stored=[f"JobUpdate.{m}" for m in STORED], refused=["JobUpdate.CodeGenConfigurationNodes"])
def update_job(call: Call, req: Shape) -> Shape:
    """Replace a job's definition: what ``JobUpdate`` does not give goes back to its default, as in AWS."""
    job_row(call, req["JobName"])
    body = _checked(dict(req["JobUpdate"]))
    where = (here(call, jobs), jobs.c.name == req["JobName"])
    call.db.execute(update(jobs).where(*where).values(body=body, modified=call.now.timestamp()))
    return {"JobName": req["JobName"]}


@glue.operation(reads=True)
def get_job(call: Call, req: Shape) -> Shape:
    """One job."""
    return {"Job": job_shape(call, job_row(call, req["JobName"]))}


def _page(call: Call, req: Shape) -> tuple[list[Row[Any]], Shape]:
    limit = req.get("MaxResults") or 100
    query = select(jobs).where(here(call, jobs)).order_by(jobs.c.name).limit(limit + 1)
    if req.get("NextToken"):
        query = query.where(jobs.c.name > decode_token(req["NextToken"], "glue:jobs", InvalidInputException))
    rows = list(call.db.execute(query))
    token = {"NextToken": encode_token(rows[limit - 1].name, "glue:jobs")} if len(rows) > limit else {}
    return rows[:limit], token


@glue.operation(reads=True)
def get_jobs(call: Call, req: Shape) -> Shape:
    """All jobs, by name."""
    rows, token = _page(call, req)
    return {"Jobs": [job_shape(call, row) for row in rows], **token}


@glue.operation(reads=True)
def list_jobs(call: Call, req: Shape) -> Shape:
    """The names of all jobs, or of those that carry the tags."""
    rows, token = _page(call, req)
    wanted = req.get("Tags") or {}
    names = [row.name for row in rows if not wanted or wanted.items() <= tags_of(call, job_arn(call, row.name)).items()]
    return {"JobNames": names, **token}


@glue.operation(reads=True)
def batch_get_jobs(call: Call, req: Shape) -> Shape:
    """The jobs of these names, and the names that have none."""
    rows = list(call.db.execute(select(jobs).where(here(call, jobs), jobs.c.name.in_(req["JobNames"]))))
    found = {row.name for row in rows}
    return {"Jobs": [job_shape(call, row) for row in rows], "JobsNotFound": [n for n in req["JobNames"] if n not in found]}


@glue.operation()
def delete_job(call: Call, req: Shape) -> Shape:
    """Delete a definition; like AWS, a name that does not exist is no error, and its runs stay readable by id."""
    call.db.execute(delete(jobs).where(here(call, jobs), jobs.c.name == req["JobName"]))
    delete_tags(call, job_arn(call, req["JobName"]))
    return {"JobName": req["JobName"]}
