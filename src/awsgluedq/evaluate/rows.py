"""The row-level outcomes: each row with the rules it passed, failed and was skipped by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from awsgluedq.dqdl.model import AnyRule, Composite, Rule
from awsgluedq.evaluate.composite import row_test
from awsgluedq.evaluate.outcome import Outcome

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PASS, FAIL, SKIP, RESULT = "DataQualityRulesPass", "DataQualityRulesFail", "DataQualityRulesSkip", "DataQualityEvaluationResult"
PASSED, SKIPPED = "PASSED", "SKIPPED"


def row_outcomes(frame: DataFrame, outcomes: Sequence[Outcome], *, filtered: str = PASSED, with_labels: bool = False) -> DataFrame:
    """The frame with four more columns; nothing is computed before it is used.

    `filtered` says what a rule is to a row that its where clause leaves out.
    """
    columns = frame.columns
    tests: list[tuple[str, Column | None]] = []
    for outcome in outcomes:
        frame, test = _tested(frame, outcome, f"__dq{len(tests)}")
        tests.append((_text(outcome.rule, with_labels), test))
    names = [f"__dqtest{number}" for number in range(len(tests))]
    tested = [test.alias(name) for name, (_, test) in zip(names, tests, strict=True) if test is not None]
    frame = frame.select(*[F.col(_quoted(name)) for name in columns], *tested)
    known = [(text, F.col(name)) for name, (text, test) in zip(names, tests, strict=True) if test is not None]
    skipped = [(text, F.lit(True)) for text, test in tests if test is None]
    left_out = [(text, column.isNull()) for text, column in known]
    fail = _texts([(text, ~column) for text, column in known])
    passed = [(text, column | column.isNull() if filtered == PASSED else column) for text, column in known]
    return frame.select(
        *[F.col(_quoted(name)) for name in columns],
        _texts(passed).alias(PASS),
        fail.alias(FAIL),
        _texts([*skipped, *(left_out if filtered == SKIPPED else [])]).alias(SKIP),
        F.when(F.size(fail) == 0, F.lit("Passed")).otherwise(F.lit("Failed")).alias(RESULT),
    )


def _tested(frame: DataFrame, outcome: Outcome, name: str) -> tuple[DataFrame, Column | None]:
    """The frame, joined where the rule takes that, and the rule's test. A rule that could not be evaluated has none."""
    if isinstance(outcome.rule, Composite) and outcome.parts and outcome.row is None:
        parts = []
        for number, part in enumerate(outcome.parts):
            frame, test = _tested(frame, part, f"{name}_{number}")
            parts.append(test)
        return frame, row_test(outcome.rule.operator, parts)
    if outcome.error:
        return frame, None
    if outcome.join is not None:
        return outcome.join(frame, name), F.col(name)
    return frame, outcome.row


def _texts(tests: list[tuple[str, Column]]) -> Column:
    """The texts of the tests that hold."""
    found = [F.when(test, F.lit(text)) for text, test in tests]
    if not found:
        return F.array().cast("array<string>")
    return F.filter(F.array(*found), lambda each: each.isNotNull())


def _text(rule: AnyRule, with_labels: bool) -> str:
    return str(rule) if with_labels else str(unlabelled(rule))


def unlabelled(rule: AnyRule) -> AnyRule:
    if isinstance(rule, Composite):
        return Composite(rule.operator, tuple(map(unlabelled, rule.rules)))
    return Rule(**{**vars(rule), "own_labels": {}})


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
