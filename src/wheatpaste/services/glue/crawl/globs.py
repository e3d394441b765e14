"""Exclusion patterns of S3 targets: AWS's glob dialect, matched against the key below the include path.

``*`` stays within a folder, ``**`` crosses folders, ``?`` is one character, ``[a-c]`` and ``[!a]`` are sets, ``{a,b}`` is a choice without
nesting, ``\\`` makes the next character literal, and a leading dot is nothing special.
"""

import re
from collections.abc import Iterable


def translate(pattern: str) -> "re.Pattern[str]":
    """The regular expression of a pattern; ValueError for one that is malformed."""
    out: list[str] = []
    at = 0
    choosing = False
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            deep = pattern[at : at + 1] == "*"
            at += deep
            out.append(".*" if deep else "[^/]*")
        elif char == "\\":
            if at == len(pattern):
                raise ValueError(f"the pattern {pattern!r} ends in a backslash")
            out.append(re.escape(pattern[at]))
            at += 1
        elif char == "[":
            text, at = _set(pattern, at)
            out.append(text)
        elif char in "{}":
            if choosing == (char == "{"):
                raise ValueError(f"braces of the pattern {pattern!r} are nested or not paired")
            choosing = not choosing
            out.append("(?:" if choosing else ")")
        else:
            out.append("[^/]" if char == "?" else "|" if choosing and char == "," else re.escape(char))
    if choosing:
        raise ValueError(f"braces of the pattern {pattern!r} are not paired")
    return re.compile("".join(out), re.DOTALL)


def _set(pattern: str, at: int) -> tuple[str, int]:
    end = pattern.find("]", at + 1)
    if end < 0:
        raise ValueError(f"the pattern {pattern!r} has an open bracket")
    body = pattern[at:end]
    negated = body.startswith("!")
    inside = body[negated:].replace("\\", "\\\\").replace("^", "\\^").replace("[", "\\[")
    return f"[{'^' if negated else ''}{inside}]", end + 1


class Exclusions:
    """The patterns of one target."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._compiled = [translate(pattern) for pattern in patterns]

    def exclude(self, path: str) -> bool:
        """Whether the key below the include path is excluded."""
        return any(pattern.fullmatch(path) for pattern in self._compiled)
