"""Prepared statements of a workgroup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape
from wheatpaste.services.athena import athena
from wheatpaste.services.athena.errors import InvalidRequestException, ResourceNotFoundException
from wheatpaste.services.athena.schema import prepared_statements
from wheatpaste.services.athena.scope import after, millis, paged, workgroup_arn
from wheatpaste.services.athena.workgroups import find
from wheatpaste.store.codec import from_millis

if TYPE_CHECKING:
    from wheatpaste.services.athena.shapes_generated import (
        BatchGetPreparedStatementInput,
        BatchGetPreparedStatementOutput,
        CreatePreparedStatementInput,
        CreatePreparedStatementOutput,
        DeletePreparedStatementInput,
        DeletePreparedStatementOutput,
        GetPreparedStatementInput,
        GetPreparedStatementOutput,
        ListPreparedStatementsInput,
        ListPreparedStatementsOutput,
        PreparedStatement,
        UnprocessedPreparedStatementName,
        UpdatePreparedStatementInput,
        UpdatePreparedStatementOutput,
    )


def row_of(call: Call, group: str, name: str) -> Row[Any]:
    """A statement's row; raises ResourceNotFoundException when there is none."""
    row = call.db.execute(select(prepared_statements).where(here(call, prepared_statements, workgroup=group, name=name))).one_or_none()
    if row is None:
        raise ResourceNotFoundException(f"PreparedStatement {name} was not found in workGroup {group}", ResourceName=name)
    return row


def _shape(row: Row[Any]) -> PreparedStatement:
    return {"StatementName": row.name, "WorkGroupName": row.workgroup, **row.body, "LastModifiedTime": from_millis(row.modified)}


def _body(req: Mapping[str, Any]) -> Shape:
    return {name: req[name] for name in ("QueryStatement", "Description") if req.get(name) is not None}


@athena.operation(resource=workgroup_arn)
def create_prepared_statement(call: Call, req: CreatePreparedStatementInput) -> CreatePreparedStatementOutput:
    """Keep a statement."""
    group = find(call, req["WorkGroup"])["Name"]
    keys = place(call, workgroup=group, name=req["StatementName"], body=_body(req), modified=millis(call))
    try:
        call.db.execute(insert(prepared_statements).values(**keys))
    except IntegrityError:
        raise InvalidRequestException(f"Prepared statement {req['StatementName']} already exists in WorkGroup {group}") from None
    return {}


@athena.operation(resource=workgroup_arn, reads=True)
def get_prepared_statement(call: Call, req: GetPreparedStatementInput) -> GetPreparedStatementOutput:
    """A prepared statement."""
    return {"PreparedStatement": _shape(row_of(call, req["WorkGroup"], req["StatementName"]))}


@athena.operation(resource=workgroup_arn, reads=True)
def batch_get_prepared_statement(call: Call, req: BatchGetPreparedStatementInput) -> BatchGetPreparedStatementOutput:
    """Several statements; those that are not there are named."""
    wanted = req["PreparedStatementNames"]
    where = here(call, prepared_statements, workgroup=req["WorkGroup"])
    rows = {row.name: row for row in call.db.execute(select(prepared_statements).where(where, prepared_statements.c.name.in_(wanted)))}
    missing: list[UnprocessedPreparedStatementName] = [
        {"StatementName": each, "ErrorCode": "INVALID_INPUT", "ErrorMessage": f"{each} was not found"}
        for each in wanted
        if each not in rows
    ]
    return {"PreparedStatements": [_shape(rows[each]) for each in wanted if each in rows], "UnprocessedPreparedStatementNames": missing}


@athena.operation(resource=workgroup_arn, reads=True)
def list_prepared_statements(call: Call, req: ListPreparedStatementsInput) -> ListPreparedStatementsOutput:
    """A workgroup's statements by name."""
    group = find(call, req["WorkGroup"])["Name"]
    limit, start = req.get("MaxResults") or 50, after(req, "ListPreparedStatements")
    query = select(prepared_statements).where(here(call, prepared_statements, workgroup=group)).order_by(prepared_statements.c.name)
    if start is not None:
        query = query.where(prepared_statements.c.name > start)
    rows, token = paged(list(call.db.execute(query.limit(limit + 1))), limit, lambda row: row.name, "ListPreparedStatements")
    return {
        "PreparedStatements": [{"StatementName": row.name, "LastModifiedTime": from_millis(row.modified)} for row in rows],
        "NextToken": token,
    }


@athena.operation(resource=workgroup_arn)
def update_prepared_statement(call: Call, req: UpdatePreparedStatementInput) -> UpdatePreparedStatementOutput:
    """Replace a statement's text."""
    row_of(call, req["WorkGroup"], req["StatementName"])
    where = here(call, prepared_statements, workgroup=req["WorkGroup"], name=req["StatementName"])
    call.db.execute(update(prepared_statements).where(where).values(body=_body(req), modified=millis(call)))
    return {}


@athena.operation(resource=workgroup_arn)
def delete_prepared_statement(call: Call, req: DeletePreparedStatementInput) -> DeletePreparedStatementOutput:
    """Delete a statement."""
    row_of(call, req["WorkGroup"], req["StatementName"])
    call.db.execute(
        delete(prepared_statements).where(here(call, prepared_statements, workgroup=req["WorkGroup"], name=req["StatementName"]))
    )
    return {}
