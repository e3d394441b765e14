"""The names in JSON, as they follow one another: Spark's inference sorts them and does not tell in which order they were."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from awsglue._frame.order import Names

FILES, BYTES = 4, 1 << 16  # that are looked at
BOM = "\ufeff"
# Neither a line's end within a string nor two objects without a comma are JSON: this is between two documents, nowhere else.
AT_LINES = r"(?<=\})\s*\n\s*(?=\{)"
LINES = r"[\r\n]+"
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,]*")
# A string, a name if a colon is behind it, or a bracket. A string that is cut off goes to the end, so that no text makes it try twice.
_TOKEN = re.compile(r'"((?:[^"\\]+|\\[\s\S])*)(?:"(\s*:)?|\\?\Z)|[{}\[\]]')


def names_in(beginnings: Iterable[str], whole_files: bool) -> Names:
    """The names that texts of at most `BYTES` show, of lines or of whole files. A record that is cut off counts as far as it is there."""
    found: Names = {}
    for text in beginnings:
        texts = re.split(AT_LINES if whole_files else LINES, text.lstrip(BOM))
        unread = [_add_documents(found, each) for each in texts]
        if len(text.encode()) >= BYTES:
            _add_cut(found, unread[-1])
    return found


def _add_documents(found: Names, text: str) -> str:
    """Adds those of the documents that a text begins with; the rest, which is none, is given back."""
    position = 0
    while (position := _SPACE.match(text, position).end()) < len(text):  # type: ignore[union-attr]
        try:
            value, position = _DECODER.raw_decode(text, position)
            _add(found, value)
        except (ValueError, RecursionError):  # no JSON, which makes error records elsewhere, or cut off
            return text[position:]
    return ""


def _add(found: Names, value: Any) -> None:
    if isinstance(value, dict):
        for name, member in value.items():
            below = found.setdefault(name, {})
            if isinstance(member, (dict, list)):
                _add(below, member)
    elif isinstance(value, list):
        for item in value:
            _add(found, item)


def _add_cut(found: Names, text: str) -> None:
    """Adds the names of a document whose end is missing: of an array its whole elements', of what is left those that its brackets show."""
    text = _add_documents(found, text.removeprefix("["))
    within, latest = [found], found
    for token in _TOKEN.finditer(text):
        if token[2]:
            latest = within[-1].setdefault(_unescaped(token[1]), {})
        elif token[0] in ("{", "["):
            within.append(latest)
        elif token[0] in ("}", "]"):
            del within[max(1, len(within) - 1) :]  # where more are closed than opened it is no JSON
            latest = within[-1]


def _unescaped(name: str) -> str:
    try:
        return str(json.loads(f'"{name}"'))
    except ValueError:  # no JSON: no field either
        return name
