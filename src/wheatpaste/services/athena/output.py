"""Result files: bytes in the object store under the query's OutputLocation."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from wheatpaste.call import Aws
from wheatpaste.services.athena.dialect.errors import SqlError
from wheatpaste.store.blobs import Blob
from wheatpaste.wire.errors import AwsError

COPY = 1 << 20
BINARY = "application/octet-stream"


def header(names: Sequence[str]) -> bytes:
    """The first line of a CSV result."""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(names)
    return out.getvalue().encode()


@dataclass(frozen=True)
class ResultFile:
    """A result whose bytes are on disk, and the object that they are to become."""

    location: str
    blob: Blob
    kind: str


def staged(aws: Aws, location: str, pieces: Iterable[bytes], kind: str = BINARY) -> ResultFile:
    """Write a result's bytes, before the transaction that makes them an object."""
    blob = aws.app.blobs.stage()
    for piece in pieces:
        blob.write(piece)
    return ResultFile(location, blob.finish(), kind)


def put(aws: Aws, file: ResultFile) -> None:
    """Make it an object. Raises SqlError when its bucket is not there, or not for this principal."""
    bucket, _, key = file.location.removeprefix("s3://").partition("/")
    try:
        aws.call("s3", "PutObject", {"Bucket": bucket, "Key": key, "Body": file.blob, "ContentType": file.kind})
    except AwsError as error:
        raise SqlError(
            "ACCESS_DENIED" if error.code == "AccessDenied" else "NOT_FOUND",
            f"Unable to verify/create output bucket {bucket}: {error.message}",
        ) from error


def keep(aws: Aws, location: str, pieces: Iterable[bytes], kind: str) -> int:
    """Store an object in a transaction of its own; its size in bytes. Raises SqlError as ``put``."""
    file = staged(aws, location, pieces, kind)
    try:
        put(aws, file)
    except SqlError:
        aws.app.blobs.discard(file.blob)
        raise
    return file.blob.size


def file_pieces(first: bytes, path: Path) -> Iterable[bytes]:
    """A header, then a file's bytes."""
    yield first
    with path.open("rb") as file:
        while data := file.read(COPY):
            yield data


def text_lines(lines: Sequence[str]) -> bytes:
    """A DDL statement's text result: no header, and no line feed at its end (as measured on Athena, 2026-09-16)."""
    return "\n".join(lines).encode()
