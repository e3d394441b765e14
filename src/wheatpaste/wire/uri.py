"""REST operations by method and path: templates compiled once per service.

A template is ``/{Bucket}/{Key+}?uploads``: labels, greedy labels, and constants of the query string. Several operations may share
method and path (S3's PutObject, CopyObject, UploadPart): the one that demands most of what the request has wins, so what a model
requires in query string and headers tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from wheatpaste.wire.errors import InvalidURI

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

_LABEL = re.compile(r"\{([^}+]+)(\+?)\}")


@dataclass(frozen=True)
class Candidate:
    """An operation, and what it demands besides its path."""

    name: str
    constants: tuple[tuple[str, str], ...]  # query parameters of the template; "" for one without a value
    query: tuple[str, ...]  # required members in the query string
    headers: tuple[str, ...]  # required members in headers
    optional: bool = False  # a deprecated twin: only when nothing else fits

    def named_by(self, query: Mapping[str, str]) -> bool:
        """Whether the query string has the template's constants."""
        return all(name in query and (not value or query[name] == value) for name, value in self.constants)

    def given_by(self, query: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """Whether the request has what the operation requires."""
        return all(name in query for name in self.query) and all(name in headers for name in self.headers)


@dataclass(frozen=True)
class Path:
    """A path template with the operations that share it, the most demanding first."""

    pattern: re.Pattern[str]
    labels: tuple[str, ...]
    plain: tuple[Candidate, ...]  # without constants
    named: dict[str, tuple[Candidate, ...]]  # by the name of their first constant

    def candidates(self, query: Mapping[str, str]) -> tuple[Candidate, ...]:
        """The operations with the most constants that the query string has."""
        found = [candidate for name in query if name in self.named for candidate in self.named[name] if candidate.named_by(query)]
        most = max((len(candidate.constants) for candidate in found), default=0)
        return tuple(candidate for candidate in found if len(candidate.constants) == most) or self.plain


def _candidate(op: OperationModel) -> Candidate:
    constants = tuple(parse_qsl(op.http["requestUri"].partition("?")[2], keep_blank_values=True))
    required = {"querystring": [], "header": []}  # type: dict[str, list[str]]
    shape = op.input_shape
    for member in shape.required_members if shape else ():
        traits = shape.members[member].serialization
        if traits.get("location") in required:
            required[traits["location"]].append(traits.get("name", member))
    deprecated = bool(getattr(op, "deprecated", False))
    return Candidate(op.name, constants, tuple(required["querystring"]), tuple(required["header"]), deprecated)


def _pattern(template: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    parts, end, labels = [], 0, []
    for label in _LABEL.finditer(template):
        parts += [re.escape(template[end : label.start()]), "(.+)" if label[2] else "([^/]+)"]
        labels.append(label[1])
        end = label.end()
    tail = template[end:]
    optional_slash = "" if template.endswith("+}") else "/?"
    return re.compile("".join(parts) + re.escape(tail.rstrip("/")) + optional_slash, re.DOTALL), tuple(labels)


def _specificity(template: str) -> tuple[Any, ...]:
    """Orders templates: literal segments first, greedy labels last, longer before shorter."""
    return (*(2 if "+}" in part else 1 if "{" in part else 0 for part in template.strip("/").split("/")), 3)


@cache
def _paths(model: ServiceModel) -> dict[str, tuple[Path, ...]]:
    grouped: dict[str, dict[str, list[Candidate]]] = {}
    for name in model.operation_names:
        op = model.operation_model(name)
        template = op.http["requestUri"].partition("?")[0]
        grouped.setdefault(op.http["method"], {}).setdefault(template, []).append(_candidate(op))
    return {method: tuple(_path(t, templates[t]) for t in sorted(templates, key=_specificity)) for method, templates in grouped.items()}


def _path(template: str, candidates: Iterable[Candidate]) -> Path:
    ordered = sorted(candidates, key=lambda c: (c.optional, -len(c.query) - len(c.headers)))
    named: dict[str, tuple[Candidate, ...]] = {}
    for candidate in ordered:
        if candidate.constants:
            first = candidate.constants[0][0]
            named[first] = (*named.get(first, ()), candidate)
    return Path(*_pattern(template), tuple(c for c in ordered if not c.constants), named)


def match(
    model: ServiceModel, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[str, dict[str, str]] | None:
    """The operation for method and raw path, with its labels decoded; None when nothing fits."""
    for entry in _paths(model).get(method, ()):
        found = entry.pattern.fullmatch(path)
        if found is not None and (name := _choose(entry.candidates(query), query, headers)):
            return name, dict(zip(entry.labels, map(decode_label, found.groups()), strict=True))
    return None


def decode_label(text: str) -> str:
    """A label of the raw path, decoded once; raises InvalidURI for what is not UTF-8."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise InvalidURI("Couldn't parse the specified URI.", URI=text) from None


def _choose(candidates: tuple[Candidate, ...], query: Mapping[str, str], headers: Mapping[str, str]) -> str | None:
    """The operation that is given all it requires, else the least demanding (validation says what is missing)."""
    for candidate in candidates:
        if candidate.given_by(query, headers):
            return candidate.name
    return candidates[-1].name if candidates else None
