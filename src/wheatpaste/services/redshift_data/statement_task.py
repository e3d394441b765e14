"""The durable task behind a statement. It is never run twice: after a crash it ends FAILED."""

import json
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select, update

from wheatpaste.call import Call
from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.warehouses import Key, warehouses
from wheatpaste.service import Shape
from wheatpaste.services.redshift_data import data, fields, parameters
from wheatpaste.services.redshift_data.schema import results, statements
from wheatpaste.tasks.step import Done, Step

if TYPE_CHECKING:
    from wheatpaste.engines.redshift.warehouse.session import Session

ROWS = 1000  # rows of one part of a result
LIMIT = 500 * 1024 * 1024  # bytes of a result
POLL = 0.2  # seconds between looks whether somebody cancelled


def failed(call: Call, key: str, data: Mapping[str, Any], error: Exception) -> None:
    """The task itself failed."""
    _finish(call, key, "FAILED", [_broken(f"{type(error).__name__}: {error}")], [])


@data.task("statement", again=False, failed=failed)
def run(step: Step) -> Done:
    """Run the statements of one request, keep their results, tell what became of them."""
    row = step.db.read(lambda c: c.execute(select(statements).where(_where(step))).one())
    if step.again:
        return Done(commit=lambda call: _finish(call, step.key, "FAILED", [_broken("the control plane restarted while it ran")], []))
    started = datetime.now(UTC)
    step.db.write(lambda c: c.execute(update(statements).where(_where(step)).values(status="STARTED", updated=started)))
    key = Key(step.account, step.region, step.data["kind"], step.data["name"])
    try:
        session = warehouses(step.app).session(key, row.request["DbUser"], row.request["Database"], bool(row.request.get("Named")))
    except SqlError as error:
        told = f"FATAL: {error}"
        return Done(commit=lambda call: _finish(call, step.key, "FAILED", [_broken(told)], []))
    try:
        with _watched(step, session):
            outcome, parts = _run_all(session, row)
    finally:
        session.close()
    last = outcome[-1]
    status = "ABORTED" if last.get("Cancelled") else last["Status"]
    return Done(commit=lambda call: _finish(call, step.key, status, outcome, parts))


def _where(step: Step) -> Any:
    return (statements.c.account == step.account) & (statements.c.region == step.region) & (statements.c.id == step.key)


@contextmanager
def _watched(step: Step, session: "Session") -> Iterator[None]:
    """Interrupt the session when somebody cancels the statement."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(POLL):
            if step.stopping():
                session.cancel()

    thread = threading.Thread(target=watch, name="redshift-data-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


Part = tuple[str, int, bytes]


def _run_all(session: "Session", row: Row[Any]) -> tuple[list[Shape], list[Part]]:
    request = row.request
    together = request["Batch"] and request.get("ExecutionMode") != "AUTO_COMMIT"
    outcome: list[Shape] = []
    parts: list[Part] = []
    if together:
        _control(session, "BEGIN")
    for index, sql in enumerate(request["Sqls"]):
        identity = f"{row.id}:{index + 1}" if request["Batch"] else row.id
        outcome.append(_run_one(session, sql, request.get("Parameters") or [], identity, parts))
        if outcome[-1]["Status"] == "FAILED":
            if together:
                _control(session, "ROLLBACK")
            return outcome, [] if together else parts
    if together:
        _control(session, "COMMIT")
    return outcome, parts


def _control(session: "Session", sql: str) -> None:
    session.run(session.parse(sql)[0], None)


def _run_one(session: "Session", sql: str, given: Sequence[Mapping[str, Any]], identity: str, parts: list[Part]) -> Shape:
    begin = time.perf_counter_ns()
    found: Shape = {"Status": "FINISHED", "HasResultSet": False, "ResultRows": -1, "ResultSize": -1, "Pid": session.process}
    try:
        numbered, values = parameters.number(sql, {p["name"]: p["value"] for p in given})
        bound = Parameters(tuple(values), (0,) * len(values))
        rows: list[Part] = []
        for statement in session.parse(numbered):  # of several statements in one text, the last one with rows is the answer
            kept: list[Part] = []
            told = _keep(session.run(statement, bound), identity, kept)
            if told.get("HasResultSet") or not found["HasResultSet"]:
                found, rows = found | told, kept
        parts += rows
    except KeyError as error:
        found |= {"Status": "FAILED", "Error": f"Parameter {error.args[0]} is missing"}
    except SqlError as error:
        found |= {"Status": "FAILED", "Error": f"ERROR: {error}", "Cancelled": error.sqlstate == "57014"}
    return found | {"Duration": time.perf_counter_ns() - begin}


def _keep(result: Result, identity: str, parts: list[Part]) -> Shape:
    """A result's rows, in parts."""
    from wheatpaste.engines.pgwire.messages import read_rows

    if result.columns is None:
        return {"ResultRows": getattr(result, "changed", -1), "ResultSize": 0}
    oids = [column.oid for column in result.columns]
    rows, size, part = 0, 0, 0
    while True:
        count, payload = result.fetch(ROWS, [0] * len(oids))
        if not count:
            break
        rows, size = rows + count, size + len(payload)
        if size > LIMIT:
            raise SqlError("54000", "The result is larger than 500 MB")
        shown = [[fields.field(oid, cell) for oid, cell in zip(oids, row, strict=True)] for row in read_rows(payload)]
        parts.append((identity, part, zlib.compress(json.dumps(shown).encode())))
        part += 1
    return {"HasResultSet": True, "ResultRows": rows, "ResultSize": size, "Columns": [fields.metadata(c) for c in result.columns]}


def _broken(message: str) -> Shape:
    return {"Status": "FAILED", "Error": message, "HasResultSet": False, "ResultRows": -1, "ResultSize": -1, "Duration": 0}


def _finish(call: Call, identity: str, status: str, outcome: Sequence[Mapping[str, Any]], parts: list[Part]) -> None:
    where = {"account": call.account, "region": call.region}
    clause = (statements.c.account == call.account) & (statements.c.region == call.region) & (statements.c.id == identity)
    call.db.execute(update(statements).where(clause).values(status=status, outcome=outcome, updated=call.now))
    for owner, part, rows in parts:
        call.db.execute(insert(results).values(**where, id=owner, part=part, rows=rows))
    request = call.db.execute(select(statements.c.request).where(clause)).scalar_one()
    if request.get("WithEvent"):
        detail = {
            "principal": request["Principal"],
            "statementName": request.get("StatementName") or "",
            "statementId": identity,
            "redshiftQueryId": "0",
            "state": status,
            "rows": str(outcome[-1].get("ResultRows", 0)),
            "expireAt": int(call.now.timestamp()) + 86400,
        }
        call.emit("Redshift Data Statement Status Change", detail)
