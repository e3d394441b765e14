"""What a session's task reads and writes of its rows, by the task's key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.service import Shape
from wheatpaste.services.glue.sessions.schema import UNFINISHED, sessions, statements

if TYPE_CHECKING:
    from sqlalchemy import Table

    from wheatpaste.tasks.step import Step

ERROR_LENGTH = 2048  # characters of ErrorMessage
STATES = {"ok": "AVAILABLE", "error": "AVAILABLE", "cancelled": "CANCELLED"}  # AWS: a statement that raised is AVAILABLE too


def mine(step: Step, table: Table, **keys: Any) -> ColumnElement[bool]:
    """The rows of the task's session."""
    found = (table.c.account == step.account) & (table.c.region == step.region) & (table.c.run == step.key)
    for name, value in keys.items():
        found &= table.c[name] == value
    return found


def become_ready(step: Step) -> None:
    """The session takes statements from now on."""
    values = {"status": "READY", "began": time.time()}
    step.db.write(lambda c: c.execute(update(sessions).where(mine(step, sessions, status="PROVISIONING")).values(**values)) and None)


def next_statement(step: Step) -> Row[Any] | None:
    """The oldest that waits, which is RUNNING from now on: on disk before it is executed, so that it never is a second time."""

    def take(db: Connection) -> Row[Any] | None:
        query = select(statements).where(mine(step, statements, state="WAITING")).order_by(statements.c.id).limit(1)
        row = db.execute(query.with_for_update()).one_or_none()
        if row is not None:
            values = {"state": "RUNNING", "started": time.time()}
            db.execute(update(statements).where(mine(step, statements, id=row.id)).values(**values))
        return row

    return step.db.write(take)


def is_waiting(step: Step) -> bool:
    """Whether there is a statement to execute."""
    query = select(statements.c.id).where(mine(step, statements, state="WAITING")).limit(1)
    return step.db.read(lambda c: c.execute(query).first()) is not None


def is_cancelled(step: Step, number: int) -> bool:
    """Whether somebody wants the statement to end."""
    query = select(statements.c.state).where(mine(step, statements, id=number))
    return step.db.read(lambda c: c.execute(query).scalar()) == "CANCELLING"


def keep(step: Step, answer: dict[str, Any]) -> None:
    """Write how a statement ended."""
    values = {"state": STATES[answer["status"]], "output": output(answer), "completed": time.time()}
    step.db.write(lambda c: c.execute(update(statements).where(mine(step, statements, id=answer["done"])).values(**values)) and None)


def output(answer: dict[str, Any]) -> Shape:
    """StatementOutput; its Status is Livy's lower-case word, as AWS gives it and as its kernel expects it."""
    made: Shape = {"ExecutionCount": answer["done"], "Status": answer["status"], "Data": {"TextPlain": answer["text"]}}
    if answer["status"] == "error":
        made |= {"ErrorName": answer["name"], "ErrorValue": answer["value"], "Traceback": answer["traceback"]}
    return made


def finish(call: Call, run: str, status: str, message: str) -> None:
    """Write how a session ended; what it had not finished then ends too: what ran as ERROR, the rest as CANCELLED."""
    now = call.now.timestamp()
    row = call.db.execute(select(sessions).where(here(call, sessions, run=run))).one()
    body = {**row.body, **({"ErrorMessage": message[:ERROR_LENGTH]} if message else {})}
    call.db.execute(update(sessions).where(here(call, sessions, run=run)).values(status=status, body=body, completed=now))
    reason = message or f"The session is {status}"
    unfinished = select(statements.c.id, statements.c.state).where(here(call, statements, run=run), statements.c.state.in_(UNFINISHED))
    for number, state in call.db.execute(unfinished).all():
        told = {"ExecutionCount": number, "Status": "error", "ErrorName": "SessionEnded", "ErrorValue": reason, "Traceback": []}
        ended = {"state": "ERROR" if state == "RUNNING" else "CANCELLED", "output": told, "completed": now}
        call.db.execute(update(statements).where(here(call, statements, run=run, id=number)).values(**ended))
