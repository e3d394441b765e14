"""What the control plane and a warehouse's worker say to each other: JSON heads with a binary payload, over a socket pair per session."""

import json
import socket
import struct
from typing import Any

_HEAD = struct.Struct("!II")
CONTROL = struct.Struct("!cII")
"""On the control socket: o(pen) with the session's descriptor, or i(nterrupt); the session's number; the request to interrupt."""


def send(channel: socket.socket, head: dict[str, Any], payload: bytes = b"") -> None:
    """One frame."""
    text = json.dumps(head).encode()
    channel.sendall(_HEAD.pack(len(text), len(payload)) + text)
    if payload:
        channel.sendall(payload)


def receive(channel: socket.socket) -> tuple[dict[str, Any], bytes] | None:
    """The next frame; None at the end of the stream."""
    head = exactly(channel, _HEAD.size)
    if head is None:
        return None
    text_length, payload_length = _HEAD.unpack(head)
    text = exactly(channel, text_length)
    payload = exactly(channel, payload_length) if payload_length else b""
    return None if text is None or payload is None else (json.loads(text), payload)


def exactly(channel: socket.socket, count: int) -> bytes | None:
    """``count`` bytes; None when the stream ends before."""
    parts: list[bytes] = []
    while count:
        part = channel.recv(min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
