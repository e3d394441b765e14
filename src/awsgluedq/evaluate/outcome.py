"""What evaluating a ruleset yields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from awsgluedq.dqdl.model import Analyzer, AnyRule

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


@dataclass(frozen=True)
class Outcome:
    """Of one rule, simple or composite."""

    rule: AnyRule
    evaluated: AnyRule
    passed: bool
    reason: str | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    error: bool = False  # it could not be evaluated
    row: Column | None = None
    join: Callable[[DataFrame, str], DataFrame] | None = None
    parts: Sequence[Outcome] = ()  # of a composite rule

    @property
    def word(self) -> str:
        return "Passed" if self.passed else "Failed"


@dataclass(frozen=True)
class Analysis:
    """Of one analyzer."""

    analyzer: Analyzer
    metrics: Mapping[str, float]
    reason: str | None = None
    distributions: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # in the API's shape


@dataclass(frozen=True)
class Evaluation:
    outcomes: Sequence[Outcome]
    analyses: Sequence[Analysis]
    started: datetime
    completed: datetime
    jobs: int  # queries that Spark was asked for all measures together

    @property
    def score(self) -> float | None:
        """The share of rules that passed; None without rules."""
        return sum(each.passed for each in self.outcomes) / len(self.outcomes) if self.outcomes else None
