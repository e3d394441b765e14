"""How a query ended, and what that leaves: state, statistics, AthenaError, the event."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.service import Shape
from wheatpaste.services.athena.executions import FINAL, emit_state, topic
from wheatpaste.services.athena.output import ResultFile
from wheatpaste.services.athena.schema import executions
from wheatpaste.store.codec import from_millis
from wheatpaste.store.db import notify

SYSTEM, USER, OTHER = 1, 2, 3
# error types of AthenaError (https://docs.aws.amazon.com/athena/latest/ug/error-reference.html), as far as they can be told
TYPES = {
    "SYNTAX_ERROR": 1006,
    "FUNCTION_NOT_FOUND": 1006,
    "COLUMN_NOT_FOUND": 1006,
    "TABLE_NOT_FOUND": 1301,
    "SCHEMA_NOT_FOUND": 1301,
    "EXCEEDED_LOCAL_MEMORY_LIMIT": 301,
    "GENERIC_INTERNAL_ERROR": 401,
    "HIVE_BAD_DATA": 1001,
    "HIVE_CURSOR_ERROR": 1001,
    "HIVE_CANNOT_OPEN_SPLIT": 1001,
    "HIVE_PARTITION_SCHEMA_MISMATCH": 1002,
    "NOT_SUPPORTED": 1200,
}
INTERNAL = ("GENERIC_INTERNAL_ERROR",)


@dataclass
class Result:
    """What a statement that succeeded leaves behind its state."""

    columns: list[Shape] = field(default_factory=list)
    has_result: bool = True
    scanned: int = 0
    rows: int = 0
    written: int = 0  # bytes of the result
    update_count: int = 0
    manifest: str | None = None
    files: list[ResultFile] = field(default_factory=list)  # what becomes an object in the transaction that writes SUCCEEDED
    update_type: str = ""  # Trino's: INSERT, CREATE TABLE


@dataclass
class Clock:
    """The times of one run, in epoch milliseconds."""

    submitted: int
    began: float = field(default_factory=time.time)
    planning: float = 0.0
    engine: float = 0.0

    def statistics(self, scanned: int) -> Shape:
        """``QueryExecutionStatistics`` at this moment."""
        now = time.time()
        queue = max(0, round(self.began * 1000) - self.submitted)
        total, running = max(0, round(now * 1000) - self.submitted), max(0, round((now - self.began) * 1000))
        engine, planning = min(running, round(self.engine * 1000)), min(running, round(self.planning * 1000))
        return {
            "EngineExecutionTimeInMillis": engine,
            "DataScannedInBytes": scanned,
            "TotalExecutionTimeInMillis": total,
            "QueryQueueTimeInMillis": queue,
            "ServicePreProcessingTimeInMillis": 0,
            "QueryPlanningTimeInMillis": planning,
            "ServiceProcessingTimeInMillis": max(0, running - engine - planning),
            "ResultReuseInformation": {"ReusedPreviousResult": False},
        }


def athena_error(name: str, message: str) -> Shape:
    """``AthenaError``: whose fault it was."""
    category = SYSTEM if name in INTERNAL else USER
    return {
        "ErrorCategory": category,
        "ErrorType": TYPES.get(name, 233 if category == SYSTEM else 1200),
        "Retryable": False,
        "ErrorMessage": message,
    }


def succeeded(call: Call, execution: str, clock: Clock, result: Result) -> None:
    """Write SUCCEEDED."""
    outcome: Shape = {
        "Columns": result.columns,
        "HasResult": result.has_result,
        "OutputRows": result.rows,
        "OutputBytes": result.written,
        "UpdateCount": result.update_count,
    }
    statistics = clock.statistics(result.scanned)
    if result.manifest:
        statistics["DataManifestLocation"] = result.manifest
    finish(call, execution, "SUCCEEDED", {**outcome, "Statistics": statistics}, {})


def failed(call: Call, execution: str, clock: Clock | None, name: str, message: str, reason: str, scanned: int = 0) -> None:
    """Write FAILED with Athena's error."""
    statistics = clock.statistics(scanned) if clock else {}
    error = athena_error(name, reason)
    finish(call, execution, "FAILED", {"Statistics": statistics}, {"StateChangeReason": reason, "AthenaError": error})


def cancelled(call: Call, execution: str, clock: Clock, reason: str, scanned: int = 0) -> None:
    """Write CANCELLED."""
    finish(call, execution, "CANCELLED", {"Statistics": clock.statistics(scanned)}, {"StateChangeReason": reason})


def finish(call: Call, execution: str, state: str, outcome: Mapping[str, Any], status: Mapping[str, Any]) -> None:
    """Write a final state, once."""
    row = call.db.execute(select(executions).where(here(call, executions, id=execution))).one_or_none()
    if row is None or row.state in FINAL:
        return
    status = {**status, "CompletionDateTime": from_millis(round(time.time() * 1000))}
    sequence = row.sequence + 1
    where = here(call, executions, id=execution)
    call.db.execute(
        update(executions).where(where).values(state=state, sequence=sequence, outcome={**row.outcome, **outcome, "Status": status})
    )
    emit_state(call, row.body, row.state, state, sequence, status.get("AthenaError"))
    notify(call.db, topic(execution))


def running(call: Call, execution: str) -> None:
    """Write RUNNING."""
    where = here(call, executions, id=execution)
    row = call.db.execute(select(executions).where(where)).one_or_none()
    if row is not None and row.state == "QUEUED":
        call.db.execute(update(executions).where(where).values(state="RUNNING", sequence=row.sequence + 1))
        emit_state(call, row.body, "QUEUED", "RUNNING", row.sequence + 1)


def utc_now() -> datetime:
    """The present in UTC, without a zone, to the millisecond."""
    now: Any = datetime.now(UTC).replace(tzinfo=None)
    return datetime(now.year, now.month, now.day, now.hour, now.minute, now.second, now.microsecond // 1000 * 1000)
