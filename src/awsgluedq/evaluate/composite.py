"""AND and OR of rules: of their outcomes (COLUMN, the default), or row by row (ROW)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from awsgluedq.dqdl.model import Composite, leaves
from awsgluedq.dqdl.rule_types import RULE_TYPES
from awsgluedq.evaluate.outcome import Outcome
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.spark import PySparkException, first_line
from awsgluedq.evaluate.verdict import RuleError, not_met

if TYPE_CHECKING:
    from pyspark.sql import Column


def by_column(rule: Composite, parts: list[Outcome]) -> Outcome:
    """The whole columns' outcomes, joined; messages of those that failed, metrics of all."""
    passed = [part.passed for part in parts]
    reasons = [part.reason for part in parts if part.reason is not None]
    return Outcome(
        rule,
        Composite(rule.operator, tuple(part.evaluated for part in parts), rule.own_labels, rule.labels, rule.position),
        all(passed) if rule.operator == "AND" else any(passed),
        "\n".join(reasons) or None,
        {name: value for part in parts for name, value in part.metrics.items()},
        any(part.error for part in parts),
        row_test(rule.operator, [part.row for part in parts]),
        parts=parts,
    )


def row_test(operator: str, rows: list[Column | None]) -> Column | None:
    """The tests of the parts, joined; None where a part has none."""
    known = [row for row in rows if row is not None]
    if len(known) < len(rows):
        return None
    joined = known[0]
    for row in known[1:]:
        joined = joined & row if operator == "AND" else joined | row
    return joined


def by_row(scope: Scope) -> Callable[[Composite, list[Outcome]], Outcome]:
    """A rule holds when every row passes the joined tests. Rules about the dataset count for every row."""

    def compose(rule: Composite, parts: list[Outcome]) -> Outcome:
        whole = by_column(rule, parts)
        try:
            passed, rows = _counted(scope, _test(rule, parts))
        except RuleError as error:
            return Outcome(rule, whole.evaluated, False, str(error), whole.metrics, True)
        ratio = passed / rows if rows else 1.0
        reason = None if passed == rows else not_met(ratio)
        return Outcome(rule, whole.evaluated, passed == rows, reason, whole.metrics, False, _test(rule, parts), parts=parts)

    return compose


def _test(rule: Composite, parts: list[Outcome]) -> Column:
    rows: list[Column | None] = []
    for part in parts:
        for leaf in leaves(part.rule):
            if not RULE_TYPES[leaf.type].by_row or leaf.threshold is not None or part.join is not None:
                raise RuleError(f"{leaf} cannot be evaluated row by row in a composite rule")
        rows.append(part.row if part.row is not None else F.lit(part.passed))
    joined = row_test(rule.operator, rows)
    assert joined is not None
    return joined


def _counted(scope: Scope, test: Column) -> tuple[int, int]:
    try:
        found = scope.frame.select(test.alias("passed")).agg(F.count(F.when(F.col("passed"), 1)), F.count("passed")).first()
    except PySparkException as error:
        raise RuleError(f"Exception thrown while evaluating rule: {first_line(error)}") from None
    return (found[0], found[1]) if found else (0, 0)
