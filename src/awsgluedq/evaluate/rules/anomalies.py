"""DetectAnomalies: whether a metric's value is unusual among those of earlier results.

AWS does not publish its model. Here: a value is usual within three standard deviations of the earlier values' mean (at least 1 % of the
mean either way, so that a constant metric has room); it takes three earlier results, as AWS documents for its own.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from awsgluedq.dqdl.model import Rule
from awsgluedq.evaluate.rules.numbers import READINGS
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.verdict import Plan, RuleError, Verdict, shown

LEAST, MOST, DEVIATIONS, ROOM = 3, 100, 3.0, 0.01


@dataclass(frozen=True)
class Range:
    """Where values are usual."""

    expected: float
    lower: float
    upper: float

    def __contains__(self, value: float) -> bool:
        return self.lower <= value <= self.upper


def usual(earlier: Sequence[float]) -> Range | None:
    """What earlier values let expect; None of too few."""
    if len(earlier) < LEAST:
        return None
    mean = statistics.fmean(earlier)
    reach = max(DEVIATIONS * statistics.pstdev(earlier), ROOM * abs(mean))
    return Range(mean, mean - reach, mean + reach)


def detect_anomalies(rule: Rule, scope: Scope) -> Plan:
    kind, parameters = rule.parameters[0].value, rule.parameters[1:]
    if kind not in READINGS:
        raise RuleError(f"DetectAnomalies of {kind} is not supported; it takes {', '.join(sorted(READINGS))}")
    try:
        reading = READINGS[kind](replace(rule, type=kind, parameters=parameters), scope)
    except ValueError:
        raise RuleError(f"DetectAnomalies: unexpected number of parameters for {kind}: {len(parameters)}") from None
    earlier = list(scope.history.last(reading.metric, MOST))
    expected = usual(earlier)
    if expected is None:
        raise RuleError(f"DetectAnomalies needs at least {LEAST} earlier results of {reading.metric}; there are {len(earlier)}")

    def judge() -> Verdict:
        value = reading.value()
        if value is None:
            raise RuleError(f"Empty state for {reading.metric}: all input values were NULL.")
        met = value in expected
        reason = f"Value: {shown(value)} is outside of the usual range {shown(expected.lower)} to {shown(expected.upper)}"
        return Verdict(met, None if met else reason, {reading.metric: float(value)})

    return Plan(rule, judge)
