"""Sending an answer; an object's bytes go from the page cache to the socket without passing through Python.

Files are sent by a few threads, so that several downloads use several cores. A thread stays with a client as long as it takes what is
sent; one that does not is waited for on the event loop.
"""

import asyncio
import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wheatpaste.edge import web
from wheatpaste.edge.whole import Whole
from wheatpaste.store.blobs import BlobRange, Segment
from wheatpaste.wire.http import Response

if TYPE_CHECKING:
    from wheatpaste.app import App

THREADS = ThreadPoolExecutor(8, "sender")
AT_ONCE = 256 << 10  # bytes that the event loop sends itself: handing them over takes longer
TURN = 0.25  # seconds after which a thread looks whether another download waits for it
PATIENCE = 20  # milliseconds that a thread waits for a client
FAST = 16 << 20  # bytes a second: nobody waits for clients that take less
LOCAL_BUFFER = 512 << 10
"""Bytes in flight to a client on this machine, and handed to the kernel at once. With more or less of either, sender and client more often
wake each other at every packet, each on its own core: 64 MiB then take 35 ms of a core instead of 5 (benchmarks/objects.py)."""


async def send(app: "App", http: web.BaseRequest, response: Response) -> web.StreamResponse:
    """Send a response."""
    if not isinstance(response.body, BlobRange):
        return Whole(response)
    stream = web.StreamResponse(status=response.status, headers=response.headers)  # type: ignore[arg-type]
    stream.content_length = response.body.length
    writer = await stream.prepare(http)
    if http.method != "HEAD" and writer is not None:
        with app.blobs.reading(response.body.blob):
            await _send_segments(http, stream, writer, app.blobs.segments(response.body))
    await stream.write_eof()
    return stream


async def _send_segments(http: web.BaseRequest, stream: web.StreamResponse, writer: Any, segments: list[Segment]) -> None:
    for source, offset, length in segments:
        if isinstance(source, bytes | memoryview):
            await stream.write(bytes(source[offset : offset + length]))
            continue
        writer.send_headers()
        with _own_socket(await _emptied(http, writer)) as own, source.open("rb") as file:
            await _send_file(own, file.fileno(), offset, offset + length)


async def _emptied(http: web.BaseRequest, writer: Any) -> asyncio.Transport:
    """The connection's transport, once all that was written to it has left."""
    transport = http.transport
    if transport is None:
        raise ConnectionResetError("the client is gone")
    transport.set_write_buffer_limits(0)  # so that drain() waits for the last byte
    await writer.drain()
    transport.set_write_buffer_limits()
    if transport.get_write_buffer_size():
        raise ConnectionResetError("the client does not take its answer")
    return transport


@contextmanager
def _own_socket(transport: asyncio.Transport) -> Iterator[socket.socket]:
    """The connection under a descriptor of our own: asyncio refuses to wait for one that a transport holds."""
    own = socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno()))
    own.setblocking(False)
    if own.getpeername()[0] == own.getsockname()[0]:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LOCAL_BUFFER)
    try:
        yield own
    finally:
        own.close()


async def _send_file(own: socket.socket, file: int, offset: int, end: int) -> None:
    begin, started = offset, time.monotonic()
    if end - offset <= AT_ONCE:
        offset = _send_what_is_taken(own, file, offset, end, 0)
    while offset < end:
        fast = offset - begin >= FAST * (time.monotonic() - started - PATIENCE / 1000)
        offset = await _in_thread(_send_what_is_taken, own, file, offset, end, PATIENCE if fast else 0)
        if offset < end:
            await _writable(own)


def _send_what_is_taken(own: socket.socket, file: int, offset: int, end: int, patience: int) -> int:
    """Send until the end, or until the client takes nothing for ``patience`` ms, or the turn is over; how far it came."""
    room = select.poll()
    room.register(own, select.POLLOUT)
    over = time.monotonic() + TURN
    while offset < end and time.monotonic() < over:
        try:
            sent = os.sendfile(own.fileno(), file, offset, min(LOCAL_BUFFER, end - offset))
        except BlockingIOError:
            if not patience or not room.poll(patience):
                break
            continue
        if sent == 0:
            raise OSError("a blob's file is shorter than its row says")
        offset += sent
    return offset


async def _in_thread(fn: Callable[..., int], *arguments: Any) -> int:
    """``fn(*arguments)`` on a sender; cancelled only once it has returned, since it holds descriptors that are closed then."""
    running = asyncio.get_running_loop().run_in_executor(THREADS, fn, *arguments)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


async def _writable(own: socket.socket) -> None:
    """Wait until the client has taken some of what is under way."""
    loop = asyncio.get_running_loop()
    room = asyncio.Event()
    loop.add_writer(own, room.set)
    try:
        await room.wait()
    finally:
        loop.remove_writer(own)
