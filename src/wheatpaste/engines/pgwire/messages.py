"""PostgreSQL protocol 3.0 as pure functions: what a client's bytes mean, and the bytes of each answer.

Source: "Frontend/Backend Protocol" of the PostgreSQL manual. Redshift adds start-up parameters (``client_protocol_version``); this
front answers ``server_protocol_version`` 0, and every known driver then falls back to plain PostgreSQL messages.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PROTOCOL = 196608  # 3.0
CANCEL = 80877102
SSL = 80877103
GSSENC = 80877104

TEXT, BINARY = 0, 1


class ProtocolError(Exception):
    """A client's bytes that the protocol does not allow."""


@dataclass(frozen=True)
class Column:
    """One result column: its label, PostgreSQL type and type modifier."""

    name: str
    oid: int
    modifier: int = -1


@dataclass(frozen=True)
class Parse:
    """Prepare ``sql`` under ``name``; a parameter's OID 0 means unspecified."""

    name: str
    sql: str
    oids: tuple[int, ...]


@dataclass(frozen=True)
class Bind:
    """Open ``portal`` on ``statement`` with raw parameter values and the formats that parameters and results have."""

    portal: str
    statement: str
    parameter_formats: tuple[int, ...]
    parameters: tuple[bytes | None, ...]
    result_formats: tuple[int, ...]


@dataclass(frozen=True)
class Target:
    """A statement (``S``) or a portal (``P``) that Describe or Close names."""

    kind: str
    name: str


class Reader:
    """A cursor over one message's body."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def text(self) -> str:
        """The next zero-terminated string."""
        end = self._body.find(b"\0", self._at)
        if end < 0:
            raise ProtocolError("a string without end")
        found = self._body[self._at : end]
        self._at = end + 1
        return found.decode("utf-8")

    def number(self, form: str) -> int:
        """The next integer, by ``struct``'s format (``h`` or ``i``)."""
        try:
            (found,) = struct.unpack_from("!" + form, self._body, self._at)
        except struct.error:
            raise ProtocolError("a message ends before its last member") from None
        self._at += struct.calcsize("!" + form)
        return int(found)

    def numbers(self, form: str) -> tuple[int, ...]:
        """A counted list of integers."""
        return tuple(self.number(form) for _ in range(self.number("h")))

    def value(self) -> bytes | None:
        """The next counted value; None for NULL."""
        length = self.number("i")
        if length < 0:
            return None
        found = self._body[self._at : self._at + length]
        if len(found) != length:
            raise ProtocolError("a value ends before its length")
        self._at += length
        return found

    def byte(self) -> str:
        """The next byte as a character."""
        found = self._body[self._at : self._at + 1]
        self._at += 1
        return found.decode("latin-1")


def parse_startup(body: bytes) -> dict[str, str]:
    """The parameters of a start-up message (behind its protocol number)."""
    parts = body.rstrip(b"\0").split(b"\0")
    if len(parts) % 2:
        parts.append(b"")  # the last value was empty
    texts = [part.decode("utf-8") for part in parts]
    return dict(zip(texts[::2], texts[1::2], strict=True))


def parse_parse(body: bytes) -> Parse:
    """A Parse message."""
    reader = Reader(body)
    return Parse(reader.text(), reader.text(), reader.numbers("i"))


def parse_bind(body: bytes) -> Bind:
    """A Bind message."""
    reader = Reader(body)
    portal, statement, formats = reader.text(), reader.text(), reader.numbers("h")
    values = tuple(reader.value() for _ in range(reader.number("h")))
    return Bind(portal, statement, spread(formats, len(values)), values, reader.numbers("h"))


def parse_target(body: bytes) -> Target:
    """A Describe or Close message."""
    reader = Reader(body)
    return Target(reader.byte(), reader.text())


def parse_execute(body: bytes) -> tuple[str, int]:
    """An Execute message: the portal, and the most rows to send (0: all)."""
    reader = Reader(body)
    return reader.text(), reader.number("i")


