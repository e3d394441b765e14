"""`evaluate(frame, ruleset)`: plan every rule, measure once, judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from awsgluedq.dqdl.model import AnyRule, Composite, Rule, Ruleset, leaves
from awsgluedq.evaluate.analyzers import planned as planned_analyzer
from awsgluedq.evaluate.composite import by_column, by_row
from awsgluedq.evaluate.history import History, NoHistory
from awsgluedq.evaluate.outcome import Analysis, Evaluation, Outcome
from awsgluedq.evaluate.rules import PLANS
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.verdict import Plan, RuleError, Verdict

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

COLUMN, ROW = "COLUMN", "ROW"


@dataclass(frozen=True)
class Settings:
    composite: str = COLUMN  # or ROW: composite rules are evaluated row by row
    cache: bool = False  # keep the input in memory while it is measured


def evaluate(
    frame: DataFrame,
    ruleset: Ruleset,
    sources: Mapping[str, DataFrame] | None = None,
    *,
    history: History | None = None,
    settings: Settings | None = None,
    now: datetime | None = None,
) -> Evaluation:
    """Evaluate every rule and analyzer of a ruleset. A rule that cannot be evaluated has failed, and says why; nothing is raised for it."""
    settings = settings or Settings()
    started = datetime.now(timezone.utc)  # noqa: UP017 - Python 3.10
    scope = Scope(frame.cache() if settings.cache else frame, sources or {}, history or NoHistory(), now or started)
    try:
        outcomes, analyses = _evaluated(ruleset, scope, settings)
    finally:
        if settings.cache:
            frame.unpersist()
    return Evaluation(outcomes, analyses, started, datetime.now(timezone.utc), scope.measures.jobs)  # noqa: UP017


def _evaluated(ruleset: Ruleset, scope: Scope, settings: Settings) -> tuple[list[Outcome], list[Analysis]]:
    plans: dict[Rule, Plan] = {}
    for rule in ruleset.rules:
        for leaf in leaves(rule):
            if leaf not in plans:
                plans[leaf] = _planned(leaf, scope)
    analyzers = [planned_analyzer(each, scope) for each in ruleset.analyzers]
    scope.measures.take()
    compose = by_row(scope) if settings.composite == ROW else by_column
    judged = {leaf: _judged(leaf, plan) for leaf, plan in plans.items()}
    return [_outcome(rule, judged, compose) for rule in ruleset.rules], [judge() for judge in analyzers]


def _planned(rule: Rule, scope: Scope) -> Plan:
    try:
        return PLANS[rule.type](rule, scope)
    except RuleError as error:
        return Plan(rule, _failing(error))


def _failing(error: RuleError) -> Callable[[], Verdict]:
    def judge() -> Verdict:
        raise error

    return judge


def _judged(rule: Rule, plan: Plan) -> Outcome:
    try:
        verdict = plan.judge()
    except RuleError as error:
        verdict = Verdict(False, str(error), error=True)
    return Outcome(rule, plan.rule, verdict.passed, verdict.reason, verdict.metrics, verdict.error, plan.row, plan.join)


def _outcome(rule: AnyRule, judged: Mapping[Rule, Outcome], compose: Callable[[Composite, list[Outcome]], Outcome]) -> Outcome:
    if isinstance(rule, Composite):
        return compose(rule, [_outcome(each, judged, compose) for each in rule.rules])
    return replace(judged[rule], rule=rule)
