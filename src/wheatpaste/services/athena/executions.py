"""Queries as resources: start, look at, list, stop."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape
from wheatpaste.services.athena import athena, reuse
from wheatpaste.services.athena.classify import statement_type, substatement_type
from wheatpaste.services.athena.errors import InvalidRequestException
from wheatpaste.services.athena.schema import executions, tokens
from wheatpaste.services.athena.scope import PRIMARY, after, millis, paged, workgroup_arn
from wheatpaste.services.athena.workgroups import VERSION, find
from wheatpaste.store.codec import dumps, from_millis
from wheatpaste.wait import Wait

if TYPE_CHECKING:
    from wheatpaste.services.athena.shapes_generated import (
        BatchGetQueryExecutionInput,
        BatchGetQueryExecutionOutput,
        GetQueryExecutionInput,
        GetQueryExecutionOutput,
        GetQueryRuntimeStatisticsInput,
        GetQueryRuntimeStatisticsOutput,
        ListQueryExecutionsInput,
        ListQueryExecutionsOutput,
        QueryExecution,
        QueryRuntimeStatistics,
        StartQueryExecutionInput,
        StartQueryExecutionOutput,
        StopQueryExecutionInput,
        StopQueryExecutionOutput,
        UnprocessedQueryExecutionId,
    )

LONGEST = 262_144  # characters of a query
FINAL = ("SUCCEEDED", "FAILED", "CANCELLED")
PATIENCE = 0.3  # seconds after its submission in which GetQueryExecution waits for a query's end
RESULT = ("EncryptionConfiguration", "ExpectedBucketOwner", "AclConfiguration")


@athena.operation(
    resource=workgroup_arn,
    stored=[f"ResultConfiguration.{name}" for name in RESULT],
    refused=["EngineConfiguration"],
)
def start_query_execution(call: Call, req: StartQueryExecutionInput) -> StartQueryExecutionOutput:
    """Queue a query; a ClientRequestToken given before, with the same request, answers with the same query."""
    token = req.get("ClientRequestToken")
    digest = hashlib.sha256(dumps({name: value for name, value in req.items() if name != "ClientRequestToken"}).encode()).hexdigest()
    execution = ids.request_id()
    if token:
        known = _known(call, token, execution, digest)
        if known is not None:
            return {"QueryExecutionId": known}
    _insert(call, req, execution)
    return {"QueryExecutionId": execution}


def _known(call: Call, token: str, execution: str, digest: str) -> str | None:
    try:
        with call.db.begin_nested():
            call.db.execute(insert(tokens).values(**place(call, token=token, execution=execution, request=digest)))
    except IntegrityError:
        row = call.db.execute(select(tokens).where(here(call, tokens, token=token))).one()
        if row.request != digest:
            raise InvalidRequestException("Idempotent parameters do not match") from None
        return str(row.execution)
    return None


def _insert(call: Call, req: Mapping[str, Any], execution: str) -> None:
    sql = req["QueryString"]
    if len(sql) > LONGEST:
        raise InvalidRequestException(f"Query string is too long: {len(sql)} characters, {LONGEST} are allowed")
    group = find(call, req.get("WorkGroup") or PRIMARY)
    if group["State"] != "ENABLED":
        raise InvalidRequestException(f"WorkGroup {group['Name']} is disabled")
    kind = statement_type(sql)
    result = result_configuration(group["Configuration"], req.get("ResultConfiguration") or {})
    body = {
        "QueryExecutionId": execution,
        "Query": sql.strip(),
        "StatementType": kind,
        "SubstatementType": substatement_type(sql),
        "ResultConfiguration": {**result, "OutputLocation": f"{result['OutputLocation'].rstrip('/')}/{result_name(sql, execution)}"},
        "ResultReuseConfiguration": req.get("ResultReuseConfiguration") or {"ResultReuseByAgeConfiguration": {"Enabled": False}},
        "QueryExecutionContext": context(req.get("QueryExecutionContext") or {}),
        "WorkGroup": group["Name"],
        "EngineVersion": {**group["Configuration"]["EngineVersion"], "EffectiveEngineVersion": VERSION},
        **({"ExecutionParameters": req["ExecutionParameters"]} if req.get("ExecutionParameters") else {}),
    }
    _queue(call, body, {"Cutoff": group["Configuration"].get("BytesScannedCutoffPerQuery")})


def _queue(call: Call, body: dict[str, Any], outcome: Mapping[str, Any]) -> None:
    """Write the query's row: QUEUED with its task, or SUCCEEDED at once with an earlier query's result."""
    same = reuse.earlier(call, body)
    if same is not None:
        body["ResultConfiguration"] = same.body["ResultConfiguration"]
        outcome = reuse.outcome(call, same)
    row = {
        "id": body["QueryExecutionId"],
        "workgroup": body["WorkGroup"],
        "state": "SUCCEEDED" if same is not None else "QUEUED",
        "sequence": 2 if same is not None else 1,
        "body": body,
        "outcome": outcome,
        "submitted": millis(call),
    }
    call.db.execute(insert(executions).values(**place(call, principal=asdict(call.principal), **row)))
    emit_state(call, body, None, "QUEUED", 1)
    if same is not None:
        emit_state(call, body, "QUEUED", "SUCCEEDED", 2)
    else:
        call.start("query", body["QueryExecutionId"])


def result_name(sql: str, execution: str) -> str:
    """The result's key below the output location; a CTAS has its table's files there, an INSERT or UNLOAD no file of that name."""
    kind = substatement_type(sql)
    if kind == "CREATE_TABLE_AS_SELECT":
        return f"tables/{execution}"
    if kind in ("INSERT", "UNLOAD"):
        return execution
    return f"{execution}.csv" if statement_type(sql) == "DML" and kind != "EXPLAIN" else f"{execution}.txt"


def context(given: Mapping[str, Any]) -> Shape:
    """A query's context, with names in lower case as Athena keeps them."""
    return {name: str(given[name]).lower() for name in ("Database", "Catalog") if given.get(name)}


