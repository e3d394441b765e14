"""Results of evaluations: of rulesets on catalog tables, and of EvaluateDataQuality in jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, Select, func, insert, select

from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape, chosen
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import EntityNotFoundException
from wheatpaste.services.glue.jobs.definitions import when
from wheatpaste.services.glue.quality.schema import results
from wheatpaste.services.glue.quality.sources import source_key
from wheatpaste.services.glue.scope import decoded
from wheatpaste.wire.paginate import page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        BatchGetDataQualityResultRequest,
        BatchGetDataQualityResultResponse,
        DataQualityResultDescription,
        GetDataQualityResultRequest,
        GetDataQualityResultResponse,
        ListDataQualityResultsRequest,
        ListDataQualityResultsResponse,
    )

PAGE = 100
EVENT_SOURCE, EVENT = "aws.glue-dataquality", "Data Quality Evaluation Results Available"


def insert_result(call: Call, identity: str, body: Mapping[str, Any], *, job: str = "", run_id: str = "") -> None:
    """Keep a result and tell it; `body` is what awsgluedq published, with what the platform knows of where it came from."""
    moments = {name: datetime.fromisoformat(body[name]).astimezone(UTC) for name in ("StartedOn", "CompletedOn")}
    kept = {**body, **moments, "ResultId": identity, "EvaluationRunMode": "ON_DEMAND"}
    last = select(func.coalesce(func.max(results.c.sequence), 0)).where(here(call, results))
    row = place(
        call,
        id=identity,
        sequence=call.db.execute(last).scalar_one() + 1,
        job=job,
        run_id=run_id,
        context=body.get("EvaluationContext", ""),
        source=source_key(body["DataSource"]) if body.get("DataSource") else "",
        body=kept,
        started=moments["StartedOn"].timestamp(),
    )
    call.db.execute(insert(results).values(**row))
    _tell(call, kept)


def _tell(call: Call, body: Mapping[str, Any]) -> None:
    """The event that AWS sends when a result is there."""
    outcomes = [each["Result"] for each in body.get("RuleResults", ())]
    table: Shape = next(iter((body.get("DataSource") or {}).values()), {})
    context = (
        {"contextType": "GLUE_JOB", "jobId": body["JobRunId"], "jobName": body["JobName"], "evaluationContext": body["EvaluationContext"]}
        if body.get("JobName")
        else {
            "contextType": "GLUE_DATA_CATALOG",
            "runId": body.get("RulesetEvaluationRunId", ""),
            "databaseName": table.get("DatabaseName", ""),
            "tableName": table.get("TableName", ""),
            "catalogId": call.account,
        }
    )
    detail = {
        "context": context,
        "resultID": body["ResultId"],
        "rulesetNames": [body["RulesetName"]] if body.get("RulesetName") else [],
        "state": "SUCCEEDED" if all(each == "PASS" for each in outcomes) else "FAILED",
        "score": body.get("Score"),
        "numRulesSucceeded": outcomes.count("PASS"),
        "numRulesFailed": len(outcomes) - outcomes.count("PASS"),
        "numRulesSkipped": 0,
    }
    call.emit(EVENT, detail, source=EVENT_SOURCE)


@glue.operation(reads=True)
def get_data_quality_result(call: Call, req: GetDataQualityResultRequest) -> GetDataQualityResultResponse:
    """One result."""
    row = call.db.execute(select(results).where(here(call, results, id=req["ResultId"]))).one_or_none()
    if row is None:
        raise EntityNotFoundException(f"Data quality result {req['ResultId']} not found.")
    found: GetDataQualityResultResponse = row.body
    return found


@glue.operation(reads=True)
def batch_get_data_quality_result(call: Call, req: BatchGetDataQualityResultRequest) -> BatchGetDataQualityResultResponse:
    """Several results, in the order of asking."""
    asked = list(dict.fromkeys(req["ResultIds"]))
    found = {row.id: row.body for row in call.db.execute(select(results).where(here(call, results), results.c.id.in_(asked)))}
    missing = [each for each in asked if each not in found]
    return {"Results": [found[each] for each in asked if each in found], "ResultsNotFound": missing or None}


@glue.operation(reads=True)
def list_data_quality_results(call: Call, req: ListDataQualityResultsRequest) -> ListDataQualityResultsResponse:
    """A page of results, newest first."""
    limit, before = req.get("MaxResults") or PAGE, decoded(req, "ListDataQualityResults")
    query = select(results).where(here(call, results)).order_by(results.c.sequence.desc()).limit(limit + 1)
    query = _filtered(query, req.get("Filter") or {})
    if before is not None:
        query = query.where(results.c.sequence < int(before))
    rows, token = page(list(call.db.execute(query)), limit, lambda row: row.sequence, "ListDataQualityResults")
    return {"Results": [_described(row) for row in rows], "NextToken": token}


def _filtered(query: Select[Any], wanted: Mapping[str, Any]) -> Select[Any]:
    if wanted.get("DataSource"):
        query = query.where(results.c.source == source_key(wanted["DataSource"]))
    if wanted.get("JobName"):
        query = query.where(results.c.job == wanted["JobName"])
    if wanted.get("JobRunId"):
        query = query.where(results.c.run_id == wanted["JobRunId"], results.c.job != "")
    if wanted.get("StartedAfter"):
        query = query.where(results.c.started > wanted["StartedAfter"].timestamp())
    if wanted.get("StartedBefore"):
        query = query.where(results.c.started < wanted["StartedBefore"].timestamp())
    if wanted.get("EvaluationRunMode", "ON_DEMAND") != "ON_DEMAND" or wanted.get("DataQualityEvaluationConfig"):
        query = query.where(results.c.sequence < 0)  # evaluation configurations are not built: no result is of one
    return query


def _described(row: Row[Any]) -> DataQualityResultDescription:
    names = ("DataSource", "JobName", "JobRunId", "EvaluationRunMode")
    return {"ResultId": row.id, "StartedOn": when(row.started), **cast("DataQualityResultDescription", chosen(row.body, names))}
