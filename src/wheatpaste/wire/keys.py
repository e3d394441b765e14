"""Signature Version 4's keys."""

import hashlib
import hmac
from functools import lru_cache

ALGORITHM = "AWS4-HMAC-SHA256"


@lru_cache(1024)
def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """The key of a day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return key


def sign(key: bytes, text: str) -> str:
    """The signature of ``text``, in hex."""
    return hmac.digest(key, text.encode("utf-8", "surrogateescape"), hashlib.sha256).hex()
