"""The extended query protocol: prepared statements and portals of one connection."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from wheatpaste.engines.pgwire import messages as m
from wheatpaste.engines.pgwire.session import Parameters, Result, Session, SqlError, Statement
from wheatpaste.engines.pgwire.values import parameter_text


class Client(Protocol):
    """Where answers go."""

    def send(self, *messages: bytes) -> None:
        """Queue messages."""

    def flush(self) -> None:
        """Send what is queued."""

    def notices(self) -> None:
        """Queue the session's notices."""

    def rows(self, result: Result, most: int, formats: tuple[int, ...]) -> bool:
        """Queue rows; True when there may be more."""


@dataclass
class Prepared:
    """A prepared statement; None for an empty text."""

    statement: Statement | None
    oids: tuple[int, ...]


@dataclass
class Portal:
    """A statement with its parameters; ``result`` once it ran."""

    prepared: Prepared
    parameters: Parameters
    formats: tuple[int, ...]
    result: Result | None = None

    def result_formats(self) -> tuple[int, ...]:
        """One format per column."""
        columns = self.result.columns if self.result else None
        return m.spread(self.formats, len(columns or ()))


class Extended:
    """The handlers of Parse, Bind, Describe, Execute, Close and Flush."""

    def __init__(self, session: Session, client: Client) -> None:
        self._session = session
        self._client = client
        self._statements: dict[str, Prepared] = {}
        self._portals: dict[str, Portal] = {}
        self._handlers: dict[bytes, Callable[[bytes], None]] = {
            b"P": self._parse,
            b"B": self._bind,
            b"D": self._describe,
            b"E": self._execute,
            b"C": self._close,
            b"H": lambda body: self._client.flush(),
        }

    def handle(self, kind: bytes, body: bytes) -> None:
        """One message; raises SqlError for what the client must be told."""
        handler = self._handlers.get(kind)
        if handler is None:
            raise SqlError("08P01", f"message type {kind!r} is not supported")
        handler(body)

    def _parse(self, body: bytes) -> None:
        asked = m.parse_parse(body)
        statements = self._session.parse(asked.sql)
        if len(statements) > 1:
            raise SqlError("42601", "cannot insert multiple commands into a prepared statement")
        if asked.name and asked.name in self._statements:
            raise SqlError("42P05", f'prepared statement "{asked.name}" already exists')
        self._statements[asked.name] = Prepared(statements[0] if statements else None, asked.oids)
        self._client.send(m.PARSE_COMPLETE)

    def _prepared(self, name: str) -> Prepared:
        if name not in self._statements:
            raise SqlError("26000", f'prepared statement "{name}" does not exist')
        return self._statements[name]

    def _portal(self, name: str) -> Portal:
        if name not in self._portals:
            raise SqlError("34000", f'portal "{name}" does not exist')
        return self._portals[name]

    def _bind(self, body: bytes) -> None:
        asked = m.parse_bind(body)
        prepared = self._prepared(asked.statement)
        wanted = prepared.statement.parameters if prepared.statement else 0
        if len(asked.parameters) != wanted:
            given = len(asked.parameters)
            raise SqlError(
                "08P01", f'bind message supplies {given} parameters, but prepared statement "{asked.statement}" requires {wanted}'
            )
        oids = (prepared.oids + (0,) * wanted)[:wanted]
        try:
            texts = tuple(
                None if raw is None else parameter_text(raw, oid, form)
                for raw, oid, form in zip(asked.parameters, oids, asked.parameter_formats, strict=True)
            )
        except (ValueError, UnicodeDecodeError) as error:
            raise SqlError("22P03", str(error)) from error
        self._drop(asked.portal)
        self._portals[asked.portal] = Portal(prepared, Parameters(texts, oids), asked.result_formats)
        self._client.send(m.BIND_COMPLETE)

    def _describe(self, body: bytes) -> None:
        target = m.parse_target(body)
        if target.kind == "S":
            try:
                self._describe_statement(self._prepared(target.name))
            except SqlError:
                self._statements.pop(target.name, None)  # PostgreSQL finds such errors in Parse, which then leaves no statement
                raise
            return
        declared = None if target.name in self._portals else self._session.cursor_columns(target.name)
        if declared is not None:
            self._client.send(m.row_description(declared, m.spread((), len(declared))))
            return
        portal = self._portal(target.name)
        statement = portal.prepared.statement
        if statement is None or not statement.returns_rows:
            self._client.send(m.NO_DATA)
            return
        columns = self._run(portal, statement).columns or ()  # running it now gives the exact columns
        self._client.send(m.row_description(columns, portal.result_formats()))

    def _describe_statement(self, prepared: Prepared) -> None:
        if prepared.statement is None:
            self._client.send(m.parameter_description(()), m.NO_DATA)
            return
        oids, columns = self._session.describe(prepared.statement, prepared.oids)
        described = m.NO_DATA if columns is None else m.row_description(columns, m.spread((), len(columns)))
        self._client.send(m.parameter_description(oids), described)

    def _run(self, portal: Portal, statement: Statement) -> Result:
        if portal.result is None:
            portal.result = self._session.run(statement, portal.parameters)
            self._client.notices()
        return portal.result

    def _execute(self, body: bytes) -> None:
        name, most = m.parse_execute(body)
        portal = self._portal(name)
        if portal.prepared.statement is None:
            self._client.send(m.EMPTY_QUERY)
            return
        result = self._run(portal, portal.prepared.statement)
        if result.columns is not None and self._client.rows(result, most, portal.result_formats()):
            self._client.send(m.PORTAL_SUSPENDED)
            return
        self._client.send(m.command_complete(result.tag))

    def _close(self, body: bytes) -> None:
        target = m.parse_target(body)
        if target.kind == "S":
            self._statements.pop(target.name, None)
        else:
            self._drop(target.name)
        self._client.send(m.CLOSE_COMPLETE)

    def _drop(self, name: str) -> None:
        portal = self._portals.pop(name, None)
        if portal is not None and portal.result is not None:
            portal.result.close()
