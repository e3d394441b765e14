"""DQDL as data: `parse(text)` → Ruleset. Pure: no Spark, no server."""

from awsgluedq.dqdl.errors import DqdlError
from awsgluedq.dqdl.model import Analyzer, AnyRule, Composite, Condition, Rule, Ruleset, leaves
from awsgluedq.dqdl.parse import parse

__all__ = ["Analyzer", "AnyRule", "Composite", "Condition", "DqdlError", "Rule", "Ruleset", "leaves", "parse"]
