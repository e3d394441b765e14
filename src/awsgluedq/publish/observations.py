"""Observations: analyzers' metrics whose values are unusual among those of earlier results of the same context."""

from __future__ import annotations

from typing import Any

from awsgluedq.evaluate.history import History
from awsgluedq.evaluate.outcome import Evaluation
from awsgluedq.evaluate.rules.anomalies import MOST, usual
from awsgluedq.evaluate.verdict import shown


def observations(evaluation: Evaluation, history: History) -> list[dict[str, Any]]:
    """In the API's shape. Rules are not proposed: NewRules is left out."""
    metrics = {name: value for analysis in evaluation.analyses for name, value in analysis.metrics.items()}
    found = ((name, value, usual(history.last(name, MOST))) for name, value in metrics.items())
    return [_observation(name, value, expected) for name, value, expected in found if expected is not None and value not in expected]


def _observation(name: str, value: float, expected: Any) -> dict[str, Any]:
    limits = f"{shown(expected.lower)} to {shown(expected.upper)}"
    return {
        "Description": f"{name} of {shown(value)} is outside of its usual range {limits}",
        "MetricBasedObservation": {
            "MetricName": name,
            "MetricValues": {
                "ActualValue": value,
                "ExpectedValue": expected.expected,
                "LowerLimit": expected.lower,
                "UpperLimit": expected.upper,
            },
        },
    }
