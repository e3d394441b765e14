"""Grok patterns: ``%{NAME:field:type}`` over named regular expressions, one line at a time."""

import re
from functools import lru_cache
from typing import NamedTuple

from wheatpaste.services.glue.crawl.grok_patterns import PATTERNS

TYPES = {"byte": "tinyint", "boolean": "boolean", "double": "double", "short": "smallint", "int": "int", "long": "bigint", "float": "float"}
TYPES["string"] = "string"
_REFERENCE = re.compile(r"%\{(\w+)(?::([^:}]*))?(?::([^}]*))?\}")
_NAMED = re.compile(r"\(\?<(\w+)>")
_DEEPEST = 50


class Pattern(NamedTuple):
    """A compiled pattern and its fields in order, with Hive types."""

    regex: "re.Pattern[str]"
    fields: tuple[tuple[str, str], ...]


def parse_custom(text: str) -> dict[str, str]:
    """Custom patterns: a name, white space and an expression on each line."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, _, expression = line.strip().partition(" ")
        if not name or name.startswith("#"):
            continue
        if not re.fullmatch(r"\w+", name) or not expression.strip():
            raise ValueError(f"Custom pattern {line!r}: a name and an expression are needed.")
        found[name] = expression.strip()
    return found


@lru_cache(maxsize=64)
def compile_pattern(text: str, custom: str = "") -> Pattern:
    """The pattern; ValueError, with the reason, for one that is malformed or names an unknown pattern or type."""
    library = {**PATTERNS, **parse_custom(custom)}
    fields: dict[str, tuple[str, str]] = {}

    def expand(body: str, depth: int) -> str:
        if depth > _DEEPEST:
            raise ValueError(f"Grok pattern {text!r} refers to itself.")
        return _REFERENCE.sub(lambda found: replaced(found, depth), body)

    def replaced(found: "re.Match[str]", depth: int) -> str:
        name, field, kind = found[1], (found[2] or "").strip(), (found[3] or "string").strip()
        if name not in library:
            raise ValueError(f"Grok pattern {text!r} names {name}, which is not defined.")
        if kind not in TYPES:
            raise ValueError(f"Grok pattern {text!r}: {kind} is none of {', '.join(TYPES)}.")
        inside = expand(library[name], depth + 1)
        return f"(?P<{group(field, TYPES[kind])}>{inside})" if field else f"(?:{inside})"

    def group(field: str, kind: str) -> str:
        name = f"g{len(fields)}"  # a field's own name need not be one for Python, and may come twice
        fields[name] = (field.lower(), kind)
        return name

    def own(found: "re.Match[str]") -> str:
        return f"(?P<{group(found[1], 'string')}>"

    expression = _NAMED.sub(own, expand(text, 0))
    try:
        regex = re.compile(expression)
    except re.error as error:
        raise ValueError(f"Grok pattern {text!r} is no regular expression: {error}") from None
    order = sorted(fields, key=lambda name: regex.groupindex[name])
    return Pattern(regex, tuple({fields[name][0]: fields[name] for name in order}.values()))
