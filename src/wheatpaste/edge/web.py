"""What the edge needs of aiohttp: its server.

``aiohttp.web`` is its framework too, and aiohttp's client, which nobody here uses, reads the machine's certificate authorities twice while
it is imported: together a quarter of the time that a server takes to start.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _no_authorities() -> Iterator[None]:
    """Let OpenSSL find an empty file where the machine's authorities are."""
    present = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = os.devnull
    try:
        yield
    finally:
        if present is None:
            del os.environ["SSL_CERT_FILE"]
        else:
            os.environ["SSL_CERT_FILE"] = present


with _no_authorities():
    from aiohttp.web_request import BaseRequest
    from aiohttp.web_response import Response, StreamResponse, json_response
    from aiohttp.web_server import Server

__all__ = ["BaseRequest", "Response", "Server", "StreamResponse", "json_response"]
