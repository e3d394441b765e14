"""Rows of runs, of both kinds."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape
from wheatpaste.services.glue.errors import EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.jobs.capacity import check_size
from wheatpaste.services.glue.jobs.definitions import when
from wheatpaste.services.glue.quality import sources
from wheatpaste.services.glue.quality.schema import LIVE, runs
from wheatpaste.services.glue.scope import decoded
from wheatpaste.wire.paginate import page

PAGE = 100
WORKERS, TIMEOUT = 5, 2880  # AWS's defaults: G.1X workers, minutes
TASKS: dict[str, str] = {"evaluation": "quality_evaluation", "recommendation": "quality_recommendation"}


def start(call: Call, kind: str, req: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Write a run's row and start its task; the id. The same ClientToken gives the run that there is."""
    check_size(req)
    call.require("iam:PassRole", arns.role_arn(call.account, req["Role"]), {"iam:PassedToService": "glue.amazonaws.com"})
    identity, now = sources.run_id(kind), call.now.timestamp()
    token = req.get("ClientToken") or identity
    body = {"NumberOfWorkers": WORKERS, "Timeout": TIMEOUT, **{k: v for k, v in req.items() if k != "ClientToken" and v is not None}}
    last = select(func.coalesce(func.max(runs.c.sequence), 0)).where(here(call, runs, kind=kind))
    row = place(
        call,
        id=identity,
        kind=kind,
        token=token,
        sequence=call.db.execute(last).scalar_one() + 1,
        source=sources.source_key(req["DataSource"]),
        state="STARTING",
        body=body,
        started=now,
        modified=now,
    )
    try:
        with call.db.begin_nested():
            call.db.execute(insert(runs).values(**row))
    except IntegrityError:
        there = call.db.execute(select(runs.c.id).where(here(call, runs, kind=kind, token=token))).scalar_one()
        return str(there)
    call.start(TASKS[kind], identity, {**data, **_definition(body, identity)})
    return identity


def _definition(body: Mapping[str, Any], identity: str) -> Shape:
    """The run as the jobs' engine takes it."""
    command = {"Name": "glueetl", "ScriptLocation": f"s3://wheatpaste/{identity}.py"}  # its script is ours: nothing is fetched
    definition = {"Role": body["Role"], "Command": command, "GlueVersion": "6.0", "Timeout": body["Timeout"]}
    definition |= {"WorkerType": "G.1X", "NumberOfWorkers": body["NumberOfWorkers"]}
    return {"definition": definition, "arguments": {}, "job": identity}


def run_row(call: Call, kind: str, identity: str) -> Row[Any]:
    """The run's row; EntityNotFoundException when there is none."""
    row = call.db.execute(select(runs).where(here(call, runs, id=identity, kind=kind))).one_or_none()
    if row is None:
        raise EntityNotFoundException(f"Data quality run {identity} not found.")
    return row


def run_shape(call: Call, row: Row[Any]) -> Shape:
    """A run as its Get operation shows it."""
    shape = {"RunId": row.id, "Status": row.state, "StartedOn": when(row.started), "LastModifiedOn": when(row.modified), **row.body}
    if row.completed is not None:
        shape["CompletedOn"] = when(row.completed)
    if row.began is not None:
        shape["ExecutionTime"] = round((row.completed or call.now.timestamp()) - row.began)
    return shape


def cancel(call: Call, kind: str, identity: str) -> None:
    """Ask a run to stop; InvalidInputException for one that has ended."""
    row = run_row(call, kind, identity)
    if row.state not in LIVE:
        raise InvalidInputException(f"Data quality run {identity} is {row.state}: only a run that is under way can be cancelled")
    change(call, identity, state="STOPPING")
    call.stop(TASKS[kind], identity)


def change(call: Call, identity: str, **values: Any) -> None:
    """Write columns of a run."""
    call.db.execute(update(runs).where(here(call, runs, id=identity)).values(modified=call.now.timestamp(), **values))


def finish(call: Call, identity: str, state: str, message: str = "", **members: Any) -> None:
    """Write how a run ended."""
    row = call.db.execute(select(runs.c.body).where(here(call, runs, id=identity))).one()
    body = {**row.body, **({"ErrorString": message} if message else {}), **members}
    change(call, identity, state=state, body=body, completed=call.now.timestamp())


def listed(
    call: Call, kind: str, req: Mapping[str, Any], bound: str, extra: list[ColumnElement[bool]]
) -> tuple[list[Row[Any]], str | None]:
    """A page of runs, newest first, and its NextToken."""
    wanted, limit, before = req.get("Filter") or {}, req.get("MaxResults") or PAGE, decoded(req, bound)
    query = select(runs).where(here(call, runs, kind=kind), *extra).order_by(runs.c.sequence.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(runs.c.sequence < int(before))
    if wanted.get("DataSource"):
        query = query.where(runs.c.source == sources.source_key(wanted["DataSource"]))
    if wanted.get("StartedBefore"):
        query = query.where(runs.c.started < wanted["StartedBefore"].timestamp())
    if wanted.get("StartedAfter"):
        query = query.where(runs.c.started > wanted["StartedAfter"].timestamp())
    rows, token = page(list(call.db.execute(query)), limit, lambda row: row.sequence, bound)
    return list(rows), token