def result_configuration(group: Mapping[str, Any], given: Mapping[str, Any]) -> Shape:
    """Where results go: the workgroup's place when it insists, else the request's, else the workgroup's."""
    own = group.get("ResultConfiguration") or {}
    found = own if group.get("EnforceWorkGroupConfiguration") and own.get("OutputLocation") else {**own, **given}
    if not found.get("OutputLocation"):
        raise InvalidRequestException(
            "No output location provided. An output location is required either through the Workgroup result configuration "
            "setting or as an API input."
        )
    if not str(found["OutputLocation"]).startswith("s3://"):
        raise InvalidRequestException("outputLocation is not a valid S3 path.")
    return dict(found)


def emit_state(
    call: Call, body: Mapping[str, Any], before: str | None, state: str, sequence: int, error: Mapping[str, Any] | None = None
) -> None:
    """The event of a state change (https://docs.aws.amazon.com/athena/latest/ug/athena-events.html)."""
    detail = {
        "versionId": "0",
        "currentState": state,
        **({"previousState": before} if before else {}),
        "statementType": body["StatementType"],
        "queryExecutionId": body["QueryExecutionId"],
        "workgroupName": body["WorkGroup"],
        "sequenceNumber": str(sequence),
        **({"athenaError": {name[0].lower() + name[1:]: value for name, value in error.items()}} if error else {}),
    }
    call.emit("Athena Query State Change", detail)


# -- looking


def row_of(call: Call, execution: str) -> Row[Any]:
    """A query's row; raises InvalidRequestException when there is none."""
    row = call.db.execute(select(executions).where(here(call, executions, id=execution))).one_or_none()
    if row is None:
        raise InvalidRequestException(f"QueryExecution {execution} was not found", AthenaErrorCode="QUERY_EXECUTION_NOT_FOUND")
    return row


def shape(row: Row[Any]) -> QueryExecution:
    """A query as AWS shows it."""
    status = {"State": row.state, "SubmissionDateTime": from_millis(row.submitted), **(row.outcome.get("Status") or {})}
    return cast("QueryExecution", {**row.body, "Status": status, "Statistics": row.outcome.get("Statistics") or {}})


