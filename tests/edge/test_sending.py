"""Large objects on their way out: to clients that take their time, that leave, and that ask for parts of them."""

import hashlib
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.conftest import Server, wait_for

SIZE = 24 << 20
BODY = os.urandom(1 << 20) * (SIZE >> 20)


@pytest.fixture(scope="module")
def large(client: Callable[..., Any]) -> tuple[str, str]:
    s3 = client("s3")
    s3.create_bucket(Bucket="sending-large")
    s3.put_object(Bucket="sending-large", Key="k", Body=BODY)
    return "sending-large", "k"


def ask(server: Server, client: Callable[..., Any], large: tuple[str, str], extra: str = "") -> socket.socket:
    """A connection on which the object was asked for."""
    url = urlsplit(client("s3").generate_presigned_url("get_object", Params={"Bucket": large[0], "Key": large[1]}))
    connection = socket.create_connection((url.hostname, url.port), timeout=30)
    connection.sendall(f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n{extra}\r\n".encode())
    return connection


def body_of(connection: socket.socket, length: int, pause: float = 0.0) -> bytes:
    received = bytearray()
    while (end := received.find(b"\r\n\r\n")) < 0 or len(received) < end + 4 + length:
        piece = connection.recv(1 << 20)
        assert piece, "the server closed the connection"
        received += piece
        time.sleep(pause)
    return bytes(received[end + 4 :])


def test_twenty_downloads_at_once_are_whole(server: Server, client: Callable[..., Any], large: tuple[str, str]) -> None:
    found: list[str] = []

    def get() -> None:
        with ask(server, client, large) as connection:
            found.append(hashlib.sha256(body_of(connection, SIZE)).hexdigest())

    threads = [threading.Thread(target=get) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [hashlib.sha256(BODY).hexdigest()] * 20


def test_clients_that_take_nothing_hold_nobody_up(server: Server, client: Callable[..., Any], large: tuple[str, str]) -> None:
    idle = [ask(server, client, large) for _ in range(30)]  # more than there are threads that send
    time.sleep(0.5)
    with ask(server, client, large) as connection:
        started = time.monotonic()
        assert body_of(connection, SIZE) == BODY
        assert time.monotonic() - started < 10
    with idle[0] as late:
        assert body_of(late, SIZE) == BODY
    for connection in idle[1:]:
        connection.close()


def test_a_slow_client_gets_every_byte(server: Server, client: Callable[..., Any], large: tuple[str, str]) -> None:
    with ask(server, client, large) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
        assert body_of(connection, SIZE, pause=0.005) == BODY


@pytest.mark.parametrize(("first", "last"), [(0, 0), (5, 300_000), (SIZE - 1, SIZE - 1), (4097, SIZE - 2)])
def test_ranges(server: Server, client: Callable[..., Any], large: tuple[str, str], first: int, last: int) -> None:
    with ask(server, client, large, f"Range: bytes={first}-{last}\r\n") as connection:
        assert body_of(connection, last - first + 1) == BODY[first : last + 1]
        connection.sendall(b"GET /_wheatpaste/health HTTP/1.1\r\nHost: localhost\r\n\r\n")  # the connection goes on
        assert connection.recv(15) == b"HTTP/1.1 200 OK"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc")
def test_clients_that_leave_leave_nothing_open(own_server: Callable[..., Server]) -> None:
    server = own_server()
    s3 = server.client("s3")
    s3.create_bucket(Bucket="leave")
    s3.put_object(Bucket="leave", Key="k", Body=BODY)
    assert server.process is not None
    descriptors = Path(f"/proc/{server.process.pid}/fd")
    before = len(os.listdir(descriptors))
    for _ in range(20):
        connection = ask(server, server.client, ("leave", "k"))
        assert connection.recv(1000)
        connection.close()
    wait_for(lambda: len(os.listdir(descriptors)) <= before + 1, seconds=20)
