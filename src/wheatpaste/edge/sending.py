"""Sending an answer; an object's bytes go from the page cache to the socket without passing through Python."""

import asyncio
import mmap
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wheatpaste.edge import web
from wheatpaste.store.blobs import BlobRange, Segment
from wheatpaste.wire.http import Response

if TYPE_CHECKING:
    from wheatpaste.app import App

WINDOW = 8 << 20  # bytes of a file that are mapped at a time: a connection's share of the server's resident memory


async def send(app: "App", http: web.BaseRequest, response: Response) -> web.StreamResponse:
    """Send a response."""
    if not isinstance(response.body, BlobRange):
        return web.Response(status=response.status, headers=response.headers, body=response.body)  # type: ignore[arg-type]
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
        with _own_socket(await _emptied(http, writer)) as own:
            await _send_file(own, source, offset, length)


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
    """The connection under a descriptor of our own: asyncio refuses to send on one that a transport holds."""
    own = socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno()))
    own.setblocking(False)
    try:
        yield own
    finally:
        own.close()


async def _send_file(own: socket.socket, path: Path, offset: int, length: int) -> None:
    """Send from a mapping of the file: on loopback a fifth faster than sendfile, whose single pages the receiver copies one by one."""
    loop = asyncio.get_running_loop()
    with path.open("rb") as file:
        end = offset + length
        while offset < end:
            start = offset - offset % mmap.ALLOCATIONGRANULARITY
            stop = min(end, start + WINDOW)
            with (
                mmap.mmap(file.fileno(), stop - start, access=mmap.ACCESS_READ, offset=start) as mapped,
                memoryview(mapped) as view,
                view[offset - start :] as piece,
            ):
                await loop.sock_sendall(own, piece)
            offset = stop
