"""EvaluateDataQuality: DQDL rulesets evaluated on frames, in Glue jobs and in one's own tests."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsglue.transforms.transform import GlueTransform
from awsgluedq.dqdl import Ruleset, parse
from awsgluedq.evaluate import Evaluation, Settings, evaluate
from awsgluedq.evaluate.frames import rule_outcomes
from awsgluedq.evaluate.rows import row_outcomes
from awsgluedq.publish import AdditionalOptions, PublishingOptions, publish, store_of
from awsgluedq.publish.observations import observations
from awsgluedq.publish.stores import Remembered

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from awsglue.context import GlueContext
    from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection

ORIGINAL, RULES, ROWS = "originalData", "ruleOutcomes", "rowLevelOutcomes"  # the names of process_rows' frames


class EvaluateDataQuality(GlueTransform):  # type: ignore[misc]
    """Evaluates a ruleset.

    `apply(frame, ruleset, publishing_options)` returns the outcomes of its rules; `process_rows` those of each row too. A frame is a
    DynamicFrame or a DataFrame. Raises DqdlError for a ruleset that is none, with line and column; a rule that fails raises nothing.
    """

    DATA_QUALITY_RULE_OUTCOMES_KEY = RULES
    """Under it Glue Studio's scripts take the outcomes out of `process_rows`' frames, to fail the job when a rule has."""

    def __call__(
        self,
        frame: DynamicFrame | DataFrame,
        ruleset: str,
        publishing_options: Mapping[str, Any] | None = None,
        additional_data_sources: Mapping[str, Any] | None = None,
        additional_options: Mapping[str, Any] | None = None,
    ) -> DynamicFrame:
        """The outcomes: columns Rule, Outcome, FailureReason, EvaluatedMetrics, EvaluatedRule, and Labels where rules have some."""
        call = _Call(frame, ruleset, publishing_options, additional_options, additional_data_sources)
        return call.dynamic(rule_outcomes(call.frame.sparkSession, call.evaluation.outcomes), RULES)

    def process_rows(
        self,
        frame: DynamicFrame | DataFrame,
        ruleset: str,
        publishing_options: Mapping[str, Any] | None = None,
        additional_options: Mapping[str, Any] | None = None,
        additional_data_sources: Mapping[str, Any] | None = None,
    ) -> DynamicFrameCollection:
        """`originalData`, `ruleOutcomes`, and `rowLevelOutcomes`: the rows with the rules that each passed, failed and was skipped by."""
        from awsglue.dynamicframe import DynamicFrameCollection

        call = _Call(frame, ruleset, publishing_options, additional_options, additional_data_sources)
        rows = row_outcomes(
            call.frame,
            call.evaluation.outcomes,
            filtered=call.options["rowLevelConfiguration.filteredRowLabel"],
            with_labels=call.options["rowLevelConfiguration.ruleWithLabels"] == "ENABLED",
        )
        frames = {
            ORIGINAL: call.dynamic(call.frame, ORIGINAL),
            RULES: call.dynamic(rule_outcomes(call.frame.sparkSession, call.evaluation.outcomes), RULES),
            ROWS: call.dynamic(rows, ROWS),
        }
        return DynamicFrameCollection(frames, call.context)


class _Call:
    """One evaluation, with its options read first, so that a wrong one costs nothing."""

    def __init__(
        self,
        frame: DynamicFrame | DataFrame,
        ruleset: str,
        publishing: Mapping[str, Any] | None,
        additional: Mapping[str, Any] | None,
        sources: Mapping[str, Any] | None,
    ) -> None:
        self.publishing, self.options = PublishingOptions.of(publishing), AdditionalOptions.of(additional)
        self.ruleset: Ruleset = parse(ruleset)
        self.frame = dataframe(frame)
        self.context = _context(frame)
        self.evaluation = self._evaluate({alias: dataframe(each) for alias, each in (sources or {}).items()})

    def _evaluate(self, sources: Mapping[str, DataFrame]) -> Evaluation:
        store = store_of(os.environ)
        settings = Settings(self.options["compositeRuleEvaluation.method"], self.options["performanceTuning.caching"] == "CACHE_INPUT")
        history = Remembered(store, self.publishing.context)
        found = evaluate(self.frame, self.ruleset, sources, history=history, settings=settings)
        observed = observations(found, history) if self.options["observations.scope"] == "ALL" else []
        best_effort = self.options["dataQualityResultsPublishing.strategy"] == "BEST_EFFORT"
        publish(found, self.publishing, store, observed=observed, best_effort=best_effort)
        return found

    def dynamic(self, frame: DataFrame, name: str) -> DynamicFrame:
        from awsglue.dynamicframe import DynamicFrame

        return DynamicFrame.fromDF(frame, self.context, name)


def dataframe(frame: Any) -> DataFrame:
    """The frame as a DataFrame."""
    return frame.toDF() if hasattr(frame, "glue_ctx") else frame


def _context(frame: Any) -> GlueContext:
    from awsglue.context import GlueContext

    return frame.glue_ctx if hasattr(frame, "glue_ctx") else GlueContext(frame.sparkSession.sparkContext)
