"""Filter patterns of unstructured log events (AWS: "Filter pattern syntax"): terms, quoted phrases, ``?optional``, ``-excluded``,
``%regex%``.

Patterns over JSON (``{ $.a = 1 }``) and over space-delimited fields (``[ip, user]``) are refused by name.
"""

import re
from collections.abc import Callable

from wheatpaste.services.logs.errors import InvalidParameterException
from wheatpaste.wire.errors import NotImplementedByWheatpaste

TERM = re.compile(r'\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|([^\s"%]+))')


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a message matches ``pattern``; case matters, and an empty pattern matches all.

    Raises InvalidParameterException for a pattern that is none, NotImplementedByWheatpaste for JSON and field patterns.
    """
    text = pattern.strip()
    if text.startswith(("{", "[")):
        raise NotImplementedByWheatpaste("logs:FilterLogEvents", "filterPattern over JSON or fields")
    every: list[Callable[[str], bool]] = []
    some: list[Callable[[str], bool]] = []
    never: list[Callable[[str], bool]] = []
    position = 0
    while position < len(text):
        found = TERM.match(text, position)
        if found is None:
            raise InvalidParameterException(f"Invalid filter pattern: {pattern!r} at character {position}")
        {"": every, "?": some, "-": never}[found[1]].append(_contains(found))
        position = found.end()
    return lambda message: (
        all(t(message) for t in every) and (not some or any(t(message) for t in some)) and not any(t(message) for t in never)
    )


def _contains(found: "re.Match[str]") -> Callable[[str], bool]:
    if found[3] is not None:
        try:
            expression = re.compile(found[3])
        except re.error as error:
            raise InvalidParameterException(f"Invalid regular expression in filter pattern: {error}") from None
        return lambda message: expression.search(message) is not None
    term = found[2].replace('\\"', '"') if found[2] is not None else found[4]
    return lambda message: term in message
