"""Dynamic rules: `avg(last(10))` over the values that a metric had in earlier results.

As documented: without earlier results a function of them is 0.0; `last(k)` alone is one number only for k = 1.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Protocol

from awsgluedq.dqdl.model import Binary, Call, Condition, Group, Keyword, Literal, Numeric, Operand, is_dynamic
from awsgluedq.evaluate.verdict import RuleError, shown


class History(Protocol):
    def last(self, metric: str, count: int) -> Sequence[float]:
        """The newest values of a metric, newest first, at most `count`."""


class NoHistory:
    """Of a frame that nobody has evaluated before."""

    def last(self, metric: str, count: int) -> Sequence[float]:
        return ()


ONE: dict[str, Callable[[Sequence[float]], float]] = {
    "avg": statistics.fmean,
    "average": statistics.fmean,
    "mean": statistics.fmean,
    "median": statistics.median,
    "min": min,
    "max": max,
    "sum": sum,
    "std": statistics.pstdev,
}
Value = float | list[float]


def resolved(condition: Condition, metric: str, history: History) -> Condition:
    """The condition with a number in place of every function."""
    if not condition.is_dynamic:
        return condition
    operands = tuple(_literal(each, metric, history) if is_dynamic(each) else each for each in condition.operands)
    return Condition(condition.operator, operands, condition.kind)


def value_of(operand: Operand) -> float:
    """A number without functions; equal precedence, from left to right, as the grammar has it."""
    found = _value(operand, "", NoHistory())  # type: ignore[arg-type]
    if isinstance(found, list):
        raise RuleError(f"{operand} is no number")
    return found


def _literal(operand: Operand, metric: str, history: History) -> Literal:
    return Literal(shown(float(_single(_value(operand, metric, history), operand))))  # type: ignore[arg-type]


def _single(value: Value, operand: Operand) -> float:
    if not isinstance(value, list):
        return value
    if not value:
        return 0.0
    if len(value) > 1:
        raise RuleError(
            "Rule threshold results in list, and a single value is expected. Use aggregation functions to produce a single value:"
            f" {operand}"
        )
    return value[0]


def _value(operand: Numeric, metric: str, history: History) -> Value:
    if isinstance(operand, Literal):
        return operand.value
    if isinstance(operand, Group):
        return _value(operand.inner, metric, history)
    if isinstance(operand, Keyword):
        raise RuleError(f"{operand} is no number")
    if isinstance(operand, Binary):
        left, right = (_single(_value(each, metric, history), each) for each in (operand.left, operand.right))
        return _combined(left, operand.operator, right)
    return _called(operand, metric, history)


def _combined(left: float, operator: str, right: float) -> float:
    if operator == "/":
        if right == 0:
            raise RuleError(f"Division by zero: {shown(left)} / {shown(right)}")
        return left / right
    return {"+": left + right, "-": left - right, "*": left * right}[operator]


def _called(call: Call, metric: str, history: History) -> Value:
    arguments = [_value(each, metric, history) for each in call.arguments]
    if call.name == "last":
        count = int(_single(arguments[0], call)) if arguments else 1
        return list(history.last(metric, count))
    if call.name == "abs" and len(arguments) == 1:
        return [abs(each) for each in arguments[0]] if isinstance(arguments[0], list) else abs(arguments[0])
    if call.name == "index" and len(arguments) == 2 and isinstance(arguments[0], list):
        return _at(arguments[0], int(_single(arguments[1], call)), call)
    if call.name in ONE and len(arguments) == 1:
        values = arguments[0] if isinstance(arguments[0], list) else [arguments[0]]
        return ONE[call.name](values) if values else 0.0
    raise RuleError(f"Unknown function or wrong arguments: {call}; there are last, index, abs, {', '.join(ONE)}")


def _at(values: list[float], index: int, call: Call) -> float:
    if not values:
        return 0.0
    if not 0 <= index < len(values):
        raise RuleError(f"{call}: there are {len(values)} earlier results, counted from 0")
    return values[index]
