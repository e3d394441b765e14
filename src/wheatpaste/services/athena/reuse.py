"""Result reuse: a SELECT that asks for it answers with the result of the same query of its workgroup, when one is young enough.

Source data that changed meanwhile are not looked at, as in Athena
(https://docs.aws.amazon.com/athena/latest/ug/reusing-query-results.html). Here the earlier query must also be the same principal's.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, select

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.service import Shape
from wheatpaste.services.athena.schema import executions
from wheatpaste.services.athena.scope import millis
from wheatpaste.store.codec import from_millis
from wheatpaste.wire.errors import AwsError

DEFAULT_AGE = 60  # minutes
LOOKED_AT = 1000  # of a workgroup's last queries
SAME = ("Query", "QueryExecutionContext", "ExecutionParameters")
KEPT = ("Columns", "HasResult", "OutputRows", "OutputBytes", "UpdateCount")


def wanted(body: Mapping[str, Any]) -> int | None:
    """The age in minutes up to which a result may be reused; None for a query that does not ask, or is no SELECT."""
    by_age = body["ResultReuseConfiguration"].get("ResultReuseByAgeConfiguration") or {}
    if not by_age.get("Enabled") or body["SubstatementType"] != "SELECT":
        return None
    age = by_age.get("MaxAgeInMinutes")
    return DEFAULT_AGE if age is None else int(age)


def earlier(call: Call, body: Mapping[str, Any]) -> Row[Any] | None:
    """The query whose result may be reused."""
    age = wanted(body)
    if age is None:
        return None
    where = here(call, executions, workgroup=body["WorkGroup"], state="SUCCEEDED")
    query = select(executions).where(where, executions.c.submitted >= millis(call) - age * 60_000)
    for row in call.db.execute(query.order_by(executions.c.submitted.desc()).limit(LOOKED_AT)):
        same = all(row.body.get(name) == body.get(name) for name in SAME) and row.principal == asdict(call.principal)
        if same and _is_there(call, row.body["ResultConfiguration"]["OutputLocation"]):
            return row
    return None


def _is_there(call: Call, location: str) -> bool:
    bucket, _, key = location.removeprefix("s3://").partition("/")
    try:
        call.aws("s3").head_object(Bucket=bucket, Key=key)
    except AwsError:  # gone, or not for this caller: the query is run
        return False
    return True


def outcome(call: Call, row: Row[Any]) -> Shape:
    """What an execution with the result of ``row`` has: nothing was scanned, nothing took time."""
    kept = {name: row.outcome[name] for name in KEPT if name in row.outcome}
    names = ("EngineExecutionTime", "TotalExecutionTime", "QueryQueueTime", "ServicePreProcessingTime", "ServiceProcessingTime")
    statistics = {f"{name}InMillis": 0 for name in names}
    reused = {"DataScannedInBytes": 0, "ResultReuseInformation": {"ReusedPreviousResult": True}}
    return {**kept, "Statistics": {**statistics, **reused}, "Status": {"CompletionDateTime": from_millis(millis(call))}}
