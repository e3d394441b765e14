"""Bound sockets that PostgreSQL clients connect to, and the threads that serve them."""

import logging
import secrets
import socket
import ssl
import threading
from collections.abc import Callable
from itertools import count

from wheatpaste.engines.pgwire.connection import Connection, Key
from wheatpaste.engines.pgwire.session import Door

log = logging.getLogger(__name__)

ADDRESSES = 254  # 127.0.0.1, then 127.0.1.1 … 127.0.254.1: as many listeners can share one port where the system has them all
PARTING = 2.0  # seconds for the sessions of clients that were hung up on to end


def bind(port: int, address: str = "") -> socket.socket:
    """A listening socket on ``address``; without one on the first loopback address whose ``port`` is free, else on any port of 127.0.0.1.

    Raises OSError when a given address cannot be had.
    """
    if address:
        return _bound(address, port)
    for number in range(ADDRESSES):
        try:
            return _bound(f"127.0.{number}.1", port)
        except OSError:  # taken, or (macOS) not an address of this machine
            continue
    return _bound("127.0.0.1", 0)


def _bound(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, port))
        sock.listen(128)
    except OSError:
        sock.close()
        raise
    return sock


class Listener:
    """One bound socket and its clients."""

    def __init__(self, sock: socket.socket, door: Door, tls: Callable[[], ssl.SSLContext] | None = None, limit: int = 500) -> None:
        self._socket = sock
        self._door = door
        self._tls = tls
        self._limit = limit
        self._lock = threading.Condition()  # told when a client is gone
        self._connections: dict[int, Connection] = {}
        self._numbers = count(1)
        self.address, self.port = sock.getsockname()[:2]
        self._thread = threading.Thread(target=self._accept, name=f"pgwire-{self.address}:{self.port}", daemon=True)
        self._thread.start()

    def cancel(self, process: int, secret: int) -> None:
        """Cancel what a connection runs; a wrong key is ignored, as in PostgreSQL."""
        with self._lock:
            connection = self._connections.get(process)
        if connection is not None and connection.key.secret == secret and connection.session is not None:
            connection.session.cancel()

    def close(self) -> None:
        """Stop listening, cut what clients run and hang up on them; waits a moment for their sessions to end."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes accept()
        except OSError:
            log.debug("macOS does not shut down a listening socket: closing it wakes accept() there")
        self._socket.close()
        with self._lock:
            connections = list(self._connections.values())
        for connection in connections:
            if connection.session is not None:
                connection.session.cancel()
            connection.close()
        with self._lock:
            self._lock.wait_for(lambda: not self._connections, PARTING)
        self._thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._socket.accept()
            except OSError:
                return  # closed
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            number = next(self._numbers)
            connection = Connection(sock, self._door, self, Key(number, secrets.randbits(32)), self._tls)
            with self._lock:
                full = len(self._connections) >= self._limit
                self._connections[number] = connection
            threading.Thread(target=self._serve, args=(number, connection, full), name=f"pgwire-client-{number}", daemon=True).start()

    def _serve(self, number: int, connection: Connection, full: bool) -> None:
        try:
            connection.refuse(self._limit) if full else connection.serve()
        finally:
            with self._lock:
                del self._connections[number]
                self._lock.notify_all()
