"""The durable task of a query: QUEUED → RUNNING → SUCCEEDED, FAILED or CANCELLED.

A SELECT is run again when its server died; a statement that changes something is not: it ends FAILED then.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select

from wheatpaste.auth.principals import Principal
from wheatpaste.call import Call
from wheatpaste.engines.duckdb.lake import QueryFailed, QueryStopped
from wheatpaste.engines.scan import Unreadable
from wheatpaste.service import Operation
from wheatpaste.services.athena import athena, outcome
from wheatpaste.services.athena.dialect.errors import DialectError, SqlError
from wheatpaste.services.athena.lake import lake
from wheatpaste.services.athena.metadata import engine_query, metadata
from wheatpaste.services.athena.outcome import Clock, Result
from wheatpaste.services.athena.output import ResultFile, put, staged
from wheatpaste.services.athena.running import CutOff, Running
from wheatpaste.services.athena.schema import executions
from wheatpaste.tasks.step import Done, Next, Step
from wheatpaste.wire.errors import AwsError

WAIT = 0.1  # seconds before a queued query is looked at again
REPEATABLE = ("SELECT", "SHOW", "DESCRIBE", "DESC", "EXPLAIN")


def _crashed(call: Call, key: str, data: Mapping[str, Any], error: Exception) -> None:
    outcome.failed(call, key, None, "GENERIC_INTERNAL_ERROR", str(error), f"GENERIC_INTERNAL_ERROR: {type(error).__name__}: {error}")


@athena.task("query", again=True, failed=_crashed)
def query(step: Step) -> Next | Done:
    """Run the query in one state."""
    row = step.db.read(lambda c: c.execute(_row(step)).one_or_none())
    if row is None:  # its workgroup was deleted with it
        return Done()
    clock = Clock(row.submitted)
    if step.again and not str(row.body["SubstatementType"]).startswith(REPEATABLE):
        reason = "the control plane restarted while this statement ran; what it did until then stays"
        return Done(lambda call: outcome.failed(call, row.id, clock, "GENERIC_INTERNAL_ERROR", reason, f"GENERIC_INTERNAL_ERROR: {reason}"))
    operation = Operation("athena", "query", lambda call, req: {}, False, (), (), None, "executed")
    engine = lake(step.app)
    if engine.busy and not step.stopping():
        return Next("start", after=WAIT)  # QUEUED, and no thread waits
    engine.warm()  # a worker starts while the parser is imported
    told = step.db.submit(lambda c: outcome.running(Call(step.aws, operation, c), row.id))
    ended = _finished(step, row, clock)
    told.result()  # RUNNING is written while the query runs, and before its end is
    return ended


def _finished(step: Step, row: Row[object], clock: Clock) -> Done:
    from wheatpaste.services.athena.run import run  # brings sqlglot, 0.3 s, at the first query

    running = _running(step, row, clock)
    try:
        if step.stopping():
            raise QueryStopped
        result = run(running, row.body["Query"])
        if result.columns:
            result.files.append(_metadata(running, result, row.body["SubstatementType"]))
    except QueryStopped:
        if step.app.ending.is_set():
            raise  # the server ends: the next one runs the query again
        return Done(lambda call: outcome.cancelled(call, row.id, clock, "Query cancelled by user", running.scanned))
    except CutOff as limit:
        reason = str(limit)
        return Done(lambda call: outcome.cancelled(call, row.id, clock, reason))
    except (DialectError, QueryFailed, Unreadable) as error:
        name, message = error.name, error.message
    except AwsError as error:
        name, message = error.code, error.message
    else:
        return Done(lambda call: _succeeded(call, running, result))
    return Done(lambda call: outcome.failed(call, row.id, clock, name, message, f"{name}: {message}", running.scanned))


def _metadata(running: Running, result: Result, substatement: str) -> ResultFile:
    """The object beside the result that describes its columns."""
    own = substatement.startswith(("DESC", "SHOW_CREATE_TABLE"))  # Athena itself answers these
    query = running.execution if own else engine_query(running.execution, running.started)
    return staged(running.aws, f"{running.location}.metadata", [metadata(query, result.columns, result.update_type, result.update_count)])


def _succeeded(call: Call, running: Running, result: Result) -> None:
    """The result becomes an object and the query SUCCEEDED in one transaction, or neither does."""
    try:
        with call.db.begin_nested():
            for file in result.files:
                put(replace(running.aws, connection=call.db), file)
    except SqlError as error:
        reason = f"{error.name}: {error.message}"
        outcome.failed(call, running.execution, running.clock, error.name, error.message, reason, running.scanned)
    else:
        outcome.succeeded(call, running.execution, running.clock, result)


def _row(step: Step):  # type: ignore[no-untyped-def]
    return select(executions).where(executions.c.account == step.account, executions.c.region == step.region, executions.c.id == step.key)


def _running(step: Step, row: Row[object], clock: Clock) -> Running:
    context = row.body["QueryExecutionContext"]
    return Running(
        aws=replace(step.aws, principal=Principal(**row.principal)),
        execution=row.id,
        database=str(context.get("Database") or "default").strip("`"),  # awswrangler quotes it as a statement would
        location=row.body["ResultConfiguration"]["OutputLocation"],
        parameters=row.body.get("ExecutionParameters") or [],
        stopping=step.stopping,
        clock=clock,
        workgroup=row.workgroup,
        cutoff=row.outcome.get("Cutoff"),
    )
