"""Identifiers in AWS's exact forms."""

import secrets
import string
import time
from random import Random

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_NUMBERS = Random(secrets.token_bytes(32))
_ALNUM = string.ascii_letters + string.digits


def request_id() -> str:
    """A request id: a UUID. It tells requests apart and is no secret: asking the system for each costs a fiftieth of a short call."""
    return _uuid(f"{_NUMBERS.getrandbits(128):032x}", version=4)


def ordered_id() -> str:
    """A UUID whose text sorts by its time (RFC 9562, version 7): an index of many grows at its end, not all over."""
    return _uuid(f"{time.time_ns() // 1_000_000:012x}{_NUMBERS.getrandbits(80):020x}", version=7)


def _uuid(digits: str, version: int) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{version}{digits[13:16]}-{'89ab'[int(digits[16], 16) % 4]}{digits[17:20]}-{digits[20:]}"


def hexadecimal(digits: int) -> str:
    """``digits`` random hexadecimal digits."""
    return secrets.token_hex((digits + 1) // 2)[:digits]


def job_run_id() -> str:
    """``jr_`` and 64 hexadecimal digits."""
    return f"jr_{hexadecimal(64)}"


def iam_id(prefix: str) -> str:
    """An IAM unique id: ``prefix`` (AROA role, AIDA user, AKIA key, ASIA temporary key, ANPA policy …) and 16 of A–Z, 2–7, in 20
    characters."""
    return prefix + "".join(secrets.choice(_BASE32) for _ in range(20 - len(prefix)))


def secret_key() -> str:
    """A secret access key: 40 characters."""
    return "".join(secrets.choice(_ALNUM + "/+") for _ in range(40))


def alphanumeric(length: int) -> str:
    """``length`` random letters and digits."""
    return "".join(secrets.choice(_ALNUM) for _ in range(length))
