"""ExecuteStatement, BatchExecuteStatement, DescribeStatement, ListStatements, CancelStatement."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select
from sqlalchemy.exc import IntegrityError

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.services.redshift_data import data
from wheatpaste.services.redshift_data.errors import ResourceNotFoundException, ValidationException
from wheatpaste.services.redshift_data.schema import statements
from wheatpaste.services.redshift_data.target import arn_of, key_of, row_of, user_of
from wheatpaste.wire.paginate import decode_token, page

if TYPE_CHECKING:
    from wheatpaste.services.redshift_data.shapes_generated import (
        BatchExecuteStatementInput,
        BatchExecuteStatementOutput,
        CancelStatementRequest,
        CancelStatementResponse,
        DescribeStatementRequest,
        DescribeStatementResponse,
        ExecuteStatementInput,
        ExecuteStatementOutput,
        ListStatementsRequest,
        ListStatementsResponse,
        StatementData,
        SubStatementData,
    )

REFUSED = ["SecretArn", "SessionKeepAliveSeconds", "SessionId", "WaitTimeSeconds"]
GIVEN = ("ClusterIdentifier", "WorkgroupName", "Database", "StatementName", "Parameters", "WithEvent", "ResultFormat", "ExecutionMode")
DONE = ("FINISHED", "FAILED", "ABORTED")


def statement_row(call: Call, identity: str) -> tuple[Row[Any], int]:
    """A statement's row, and the place of the sub-statement (``<id>:<place>``; 0: the whole). Raises ResourceNotFoundException."""
    whole, _, place = identity.partition(":")
    row = call.db.execute(select(statements).where(here(call, statements, id=whole))).one_or_none()
    if row is None or (place and not 1 <= int(place) <= len(row.request["Sqls"])):
        raise ResourceNotFoundException("Query does not exist.")
    return row, int(place or 0)


