"""Comparisons of a text with an integer: Redshift casts the text, DuckDB's own cast would round it ('1.5' = 2 was true).

Only DuckDB knows the types; it folds what is written here away where they are others, before it plans joins and scans.
"""

import re
from typing import Any

from sqlglot import exp

from wheatpaste.engines.redshift.dialect.calls import final

ROUNDED = re.compile(
    r"\s*[-+]?\.?\d.*[^-+0-9 ].*|\s*[-+]?\.\d.*", re.DOTALL
)  # a text that DuckDB may read as an integer and Redshift does not


def comparison(node: Any) -> Any:
    """``a = b`` and its kin."""
    if isinstance(node.parent, exp.Update):  # SET a = b
        return node
    left, right = node.this, node.expression
    node.set("this", _checked(left, right))
    node.set("expression", _checked(right, left))
    return node


def member(node: Any) -> Any:
    """``a IN (1, 2)``."""
    for value in node.expressions:
        checked = _checked(node.this, value)
        if checked is not node.this:
            node.set("this", checked)
            break
    return node


def _checked(value: Any, other: Any) -> Any:
    """A column with the check that it can be compared with ``other``; anything else as it is."""
    if not isinstance(value, exp.Column):
        return value
    if isinstance(other, exp.Column):
        return final("rs_compared", value.copy(), other.copy())
    if (isinstance(other, exp.Literal) and other.is_int) or other.is_type("smallint", "int", "bigint"):
        return final("rs_compared", value.copy(), exp.Literal.number(0))
    if other.is_string and ROUNDED.fullmatch(other.this):
        return final("rs_compared_with_text", value.copy(), other.copy())
    return value
