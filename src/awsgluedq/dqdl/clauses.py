"""Conditions and tags of a rule, checked against what its type takes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from awsgluedq.dqdl.build import Written
from awsgluedq.dqdl.errors import DqdlError
from awsgluedq.dqdl.model import Amount, Binary, Call, Condition, Group, Keyword, Literal, Now, Operand, Text
from awsgluedq.dqdl.rule_types import DATE, DURATION, NOTHING, NUMBER, SIZE, STRING

DAY = re.compile(r"\d{4}-\d\d-\d\d")
TIME_OF_DAY = re.compile(r"\d{1,2}:\d\d (AM|PM)|\d\d:\d\d")
NUMERIC = (Literal, Group, Binary, Call)
WRONG_PATTERNS = ("missing ), unterminated subpattern", "unbalanced parenthesis", "nothing to repeat", "unterminated character set")
THRESHOLD = "threshold"


def is_date(operand: Operand) -> bool:
    return isinstance(operand, Now) or (
        isinstance(operand, Text) and bool(DAY.fullmatch(operand.value) or TIME_OF_DAY.fullmatch(operand.value))
    )


def is_null(operand: Operand) -> bool:
    return isinstance(operand, Keyword) and operand.name == "NULL"


FITS = {
    NUMBER: lambda each: isinstance(each, NUMERIC) or is_null(each),
    STRING: lambda each: isinstance(each, Text | Keyword),
    DATE: lambda each: is_date(each) or is_null(each),
    DURATION: lambda each: isinstance(each, Amount) and not each.is_size,
    SIZE: lambda each: (isinstance(each, Amount) and each.is_size) or (isinstance(each, Literal) and each.value.is_integer()),
}
EQUALITIES = ("=", "!=", "in", "not in", "matches", "not matches")  # what strings have


def no_condition(written: Written, allowed: tuple[str, ...]) -> None:
    """A rule without condition."""
    if NOTHING not in allowed:
        raise DqdlError(f"{written.type} needs a condition ({_kinds(allowed)})", written.position)


def condition_of(written: Written, condition: Condition, allowed: tuple[str, ...]) -> Condition:
    """The condition, with the kind that its rule type makes of it. Raises DqdlError."""
    if allowed == (NOTHING,):
        raise DqdlError(f"Unexpected condition for rule of type {written.type}: {condition}", written.position)
    for kind in allowed:
        if kind != NOTHING and _fits(kind, condition):
            for each in condition.operands:
                _check_time(each, written)
            _check_pattern(condition, written)
            return replace(condition, kind=kind)
    raise DqdlError(f"Unexpected condition for rule of type {written.type}: {condition}; it takes {_kinds(allowed)}", written.position)


def _fits(kind: str, condition: Condition) -> bool:
    if kind == STRING and condition.operator not in EQUALITIES:
        return False
    if kind != STRING and condition.operator.endswith("matches"):
        return False
    if kind == DATE and all(map(is_null, condition.operands)):
        return False  # `= NULL` is of no kind of its own: a string's is as good
    return all(FITS[kind](each) for each in condition.operands)


def _kinds(allowed: tuple[str, ...]) -> str:
    return " or ".join(f"a {kind} condition" for kind in allowed if kind != NOTHING)


def _check_time(operand: Operand, written: Written) -> None:
    """A date or a time of day that is none, as 2024-02-31 or 25:00."""
    if isinstance(operand, Text) and is_date(operand):
        try:
            time_or_day(operand.value)
        except ValueError:
            raise DqdlError(f"Error Parsing Date: {operand}", written.position) from None


def _check_pattern(condition: Condition, written: Written) -> None:
    """A regular expression that is none. Spark's are Java's: told is what is wrong in Python's and in those."""
    if not condition.operator.endswith("matches") or not isinstance(condition.operands[0], Text):
        return
    pattern = condition.operands[0].value
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(re.sub(r"\\[pP](\{\w+\}|\w)", "x", pattern))
    except re.error as error:
        if error.msg.startswith(WRONG_PATTERNS) and r"\Q" not in pattern:
            raise DqdlError(f"Error Parsing Regular Expression: {pattern!r}: {error.msg}", written.position) from None


def time_or_day(text: str) -> datetime:
    """`2024-01-31`, `21:45`, `9:30 PM`; a time of day is one of 1900-01-01. Raises ValueError."""
    if DAY.fullmatch(text):
        return datetime.strptime(text, "%Y-%m-%d")
    return datetime.strptime(text, "%I:%M %p" if text.endswith("M") else "%H:%M")


def tags_of(written: Written) -> tuple[Mapping[str, Operand], Condition | None]:
    """`with name = value` by name, and the threshold apart. Raises DqdlError."""
    tags: dict[str, Operand] = {}
    threshold: Condition | None = None
    for name, condition in written.tags:
        if name.lower() == THRESHOLD and _fits(NUMBER, condition):
            if threshold is not None:
                raise DqdlError("Only one threshold condition at a time is supported.", written.position)
            threshold = replace(condition, kind=NUMBER)
        elif condition.operator != "=" or not isinstance(condition.operands[0], Text | Literal):
            raise DqdlError(f"Tags only support the equality operator: with {name} {condition}", written.position)
        else:
            tags[name] = condition.operands[0]
    _check_zone(tags.get("timeZone"), written)
    return tags, threshold


def _check_zone(zone: Operand | None, written: Written) -> None:
    if isinstance(zone, Text):
        try:
            ZoneInfo(zone.value)
        except (ZoneInfoNotFoundError, ValueError):
            raise DqdlError(f"Error Parsing Time Zone: {zone.value}", written.position) from None
