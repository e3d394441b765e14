"""A raw HTTP client that costs little: requests are bytes made beforehand, answers are parsed only as far as their length."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit


def connect(endpoint: str) -> socket.socket:
    """A connection without Nagle."""
    place = urlsplit(endpoint)
    connection = socket.create_connection((place.hostname, place.port), timeout=120)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def request(endpoint: str, method: str, target: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {urlsplit(endpoint).netloc}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *(f"{k}: {v}" for k, v in headers.items()), "", ""]).encode() + body


class Client:
    """One connection, made anew when the server closes it after an answer (moto_server always does)."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._connection: socket.socket | None = None

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def exchange(self, message: bytes | Sequence[bytes], buffer: bytearray) -> int:
        """Send, receive the whole answer, and give the length of its body; RuntimeError for a status that is no success."""
        self._connection = self._connection or connect(self._endpoint)
        length, last = _exchange(self._connection, message, buffer)
        if last:
            self.close()
        return length


def _exchange(connection: socket.socket, message: bytes | Sequence[bytes], buffer: bytearray) -> tuple[int, bool]:
    for piece in [message] if isinstance(message, bytes) else message:
        connection.sendall(piece)
    head = b""
    while (end := head.find(b"\r\n\r\n")) < 0:
        received = connection.recv(65536)
        if not received:
            raise ConnectionError("the server closed the connection")
        head += received
    lines = head[:end].decode("latin-1").split("\r\n")
    if lines[0].split()[1] not in ("200", "204"):
        raise RuntimeError(f"{lines[0]}: {head[end : end + 500]!r}")
    fields = {k.strip().lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:])}
    last = fields.get("connection", "").lower() == "close"
    got = len(head) - end - 4
    if fields.get("transfer-encoding") == "chunked":
        return _chunked(connection, head[end + 4 :]), last
    length = int(fields.get("content-length", 0))
    while got < length:
        count = connection.recv_into(buffer)
        if not count:
            raise ConnectionError("the server closed the connection")
        got += count
    return length, last


def _chunked(connection: socket.socket, received: bytes) -> int:
    while not received.endswith(b"0\r\n\r\n"):
        received += connection.recv(65536)
    return len(received)


def rate(endpoint: str, messages: Callable[[int], bytes | Sequence[bytes]], at_once: int, seconds: float) -> tuple[float, float]:
    """Answers a second, and bytes a second, with ``at_once`` connections; ``messages(n)`` is the n-th request."""
    counts = [0] * at_once
    volumes = [0] * at_once
    errors: list[BaseException] = []
    stop = threading.Event()
    numbers = iter(range(1 << 62))
    lock = threading.Lock()

    def work(mine: int) -> None:
        buffer = bytearray(1 << 20)
        try:
            with Client(endpoint) as client:
                while not stop.is_set():
                    with lock:
                        number = next(numbers)
                    volumes[mine] += client.exchange(messages(number), buffer)
                    counts[mine] += 1
        except BaseException as error:
            errors.append(error)
            stop.set()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(at_once)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    stop.wait(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    elapsed = time.perf_counter() - started
    return sum(counts) / elapsed, sum(volumes) / elapsed
