"""Interactive sessions: create, look, stop, delete."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape, chosen
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import (
    AlreadyExistsException,
    EntityNotFoundException,
    IllegalSessionStateException,
    InvalidInputException,
)
from wheatpaste.services.glue.jobs import arguments
from wheatpaste.services.glue.jobs.capacity import capacity, check_size, version
from wheatpaste.services.glue.jobs.definitions import when
from wheatpaste.services.glue.jobs.special import REFUSED
from wheatpaste.services.glue.schema import tags
from wheatpaste.services.glue.sessions.schema import ENDED, sessions, statements
from wheatpaste.services.glue.tags import delete_tags, put_tags
from wheatpaste.wire.errors import NotImplementedByWheatpaste
from wheatpaste.wire.paginate import decode_token, page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        CreateSessionRequest,
        CreateSessionResponse,
        DeleteSessionRequest,
        DeleteSessionResponse,
        GetSessionRequest,
        GetSessionResponse,
        ListSessionsRequest,
        ListSessionsResponse,
        Session,
        StopSessionRequest,
        StopSessionResponse,
    )

TASK = "session"
COMMANDS = ("glueetl", "gluestreaming")
LONGEST = 2880  # minutes: the default of Timeout, and of IdleTimeout
PAGE = 100
BOUND = "glue:sessions"
KEPT = ("Description", "Role", "Command", "DefaultArguments", "Connections", "SecurityConfiguration")


def session_arn(call: Call, name: str) -> str:
    """A session's ARN."""
    return arns.arn("glue", call.region, call.account, f"session/{name}")


def named_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The session that a request names."""
    return session_arn(call, req.get("SessionId") or req["Id"])


def session_row(call: Call, name: str, *, lock: bool = False) -> Row[Any]:
    """The session's row, held against others with ``lock``; EntityNotFoundException when there is none."""
    query = select(sessions).where(here(call, sessions, id=name))
    row = call.db.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise EntityNotFoundException(f"Session {name} not found.")
    return row


def session_shape(call: Call, row: Row[Any]) -> Session:
    """A session as GetSession shows it; DPUSeconds are those that AWS would count."""
    shape: Session = {"Id": row.id, "Status": row.status, "CreatedOn": when(row.created), **row.body}
    if row.completed is not None:
        shape["CompletedOn"] = when(row.completed)
    if row.began is not None:
        seconds = (row.completed or call.now.timestamp()) - row.began
        shape["ExecutionTime"] = round(seconds, 3)
        shape["DPUSeconds"] = round(seconds * row.body["MaxCapacity"], 3)
    return shape


@glue.operation(
    resource=named_arn,
    stored=["Description", "Connections", "SecurityConfiguration", "RequestOrigin"],
)
def create_session(call: Call, req: CreateSessionRequest) -> CreateSessionResponse:
    """Start a session; it is PROVISIONING until its driver takes statements."""
    _check(call, req)
    name, run = req["Id"], f"gs_{token_hex(32)}"
    body = _body(req)
    row = place(call, id=name, run=run, status="PROVISIONING", body=body, created=call.now.timestamp(), statements=0)
    try:
        with call.db.begin_nested():
            call.db.execute(insert(sessions).values(row))
    except IntegrityError:
        raise AlreadyExistsException(f"Session already created, sessionId={name}") from None
    put_tags(call, session_arn(call, name), req.get("Tags") or {})
    definition = {**chosen(body, ("Role", "GlueVersion", "WorkerType", "NumberOfWorkers", "Timeout")), "Command": dict(body["Command"])}
    settled = {
        "job": name,
        "definition": definition,
        "arguments": arguments.merged({}, req.get("DefaultArguments") or {}),
        "idle": 60 * body["IdleTimeout"],
    }
    call.start(TASK, run, settled)
    return {"Session": session_shape(call, session_row(call, name))}


def _check(call: Call, req: Mapping[str, Any]) -> None:
    """Raise the error for a session that cannot be here: InvalidInputException, or what is refused by its name."""
    command = req["Command"].get("Name") or "glueetl"
    if command == "glueray" or req.get("SessionType") == "SPARK_CONNECT":
        what = "Command.Name=glueray" if command == "glueray" else "SessionType=SPARK_CONNECT"
        raise NotImplementedByWheatpaste("glue:CreateSession", what)
    if command not in COMMANDS:
        raise InvalidInputException(f"Invalid session Command name {command!r}. Valid names: {', '.join(COMMANDS)}, glueray")
    if (req["Command"].get("PythonVersion") or "3") == "2":
        raise InvalidInputException("PythonVersion 2 is not supported for interactive sessions")
    for member in ("Timeout", "IdleTimeout"):
        if (req.get(member) or 0) > 7 * 24 * 60:
            raise InvalidInputException(f"{member} {req[member]} is longer than 10080 minutes (7 days)")
    check_size(req)
    _check_arguments(req.get("DefaultArguments") or {})
    call.require("iam:PassRole", req["Role"], {"iam:PassedToService": "glue.amazonaws.com"})