@athena.operation(resource=workgroup_arn, point=True)
def get_query_execution(call: Call, req: GetQueryExecutionInput) -> GetQueryExecutionOutput | Wait:
    """A query: its state, and once it has ended its statistics; for a query that has just begun the answer waits a moment for its end."""
    row = row_of(call, req["QueryExecutionId"])
    until = row.submitted / 1000 + PATIENCE
    left = until - time.time()
    if row.state in FINAL or left <= 0 or call.aws_as_caller.connection is not None:
        return {"QueryExecution": shape(row)}

    def ready(call: Call) -> Shape | None:
        now = row_of(call, row.id)
        return {"QueryExecution": shape(now)} if now.state in FINAL or time.time() >= until else None

    return Wait(ready, InvalidRequestException(f"QueryExecution {row.id} is not answered"), left + PATIENCE, 0.05, topic(row.id))


def topic(execution: str) -> str:
    """What the database tells of when a query has ended."""
    return f"query {execution}"


@athena.operation(reads=True)
def batch_get_query_execution(call: Call, req: BatchGetQueryExecutionInput) -> BatchGetQueryExecutionOutput:
    """Up to 50 queries; those that are not there are named."""
    wanted = req["QueryExecutionIds"]
    rows = {row.id: row for row in call.db.execute(select(executions).where(here(call, executions), executions.c.id.in_(wanted)))}
    missing: list[UnprocessedQueryExecutionId] = [
        {"QueryExecutionId": each, "ErrorCode": "INVALID_INPUT", "ErrorMessage": f"QueryExecution {each} was not found"}
        for each in wanted
        if each not in rows
    ]
    return {"QueryExecutions": [shape(rows[each]) for each in wanted if each in rows], "UnprocessedQueryExecutionIds": missing}


@athena.operation(resource=workgroup_arn, reads=True)
def list_query_executions(call: Call, req: ListQueryExecutionsInput) -> ListQueryExecutionsOutput:
    """The ids of a workgroup's queries, the latest first."""
    group = find(call, req.get("WorkGroup") or PRIMARY)["Name"]
    limit, start = req.get("MaxResults") or 50, after(req, f"ListQueryExecutions {group}")
    query = select(executions.c.id, executions.c.submitted).where(here(call, executions, workgroup=group))
    if start is not None:
        submitted, last = start
        query = query.where((executions.c.submitted < submitted) | ((executions.c.submitted == submitted) & (executions.c.id < last)))
    query = query.order_by(executions.c.submitted.desc(), executions.c.id.desc()).limit(limit + 1)
    rows, token = paged(list(call.db.execute(query)), limit, lambda row: [row.submitted, row.id], f"ListQueryExecutions {group}")
    return {"QueryExecutionIds": [row.id for row in rows], "NextToken": token}


@athena.operation(resource=workgroup_arn, reads=True)
def get_query_runtime_statistics(call: Call, req: GetQueryRuntimeStatisticsInput) -> GetQueryRuntimeStatisticsOutput:
    """Times and counts of a query that has ended."""
    outcome = row_of(call, req["QueryExecutionId"]).outcome
    statistics = outcome.get("Statistics") or {}
    timeline = {name: statistics[name] for name in statistics if name.endswith("InMillis")}
    rows = {
        "InputBytes": statistics.get("DataScannedInBytes"),
        "OutputRows": outcome.get("OutputRows"),
        "OutputBytes": outcome.get("OutputBytes"),
    }
    found = {"Timeline": timeline, "Rows": {name: value for name, value in rows.items() if value is not None}}
    return {"QueryRuntimeStatistics": cast("QueryRuntimeStatistics", found)}


@athena.operation(resource=workgroup_arn)
def stop_query_execution(call: Call, req: StopQueryExecutionInput) -> StopQueryExecutionOutput:
    """Cancel a query; one that has ended stays as it is."""
    row = row_of(call, req["QueryExecutionId"])
    if row.state == "QUEUED" and not call.stop("query", row.id):
        call.db.execute(update(executions).where(here(call, executions, id=row.id)).values(state="CANCELLED"))
    elif row.state not in FINAL:
        call.stop("query", row.id)
    return {}
