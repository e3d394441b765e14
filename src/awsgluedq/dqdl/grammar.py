"""Text → syntax tree, by lark; errors name line, column, what stands there and what could."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from awsgluedq.dqdl.errors import DqdlError
from awsgluedq.dqdl.model import Position
from awsgluedq.dqdl.rule_types import RULE_TYPES

SHOWN = {  # terminals, as people read them
    "NAME": "a name",
    "STRING": "a quoted string",
    "NUMBER": "a number",
    "COMPARISON": "a comparison",
    "SIGN": "+ -",
    "TIMES": "* /",
    "NOW": "now()",
    "UNIT_OF_TIME": "days hours minutes",
    "UNIT_OF_SIZE": "B KB MB GB TB",
    "$END": "the end of the text",
}
UPPER = "_UPPER"  # spellings that need not be shown twice


@cache
def parser() -> Lark:
    return Lark(files(__package__).joinpath("dqdl.lark").read_text(), parser="lalr", propagate_positions=True, maybe_placeholders=False)


def tree(text: str) -> Tree[Token]:
    """Raises DqdlError."""
    try:
        return parser().parse(text)
    except UnexpectedInput as error:
        raise DqdlError(_sentence(error), _position(error, text)) from None


def _sentence(error: UnexpectedInput) -> str:
    if isinstance(error, UnexpectedToken):
        found = "the end of the text" if error.token.type == "$END" else str(error.token)
        missing = "is a comma missing before it? " if found in RULE_TYPES else ""
        return f"{found} is not expected here; {missing}expected {_expected(error.accepts or error.expected)}"
    if isinstance(error, UnexpectedCharacters):
        return f"{error.char!r} is not expected here; expected {_expected(error.allowed or set())}"
    return f"the text ends too early; expected {_expected(set(getattr(error, 'expected', ())))}"


def _expected(terminals: set[str]) -> str:
    shown = sorted({_shown(name) for name in terminals if not name.endswith(UPPER)})
    return shown[0] if len(shown) == 1 else f"one of: {', '.join(shown)}"


def _shown(terminal: str) -> str:
    if terminal in SHOWN:
        return SHOWN[terminal]
    definition = next((each for each in parser().terminals if each.name == terminal), None)
    return definition.pattern.value if definition is not None else terminal


def _position(error: UnexpectedInput, text: str) -> Position:
    at_end = isinstance(error, UnexpectedEOF) or (isinstance(error, UnexpectedToken) and error.token.type == "$END")
    if at_end or error.line is None or error.line < 1:
        lines = text.splitlines() or [""]
        return Position(len(lines), len(lines[-1]) + 1)
    return Position(error.line, error.column)