def _check_arguments(given: Mapping[str, str]) -> None:
    """What a job would refuse, and Scala."""
    for name in sorted(REFUSED.keys() & given.keys()):
        if given[name].lower() not in ("", "false"):
            raise NotImplementedByWheatpaste("glue:CreateSession", f"DefaultArguments.{name}")
    for name in ("--session-language", "--job-language"):
        if given.get(name, "python").lower() != "python":
            raise NotImplementedByWheatpaste("glue:CreateSession", f"DefaultArguments.{name}={given[name]}")


def _body(req: Mapping[str, Any]) -> Shape:
    """The members that a session has from its birth, with the defaults that AWS fills in."""
    minutes = req.get("Timeout") or LONGEST
    computed = {k: v for k, v in capacity(req).items() if k != "AllocatedCapacity"}
    return {
        **chosen(req, KEPT),
        "Command": {**req["Command"], "Name": req["Command"].get("Name") or "glueetl"},
        "GlueVersion": version(req),
        "Timeout": minutes,
        "IdleTimeout": req.get("IdleTimeout") or minutes,
        "SessionType": req.get("SessionType") or "LIVY",
        **computed,
    }


@glue.operation(point=True, resource=named_arn, stored=["RequestOrigin"])
def get_session(call: Call, req: GetSessionRequest) -> GetSessionResponse:
    """One session."""
    return {"Session": session_shape(call, session_row(call, req["Id"]))}


@glue.operation(reads=True, stored=["RequestOrigin"])
def list_sessions(call: Call, req: ListSessionsRequest) -> ListSessionsResponse:
    """The sessions that the caller may see, by id; with Tags those that have them all."""
    limit = req.get("MaxResults") or PAGE
    query = select(sessions).where(here(call, sessions), *_tagged(call, req.get("Tags") or {}))
    if req.get("NextToken"):
        query = query.where(sessions.c.id > decode_token(req["NextToken"], BOUND, InvalidInputException))
    rows = call.db.execute(query.order_by(sessions.c.id).limit(limit + 1)).all()
    shown, token = page(rows, limit, lambda row: row.id, BOUND)
    visible = call.visible(list(shown), "glue:GetSession", lambda row: session_arn(call, row.id))
    return {"Ids": [row.id for row in visible], "Sessions": [session_shape(call, row) for row in visible], "NextToken": token}


def _tagged(call: Call, wanted: Mapping[str, str]) -> list[ColumnElement[bool]]:
    arn = session_arn(call, "") + sessions.c.id
    return [exists().where(here(call, tags, tag=key, value=value), tags.c.arn == arn).correlate(sessions) for key, value in wanted.items()]


@glue.operation(resource=named_arn, stored=["RequestOrigin"])
def stop_session(call: Call, req: StopSessionRequest) -> StopSessionResponse:
    """Ask a session to end, with whatever it executes."""
    row = session_row(call, req["Id"], lock=True)
    if row.status in ENDED:
        raise IllegalSessionStateException(f"Session {row.id} is in {row.status} status and cannot be stopped")
    call.db.execute(update(sessions).where(here(call, sessions, id=row.id)).values(status="STOPPING"))
    call.stop(TASK, row.run)
    return {"Id": row.id}


@glue.operation(resource=named_arn, stored=["RequestOrigin"])
def delete_session(call: Call, req: DeleteSessionRequest) -> DeleteSessionResponse:
    """Forget a session that has ended, and its statements."""
    row = session_row(call, req["Id"], lock=True)
    if row.status not in ENDED:
        raise IllegalSessionStateException(f"Session {row.id} is in {row.status} status and cannot be deleted: stop it first")
    call.db.execute(delete(statements).where(here(call, statements, run=row.run)))
    call.db.execute(delete(sessions).where(here(call, sessions, id=row.id)))
    delete_tags(call, session_arn(call, row.id))
    return {"Id": row.id}
