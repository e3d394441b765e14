"""Cursors: DECLARE, FETCH and CLOSE. As in Redshift, one at a time, inside a transaction, forward only; its rows stay in the worker."""

from collections.abc import Sequence

from wheatpaste.engines.pgwire.messages import Column
from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.dialect.tokens import Words
from wheatpaste.engines.redshift.warehouse.results import Command
from wheatpaste.engines.redshift.warehouse.session import Session
from wheatpaste.engines.redshift.warehouse.statements import Statement

ALL = 1 << 62


class Fetched:
    """The next rows of a cursor, at most so many."""

    def __init__(self, cursor: Result, most: int) -> None:
        self._cursor = cursor
        self._left = most
        self._given = 0

    @property
    def columns(self) -> Sequence[Column] | None:
        """The cursor's columns."""
        return self._cursor.columns

    @property
    def tag(self) -> str:
        """FETCH and how many rows there were."""
        return f"FETCH {self._given}"

    def fetch(self, rows: int, formats: Sequence[int]) -> tuple[int, bytes]:
        """The next rows as DataRow messages."""
        if not self._left:
            return 0, b""
        count, payload = self._cursor.fetch(min(rows, self._left), formats)
        self._left -= count
        self._given += count
        return count, payload

    def close(self) -> None:
        """The cursor stays open."""


def declare(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """DECLARE name CURSOR [WITHOUT HOLD] FOR query."""
    if session.status != "T":
        raise SqlError("25P01", "DECLARE CURSOR may only be used in transaction blocks")
    words = statement.words.restart()
    words.expect("DECLARE")
    name = words.identifier()
    if words.accept("SCROLL"):
        raise SqlError("0A000", "SCROLL cursors are not supported by Redshift")
    words.accept("NO", "SCROLL")
    words.expect("CURSOR")
    if words.accept("WITH", "HOLD"):
        raise SqlError("0A000", "cursors WITH HOLD are not supported by Redshift")
    words.accept("WITHOUT", "HOLD")
    words.expect("FOR")
    if session.cursor is not None:
        held = session.cursor[0]
        raise SqlError(
            "42P03", f'cursor "{held}" already exists' if held == name else f'only one cursor can be open at a time: "{held}" is'
        )
    session.cursor = (name, session.stream(session.translator(parameters).query(words.rest)))
    return Command("DECLARE CURSOR")


def fetch(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """FETCH [NEXT | ALL | [FORWARD] [n | ALL]] [FROM | IN] name."""
    words = statement.words.restart()
    most = _count(words)
    return Fetched(_named(session, words), most)


def named(session: Session, words: Words) -> Result:
    """The cursor that a FETCH names. Raises SqlError 34000."""
    _count(words)
    return _named(session, words)


def _named(session: Session, words: Words) -> Result:
    words.one_of("FROM", "IN")
    name = words.identifier()
    words.end()
    if session.cursor is None or session.cursor[0] != name:
        raise SqlError("34000", f'cursor "{name}" does not exist')
    return session.cursor[1]


def _count(words: Words) -> int:
    words.expect("FETCH")
    if words.accept("NEXT"):
        return 1
    if words.one_of("PRIOR", "FIRST", "LAST", "ABSOLUTE", "RELATIVE", "BACKWARD"):
        raise SqlError("0A000", "cursor can only scan forward")
    words.accept("FORWARD")
    if words.accept("ALL"):
        return ALL
    if not words.peek().lstrip("-").isdigit() and words.peek() != "-":
        return 1
    count = words.number()
    if count < 0:
        raise SqlError("0A000", "cursor can only scan forward")
    return count


def close(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """CLOSE name."""
    words = statement.words.restart()
    words.expect("CLOSE")
    name = words.identifier()
    words.end()
    if name == "all":
        session.close_cursor()
        return Command("CLOSE CURSOR ALL")
    if session.cursor is None or session.cursor[0] != name:
        raise SqlError("34000", f'cursor "{name}" does not exist')
    session.close_cursor()
    return Command("CLOSE CURSOR")
