"""The lines of text files, as Hive reads them: ``\\n``, ``\\r`` or ``\\r\\n`` ends one, compression goes by the object's name."""

import bz2
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from wheatpaste.engines.duckdb.failures import LakeError

BLOCK = 4 << 20


def opened(path: str, url: str) -> IO[bytes]:
    """A file's bytes, decompressed as its object's name says."""
    suffix = url.rsplit("/", 1)[-1].rpartition(".")[2].lower()
    if suffix in ("gz", "gzip"):
        return cast(IO[bytes], gzip.open(path))
    if suffix == "bz2":
        return bz2.open(path)
    if suffix in ("zst", "snappy", "lz4", "deflate"):
        return _whole(path, suffix, url)
    return open(path, "rb")


def _whole(path: str, suffix: str, url: str) -> IO[bytes]:
    """Codecs without a streaming reader here."""
    import cramjam

    with open(path, "rb") as file:
        data = file.read()
    decoders: dict[str, Any] = {
        "zst": cramjam.zstd.decompress,
        "lz4": cramjam.lz4.decompress,
        "deflate": zlib.decompress,
        "snappy": hadoop_snappy,
    }
    try:
        return io.BytesIO(bytes(decoders[suffix](data)))
    except (cramjam.DecompressionError, zlib.error, ValueError) as error:
        raise LakeError("HIVE_CURSOR_ERROR", f"Failed to decompress {url}: {error}") from error


def hadoop_snappy(data: bytes) -> bytes:
    """Hadoop's framing: blocks of their whole length, and in each, chunks of a length and raw snappy; also the snappy framing format."""
    import cramjam

    if data.startswith(b"\xff\x06\x00\x00sNaPpY"):
        return bytes(cramjam.snappy.decompress(data))
    out, place = bytearray(), 0
    while place < len(data):
        whole, place = int.from_bytes(data[place : place + 4], "big"), place + 4
        end = len(out) + whole
        while len(out) < end:
            size, place = int.from_bytes(data[place : place + 4], "big"), place + 4
            if not size or place + size > len(data):
                raise ValueError("no snappy blocks")
            out += bytes(cramjam.snappy.decompress_raw(data[place : place + size]))
            place += size
    return bytes(out)


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in pieces that end at the end of a line, which is ``\\n`` there."""
    rest = b""
    while data := stream.read(BLOCK):
        data = rest + data
        held = b"\r" if data.endswith(b"\r") else b""  # its \n may come
        data = data[: len(data) - len(held)]
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        end = data.rfind(b"\n") + 1
        rest = data[end:] + held
        if end:
            yield data[:end]
    rest = rest.replace(b"\r", b"\n")
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"


def lines(path: str, url: str, skip: int) -> Iterator[pa.Array]:
    """The lines of a file but the first ``skip``, as arrays of text; bytes that are not UTF-8 become U+FFFD."""
    try:
        with opened(path, url) as stream:
            for block in blocks(stream):
                while skip and block:
                    skip, block = skip - 1, block.partition(b"\n")[2]
                if block:
                    yield _split(block)
    except (EOFError, zlib.error, OSError) as error:
        raise LakeError("HIVE_CURSOR_ERROR", f"Failed to read file at {url}: {error}") from error


def _split(block: bytes) -> pa.Array:
    try:
        text = pa.array([block[:-1]], pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        text = pa.array([block[:-1].decode(errors="replace")], pa.string())
    return pc.list_flatten(pc.split_pattern(text, "\n"))
