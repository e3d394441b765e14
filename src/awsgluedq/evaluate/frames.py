"""The outcomes of rules as a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from awsgluedq.evaluate.outcome import Outcome

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SCHEMA = "Rule string, Outcome string, FailureReason string, EvaluatedMetrics map<string,double>, EvaluatedRule string"
LABELS = "Labels map<string,string>"


def rule_outcomes(spark: SparkSession, outcomes: Sequence[Outcome]) -> DataFrame:
    """One row per rule, in the ruleset's order; Labels is there when a rule has some."""
    rows = [(str(each.rule), each.word, each.reason, dict(each.metrics), str(each.evaluated)) for each in outcomes]
    if not any(each.rule.labels for each in outcomes):
        return spark.createDataFrame(rows, SCHEMA).coalesce(1)
    labelled = [(*row, dict(each.rule.labels)) for row, each in zip(rows, outcomes, strict=True)]
    return spark.createDataFrame(labelled, f"{SCHEMA}, {LABELS}").coalesce(1)
