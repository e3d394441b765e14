"""Statements of an interactive session: run, look, cancel. They are executed one after the other, in the order of asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select, update

from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import EntityNotFoundException, IllegalSessionStateException, InvalidInputException
from wheatpaste.services.glue.sessions.definitions import named_arn, session_row
from wheatpaste.services.glue.sessions.schema import sessions, statements
from wheatpaste.store.db import notify
from wheatpaste.wire.paginate import decode_token, page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        CancelStatementRequest,
        CancelStatementResponse,
        GetStatementRequest,
        GetStatementResponse,
        ListStatementsRequest,
        ListStatementsResponse,
        RunStatementRequest,
        RunStatementResponse,
        Statement,
    )

PAGE = 100
TOPIC = "glue_sessions"  # told when a session has something to do


def statement_row(call: Call, run: str, number: int, *, lock: bool = False) -> Row[Any]:
    """The statement's row; EntityNotFoundException when there is none."""
    query = select(statements).where(here(call, statements, run=run, id=number))
    row = call.db.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise EntityNotFoundException(f"Statement {number} not found.")
    return row


def statement_shape(row: Row[Any]) -> Statement:
    """A statement as GetStatement shows it; times in epoch milliseconds."""
    shape: Statement = {"Id": row.id, "Code": row.code, "State": row.state, "Progress": 0.0 if row.completed is None else 1.0}
    if row.output:
        shape["Output"] = row.output
    if row.started is not None:
        shape["StartedOn"] = round(row.started * 1000)
    if row.completed is not None:
        shape["CompletedOn"] = round(row.completed * 1000)
    return shape


def _ready(call: Call, name: str) -> Row[Any]:
    """The session, if it takes statements."""
    row = session_row(call, name, lock=True)
    if row.status != "READY":
        raise IllegalSessionStateException(f"Session {name} is in {row.status} status, not READY")
    return row


@glue.operation(resource=named_arn, stored=["RequestOrigin"])
def run_statement(call: Call, req: RunStatementRequest) -> RunStatementResponse:
    """Have a session execute some Python, after all that it was given before."""
    row = _ready(call, req["SessionId"])
    number = int(row.statements)
    call.db.execute(update(sessions).where(here(call, sessions, id=row.id)).values(statements=number + 1))
    call.db.execute(insert(statements).values(place(call, run=row.run, id=number, state="WAITING", code=req["Code"], output={})))
    notify(call.db, TOPIC)
    return {"Id": number}


@glue.operation(point=True, resource=named_arn, stored=["RequestOrigin"])
def get_statement(call: Call, req: GetStatementRequest) -> GetStatementResponse:
    """One statement, with its output once it has ended."""
    row = session_row(call, req["SessionId"])
    return {"Statement": statement_shape(statement_row(call, row.run, req["Id"]))}


@glue.operation(reads=True, resource=named_arn, stored=["RequestOrigin"])
def list_statements(call: Call, req: ListStatementsRequest) -> ListStatementsResponse:
    """A session's statements in their order."""
    session = session_row(call, req["SessionId"])
    bound = f"glue:statements:{session.run}"
    query = select(statements).where(here(call, statements, run=session.run))
    if req.get("NextToken"):
        query = query.where(statements.c.id > int(decode_token(req["NextToken"], bound, InvalidInputException)))
    rows = call.db.execute(query.order_by(statements.c.id).limit(PAGE + 1)).all()
    shown, token = page(rows, PAGE, lambda row: row.id, bound)
    return {"Statements": [statement_shape(row) for row in shown], "NextToken": token}


@glue.operation(resource=named_arn, stored=["RequestOrigin"])
def cancel_statement(call: Call, req: CancelStatementRequest) -> CancelStatementResponse:
    """End a statement: at once if it waits; by an interruption if it runs. One that has ended stays as it is."""
    session = _ready(call, req["SessionId"])
    row = statement_row(call, session.run, req["Id"], lock=True)
    changes: dict[str, Shape] = {
        "WAITING": {"state": "CANCELLED", "completed": call.now.timestamp()},
        "RUNNING": {"state": "CANCELLING"},
    }
    values = changes.get(row.state)
    if values is not None:
        call.db.execute(update(statements).where(here(call, statements, run=session.run, id=row.id)).values(**values))
        notify(call.db, TOPIC)
    return {}
