"""The bytes of one file as classifiers read them: the raw file, its compression, and the beginning of its decompressed text.

Imported in the inspector's process only (pyarrow, cramjam).
"""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

import cramjam
import pyarrow

from wheatpaste.services.glue.crawl.finding import UnreadableError

MEGABYTE = 1 << 20
BUFFER = 8192  # small: how far the compressed file was read tells how much it expands
LIMIT = 10 * MEGABYTE  # AWS reads up to 10 MB, a megabyte at a time, until a record is found

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\xff\x06\x00\x00sNaPpY", "snappy"),
    (b"PK\x03\x04", "zip"),
)


class Segments(io.RawIOBase):
    """Pieces of files, and bytes, as one file: how the object store keeps an object."""

    def __init__(self, pieces: list[tuple[str | bytes, int, int]]) -> None:
        self._pieces = pieces
        self._at = 0
        self.size = sum(length for _, _, length in pieces)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = len(buffer)
        start = 0
        for place, offset, length in self._pieces:
            inside = self._at - start
            if 0 <= inside < length:
                data = _piece(place, offset + inside, min(wanted, length - inside))
                buffer[: len(data)] = data
                self._at += len(data)
                return len(data)
            start += length
        return 0


def _piece(place: str | bytes, offset: int, length: int) -> bytes:
    if isinstance(place, bytes):
        return place[offset : offset + length]
    with open(place, "rb") as file:
        file.seek(offset)
        return file.read(length)


class Source:
    """One file to classify."""

    def __init__(self, key: str, pieces: list[tuple[str | bytes, int, int]]) -> None:
        self.key = key
        self.segments = Segments(pieces)
        self.size = self.segments.size
        self.compression = self._detect(self.raw(16))
        self._head = b""
        self._open: BinaryIO | None = None
        self.complete = False

    def raw(self, count: int) -> bytes:
        """The file's first bytes as they are stored."""
        self.segments.seek(0)
        return self.segments.read(count) or b""

    def _detect(self, start: bytes) -> str:
        for magic, name in MAGIC:
            if start.startswith(magic):
                return name
        return "snappy" if self.key.endswith(".snappy") and not start.startswith((b"PAR1", b"ORC", b"Obj")) else "none"

    def file(self) -> BinaryIO:
        """The stored bytes as a file, from the start."""
        self.segments.seek(0)
        return io.BufferedReader(self.segments, BUFFER)

    def head(self, size: int = MEGABYTE) -> bytes:
        """The first ``size`` decompressed bytes; ``complete`` is then True when that is all there is.

        Raises UnreadableError when the compressed data is broken before anything could be read.
        """
        try:
            if self._open is None:
                self._open = OPENERS[self.compression](self)
            while len(self._head) <= size and not self.complete:
                more = self._open.read(min(MEGABYTE, size + 1 - len(self._head)))
                self._head += more
                self.complete = not more
        except (
            OSError,
            EOFError,
            zlib.error,
            lzma.LZMAError,
            zipfile.BadZipFile,
            pyarrow.ArrowException,
            cramjam.DecompressionError,
            ValueError,
        ) as error:
            raise UnreadableError(f"{self.compression} data cannot be decompressed: {error}") from error
        return self._head[:size]

    def text(self, size: int = MEGABYTE) -> str:
        """The head as text (UTF-8; what is not is replaced)."""
        return self.head(size).decode("utf-8-sig", errors="replace")

    def expansion(self) -> float:
        """Decompressed bytes for each stored one, as far as has been read."""
        if self.compression == "none" or not self.size:
            return 1.0
        consumed = self.size if self.complete else min(self.size, max(1, self.segments.tell()))
        return len(self._head) / consumed


def _arrow(codec: str) -> "Callable[[Source], BinaryIO]":
    def open_stream(source: Source) -> BinaryIO:
        stream: BinaryIO = pyarrow.CompressedInputStream(pyarrow.PythonFile(source.file(), mode="r"), codec)
        return stream

    return open_stream


def _zip(source: Source) -> BinaryIO:
    archive = zipfile.ZipFile(source.file())
    members = [m for m in archive.infolist() if not m.is_dir()]
    if len(members) != 1:
        raise UnreadableError(f"a ZIP archive of {len(members)} files cannot be crawled: AWS reads archives of one file")
    return archive.open(members[0])  # type: ignore[return-value]


def _snappy(source: Source) -> BinaryIO:
    """Framed or Hadoop's block format, up to the limit of what is ever looked at."""
    file = source.file()
    framed = source.raw(10).startswith(b"\xff\x06\x00\x00sNaPpY")
    out = bytearray()
    file.seek(0)
    for chunk in _framed(file) if framed else _hadoop(file):
        out += chunk
        if len(out) > LIMIT + MEGABYTE:
            break
    return io.BytesIO(bytes(out))


def _framed(file: BinaryIO) -> Any:
    while len(head := file.read(4)) == 4:
        body = file.read(int.from_bytes(head[1:], "little"))
        if head[0] == 0:
            yield bytes(cramjam.snappy.decompress_raw(body[4:]))
        elif head[0] == 1:
            yield body[4:]


def _hadoop(file: BinaryIO) -> Any:
    while len(head := file.read(4)) == 4:
        left = int.from_bytes(head, "big")
        while left > 0:
            chunk = bytes(cramjam.snappy.decompress_raw(file.read(int.from_bytes(file.read(4), "big"))))
            left -= len(chunk)
            yield chunk


OPENERS: "dict[str, Callable[[Source], BinaryIO]]" = {
    "none": Source.file,
    "gzip": lambda source: gzip.GzipFile(fileobj=source.file()),  # type: ignore[dict-item, return-value]
    "bzip2": lambda source: bz2.BZ2File(source.file()),  # type: ignore[dict-item, return-value]
    "zstd": _arrow("zstd"),
    "lz4": _arrow("lz4"),
    "snappy": _snappy,
    "zip": _zip,
}
