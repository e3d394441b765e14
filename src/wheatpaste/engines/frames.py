"""Messages between the server and a worker: JSON with binary attachments, over a stream socket.

A frame is its JSON's length, the number of attachments and each one's length (8 bytes each), the JSON, the attachments. Bytes
anywhere in the message travel as attachments, marked by a key that carries the connection's secret: no data can look like one.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from typing import Any


class Frames:
    """One end of a connection. `send` may be called from any thread; `receive` from one."""

    def __init__(self, end: socket.socket, secret: str) -> None:
        self._end = end
        self._mark = f"bytes:{secret}"
        self._sending = threading.Lock()

    def send(self, message: Any) -> None:
        """Raises TypeError for what JSON cannot say, OSError when the other end is gone."""
        attachments: list[bytes | bytearray | memoryview] = []

        def attach(value: Any) -> dict[str, int]:
            if not isinstance(value, (bytes, bytearray, memoryview)):
                raise TypeError(f"{type(value).__name__} cannot be sent to or from a worker")
            attachments.append(value)
            return {self._mark: len(attachments) - 1}

        body = json.dumps(message, default=attach).encode()
        lengths = [memoryview(attachment).nbytes for attachment in attachments]
        head = struct.pack(f">{2 + len(lengths)}Q", len(body), len(lengths), *lengths)
        with self._sending:
            self._end.sendall(head + body)
            for attachment in attachments:
                self._end.sendall(attachment)

    def receive(self) -> Any:
        """The next message; raises EOFError when the other end is gone."""
        size, number = struct.unpack(">2Q", self._exactly(16))
        lengths = struct.unpack(f">{number}Q", self._exactly(8 * number))
        body = self._exactly(size)
        attachments = [bytes(self._exactly(length)) for length in lengths]

        def put_back(value: dict[str, Any]) -> Any:
            return attachments[value[self._mark]] if self._mark in value else value

        return json.loads(body, object_hook=put_back)

    def _exactly(self, size: int) -> bytearray:
        data = bytearray(size)
        view, filled = memoryview(data), 0
        while filled < size:
            try:
                read = self._end.recv_into(view[filled:])
            except OSError:
                read = 0
            if not read:
                raise EOFError("the other end is gone")
            filled += read
        return data

    def close(self) -> None:
        """Both directions end; a `receive` under way raises EOFError."""
        try:
            self._end.shutdown(socket.SHUT_RDWR)
        except OSError:  # the other end was faster
            return
        finally:
            self._end.close()
