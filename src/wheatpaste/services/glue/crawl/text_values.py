"""The type of a cell of text."""

import re

_INTEGER = re.compile(r"[+-]?\d+")
_DOUBLE = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?")
_LONG = 2**63


def cell_type(text: str) -> str:
    """``null`` for an empty cell; dates and times are strings: so AWS's CSV classifier leaves them (crawled tables up to 2024)."""
    if not text:
        return "null"
    if _INTEGER.fullmatch(text):
        return "bigint" if -_LONG <= int(text) < _LONG else "string"
    if _DOUBLE.fullmatch(text):
        return "double"
    return "boolean" if text.lower() in ("true", "false") else "string"


def merge_cells(one: str, other: str) -> str:
    """The type of a column that holds cells of both types."""
    if one == other or other == "null":
        return one
    if one == "null":
        return other
    return "double" if {one, other} == {"bigint", "double"} else "string"
