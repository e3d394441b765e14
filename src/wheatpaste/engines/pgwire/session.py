"""What the wire asks of a database: the interfaces that an engine's front implements, and the error that it raises."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from wheatpaste.engines.pgwire.messages import Column


class SqlError(Exception):
    """An error the client is told, with its SQLSTATE."""

    def __init__(self, sqlstate: str, message: str, detail: str = "", hint: str = "", severity: str = "ERROR") -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.detail = detail
        self.hint = hint
        self.severity = severity


@dataclass(frozen=True)
class Notice:
    """Something the client is told beside the result."""

    message: str
    severity: str = "INFO"
    sqlstate: str = "00000"


@dataclass(frozen=True)
class Parameters:
    """A statement's bound values as text (None: NULL), with their type OIDs (0: unspecified)."""

    values: tuple[str | None, ...] = ()
    oids: tuple[int, ...] = ()


class Statement(Protocol):
    """One parsed statement."""

    @property
    def returns_rows(self) -> bool:
        """Whether it has a row description."""

    @property
    def parameters(self) -> int:
        """How many ``$n`` it has."""


class Result(Protocol):
    """What running a statement gave."""

    @property
    def columns(self) -> Sequence[Column] | None:
        """The columns of its rows; None when it has none."""

    @property
    def tag(self) -> str:
        """The command tag (``INSERT 0 3``)."""

    def fetch(self, rows: int, formats: Sequence[int]) -> tuple[int, bytes]:
        """At most ``rows`` further rows as DataRow messages, and how many they are; 0: no more."""

    def close(self) -> None:
        """Forget the rows that are left."""


class Session(Protocol):
    """One client's session. Its calls come from one thread, ``cancel`` from any."""

    @property
    def status(self) -> str:
        """I: idle, T: in a transaction, E: in a failed one."""

    def parse(self, sql: str) -> Sequence[Statement]:
        """The statements of a text."""

    def describe(self, statement: Statement, oids: Sequence[int]) -> tuple[Sequence[int], Sequence[Column] | None]:
        """The types of a statement's parameters and its columns, without running it."""

    def run(self, statement: Statement, parameters: Parameters) -> Result:
        """Run one statement."""

    def run_text(self, sql: str) -> Iterator[Result]:
        """Run each statement of a simple query; several form one transaction, as in PostgreSQL."""

    def cursor_columns(self, name: str) -> Sequence[Column] | None:
        """The columns of a cursor that a DECLARE made, which clients describe as a portal; None when there is no such."""

    def notices(self) -> list[Notice]:
        """What there is to tell since the last call."""

    def settings(self) -> dict[str, str]:
        """The parameters that drivers are told at start-up."""

    def begin(self) -> None:
        """A new request: what was cancelled before is another's business."""

    def cancel(self) -> None:
        """Interrupt the request that is being answered."""

    def close(self) -> None:
        """End the session; an open transaction is rolled back."""


class Door(Protocol):
    """Who may come in, and to what."""

    def password(self, user: str, database: str) -> str | None:
        """The password that ``user`` must know; None when there is no such user. Raises SqlError for an unknown database."""

    def open(self, user: str, database: str, parameters: dict[str, str]) -> Session:
        """A session of an authenticated user."""
