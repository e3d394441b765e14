"""One client's conversation: start-up, TLS, password, then simple and extended queries until it leaves."""

import contextlib
import hashlib
import hmac
import logging
import re
import secrets
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from wheatpaste.engines.pgwire import messages as m
from wheatpaste.engines.pgwire.extended import Extended
from wheatpaste.engines.pgwire.session import Door, Result, Session, SqlError

log = logging.getLogger(__name__)

MOST = 1 << 28  # bytes of one message
SHA256 = re.compile(r"sha256\|(?P<digest>[0-9a-f]{64})\|(?P<salt>.+)")  # a password as CREATE USER keeps it
CHUNK = 1000  # rows fetched at once


class Desk(Protocol):
    """Where connections are known by their cancel keys."""

    def cancel(self, process: int, secret: int) -> None:
        """Cancel what the connection of that key runs."""


@dataclass
class Key:
    """What a cancel request must name."""

    process: int
    secret: int


class Gone(Exception):
    """The client left, or its bytes cannot be followed."""


class Connection:
    """A client's socket and its session."""

    def __init__(self, sock: socket.socket, door: Door, desk: Desk, key: Key, tls: Callable[[], ssl.SSLContext] | None) -> None:
        self._socket = sock
        self._stream = sock.makefile("rb")
        self._door = door
        self._desk = desk
        self._tls = tls
        self._out: list[bytes] = []
        self._size = 0
        self.key = key
        self.session: Session | None = None

    def serve(self) -> None:
        """Everything, until the client leaves."""
        try:
            startup = self._start_up()
            if startup is not None:
                self._enter(startup)
        except (Gone, OSError, m.ProtocolError, UnicodeDecodeError) as error:
            log.debug("a client left: %s", error)
        except SqlError as error:
            with contextlib.suppress(OSError):  # it may have left already
                self.error(error)
                self.flush()
        except Exception:
            log.exception("a connection failed inside the front")
        finally:
            self._end()

    def refuse(self, limit: int) -> None:
        """Tell the client that there are too many already."""
        try:
            if self._start_up() is not None:
                self.error(SqlError("53300", f"connection limit {limit} exceeded", severity="FATAL"))
                self.flush()
        except (Gone, OSError, m.ProtocolError, UnicodeDecodeError) as error:
            log.debug("a client left: %s", error)
        finally:
            self._end()

    def close(self) -> None:
        """Hang up; the thread in ``serve`` then ends."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _part(self) -> None:
        """Say good-bye in TLS, where a mere end of stream counts as an attack."""
        if isinstance(self._socket, ssl.SSLSocket):
            self._socket.settimeout(5)
            with contextlib.suppress(OSError):  # the client need not answer
                self._socket.unwrap()

    def _end(self) -> None:
        if self.session is not None:
            self.session.close()
        self.close()
        with contextlib.suppress(OSError):  # what it had buffered cannot be sent any more
            self._stream.close()

    def send(self, *messages: bytes) -> None:
        """Queue messages; a large queue goes out at once."""
        self._out.extend(messages)
        self._size += sum(map(len, messages))
        if self._size > 1 << 18:
            self.flush()

    def flush(self) -> None:
        """Send what is queued."""
        out, self._out, self._size = b"".join(self._out), [], 0
        self._socket.sendall(out)

    def error(self, error: SqlError) -> None:
        """Queue an error."""
        self.send(m.report(b"E", error.severity, error.sqlstate, str(error), error.detail, error.hint))

    # -- start-up

    def _exactly(self, count: int) -> bytes:
        found = self._stream.read(count)
        if len(found) != count:
            raise Gone("end of stream")
        return found

    def _body(self) -> bytes:
        (length,) = struct.unpack("!i", self._exactly(4))
        if not 4 <= length <= MOST:
            raise Gone(f"a message of {length} bytes")
        return self._exactly(length - 4)

    def _start_up(self) -> dict[str, str] | None:
        """The start-up parameters; None when it was a cancel request."""
        while True:
            body = self._body()
            (code,) = struct.unpack_from("!i", body)
            if code == m.SSL and self._tls is not None:
                self._socket.sendall(b"S")
                self._stream.close()
                self._socket = self._tls().wrap_socket(self._socket, server_side=True)
                self._stream = self._socket.makefile("rb")
            elif code in (m.SSL, m.GSSENC):
                self._socket.sendall(b"N")
            elif code == m.CANCEL:
                self._desk.cancel(*struct.unpack_from("!iI", body, 4))
                self._part()
                return None
            elif code >> 16 == 3:
                return m.parse_startup(body[4:])
            else:
                raise SqlError("08P01", f"unsupported frontend protocol {code >> 16}.{code & 0xFFFF}", severity="FATAL")

    def _enter(self, startup: dict[str, str]) -> None:
        user = startup.get("user", "")
        database = startup.get("database") or user
        self._authenticate(user, database)
        self.session = self._door.open(user, database, startup)
        self.send(m.authentication(0))
        for name, value in self.session.settings().items():
            self.send(m.parameter_status(name, value))
        self.send(m.backend_key(self.key.process, self.key.secret), m.ready("I"))
        self.flush()
        self._converse(self.session)

    def _authenticate(self, user: str, database: str) -> None:
        """Redshift's SHA-256 for passwords that are kept so; else MD5, which libpq, pgjdbc, the Redshift drivers and others answer."""
        password = self._door.password(user, database)
        if password is not None and (kept := SHA256.fullmatch(password)):
            self._extensible(user, bytes.fromhex(kept["digest"]), kept["salt"].encode())
            return
        salt = secrets.token_bytes(4)
        self.send(m.authentication(5, salt))
        self.flush()
        if self._exactly(1) != b"p":
            raise Gone("no password")
        given = self._body().rstrip(b"\0")
        inner = _digest(password or secrets.token_hex(8), user)
        wanted = b"md5" + hashlib.md5(inner.encode() + salt).hexdigest().encode()
        if not hmac.compare_digest(given, wanted) or password is None:
            raise SqlError("28000", f'password authentication failed for user "{user}"', severity="FATAL")

    def _extensible(self, user: str, kept: bytes, salt: bytes) -> None:
        """Redshift's own method: the client answers with SHA-256 of the kept digest, the server's nonce and its own."""
        nonce = secrets.token_bytes(16)
        self.send(m.authentication(13, struct.pack("!ii", 0, len(salt)) + salt + struct.pack("!i", len(nonce)) + nonce))
        self.flush()
        if self._exactly(1) != b"d":
            raise Gone("no digest")
        answer = m.Reader(self._body())
        digest, client = answer.value(), answer.value()
        if digest is None or client is None or not hmac.compare_digest(digest, hashlib.sha256(kept + nonce + client).digest()):
            raise SqlError("28000", f'password authentication failed for user "{user}"', severity="FATAL")

    # -- queries

    def _converse(self, session: Session) -> None:
        extended = Extended(session, self)
        failed = False  # an extended query failed: everything up to its Sync is ignored
        fresh = True  # the next message begins a request, which ends with ReadyForQuery
        while (kind := self._exactly(1)) != b"X":
            body = self._body()
            if fresh:
                session.begin()
            fresh = kind in (b"S", b"Q")
            if kind == b"S":
                failed = False
                self.send(m.ready(session.status))
                self.flush()
            elif kind == b"Q":
                self._simple(session, m.Reader(body).text())
            elif not failed:
                failed = not self._guarded(lambda: extended.handle(kind, body))  # noqa: B023 - called at once

    def _simple(self, session: Session, sql: str) -> None:
        if not sql.strip(" \t\r\n;"):
            self.send(m.EMPTY_QUERY)
        else:
            self._guarded(lambda: self._run_text(session, sql))
        self.send(m.ready(session.status))
        self.flush()

    def _run_text(self, session: Session, sql: str) -> None:
        for result in session.run_text(sql):
            self.notices()
            if result.columns is not None:
                self.send(m.row_description(result.columns, m.spread((), len(result.columns))))
                self.rows(result, 0, m.spread((), len(result.columns)))
                result.close()
            self.send(m.command_complete(result.tag))

    def rows(self, result: Result, most: int, formats: tuple[int, ...]) -> bool:
        """Send rows, at most ``most`` (0: all); True when there may be more."""
        left = most or 1 << 62
        while left:
            count, payload = result.fetch(min(left, CHUNK), formats)
            if not count:
                return False
            self.send(payload)
            left -= count
        return True

    def notices(self) -> None:
        """Send what the session has to tell."""
        for notice in self.session.notices() if self.session else ():
            self.send(m.report(b"N", notice.severity, notice.sqlstate, notice.message))

    def _guarded(self, act: Callable[[], None]) -> bool:
        """``act()``; an error is told to the client, and False returned."""
        try:
            act()
        except SqlError as error:
            self.notices()
            self.error(error)
            if error.severity == "FATAL":
                self.flush()
                raise Gone(str(error)) from error
            return False
        except (OSError, Gone):
            raise
        except Exception as error:
            log.exception("a query failed inside the front")
            self.error(SqlError("XX000", f"internal error: {type(error).__name__}: {error}"))
            return False
        return True


def _digest(password: str, user: str) -> str:
    """What MD5 authentication hashes with its salt; a password may be kept as ``md5`` and that digest."""
    if len(password) == 35 and password.startswith("md5"):
        return password[3:]
    return hashlib.md5((password + user).encode()).hexdigest()
