"""Conditions on numbers: of one value, and of a column's values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from awsgluedq.dqdl.model import Condition
from awsgluedq.evaluate.history import value_of
from awsgluedq.evaluate.verdict import RuleError, Verdict, not_met

if TYPE_CHECKING:
    from pyspark.sql import Column


def holds(condition: Condition, value: float) -> bool:
    """`between` is exclusive, as documented, and `not between` its opposite."""
    numbers = [value_of(each) for each in condition.operands]
    tests = {
        "=": value == numbers[0],
        "!=": value != numbers[0],
        ">": value > numbers[0],
        ">=": value >= numbers[0],
        "<": value < numbers[0],
        "<=": value <= numbers[0],
        "between": numbers[0] < value < numbers[-1],
        "not between": not numbers[0] < value < numbers[-1],
        "in": value in numbers,
        "not in": value not in numbers,
    }
    return tests[condition.operator]


def judged(metric: str, value: float | int | None, condition: Condition, mark: str = "!") -> Verdict:
    """The verdict on one measured value."""
    if value is None:
        raise RuleError(f"Empty state for {metric}: all input values were NULL.")
    met = holds(condition, value)
    return Verdict(met, None if met else not_met(value, mark), {metric: float(value)})


def test(column: Column, operator: str, values: list[Column]) -> Column:
    """The same for a column: `values` are comparable with it. Null stays null."""
    first, last = values[0], values[-1]
    return {
        "=": lambda: column == first,
        "!=": lambda: column != first,
        ">": lambda: column > first,
        ">=": lambda: column >= first,
        "<": lambda: column < first,
        "<=": lambda: column <= first,
        "between": lambda: (column > first) & (column < last),
        "not between": lambda: (column <= first) | (column >= last),
        "in": lambda: column.isin(*values),
        "not in": lambda: ~column.isin(*values),
    }[operator]()


def number_test(column: Column, condition: Condition) -> Column:
    return test(column, condition.operator, [F.lit(value_of(each)) for each in condition.operands])