def spread(formats: Sequence[int], count: int) -> tuple[int, ...]:
    """One format for each of ``count`` values: none means text, one means all."""
    if not formats:
        return (TEXT,) * count
    if len(formats) == 1:
        return (formats[0],) * count
    if len(formats) != count:
        raise ProtocolError(f"{len(formats)} formats for {count} values")
    return tuple(formats)


def message(kind: bytes, body: bytes = b"") -> bytes:
    """One message: its kind, its length, its body."""
    return kind + struct.pack("!i", len(body) + 4) + body


def string(text: str) -> bytes:
    """A zero-terminated string."""
    return text.replace("\0", "").encode("utf-8") + b"\0"


def authentication(code: int, extra: bytes = b"") -> bytes:
    """Authentication request ``code`` (0: ok, 3: clear text, 5: MD5, 10–12: SASL)."""
    return message(b"R", struct.pack("!i", code) + extra)


def parameter_status(name: str, value: str) -> bytes:
    """A run-time parameter and its value."""
    return message(b"S", string(name) + string(value))


def backend_key(process: int, secret: int) -> bytes:
    """What a cancel request must name."""
    return message(b"K", struct.pack("!iI", process, secret))


def ready(status: str) -> bytes:
    """Ready for the next query; ``status`` is I (idle), T (in a transaction) or E (in a failed one)."""
    return message(b"Z", status.encode())


def row_description(columns: Sequence[Column], formats: Sequence[int]) -> bytes:
    """The columns of the rows that follow."""
    parts = [struct.pack("!h", len(columns))]
    for column, form in zip(columns, formats, strict=True):
        parts.append(string(column.name) + struct.pack("!ihihih", 0, 0, column.oid, type_length(column.oid), column.modifier, form))
    return message(b"T", b"".join(parts))


def type_length(oid: int) -> int:
    """``pg_type.typlen``: bytes of a fixed-size type, -1 for the others."""
    return {16: 1, 18: 1, 20: 8, 21: 2, 23: 4, 26: 4, 700: 4, 701: 8, 1082: 4, 1083: 8, 1114: 8, 1184: 8, 1266: 12}.get(oid, -1)


def parameter_description(oids: Sequence[int]) -> bytes:
    """The types of a statement's parameters."""
    return message(b"t", struct.pack(f"!h{len(oids)}i", len(oids), *oids))


def data_row(values: Iterable[bytes | None]) -> bytes:
    """One row of encoded values; None is NULL."""
    parts = [b"\xff\xff\xff\xff" if v is None else struct.pack("!i", len(v)) + v for v in values]
    return message(b"D", struct.pack("!h", len(parts)) + b"".join(parts))


def command_complete(tag: str) -> bytes:
    """A statement's end, with its tag (``INSERT 0 3``)."""
    return message(b"C", string(tag))


def report(kind: bytes, severity: str, sqlstate: str, text: str, detail: str = "", hint: str = "") -> bytes:
    """An error (``E``) or a notice (``N``)."""
    fields = {"S": severity, "C": sqlstate, "M": text, "D": detail, "H": hint}
    return message(kind, b"".join(k.encode() + string(v) for k, v in fields.items() if v) + b"\0")


def read_rows(payload: bytes) -> list[list[bytes | None]]:
    """The values of consecutive DataRow messages (what ``data_row`` wrote)."""
    rows, at = [], 0
    while at < len(payload):
        if payload[at : at + 1] != b"D":
            raise ProtocolError("not a data row")
        (length,) = struct.unpack_from("!i", payload, at + 1)
        reader = Reader(payload[at + 5 : at + 1 + length])
        rows.append([reader.value() for _ in range(reader.number("h"))])
        at += 1 + length
    return rows


PARSE_COMPLETE = message(b"1")
BIND_COMPLETE = message(b"2")
CLOSE_COMPLETE = message(b"3")
NO_DATA = message(b"n")
EMPTY_QUERY = message(b"I")
PORTAL_SUSPENDED = message(b"s")
