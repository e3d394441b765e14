"""A text's tokens, and a reader that consumes them; ``Words`` is what the statement parsers of this package are written with."""

import re
from collections.abc import Iterator
from typing import ClassVar

from sqlglot.dialects.redshift import Redshift
from sqlglot.errors import TokenError
from sqlglot.tokens import Token, TokenType

from wheatpaste.engines.pgwire.session import SqlError

STRINGS = {TokenType.STRING, TokenType.HEREDOC_STRING, TokenType.BYTE_STRING}


class Plain(Redshift):  # type: ignore[misc]
    """Redshift's tokens without sqlglot's notion of commands whose rest is one text."""

    class Tokenizer(Redshift.Tokenizer):  # type: ignore[misc]
        COMMANDS: ClassVar[set[TokenType]] = set()


def tokenize(sql: str) -> list[Token]:
    """The tokens of a text. Raises SqlError 42601 for one that ends inside a string."""
    try:
        return [word for token in Plain().tokenize(sql) for word in _single(sql, token)]
    except TokenError as error:
        raise SqlError("42601", f"unterminated quoted string or comment: {str(error)[:120]}") from error


def _single(sql: str, token: Token) -> Iterator[Token]:
    """sqlglot reads ``PRIMARY KEY`` as one token: one for each word."""
    if token.token_type in STRINGS or token.token_type == TokenType.IDENTIFIER or " " not in " ".join(token.text.split()):
        yield token
        return
    for found in re.finditer(r"\S+", sql[token.start : token.end + 1]):
        start = token.start + found.start()
        yield Token(TokenType.VAR, found.group(), start=start, end=start + len(found.group()) - 1)


_PARAMETER = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|\$\$.*?\$\$|(\$\d+)", re.DOTALL)


def spaced(sql: str) -> str:
    """A space after each ``$n``: sqlglot reads ``$1,$`` as the mark of a dollar-quoted string."""
    return _PARAMETER.sub(lambda found: f"{found[1]} " if found[1] else found[0], sql) if "$" in sql else sql


def split(sql: str) -> Iterator["Words"]:
    """The statements of a text, without empty ones."""
    sql = spaced(sql)
    pending: list[Token] = []
    for token in tokenize(sql):
        if token.token_type != TokenType.SEMICOLON:
            pending.append(token)
        elif pending:
            yield Words(sql, pending)
            pending = []
    if pending:
        yield Words(sql, pending)


