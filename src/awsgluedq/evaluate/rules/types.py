"""ColumnDataType: whether the values can be read as a type, and SchemaMatch's kin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from awsgluedq.dqdl.model import Rule, Text
from awsgluedq.evaluate.rules.compliance import compliance
from awsgluedq.evaluate.scope import Scope
from awsgluedq.evaluate.spark import tried_timestamp
from awsgluedq.evaluate.verdict import Plan, RuleError

if TYPE_CHECKING:
    from pyspark.sql import Column

SPARK = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "INTEGER": "int",
    "DOUBLE": "double",
    "FLOAT": "float",
    "LONG": "bigint",
}
DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)", re.IGNORECASE)
DATE_FORMATS = {  # `with format = "…"` → what to add in front and behind, and the pattern of the result
    "dd-MM-yyyy": ("", "", ""), "MM-dd-yyyy": ("", "", ""), "yyyy-MM-dd": ("", "", ""),
    "dd/MM/yyyy": ("", "", ""), "MM/dd/yyyy": ("", "", ""), "yyyy/MM/dd": ("", "", ""),
    "MM-yyyy": ("01-", "", "dd-MM-yyyy"), "yyyy-MM": ("", "-01", "yyyy-MM-dd"),
    "MM/yyyy": ("01/", "", "dd/MM/yyyy"), "yyyy/MM": ("", "/01", "yyyy/MM/dd"),
    "dd-MM": ("", "-2000", "dd-MM-yyyy"), "MM-dd": ("", "-2000", "MM-dd-yyyy"),
    "dd/MM": ("", "/2000", "dd/MM/yyyy"), "MM/dd": ("", "/2000", "MM/dd/yyyy"),
}  # fmt: skip


def column_data_type(rule: Rule, scope: Scope) -> Plan:
    (name,) = rule.values
    condition = rule.condition
    assert condition is not None
    if condition.operator.endswith("matches"):
        raise RuleError(f"Unsupported operator: {condition.operator}; ColumnDataType takes = != in and not in")
    fits = F.lit(False)
    for operand in condition.operands:
        if not isinstance(operand, Text):
            raise RuleError(f"Unrecognized data type: {operand}")
        fits = fits | _fits(scope, name, operand.value, rule)
    passes = ~fits if condition.operator in ("!=", "not in") else fits
    return compliance(rule, scope, passes, f"Column.{name}.ColumnDataType.Compliance", mark=".")


def _fits(scope: Scope, name: str, kind: str, rule: Rule) -> Column:
    """Whether a value is one of the type; NULL is of none."""
    unknown = set(rule.tags) - ({"format"} if kind.upper() == "DATE" else set())
    if unknown:
        raise RuleError(f"Unsupported rule format: {kind} takes no tag {', '.join(sorted(unknown))}")
    if kind.upper() == "DATE" and rule.tag("format"):
        return _fits_format(scope, name, rule.tag("format") or "")
    decimal = DECIMAL.fullmatch(kind)
    spark = f"decimal({decimal[1]},{decimal[2]})" if decimal else SPARK.get(kind.upper())
    if spark is None:
        raise RuleError(f"Unrecognized data type: {kind}; there are {', '.join(each.title() for each in SPARK)} and Decimal(p,s)")
    return scope.tried(name, spark).isNotNull()


def _fits_format(scope: Scope, name: str, form: str) -> Column:
    if form not in DATE_FORMATS:
        raise RuleError(f"Unsupported date format: {form}; there are {', '.join(DATE_FORMATS)}")
    before, behind, pattern = DATE_FORMATS[form]
    text = F.concat(F.lit(before), scope.column(name).cast("string"), F.lit(behind))
    return tried_timestamp(text, pattern or form).isNotNull()
