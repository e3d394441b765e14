"""Recommendation runs: rules that hold for a table as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy.exc import IntegrityError

from wheatpaste.call import Call
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import AlreadyExistsException
from wheatpaste.services.glue.quality import rulesets, run_rows, sources
from wheatpaste.services.glue.quality.evaluations import run_summary

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        CancelDataQualityRuleRecommendationRunRequest,
        CancelDataQualityRuleRecommendationRunResponse,
        GetDataQualityRuleRecommendationRunRequest,
        GetDataQualityRuleRecommendationRunResponse,
        ListDataQualityRuleRecommendationRunsRequest,
        ListDataQualityRuleRecommendationRunsResponse,
        StartDataQualityRuleRecommendationRunRequest,
        StartDataQualityRuleRecommendationRunResponse,
    )

KIND = "recommendation"


@glue.operation(stored=["DataQualitySecurityConfiguration"], refused=[*sources.REFUSED, "AdditionalRunOptions", "RecommendationMode"])
def start_data_quality_rule_recommendation_run(
    call: Call, req: StartDataQualityRuleRecommendationRunRequest
) -> StartDataQualityRuleRecommendationRunResponse:
    """Profile a table by a Spark driver that runs as the role, and recommend rules; `CreatedRulesetName` keeps them as a ruleset."""
    name = req.get("CreatedRulesetName")
    if name and rulesets.exists(call, name):
        raise AlreadyExistsException(f"Data quality ruleset {name} already exists.")
    sources.checked(call, req["DataSource"])
    return {"RunId": run_rows.start(call, KIND, req, {"order": {"source": sources.asked(req["DataSource"])}})}


@glue.operation(reads=True)
def get_data_quality_rule_recommendation_run(
    call: Call, req: GetDataQualityRuleRecommendationRunRequest
) -> GetDataQualityRuleRecommendationRunResponse:
    """One run, with its rules when it has succeeded."""
    return cast("GetDataQualityRuleRecommendationRunResponse", run_rows.run_shape(call, run_rows.run_row(call, KIND, req["RunId"])))


@glue.operation(reads=True)
def list_data_quality_rule_recommendation_runs(
    call: Call, req: ListDataQualityRuleRecommendationRunsRequest
) -> ListDataQualityRuleRecommendationRunsResponse:
    """A page of runs, newest first."""
    rows, token = run_rows.listed(call, KIND, req, "ListDataQualityRuleRecommendationRuns", [])
    return {"Runs": [{**run_summary(row)} for row in rows], "NextToken": token}


@glue.operation()
def cancel_data_quality_rule_recommendation_run(
    call: Call, req: CancelDataQualityRuleRecommendationRunRequest
) -> CancelDataQualityRuleRecommendationRunResponse:
    """Ask a run to stop."""
    run_rows.cancel(call, KIND, req["RunId"])
    return {}


def keep(call: Call, run: str, ruleset: str) -> str:
    """Keep what a run recommends as the ruleset that it was asked for; why it cannot be, or nothing."""
    body = run_rows.run_row(call, KIND, run).body
    name, table = body.get("CreatedRulesetName"), sources.table_of(body["DataSource"])
    if not name:
        return ""
    target = {"DatabaseName": table["DatabaseName"], "TableName": table["TableName"]}
    try:
        rulesets.keep(call, name, {"Ruleset": ruleset, "TargetTable": target, "RecommendationRunId": run})
    except IntegrityError:
        return f"Data quality ruleset {name} already exists."
    return ""
