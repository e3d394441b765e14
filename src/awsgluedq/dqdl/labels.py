"""Labels of rules: at most ten, keys of 128 and values of 256 characters."""

from __future__ import annotations

from collections.abc import Sequence

from awsgluedq.dqdl.errors import DqdlError
from awsgluedq.dqdl.model import Position

MOST, LONGEST_KEY, LONGEST_VALUE = 10, 128, 256


def checked_labels(pairs: Sequence[tuple[str, str]], position: Position | None) -> dict[str, str]:
    """The labels as a mapping; raises DqdlError."""
    if not pairs:
        raise DqdlError("Labels must have at least one label", position)
    if len(pairs) > MOST:
        raise DqdlError(f"Number of labels exceed maximum allowed (MAX: {MOST})", position)
    found: dict[str, str] = {}
    for key, value in pairs:
        if not key or not value:
            raise DqdlError("Label key or value cannot be empty", position)
        for name, text, longest in (("key", key, LONGEST_KEY), ("value", value, LONGEST_VALUE)):
            if len(text) > longest:
                raise DqdlError(f"Label {name} has length {len(text)} exceeding the maximum length of {longest} characters", position)
        if key in found:
            raise DqdlError("Duplicate label key. Key must be unique.", position)
        found[key] = value
    return found
