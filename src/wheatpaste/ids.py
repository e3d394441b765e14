"""Identifiers in AWS's exact forms."""

import os
import secrets
import string

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ALNUM = string.ascii_letters + string.digits


def request_id() -> str:
    """A request id: a UUID."""
    digits = os.urandom(16).hex()  # uuid.uuid4() and its text take three times as long, and every request has one
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{'89ab'[int(digits[16], 16) % 4]}{digits[17:20]}-{digits[20:]}"


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
