"""The checksums that S3 clients send, computed as the bytes come in: AWS's names, base64 values, and how those of parts combine.

The CRCs and XXHashes come from awscrt, as in the SDKs; the digests from hashlib, which releases the GIL.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Protocol


@cache
def _crt() -> Any:
    """awscrt's functions: 30 ms to import, at the first checksum and not at start-up."""
    from awscrt import checksums

    return checksums


class Running(Protocol):
    """A checksum in the making."""

    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


class Crc:
    """A CRC as a running checksum; its digest is big-endian, as S3 gives it."""

    __slots__ = ("_function", "_value", "_width")

    def __init__(self, function: str, width: int) -> None:
        self._function: Callable[[bytes, int], int] = getattr(_crt(), function)
        self._width = width
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = self._function(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(self._width, "big")


class XxHash:
    """One of awscrt's XXHashes as a running checksum."""

    __slots__ = ("_hash",)

    def __init__(self, make: str) -> None:
        self._hash = getattr(_crt().XXHash, make)()

    def update(self, data: bytes) -> None:
        self._hash.update(data)

    def digest(self) -> bytes:
        return bytes(self._hash.finalize())


ALGORITHMS: dict[str, Callable[[], Running]] = {
    "CRC32": lambda: Crc("crc32", 4),
    "CRC32C": lambda: Crc("crc32c", 4),
    "CRC64NVME": lambda: Crc("crc64nvme", 8),
    "SHA1": hashlib.sha1,
    "SHA256": hashlib.sha256,
    "SHA512": hashlib.sha512,
    "MD5": hashlib.md5,
    "XXHASH64": lambda: XxHash("new_xxhash64"),
    "XXHASH3": lambda: XxHash("new_xxhash3_64"),
    "XXHASH128": lambda: XxHash("new_xxhash3_128"),
}

# Only CRCs of parts combine into the checksum of the whole; the others give a checksum of checksums.
COMBINES = {"CRC32": (4, "combine_crc32"), "CRC32C": (4, "combine_crc32c"), "CRC64NVME": (8, "combine_crc64nvme")}


def encode(digest: bytes) -> str:
    """A digest as S3 writes it."""
    return base64.b64encode(digest).decode()


def of(algorithm: str, data: bytes) -> str:
    """The checksum of ``data``."""
    running = ALGORITHMS[algorithm]()
    running.update(data)
    return encode(running.digest())


def full_object(algorithm: str, parts: Iterable[tuple[str, int]]) -> str:
    """The checksum of the whole from those of its parts (checksum, size), without its bytes: CRCs only."""
    width, name = COMBINES[algorithm]
    combine, value = getattr(_crt(), name), 0
    for checksum, size in parts:
        value = combine(value, int.from_bytes(base64.b64decode(checksum), "big"), size)
    return encode(value.to_bytes(width, "big"))


def composite(algorithm: str, parts: Sequence[str]) -> str:
    """The checksum of the parts' checksums, with their number: ``…==-3``."""
    return f"{of(algorithm, b''.join(map(base64.b64decode, parts)))}-{len(parts)}"


def composite_md5(parts: Sequence[str]) -> str:
    """A multipart ETag: the MD5 of the parts' MD5s (hexadecimal), with their number."""
    return f"{hashlib.md5(b''.join(map(bytes.fromhex, parts))).hexdigest()}-{len(parts)}"
