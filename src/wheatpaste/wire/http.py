"""A request and a response, as the wire layer sees them: no server, no client."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from wheatpaste.wire.errors import BadParameter


def decode_pairs(text: str) -> list[tuple[str, str]]:
    """The pairs of a query string or form; raises BadParameter for what is not UTF-8, rather than make something else of it."""
    pairs = []
    try:
        for piece in text.split("&"):
            if piece:
                name, _, value = piece.partition("=")
                pairs.append((_decoded(name), _decoded(value)))
    except UnicodeDecodeError:
        raise BadParameter("A parameter is not UTF-8") from None
    return pairs


def _decoded(text: str) -> str:
    return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text


@dataclass(slots=True)
class Request:
    """One HTTP request. ``raw_path`` and ``raw_query`` are exactly the request line's, so that ``%2F``, ``+`` and ``//`` survive."""

    method: str
    raw_path: str
    raw_query: str
    headers: Mapping[str, str]  # case-insensitive: multidict's CIMultiDict(Proxy) or alike
    body: bytes = b""
    peer: str = ""
    credential: Any = field(default=None, init=False, repr=False, compare=False)  # wire.credential.Credential, once it is parsed
    _params: list[tuple[str, str]] | None = field(default=None, init=False, repr=False, compare=False)
    _query: dict[str, str] | None = field(default=None, init=False, repr=False, compare=False)

    # Kept by hand: before Python 3.12 a cached_property takes a lock.
    @property
    def params(self) -> list[tuple[str, str]]:
        """The query string, decoded; a parameter without ``=`` has the value ``""``."""
        if self._params is None:
            self._params = decode_pairs(self.raw_query) if self.raw_query else []
        return self._params

    @property
    def query(self) -> dict[str, str]:
        """``params`` by name; of a repeated one the first."""
        if self._query is None:
            self._query = dict(reversed(self.params))
        return self._query

    @property
    def host(self) -> str:
        """The Host header, lower case, without its port."""
        host = self.headers.get("Host", "").lower()
        name, colon, port = host.rpartition(":")
        return name if colon and port.isdigit() else host

    @property
    def content_type(self) -> str:
        """The media type of the body, lower case, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Response:
    """One HTTP response; ``body`` is bytes, or whatever the operation returned as its streaming member."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: Any = b""