def submit(call: Call, req: Mapping[str, Any], sqls: list[str], batch: bool) -> ExecuteStatementOutput:
    """Keep a statement and start its task; the same ClientToken gives the statement that it was given first."""
    key = key_of(call, req)
    house = row_of(call, key)
    identity, user = str(uuid.uuid4()), user_of(call, req)
    request = {member: req[member] for member in GIVEN if req.get(member) is not None}
    request |= {
        "Sqls": sqls,
        "Batch": batch,
        "DbUser": user,
        "Named": bool(req.get("DbUser")),  # it must exist; an identity's own user is made
        "Database": req.get("Database") or house.database,
        "Principal": call.principal.arn,
    }
    if {p["name"] for p in req.get("Parameters") or ()} and len({p["name"] for p in req["Parameters"]}) != len(req["Parameters"]):
        raise ValidationException("Parameters contain a name twice")
    values = {"account": call.account, "region": call.region, "id": identity, "number": time.time_ns() // 1000, "status": "SUBMITTED"}
    token = req.get("ClientToken") or identity
    try:
        with call.db.begin_nested():
            call.db.execute(
                insert(statements).values(**values, token=token, request=request, outcome=[], created=call.now, updated=call.now)
            )
    except IntegrityError:
        row = call.db.execute(select(statements).where(here(call, statements), statements.c.token == token)).one()
        return _submitted(row)
    call.start("statement", identity, {"kind": key.kind, "name": key.name})
    return _submitted(call.db.execute(select(statements).where(here(call, statements, id=identity))).one())


def _submitted(row: Row[Any]) -> ExecuteStatementOutput:
    request = row.request
    return {
        "Id": row.id,
        "CreatedAt": row.created,
        "ClusterIdentifier": request.get("ClusterIdentifier"),
        "WorkgroupName": request.get("WorkgroupName"),
        "DbUser": request.get("DbUser"),
        "Database": request.get("Database"),
    }


@data.operation(resource=arn_of, refused=REFUSED)
def execute_statement(call: Call, req: ExecuteStatementInput) -> ExecuteStatementOutput:
    """Run one statement in the background."""
    return submit(call, req, [req["Sql"]], batch=False)


@data.operation(resource=arn_of, refused=REFUSED)
def batch_execute_statement(call: Call, req: BatchExecuteStatementInput) -> BatchExecuteStatementOutput:
    """Run statements one after the other, as one transaction unless ExecutionMode is AUTO_COMMIT."""
    return submit(call, req, list(req["Sqls"]), batch=True)


@data.operation(reads=True, refused=["WaitTimeSeconds"])
def describe_statement(call: Call, req: DescribeStatementRequest) -> DescribeStatementResponse:
    """What is known of a statement."""
    row, place = statement_row(call, req["Id"])
    request, outcome = row.request, row.outcome
    subs = [_sub(row, i) for i in range(len(request["Sqls"]))]
    found: DescribeStatementResponse = {
        "Id": req["Id"],
        "Status": row.status,
        "CreatedAt": row.created,
        "UpdatedAt": row.updated,
        "Database": request["Database"],
        "DbUser": request["DbUser"],
        "QueryString": request["Sqls"][max(place, 1) - 1] if place or not request["Batch"] else "",
        "Duration": sum(o.get("Duration", 0) for o in outcome),
        "HasResultSet": any(o.get("HasResultSet") for o in outcome),
        "ResultRows": outcome[-1]["ResultRows"] if outcome and not request["Batch"] else -1,
        "ResultSize": outcome[-1]["ResultSize"] if outcome and not request["Batch"] else -1,
        "RedshiftQueryId": 0,
        "RedshiftPid": outcome[0].get("Pid", 0) if outcome else 0,
        "ResultFormat": request.get("ResultFormat") or "JSON",
        "ClusterIdentifier": request.get("ClusterIdentifier"),
        "WorkgroupName": request.get("WorkgroupName"),
    }
    errors = [o["Error"] for o in outcome if o.get("Error")]
    if errors:
        found["Error"] = errors[0]
    if request.get("Parameters"):
        found["QueryParameters"] = request["Parameters"]
    if place:
        found = {**found, **subs[place - 1]}
    elif request["Batch"]:
        found["SubStatements"] = subs
    return found


def _sub(row: Row[Any], index: int) -> SubStatementData:
    ran = row.outcome[index] if index < len(row.outcome) else {}
    waiting = {"FAILED": "ABORTED"}.get(row.status, row.status) if not ran else ""
    found: SubStatementData = {
        "Id": f"{row.id}:{index + 1}",
        "QueryString": row.request["Sqls"][index],
        "Status": ran.get("Status") or waiting,
        "CreatedAt": row.created,
        "UpdatedAt": row.updated,
        "Duration": ran.get("Duration", 0),
        "HasResultSet": ran.get("HasResultSet", False),
        "ResultRows": ran.get("ResultRows", -1),
        "ResultSize": ran.get("ResultSize", -1),
        "RedshiftQueryId": 0,
    }
    return {**found, "Error": ran["Error"]} if ran.get("Error") else found


@data.operation(reads=True, stored=["RoleLevel"])
def list_statements(call: Call, req: ListStatementsRequest) -> ListStatementsResponse:
    """Statements, the newest first."""
    limit = req.get("MaxResults") or 100
    query = select(statements).where(here(call, statements)).order_by(statements.c.number.desc())
    if req.get("NextToken"):
        query = query.where(statements.c.number < decode_token(req["NextToken"], "ListStatements", ValidationException))
    if req.get("Status") and req["Status"] != "ALL":
        query = query.where(statements.c.status == req["Status"])
    wanted = {m: req[m] for m in ("Database", "ClusterIdentifier", "WorkgroupName") if req.get(m)}
    prefix = req.get("StatementName") or ""
    found = [
        row
        for row in call.db.execute(query)
        if all(row.request.get(m) == value for m, value in wanted.items()) and (row.request.get("StatementName") or "").startswith(prefix)
    ]
    rows, token = page(found, limit, lambda row: row.number, "ListStatements")
    return {"Statements": [_listed(row) for row in rows], "NextToken": token}


def _listed(row: Row[Any]) -> StatementData:
    request = row.request
    found: StatementData = {
        "Id": row.id,
        "Status": row.status,
        "CreatedAt": row.created,
        "UpdatedAt": row.updated,
        "IsBatchStatement": request["Batch"],
        "ResultFormat": request.get("ResultFormat") or "JSON",
    }
    if request["Batch"]:
        found["QueryStrings"] = request["Sqls"]
    else:
        found["QueryString"] = request["Sqls"][0]
    if request.get("StatementName"):
        found["StatementName"] = request["StatementName"]
    if request.get("Parameters"):
        found["QueryParameters"] = request["Parameters"]
    return found


@data.operation()
def cancel_statement(call: Call, req: CancelStatementRequest) -> CancelStatementResponse:
    """Ask a statement to stop."""
    row, _ = statement_row(call, req["Id"])
    if row.status in DONE:
        raise ValidationException(f"Could not cancel a query that is already in {row.status} state with ID: {req['Id']}")
    return {"Status": call.stop("statement", row.id)}