class Words:
    """One statement's tokens, read from the left; keywords are compared without case."""

    def __init__(self, source: str, tokens: list[Token]) -> None:
        self._source = source
        self._tokens = tokens
        self._at = 0

    @property
    def text(self) -> str:
        """The whole statement as it was written."""
        return self._source[self._tokens[0].start : self._tokens[-1].end + 1]

    @property
    def rest(self) -> str:
        """What is not read yet, as it was written."""
        return self._source[self._tokens[self._at].start : self._tokens[-1].end + 1] if self._at < len(self._tokens) else ""

    @property
    def done(self) -> bool:
        """Whether everything is read."""
        return self._at >= len(self._tokens)

    @property
    def parameters(self) -> int:
        """The highest ``n`` of the statement's ``$n``."""
        pairs = zip(self._tokens, self._tokens[1:], strict=False)
        marks = [int(b.text) for a, b in pairs if a.token_type == TokenType.PARAMETER and b.token_type == TokenType.NUMBER]
        return max(marks, default=0)

    def restart(self) -> "Words":
        """A reader of the same statement, at its start."""
        return Words(self._source, self._tokens)

    def peek(self, ahead: int = 0) -> str:
        """The token ``ahead`` as an upper-case keyword; empty at the end and for quoted ones."""
        at = self._at + ahead
        if at >= len(self._tokens) or self._tokens[at].token_type in STRINGS or self._tokens[at].token_type == TokenType.IDENTIFIER:
            return ""
        return str(self._tokens[at].text).upper()

    def has_into(self) -> bool:
        """Whether a query of the outermost level says INTO: it then makes a table."""
        depth = 0
        for i in range(len(self._tokens)):
            word = Words(self._source, self._tokens[i:]).peek()
            depth += {"(": 1, ")": -1}.get(word, 0)
            if depth == 0 and word in ("INTO", "FROM"):
                return word == "INTO"
        return False

    def accept(self, *keywords: str) -> bool:
        """Read these keywords if they are next, all of them."""
        if all(self.peek(i) == keyword for i, keyword in enumerate(keywords)):
            self._at += len(keywords)
            return True
        return False

    def one_of(self, *keywords: str) -> str:
        """Read the keyword that is next if it is one of these; empty otherwise."""
        found = self.peek()
        if found in keywords:
            self._at += 1
            return found
        return ""

    def expect(self, *keywords: str) -> None:
        """Read these keywords. Raises SqlError 42601."""
        if not self.accept(*keywords):
            raise self.syntax()

    def syntax(self) -> SqlError:
        """The error of a token that does not belong here."""
        near = self._tokens[self._at] if not self.done else None
        if near is None:
            return SqlError("42601", "syntax error at end of input")
        return SqlError("42601", f'syntax error at or near "{self._source[near.start : near.end + 1]}"')

    def end(self) -> None:
        """Raises SqlError 42601 when something is left."""
        if not self.done:
            raise self.syntax()

    def word(self) -> str:
        """Read any one token as it was written."""
        if self.done:
            raise self.syntax()
        token = self._tokens[self._at]
        self._at += 1
        return self._source[token.start : token.end + 1]

    def is_string(self) -> bool:
        """Whether a string is next."""
        return not self.done and self._tokens[self._at].token_type in STRINGS

    def peek_text(self) -> str:
        """The token that is next as it was written; empty at the end."""
        return "" if self.done else self._source[self._tokens[self._at].start : self._tokens[self._at].end + 1]

    def string(self) -> str:
        """Read a string; its content."""
        if not self.is_string():
            raise self.syntax()
        self._at += 1
        return str(self._tokens[self._at - 1].text)

    def number(self) -> int:
        """Read a whole number, which may be negative or written as a string."""
        sign = -1 if self.accept("-") else 1
        text = self.string() if self.is_string() else self.word()
        try:
            return sign * int(text)
        except ValueError:
            self._at -= 1
            raise self.syntax() from None

    def identifier(self) -> str:
        """Read a name; Redshift folds it to lower case, quoted or not."""
        if self.done or self.is_string() or self._tokens[self._at].text in ("(", ")", ",", ".", ";"):
            raise self.syntax()
        self._at += 1
        return str(self._tokens[self._at - 1].text).lower()

    def dotted(self) -> list[str]:
        """Read a name of one to three parts."""
        parts = [self.identifier()]
        while self.accept("."):
            parts.append(self.identifier())
        return parts

    def names(self) -> list[str]:
        """Read a list of names in parentheses."""
        self.expect("(")
        found = [self.identifier()]
        while self.accept(","):
            found.append(self.identifier())
        self.expect(")")
        return found

    def parenthesised(self) -> str:
        """Read a pair of parentheses; what is between them, as it was written."""
        self.expect("(")
        first, depth = self._at, 1
        while depth:
            if self.done:
                raise self.syntax()
            depth += {"(": 1, ")": -1}.get(self.peek(), 0)
            self._at += 1
        last = self._at - 1
        return self._source[self._tokens[first].start : self._tokens[last].start].strip() if last > first else ""

    def until(self, *keywords: str) -> str:
        """Read up to one of these keywords or a comma or parenthesis that closes, outside parentheses; what was read, as it was written."""
        first, depth = self._at, 0
        while not self.done:
            word = self.peek()
            if depth == 0 and (word in keywords or word in (",", ")")):
                break
            depth += {"(": 1, ")": -1}.get(word, 0)
            self._at += 1
        if first == self._at:
            raise self.syntax()
        return self._source[self._tokens[first].start : self._tokens[self._at - 1].end + 1]
