"""Java's regular expressions, as AWS's models have them, as Python's."""

import re
import sys
import unicodedata
import warnings
from functools import cache

Matches = re.Pattern[str]
_SURROGATES = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
_NAMED = re.compile(r"\(\?<(?=[A-Za-z])")
_DASH = re.compile(r"(\\[wds])-(?!\])")  # Java: a dash after a class is a dash
_HEX = re.compile(r"\\x\{([0-9A-Fa-f]+)\}")
_PROPERTY = re.compile(r"\\([pP])(?:\{\^?(\w+)\}|([A-Z]))")
_POSIX = {
    "Alnum": "a-zA-Z0-9",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Upper": "A-Z",
    "Lower": "a-z",
    "Space": r"\s",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "ASCII": r"\x00-\x7f",
    "Cntrl": r"\x00-\x1f\x7f",
    "XDigit": "0-9A-Fa-f",
}
_NAMES = {"IsLetter": "L", "IsAlphabetic": "L", "IsDigit": "Nd", "IsPunctuation": "P", "Letter": "L", "Number": "N", "Punctuation": "P"}


class Untranslatable(ValueError):
    """A pattern that Python's ``re`` cannot say; it is not checked, and a test lists them all."""


@cache
def compile_pattern(pattern: str) -> Matches:
    """The pattern for ``fullmatch``, which is how AWS applies them; raises Untranslatable."""
    if "&&" in pattern:
        raise Untranslatable(pattern)
    text = _SURROGATES.sub(_astral, pattern)
    text = _HEX.sub(lambda m: f"\\U{int(m[1], 16):08x}", text)
    text = _DASH.sub(r"\1\\-", text)
    text = _NAMED.sub("(?P<", text).replace(r"\z", r"\Z").replace(r"\h", " \\t\\xa0")
    text = _properties(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a "[[" means in Python what it meant; the warning is about the future
            made = re.compile(text, re.ASCII)
            # An unanchored pattern for one character says "contains": AWS searches there.
            return re.compile(f"(?s:.*)(?:{text})(?s:.*)", re.ASCII) if _for_one_character(text) else made
    except (re.error, OverflowError) as error:
        raise Untranslatable(f"{pattern}: {error}") from None


def _for_one_character(text: str) -> bool:
    if text.startswith("^") or text.endswith("$"):
        return False
    import re._parser as parser  # type: ignore[import-not-found]

    return bool(parser.parse(text, re.ASCII).getwidth()[1] == 1)


def _astral(pair: re.Match[str]) -> str:
    """The code point of two surrogate escapes."""
    high, low = int(pair[1], 16), int(pair[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _properties(text: str) -> str:
    """``\\p{L}`` as ranges, bracketed where it stands outside a class."""
    parts, end = [], 0
    for found in _PROPERTY.finditer(text):
        name = found[2] or found[3]
        ranges = _POSIX.get(name) or _ranges(_NAMES.get(name, name.removeprefix("Is")))
        if not ranges or (found[1] == "P" and _in_class(text, found.start())):
            raise Untranslatable(text)
        bare = ranges if _in_class(text, found.start()) else f"[{'^' if found[1] == 'P' else ''}{ranges}]"
        parts += [text[end : found.start()], bare]
        end = found.end()
    return "".join(parts) + text[end:]


def _in_class(text: str, position: int) -> bool:
    """Whether ``position`` lies between brackets."""
    inside, at = False, 0
    while at < position:
        if text[at] == "\\":
            at += 1
        elif text[at] == "[":
            inside = True
        elif text[at] == "]":
            inside = False
        at += 1
    return inside


@cache
def _ranges(category: str) -> str:
    """The code points of a Unicode category (``L``, ``Nd``) as the inside of a class; empty for an unknown one."""
    return "".join(f"\\U{a:08x}-\\U{b:08x}" for name, a, b in _runs() if name.startswith(category))


@cache
def _runs() -> tuple[tuple[str, int, int], ...]:
    """Runs of code points of one category: one walk over Unicode, at the first pattern that asks for a property."""
    runs, start, current = [], 0, unicodedata.category("\0")
    for point in range(1, sys.maxunicode + 1):
        category = unicodedata.category(chr(point))
        if category != current:
            runs.append((current, start, point - 1))
            start, current = point, category
    return (*runs, (current, start, sys.maxunicode))
