"""Blobs: hashing, durability's file layout, ranges over parts, and what is left behind."""

import base64
import errno
import hashlib
import os
import time
import zlib
from pathlib import Path

import pytest

from wheatpaste.store import blobs as module
from wheatpaste.store import checksums
from wheatpaste.store.blobs import INLINE, Blob, BlobRange, Blobs


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "objects", tmp_path / "cache")


def whole(*parts: Blob) -> Blob:
    return Blob("0" * 32, sum(p.size for p in parts), "", {}, None, parts)


def on_disk(blobs: Blobs) -> list[Path]:
    return [p for p in blobs.root.rglob("*") if p.is_file()]


def test_a_small_blob_stays_in_memory(blobs: Blobs) -> None:
    blob = blobs.put(b"x" * INLINE, {"SHA256"})
    assert blob.inline == b"x" * INLINE
    assert blob.md5 == hashlib.md5(b"x" * INLINE).hexdigest()
    assert blob.checksums["SHA256"] == base64.b64encode(hashlib.sha256(b"x" * INLINE).digest()).decode()
    assert on_disk(blobs) == []


def test_a_larger_one_becomes_one_file_whose_name_says_nothing_of_a_key(blobs: Blobs) -> None:
    data = os.urandom(INLINE + 1)
    staged = blobs.stage({"CRC32"})
    for start in range(0, len(data), 1000):
        staged.write(data[start : start + 1000])
    blob = staged.finish()
    assert blob.inline is None
    assert on_disk(blobs) == [blobs.path(blob)]
    assert blobs.path(blob).read_bytes() == data
    assert blob.md5 == hashlib.md5(data).hexdigest()
    assert blob.checksums["CRC32"] == base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def test_an_empty_blob_needs_neither_row_nor_file(blobs: Blobs) -> None:
    blob = blobs.stage().finish()
    assert (blob.id, blob.size, blob.inline, blob.md5) == ("", 0, b"", hashlib.md5(b"").hexdigest())
    assert blobs.path(blob).read_bytes() == b""


def test_abort_leaves_nothing(blobs: Blobs) -> None:
    staged = blobs.stage()
    staged.write(b"x" * 100_000)
    assert len(on_disk(blobs)) == 1
    staged.abort()
    assert on_disk(blobs) == []


def test_a_full_disk_at_the_sync_leaves_nothing(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    staged = blobs.stage()
    staged.write(b"x" * 100_000)
    monkeypatch.setattr(module, "sync", full)
    with pytest.raises(OSError, match="No space"):
        staged.finish()
    assert on_disk(blobs) == []


def test_uploads_that_died_with_the_server_are_removed_at_start(blobs: Blobs) -> None:
    blobs.stage().write(b"x" * 100_000)
    kept = blobs.put(b"y" * 100_000)
    again = Blobs(blobs.root, blobs.cache)
    assert on_disk(again) == [again.path(kept)]


@pytest.mark.parametrize(
    ("start", "length"),
    [(0, 100_010), (0, 1), (39_999, 2), (40_000, 60_000), (39_990, 60_020), (100_000, 10), (100_009, 1), (5, 0)],
)
def test_a_range_over_parts(blobs: Blobs, start: int, length: int) -> None:
    pieces = [os.urandom(40_000), os.urandom(60_000), b"0123456789"]
    blob = whole(*map(blobs.put, pieces))
    assert b"".join(blobs.read(BlobRange(blob, start, length))) == b"".join(pieces)[start : start + length]


def test_the_path_of_a_whole_is_made_once_from_its_parts(blobs: Blobs) -> None:
    pieces = [os.urandom(40_000), b"small"]
    blob = whole(*map(blobs.put, pieces))
    first = blobs.path(blob)
    assert first.read_bytes() == b"".join(pieces)
    made = first.stat().st_mtime_ns
    assert blobs.path(blob) == first
    assert first.stat().st_mtime_ns == made
    with blobs.open(blob, 39_999) as file:
        assert file.read() == pieces[0][-1:] + b"small"


def test_a_file_that_lost_bytes_is_an_error_not_a_short_answer(blobs: Blobs) -> None:
    blob = blobs.put(b"x" * 100_000)
    os.truncate(blobs.path(blob), 50_000)
    with pytest.raises(OSError, match="shorter"):
        b"".join(blobs.read(blob))
    with pytest.raises(OSError, match="shorter"):
        blobs.path(whole(blob))


def test_a_blob_that_is_read_is_not_unlinked(blobs: Blobs) -> None:
    blob = blobs.put(b"x" * 100_000)
    with blobs.reading(whole(blob)):
        assert not blobs.unlink(blob.id)
    assert blobs.unlink(blob.id)
    assert on_disk(blobs) == []


def test_files_lists_those_that_are_old_enough(blobs: Blobs) -> None:
    blob = blobs.put(b"x" * 100_000)
    assert list(blobs.files(time.time() - 60)) == []
    assert list(blobs.files(time.time() + 60)) == [blob.id]


@pytest.mark.parametrize("algorithm", sorted(checksums.COMBINES))
def test_the_checksum_of_the_whole_comes_from_those_of_its_parts(algorithm: str) -> None:
    pieces = [os.urandom(5000), b"", os.urandom(1), os.urandom(70_000)]
    combined = checksums.full_object(algorithm, [(checksums.of(algorithm, p), len(p)) for p in pieces])
    assert combined == checksums.of(algorithm, b"".join(pieces))


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [  # the check values of "123456789" that each algorithm's description publishes
        ("CRC32", "cbf43926"),
        ("CRC32C", "e3069283"),
        ("CRC64NVME", "ae8b14860a799888"),
        ("MD5", "25f9e794323b453885f5181f1b624d0b"),
        ("SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
        ("XXHASH64", "8cb841db40e6ae83"),
    ],
)
def test_published_check_values(algorithm: str, expected: str) -> None:
    assert base64.b64decode(checksums.of(algorithm, b"123456789")).hex() == expected
