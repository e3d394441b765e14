"""Text files by RegexSerDe: each line must match the whole pattern, each group is a column; a line that does not is a row of NULLs.

As Hive's ``serde2.RegexSerDe`` does it: a group that is no value of its column's type is NULL. Java's patterns are run by Python's ``re``
where both mean the same, and refused where they do not.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from wheatpaste.engines.duckdb.failures import LakeError
from wheatpaste.engines.duckdb.lake_lines import lines
from wheatpaste.engines.duckdb.lake_types import INTEGERS, LakeType

RANGES = {"tinyint": 7, "smallint": 15, "integer": 31, "bigint": 63}
ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[dDwWsSbBnrtf1-9]|[^0-9a-zA-Z])|\\")
FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def pattern_of(parameters: Mapping[str, str]) -> re.Pattern[str]:
    """The table's pattern. Raises LakeError for none, and for what Java and Python read in two ways."""
    given = parameters.get("input.regex")
    if given is None:
        raise LakeError("HIVE_INVALID_METADATA", "This table does not have serde property 'input.regex'!")
    for found in ESCAPE.finditer(given):
        if found[1] is None:
            raise _refused(given[found.start() : found.start() + 2])
    bare = ESCAPE.sub("..", given)
    if re.search(r"&&|\[[^\]]*\[", bare):
        raise _refused("sets inside of sets")
    bare = re.sub(r"\[\^?\]?[^\]]*\]", "x", bare)
    if re.search(r"(?<![^(|?])\{|\{(?!\d+(,\d*)?\})|\(\?P|\(\?\(|\(\?#", bare):
        raise _refused("this use of braces or groups")
    flags = re.ASCII | re.DOTALL
    if parameters.get("input.regex.case.insensitive", "").lower() == "true":
        flags |= re.IGNORECASE
    try:
        return re.compile(re.sub(r"\(\?<(?=[a-zA-Z])", "(?P<", given), flags)
    except re.error as error:
        raise LakeError("NOT_SUPPORTED", f"wheatpaste refuses the pattern of RegexSerDe: {error}: {given}") from error


def _refused(what: str) -> LakeError:
    return LakeError("NOT_SUPPORTED", f"wheatpaste refuses {what} in the pattern of RegexSerDe: Java and Python do not read it alike")


def rows(
    path: str, url: str, pattern: re.Pattern[str], columns: Sequence[tuple[str, LakeType]], wanted: Sequence[str], skip: int
) -> Iterator[dict[str, Any]]:
    """The rows of a file, of the wanted columns. Raises LakeError."""
    if pattern.groups != len(columns):
        raise LakeError("HIVE_CURSOR_ERROR", "Number of matching groups doesn't match the number of columns")
    taken = [(name, place, _reader(name, type_)) for place, (name, type_) in enumerate(columns, 1) if name in wanted]
    for array in lines(path, url, skip):
        for line in array.to_pylist():
            found = pattern.fullmatch(line)
            yield {name: read(found[place]) for name, place, read in taken if found[place] is not None} if found else {}


def _reader(name: str, type_: LakeType) -> Callable[[str], Any]:
    if type_.name in ("varchar", "char"):
        return str
    if type_.name in INTEGERS:
        return lambda text: _integer(text, RANGES[type_.name])
    if type_.name in ("real", "double"):
        return _float
    if type_.name == "boolean":
        return lambda text: text.lower() == "true"
    raise LakeError("NOT_SUPPORTED", f"wheatpaste refuses the type {type_} of the column {name} of RegexSerDe")


def _integer(text: str, bits: int) -> int | None:
    if re.fullmatch(r"[+-]?[0-9]+", text) is None:
        return None
    number = int(text)
    return number if -(2**bits) <= number < 2**bits else None


def _float(text: str) -> float | None:
    text = text.strip()
    if text.lstrip("+-") in ("NaN", "Infinity") and len(text) - len(text.lstrip("+-")) < 2:
        return float(text)
    return float(text) if FLOAT.fullmatch(text) else None
