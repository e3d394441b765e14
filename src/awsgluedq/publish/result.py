"""An evaluation in the shape of the Glue API's DataQualityResult, without what only the platform knows (ids, job)."""

from __future__ import annotations

from typing import Any

from awsgluedq.evaluate.outcome import Analysis, Evaluation, Outcome

LONGEST = 2048  # characters of a text in the API
NAME = "Rule_{}"


def result(evaluation: Evaluation, context: str) -> dict[str, Any]:
    """JSON-ready; moments are ISO 8601."""
    passed = sum(each.passed for each in evaluation.outcomes)
    count = len(evaluation.outcomes)
    return {
        "EvaluationContext": context,
        "StartedOn": evaluation.started.isoformat(),
        "CompletedOn": evaluation.completed.isoformat(),
        **({"Score": evaluation.score} if evaluation.score is not None else {}),
        "RuleResults": [_rule(each, number) for number, each in enumerate(evaluation.outcomes)],
        "AnalyzerResults": [_analyzer(each, number) for number, each in enumerate(evaluation.analyses)],
        "AggregatedMetrics": {
            "TotalRulesProcessed": float(count),
            "TotalRulesPassed": float(passed),
            "TotalRulesFailed": float(count - passed),
        },
    }


def _rule(outcome: Outcome, number: int) -> dict[str, Any]:
    """ERROR is a rule that could not be evaluated."""
    return {
        "Name": NAME.format(number),
        "Description": str(outcome.rule)[:LONGEST],
        "EvaluatedRule": str(outcome.evaluated)[:LONGEST],
        "Result": "ERROR" if outcome.error else "PASS" if outcome.passed else "FAIL",
        "EvaluatedMetrics": dict(outcome.metrics),
        **({"EvaluationMessage": outcome.reason[:LONGEST]} if outcome.reason else {}),
        **({"Labels": dict(outcome.rule.labels)} if outcome.rule.labels else {}),
    }


def _analyzer(analysis: Analysis, number: int) -> dict[str, Any]:
    return {
        "Name": f"Analyzer_{number}",
        "Description": str(analysis.analyzer)[:LONGEST],
        "EvaluatedMetrics": dict(analysis.metrics),
        **({"EvaluatedDistributions": dict(analysis.distributions)} if analysis.distributions else {}),
        **({"EvaluationMessage": analysis.reason[:LONGEST]} if analysis.reason else {}),
    }
