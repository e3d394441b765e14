"""From an expression's text to its value: lark parses, then it is computed from the leaves up."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from wheatpaste.services.cloudwatch.expressions.functions import function
from wheatpaste.services.cloudwatch.expressions.series import ExpressionError, Series, Unsupported, Value, combined

if TYPE_CHECKING:
    from lark import Lark, Token

GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction | disjunction ("OR" | "||") conjunction -> either
?conjunction: comparison | conjunction ("AND" | "&&") comparison -> both
?comparison: sum | comparison "==" sum -> equal | comparison "!=" sum -> unequal | comparison "<" sum -> less
    | comparison "<=" sum -> at_most | comparison ">" sum -> greater | comparison ">=" sum -> at_least
?sum: product | sum "+" product -> add | sum "-" product -> subtract
?product: signed | product "*" signed -> multiply | product "/" signed -> divide
?signed: power | "-" signed -> negative
?power: atom | atom "^" signed -> power
?atom: NUMBER -> number | ID -> reference | STRING -> text | "(" disjunction ")"
    | "[" disjunction ("," disjunction)* "]" -> array | WORD "(" [disjunction ("," disjunction)*] ")" -> call | WORD -> word
ID: /[a-z][A-Za-z0-9_]*/
WORD: /[A-Z][A-Z0-9_]*/
STRING: /"[^"]*"|'[^']*'/
NUMBER: /\d+(\.\d*)?([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?/
%ignore /\s+/
"""
INSIGHTS = re.compile(r"\s*SELECT\s", re.IGNORECASE)
Lookup = Callable[[str], "Value"]


def evaluate(expression: str, lookup: Lookup, metrics: Sequence[Series], span: range | None) -> Value:
    """The value of an expression.

    ``lookup``: the value of another query, by its id; ``metrics``: what METRICS() is; ``span``: the intervals of TIME_SERIES, None when the
    request has several periods. Raises ExpressionError, Unsupported.
    """
    from lark.exceptions import LarkError, VisitError

    if INSIGHTS.match(expression):
        raise Unsupported("Metrics Insights (SELECT)")
    try:
        return _checked(_evaluator()(lookup, metrics, span).transform(_parser().parse(expression)))
    except VisitError as error:
        raise error.orig_exc from None
    except LarkError as error:
        raise ExpressionError(f"it cannot be read: {str(error).splitlines()[0]}") from None


def _checked(found: object) -> Value:
    if isinstance(found, Series | list):
        return found
    raise ExpressionError("it must give a time series or an array of them, not a number")


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(GRAMMAR, parser="lalr")


@cache
def _evaluator() -> Callable[[Lookup, Sequence[Series], range | None], Any]:
    """The class is made at the first expression: lark costs a tenth of a second that most servers need not spend."""
    from lark import Transformer, v_args

    @v_args(inline=True)
    class Evaluation(Transformer[Any, Any]):
        def __init__(self, lookup: Lookup, metrics: Sequence[Series], span: range | None) -> None:
            super().__init__()
            self._lookup, self._metrics, self._span = lookup, metrics, span

        def __default__(self, data: Any, children: list[Any], meta: Any) -> Value:
            left, right = children  # only operators have no method of their own
            return combined(str(data), _value(left), _value(right))

        def number(self, token: Token) -> float:
            return float(token)

        def reference(self, token: Token) -> Value:
            return self._lookup(str(token))

        def text(self, token: Token) -> str:
            return str(token)[1:-1]

        def word(self, token: Token) -> str:
            return str(token)

        def negative(self, value: Any) -> Value:
            return combined("multiply", -1.0, _value(value))

        def array(self, *items: Any) -> list[Series]:
            return [each for item in items for each in (item if isinstance(item, list) else [_member(item)])]

        def call(self, name: Token, *given: Any) -> Value:
            arguments = [each for each in given if each is not None]
            if name == "METRICS":
                return [each for each in self._metrics if all(isinstance(part, str) and part in each.id for part in arguments)]
            if name == "TIME_SERIES":
                return self._time_series(arguments)
            return function(str(name))(arguments)

        def _time_series(self, arguments: list[Any]) -> Series:
            if self._span is None:
                raise Unsupported("TIME_SERIES over different periods")
            if len(arguments) != 1 or not isinstance(arguments[0], float):
                raise ExpressionError("TIME_SERIES is of one number")
            return Series({}, self._span).with_values((time, arguments[0]) for time in self._span)

    return Evaluation


def _value(item: Any) -> Value:
    if isinstance(item, str):
        raise ExpressionError(f"{item} is no value")
    found: Value = item
    return found


def _member(item: Any) -> Series:
    if not isinstance(item, Series):
        raise ExpressionError("an array is of time series")
    return item
