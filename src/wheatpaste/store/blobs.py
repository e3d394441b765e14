"""The bytes of objects: immutable blobs on disk, never named by key.

A blob is written to a temporary file while it is hashed, renamed to ``objects/ab/cd/<id>`` and synced; only then does a transaction refer
to it. One of up to 32 KiB never becomes a file: it travels in ``Blob.inline`` and lives in the database, whose commit is its durability.
The parts of a multipart upload stay blobs of their own: the whole is their ordered list, so that completing an upload moves no bytes.

    Blob ── id, size, md5, checksums
      ├─ inline: bytes           small: in the database
      ├─ parts: (Blob, …)        the whole of a multipart upload
      └─ neither                 a file: Blobs.segments() says which
"""

import errno
import hashlib
import io
import os
import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeAlias

from wheatpaste.store.checksums import ALGORITHMS, Running, encode

INLINE = 32 * 1024  # bytes up to which a blob lives in the database
COPY = 1024 * 1024
WRITE_BACK = 8 * 1024 * 1024  # bytes after which the kernel is asked to start writing
ALWAYS = "CRC64NVME"  # computed for every blob: what S3 adds to an object that came without a checksum (and costs next to nothing)
EMPTY_MD5 = hashlib.md5(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Blob:
    """Immutable bytes; ``checksums`` holds base64 by AWS's algorithm names, ``md5`` is hexadecimal (empty for a whole made of parts)."""

    id: str
    size: int
    md5: str
    checksums: Mapping[str, str] = field(default_factory=dict)
    inline: bytes | None = None
    parts: "tuple[Blob, ...]" = ()


@dataclass(frozen=True, slots=True)
class BlobRange:
    """``length`` bytes of a blob from ``start``."""

    blob: Blob
    start: int
    length: int


EMPTY = Blob("", 0, EMPTY_MD5, {ALWAYS: "AAAAAAAAAAA="}, b"")
Segment: TypeAlias = tuple[Path | bytes, int, int]
"""A file or bytes, the offset in it, the length."""


def new_id() -> str:
    """A blob's id: 32 hexadecimal digits that begin with the time, so that an index on them grows at its end."""
    return f"{time.time_ns() // 1000:014x}{secrets.token_hex(9)}"


def sync(descriptor: int) -> None:
    """Put a file or folder on the disk itself."""
    if hasattr(os, "F_FULLFSYNC"):  # macOS: fsync alone leaves bytes in the drive's cache
        import fcntl

        fcntl.fcntl(descriptor, os.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def start_writing(descriptor: int, offset: int, length: int) -> None:
    """Let the kernel begin to put fresh bytes on the disk, so that ``sync`` finds little to wait for (64 MiB: 4 ms instead of 36).

    ``POSIX_FADV_DONTNEED`` starts the writing of dirty pages and drops only clean ones, of which fresh bytes have none (Linux,
    mm/fadvise.c).
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, offset, length, os.POSIX_FADV_DONTNEED)


def sync_folder(folder: Path) -> None:
    """Put a folder's entries on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


class StagedBlob:
    """A blob in the making: ``write`` (one thread at a time), then ``finish`` or ``abort``."""

    def __init__(self, blobs: "Blobs", checksums: Iterable[str]) -> None:
        self._blobs = blobs
        self._id = new_id()
        self._buffer = bytearray()
        self._file = -1
        self._written = 0  # bytes that the file has
        self._started = 0  # of them those that are on their way to the disk
        self._md5 = hashlib.md5()
        self._running: dict[str, Running] = {name: ALGORITHMS[name]() for name in {*checksums, ALWAYS}}
        self.size = 0

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self.size += len(data)
        self._md5.update(data)
        for running in self._running.values():
            running.update(data)
        if self._file < 0 and self.size <= INLINE:
            self._buffer += data
            return
        if self._file < 0:
            self._file = os.open(self._blobs.temporary(self._id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._put(bytes(self._buffer))
            self._buffer.clear()
        self._put(data)

    def _put(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            count = os.write(self._file, view)
            self._written += count
            view = view[count:]
        if self._written - self._started >= WRITE_BACK:
            start_writing(self._file, self._started, self._written - self._started)
            self._started = self._written

    def finish(self) -> Blob:
        """The blob: on disk, or with its bytes inline."""
        if self.size == 0:
            return Blob("", 0, EMPTY_MD5, self._digests(), b"")
        if self._file < 0:
            return Blob(self._id, self.size, self._md5.hexdigest(), self._digests(), bytes(self._buffer))
        try:
            self._blobs.settle(self._id, self._file)
        except BaseException:
            self.abort()  # a full disk: leave nothing behind
            raise
        os.close(self._file)
        self._file = -1
        return Blob(self._id, self.size, self._md5.hexdigest(), self._digests())

    def _digests(self) -> dict[str, str]:
        return {name: encode(running.digest()) for name, running in self._running.items()}

    def abort(self) -> None:
        """Forget the bytes."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
            self._blobs.temporary(self._id).unlink(missing_ok=True)
            self._blobs.file(self._id).unlink(missing_ok=True)


class Blobs:
    """The object store's files under ``root``; ``cache`` holds what can be made again from them."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root
        self.cache = cache
        self._temporary = root / "tmp"
        self._temporary.mkdir(parents=True, exist_ok=True)
        for left in self._temporary.iterdir():  # uploads that died with the last server
            left.unlink()
        self._folders: set[Path] = set()
        self._readers: dict[str, int] = {}
        self._lock = threading.Lock()

    # -- writing

    def stage(self, checksums: Iterable[str] = ()) -> StagedBlob:
        """Begin a blob; MD5, CRC64NVME and the ``checksums`` named (AWS's names) are computed as it is written."""
        return StagedBlob(self, checksums)

    def put(self, data: bytes, checksums: Iterable[str] = ()) -> Blob:
        """A blob of ``data``."""
        staged = self.stage(checksums)
        staged.write(data)
        return staged.finish()

    def temporary(self, blob_id: str) -> Path:
        """Where a blob is while it is written."""
        return self._temporary / blob_id

    def settle(self, blob_id: str, descriptor: int) -> None:
        """Give a written file its place and put both on the disk.

        The rename comes before the sync, so that one commit of the file system's journal covers the two: nothing refers to the file yet.
        """
        target = self.file(blob_id)
        self._make_folder(target.parent)
        self.temporary(blob_id).rename(target)
        sync(descriptor)
        sync_folder(target.parent)

    def _make_folder(self, folder: Path) -> None:
        if folder in self._folders:
            return
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            for parent in (folder.parent, folder.parent.parent):
                sync_folder(parent)
        self._folders.add(folder)

    def discard(self, blob: Blob) -> None:
        """Unlink a blob that no row came to refer to (its operation failed)."""
        if blob.id and blob.inline is None and not blob.parts:
            self.file(blob.id).unlink(missing_ok=True)

    # -- reading

    def file(self, blob_id: str) -> Path:
        """Where the file of that id is."""
        return self.root / blob_id[-2:] / blob_id[-4:-2] / blob_id

    def segments(self, wanted: Blob | BlobRange) -> list[Segment]:
        """The files or bytes that make up ``wanted``, in order."""
        if isinstance(wanted, Blob):
            wanted = BlobRange(wanted, 0, wanted.size)
        found: list[Segment] = []
        skip, left = wanted.start, wanted.length
        for leaf in wanted.blob.parts or (wanted.blob,):
            take = min(leaf.size - skip, left)
            if take > 0:
                found.append((self.file(leaf.id) if leaf.inline is None else leaf.inline, skip, take))
                left -= take
            skip = max(0, skip - leaf.size)
            if left <= 0:
                break
        return found

    def read(self, wanted: Blob | BlobRange) -> Iterator[bytes]:
        """The bytes of ``wanted`` in pieces of at most 1 MiB."""
        for source, offset, length in self.segments(wanted):
            if isinstance(source, bytes):
                yield source[offset : offset + length]
                continue
            with source.open("rb", buffering=0) as file:
                file.seek(offset)
                while length > 0 and (data := file.read(min(COPY, length))):
                    length -= len(data)
                    yield data
            if length > 0:
                raise OSError(f"{source} is shorter than its row says")

    def bytes(self, blob: Blob) -> bytes:
        """All bytes of a blob: for small ones."""
        return b"".join(self.read(blob))

    def open(self, blob: Blob, start: int = 0) -> BinaryIO:
        """The blob as a file for reading, at ``start``."""
        if blob.inline is not None:
            file: BinaryIO = io.BytesIO(blob.inline)
        else:
            file = self.path(blob).open("rb")
        file.seek(start)
        return file

    def path(self, blob: Blob) -> Path:
        """A file with the blob's bytes; what is no file yet (small, or made of parts) is written to the cache once."""
        if blob.inline is None and not blob.parts and blob.id:
            return self.file(blob.id)
        cached = self.cached(blob.id or "empty")
        if not cached.exists():
            cached.parent.mkdir(parents=True, exist_ok=True)
            making = cached.with_name(f"{cached.name}.{secrets.token_hex(4)}")
            with making.open("wb", buffering=0) as out:
                self._join(blob, out.fileno())
            making.rename(cached)
        return cached

    def cached(self, blob_id: str) -> Path:
        """Where ``path`` puts a blob that is no file of its own."""
        return self.cache / blob_id[-2:] / blob_id

    def _join(self, blob: Blob, out: int) -> None:
        for source, offset, length in self.segments(blob):
            if isinstance(source, Path):
                with source.open("rb", buffering=0) as file:
                    copy_range(file.fileno(), offset, length, out)
            else:
                os.write(out, source[offset : offset + length])

    # -- what may go

    @contextmanager
    def reading(self, blob: Blob) -> Iterator[None]:
        """Keep a blob's files while somebody reads them."""
        held = [leaf.id for leaf in blob.parts or (blob,)]
        with self._lock:
            for blob_id in held:
                self._readers[blob_id] = self._readers.get(blob_id, 0) + 1
        try:
            yield
        finally:
            with self._lock:
                for blob_id in held:
                    self._readers[blob_id] -= 1
                    if not self._readers[blob_id]:
                        del self._readers[blob_id]

    def unlink(self, blob_id: str) -> bool:
        """Remove a blob's file and its copy in the cache; False while somebody reads it."""
        with self._lock:
            if blob_id in self._readers:
                return False
            self.file(blob_id).unlink(missing_ok=True)
            self.cached(blob_id).unlink(missing_ok=True)
            return True

    def files(self, older_than: float) -> Iterator[str]:
        """The ids of the files last changed before ``older_than`` (epoch seconds)."""
        for outer in self.root.iterdir():
            if len(outer.name) != 2:
                continue
            for inner in outer.iterdir():
                with os.scandir(inner) as entries:
                    yield from [entry.name for entry in entries if entry.stat().st_mtime < older_than]


def copy_range(source: int, offset: int, length: int, target: int) -> None:
    """Append part of one file to another, inside the kernel where the file systems allow it."""
    native = getattr(os, "copy_file_range", None)
    while length > 0:
        copied = 0
        if native is not None:
            try:
                copied = native(source, target, length, offset)
            except OSError as error:
                if error.errno not in (errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS):
                    raise
                native = None
        if native is None:
            copied = os.write(target, os.pread(source, min(COPY, length), offset))
        if copied == 0:
            raise OSError("a blob's file is shorter than its row says")
        offset += copied
        length -= copied
