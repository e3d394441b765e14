"""Pagination by opaque tokens: what a token says is this package's business, its client only hands it back."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from wheatpaste.wire.errors import AwsError, InvalidToken

Row = TypeVar("Row")


def encode_token(value: Any, bound: str = "") -> str:
    """An opaque token that holds ``value`` (JSON); ``bound`` names what it is good for (an operation, a filter's hash)."""
    text = json.dumps([bound, value], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_token(token: str, bound: str = "", error: Callable[[str], AwsError] = InvalidToken) -> Any:
    """What ``encode_token`` put in; raises ``error`` for a token that is none of ours, or was made for something else."""
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        made_for, value = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error):
        raise error("The pagination token is invalid") from None
    if made_for != bound:
        raise error("The pagination token is invalid: it was made for another request")
    return value


def page(rows: Sequence[Row], limit: int, key: Callable[[Row], Any], bound: str = "") -> tuple[Sequence[Row], str | None]:
    """The first ``limit`` of ``rows``, and the token that goes on after them; fetch ``limit + 1`` rows to know whether there is more."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], encode_token(key(rows[limit - 1]), bound)
