"""Evaluation runs: rulesets on a table of the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from wheatpaste.call import Call
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.jobs.definitions import when
from wheatpaste.services.glue.quality import run_rows, sources
from wheatpaste.services.glue.quality.rulesets import parsed, ruleset_row

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        BatchGetDataQualityRulesetEvaluationRunRequest,
        BatchGetDataQualityRulesetEvaluationRunResponse,
        CancelDataQualityRulesetEvaluationRunRequest,
        CancelDataQualityRulesetEvaluationRunResponse,
        DataQualityRulesetEvaluationRun,
        DataQualityRulesetEvaluationRunDescription,
        GetDataQualityRulesetEvaluationRunRequest,
        GetDataQualityRulesetEvaluationRunResponse,
        ListDataQualityRulesetEvaluationRunsRequest,
        ListDataQualityRulesetEvaluationRunsResponse,
        StartDataQualityRulesetEvaluationRunRequest,
        StartDataQualityRulesetEvaluationRunResponse,
    )

KIND = "evaluation"
STORED = ["AdditionalRunOptions.ObservationScope", "AdditionalRunOptions.ObservationMode"]
REFUSED = [
    *sources.REFUSED,
    "AdditionalRunOptions.CustomLogGroupPrefix",
    "AdditionalRunOptions.RowLevelResults",
    "AdditionalRunOptions.ProfilingResults",
    "AdditionalRunOptions.DataQualityRuleResults",
    "AdditionalRunOptions.ObservationResults",
]


@glue.operation(stored=STORED, refused=REFUSED)
def start_data_quality_ruleset_evaluation_run(
    call: Call, req: StartDataQualityRulesetEvaluationRunRequest
) -> StartDataQualityRulesetEvaluationRunResponse:
    """Evaluate rulesets on a table, by a Spark driver that runs as the role; one result for each ruleset."""
    names = list(dict.fromkeys(req["RulesetNames"]))
    texts = {name: _evaluable(name, ruleset_row(call, name).body["Ruleset"]) for name in names}
    given = req.get("AdditionalDataSources") or {}
    for source in (req["DataSource"], *given.values()):
        sources.checked(call, source)
    options = req.get("AdditionalRunOptions") or {}
    order = {
        "source": sources.asked(req["DataSource"]),
        "additional": {alias: sources.asked(source) for alias, source in given.items()},
        "rulesets": [{"name": name, "text": text, "id": sources.result_id()} for name, text in texts.items()],
        "prefix": options.get("ResultsS3Prefix", ""),
        "metrics": bool(options.get("CloudWatchMetricsEnabled", False)),
        "composite": options.get("CompositeRuleEvaluationMethod", "COLUMN"),
    }
    return {"RunId": run_rows.start(call, KIND, req, {"order": order})}


def _evaluable(name: str, text: str) -> str:
    """The ruleset's text; InvalidInputException for what AWS evaluates in jobs only."""
    from awsgluedq.dqdl import leaves

    every = [leaf for rule in parsed(text).rules for leaf in leaves(rule)]
    if any(each is not None and each.is_dynamic for leaf in every for each in (leaf.condition, leaf.threshold)):
        raise InvalidInputException(f"Ruleset {name}: dynamic rules are supported in Glue jobs only.")
    return text


@glue.operation(reads=True)
def get_data_quality_ruleset_evaluation_run(
    call: Call, req: GetDataQualityRulesetEvaluationRunRequest
) -> GetDataQualityRulesetEvaluationRunResponse:
    """One run."""
    return cast("GetDataQualityRulesetEvaluationRunResponse", run_rows.run_shape(call, run_rows.run_row(call, KIND, req["RunId"])))


@glue.operation(reads=True)
def batch_get_data_quality_ruleset_evaluation_run(
    call: Call, req: BatchGetDataQualityRulesetEvaluationRunRequest
) -> BatchGetDataQualityRulesetEvaluationRunResponse:
    """Several runs, in the order of asking."""
    found: list[DataQualityRulesetEvaluationRun] = []
    missing: list[str] = []
    for identity in dict.fromkeys(req["RunIds"]):
        try:
            shape = run_rows.run_shape(call, run_rows.run_row(call, KIND, identity))
            found.append(cast("DataQualityRulesetEvaluationRun", shape))
        except EntityNotFoundException:
            missing.append(identity)
    return {"Runs": found, "RunsNotFound": missing or None}


@glue.operation(reads=True)
def list_data_quality_ruleset_evaluation_runs(
    call: Call, req: ListDataQualityRulesetEvaluationRunsRequest
) -> ListDataQualityRulesetEvaluationRunsResponse:
    """A page of runs, newest first."""
    wanted = req["Filter"].get("RulesetName") if req.get("Filter") else None
    rows, token = run_rows.listed(call, KIND, req, "ListDataQualityRulesetEvaluationRuns", [])
    rows = [row for row in rows if wanted is None or wanted in row.body["RulesetNames"]]
    return {"Runs": [run_summary(row) for row in rows], "NextToken": token}


def run_summary(row: Any) -> DataQualityRulesetEvaluationRunDescription:
    """A run as lists show it."""
    return {"RunId": row.id, "Status": row.state, "StartedOn": when(row.started), "DataSource": row.body["DataSource"]}


@glue.operation()
def cancel_data_quality_ruleset_evaluation_run(
    call: Call, req: CancelDataQualityRulesetEvaluationRunRequest
) -> CancelDataQualityRulesetEvaluationRunResponse:
    """Ask a run to stop."""
    run_rows.cancel(call, KIND, req["RunId"])
    return {}
