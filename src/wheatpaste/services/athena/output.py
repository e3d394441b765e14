"""Result files: bytes in the object store under the query's OutputLocation."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from wheatpaste.call import Aws
from wheatpaste.services.athena.dialect.errors import SqlError
from wheatpaste.wire.errors import AwsError

COPY = 1 << 20


def header(names: Sequence[str]) -> bytes:
    """The first line of a CSV result."""
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(names)
    return out.getvalue().encode()


def keep(aws: Aws, location: str, pieces: Iterable[bytes], kind: str) -> int:
    """Store a result; its size in bytes. Raises SqlError when its bucket is not there."""
    staged = aws.app.blobs.stage()
    for piece in pieces:
        staged.write(piece)
    blob = staged.finish()
    bucket, _, key = location.removeprefix("s3://").partition("/")
    try:
        aws.call("s3", "PutObject", {"Bucket": bucket, "Key": key, "Body": blob, "ContentType": kind})
    except AwsError as error:
        aws.app.blobs.discard(blob)
        raise SqlError(
            "ACCESS_DENIED" if error.code == "AccessDenied" else "NOT_FOUND",
            f"Unable to verify/create output bucket {bucket}: {error.message}",
        ) from error
    return blob.size


def file_pieces(first: bytes, path: Path) -> Iterable[bytes]:
    """A header, then a file's bytes."""
    yield first
    with path.open("rb") as file:
        while data := file.read(COPY):
            yield data


def text_lines(lines: Sequence[str]) -> bytes:
    """A DDL statement's text result."""
    return "".join(f"{line}\n" for line in lines).encode()
