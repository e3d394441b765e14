"""JSON: lines, one document, or an array; and the JSONPath subset of custom classifiers."""

import json
import re
from collections.abc import Iterator
from typing import Any

from wheatpaste.services.glue.crawl.finding import Finding
from wheatpaste.services.glue.crawl.types import Column, HiveType, merge

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,\x1e]*")
_STEP = re.compile(r"\.([^.\[\]]+)|\[\*\]|\[\]|\['([^']+)'\]|\[\"([^\"]+)\"\]|\[(\d+)\]")
GOOD = 0.7  # the share of records that must parse
RECORDS = 1000


class JsonPath:
    """``$``, ``.name``, ``['name']``, ``[*]``, ``[]``, ``[0]``; ValueError for anything else."""

    def __init__(self, text: str) -> None:
        if not text.startswith("$"):
            raise ValueError(f"JSON path {text!r} must begin with $")
        self.steps: list[str | int | None] = []  # a name, an index, or None for each element
        at = 1
        while at < len(text):
            found = _STEP.match(text, at)
            if found is None:
                raise ValueError(f"JSON path {text!r} is not understood at {text[at:]!r}")
            name = found[1] or found[2] or found[3]
            self.steps.append(None if name == "*" else name or (int(found[4]) if found[4] else None))
            at = found.end()

    def select(self, document: Any, steps: list[str | int | None] | None = None) -> Iterator[Any]:
        """The values at the path."""
        steps = self.steps if steps is None else steps
        if not steps:
            yield document
            return
        step, *rest = steps
        if isinstance(step, str):
            inner = [document[step]] if isinstance(document, dict) and step in document else []
        elif isinstance(step, int):
            inner = document[step : step + 1] if isinstance(document, list) else []
        else:
            inner = list(document.values()) if isinstance(document, dict) else document if isinstance(document, list) else []
        for value in inner:
            yield from self.select(value, rest)


def documents(text: str) -> tuple[list[Any], int, int]:
    """The values that follow one another in the text, the characters that they took, and how many lines were no JSON."""
    found: list[Any] = []
    bad = 0
    at = _SPACE.match(text, 0).end()  # type: ignore[union-attr]
    last = 0
    while at < len(text) and len(found) < RECORDS:
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            line = text.find("\n", at)
            if line < 0:
                break  # the last one is cut off, or broken
            bad, at = bad + 1, line
        else:
            found.append(value)
            last = at
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
    return found, last, bad


def read_json(text: str, complete: bool, path: str = "") -> Finding | None:
    """The schema of JSON text; None when it is none (or when ``text`` is too short to hold a whole record)."""
    body = text.lstrip("\ufeff \t\r\n")
    if not body or body[0] not in "{[":
        return None
    found, taken, bad = documents(body)
    if not found and body[0] == "[":
        found, taken, bad = documents(body[1:])
        found = [found] if found and not complete else []
    if not found or len(found) < GOOD * (len(found) + bad) or not all(isinstance(v, dict | list) for v in found):
        return None
    records = [value for each in found for value in JsonPath(path).select(each)] if path else found
    columns = _columns(records)
    if not columns:
        return None
    size = max(1, round(len(body[:taken].encode()) / len(records)))
    count = len(records) if len(found) < RECORDS else len(records) * len(body) // taken
    names = sorted({key for record in records if isinstance(record, dict) for key in record} or {"array"})
    serde = {"paths": ",".join(names)}
    parameters = {"jsonPath": path} if path else {}
    return Finding("json", "json", tuple(columns), count, size, parameters=parameters, serde=serde)


def _columns(records: list[Any]) -> list[Column]:
    """Top-level names in lower case; an array at the top is one column named ``array``, as AWS shows it."""
    columns: dict[str, HiveType] = {}
    for record in records:
        fields = record if isinstance(record, dict) else {"array": record} if isinstance(record, list) else {}
        for name, value in fields.items():
            columns[name.lower()] = merge(columns.get(name.lower(), "null"), value_type(value))
    return list(columns.items())


def value_type(value: Any) -> HiveType:
    """The column type of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "int" if -(2**31) <= value < 2**31 else "bigint" if -(2**63) <= value < 2**63 else "double"
    if isinstance(value, float):
        return "double"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        inner: HiveType = "null"
        for each in value:
            inner = merge(inner, value_type(each))
        return {"array": inner}
    return {"struct": [[name, value_type(each)] for name, each in value.items()]} if value else "null"
