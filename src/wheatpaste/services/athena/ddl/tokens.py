"""Words of a Hive statement, and a reader that walks over them."""

import re
from dataclasses import dataclass

from wheatpaste.services.athena.dialect.errors import SqlError

PATTERN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
      | '(?P<text>(?:[^'\\]|\\.|'')*)'
      | "(?P<text2>(?:[^"\\]|\\.)*)"
      | `(?P<quoted>(?:[^`]|``)*)`
      | (?P<word>[A-Za-z_0-9]\w*)
      | (?P<mark><=|>=|<>|!=|[^\s])""",
    re.S | re.X,
)
ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "0": "\0", "Z": "\x1a"}


@dataclass(frozen=True)
class Token:
    """``kind`` is text ('…'), text2 ("…": a string, or an identifier), quoted (`…`), word, mark or end.

    ``value`` is without quotes, ``start`` the place in the statement.
    """

    kind: str
    value: str
    start: int


def unescaped(text: str) -> str:
    """A Hive string's value: ``\\t``, ``\\001``, ``\\u0041``, ``\\'`` and doubled quotes."""

    def one(found: re.Match[str]) -> str:
        escape = found[1]
        if re.fullmatch(r"[0-3][0-7]{2}", escape):
            return chr(int(escape, 8))
        return chr(int(escape[1:], 16)) if escape[0] == "u" and len(escape) == 5 else ESCAPES.get(escape, escape)

    return re.sub(r"\\([0-3][0-7]{2}|u[0-9A-Fa-f]{4}|.)", one, text.replace("''", "'"), flags=re.S)


def tokenize(sql: str) -> list[Token]:
    """The tokens of a statement."""
    found: list[Token] = []
    for match in PATTERN.finditer(sql):
        kind = match.lastgroup or ""
        if kind != "space":
            value = match[kind]
            if kind == "text":
                value = unescaped(value)
            found.append(Token(kind, value.replace("``", "`") if kind == "quoted" else value, match.start()))
    return [*found, Token("end", "<EOF>", len(sql))]


class Reader:
    """A place in a statement."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.tokens = tokenize(sql)
        self.place = 0

    @property
    def token(self) -> Token:
        """The token here."""
        return self.tokens[self.place]

    def wrong(self, expected: str = "") -> SqlError:
        """Athena's error for what stands here."""
        before = self.sql[: self.token.start]
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        hint = f" expecting {expected}" if expected else ""
        return SqlError("SYNTAX_ERROR", f"line {line}:{column}: mismatched input '{self.token.value}'{hint}")

    def peek(self, *words: str) -> bool:
        """Whether these words stand here."""
        ahead = self.tokens[self.place : self.place + len(words)]
        return len(ahead) == len(words) and all(
            t.kind in ("word", "mark") and t.value.upper() == w for t, w in zip(ahead, words, strict=True)
        )

    def take(self, *words: str) -> bool:
        """Step over these words if they stand here."""
        if self.peek(*words):
            self.place += len(words)
            return True
        return False

    def expect(self, *words: str) -> None:
        """Step over these words, or raise SqlError."""
        for word in words:
            if not self.take(word):
                raise self.wrong(f"'{word}'")

    def name(self) -> str:
        """An identifier, in lower case as the catalog keeps it."""
        token = self.token
        if token.kind not in ("word", "quoted", "text2"):
            raise self.wrong("an identifier")
        self.place += 1
        return token.value.lower()

    def text(self) -> str:
        """A string."""
        token = self.token
        if token.kind not in ("text", "text2"):
            raise self.wrong("a string")
        self.place += 1
        return unescaped(token.value) if token.kind == "text2" else token.value

    def end(self) -> None:
        """Raise SqlError unless the statement ends here."""
        if self.token.kind != "end":
            raise self.wrong("<EOF>")

    def rest(self) -> str:
        """The text from here on."""
        text = self.sql[self.token.start :]
        self.place = len(self.tokens) - 1
        return text

    def listed(self) -> bool:
        """Whether a list goes on: steps over ``,``; at ``)`` steps over it and says no."""
        if self.take(","):
            return True
        self.expect(")")
        return False
