"""The folders of tables: a metastore makes a new table's, and removes or moves a managed table's data.

On S3 a folder is an empty object whose key ends in a slash; Spark's Hive writer counts on it.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

S3 = re.compile(r"s3[an]?://([^/]+)/?(.*)", re.DOTALL)


class Folders:
    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def make(self, location: str) -> None:
        if place := bucket_and_prefix(location):
            bucket, prefix = place
            if prefix and not self._s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("Contents"):
                self._s3.put_object(Bucket=bucket, Key=prefix)
        elif path := local(location):
            path.mkdir(parents=True, exist_ok=True)

    def remove(self, location: str) -> None:
        """With everything in it; never a whole bucket."""
        if place := bucket_and_prefix(location):
            bucket, prefix = place
            while prefix and (keys := self._keys(bucket, prefix)):
                self._s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True})
        elif (path := local(location)) and path.exists():
            shutil.rmtree(path)

    def move(self, source: str, target: str) -> None:
        old, new = bucket_and_prefix(source), bucket_and_prefix(target)
        if old and new and old[1] and new[1]:
            while keys := self._keys(*old):
                for key in keys:
                    place = {"Bucket": old[0], "Key": key}
                    self._s3.copy_object(Bucket=new[0], Key=new[1] + key.removeprefix(old[1]), CopySource=copy_source(place))
                self._s3.delete_objects(Bucket=old[0], Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True})
        elif (here := local(source)) and (there := local(target)) and here.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            here.rename(there)

    def _keys(self, bucket: str, prefix: str) -> list[str]:
        return [item["Key"] for item in self._s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents") or ()]


def copy_source(place: dict[str, str]) -> str:
    """The header's form: what an operation gets that is not called over HTTP by an SDK."""
    from urllib.parse import quote

    return quote(f"{place['Bucket']}/{place['Key']}", safe="/")


def bucket_and_prefix(location: str) -> tuple[str, str] | None:
    """The prefix ends in a slash; it is empty for a bucket."""
    match = S3.match(location or "")
    if match is None:
        return None
    prefix = match[2].rstrip("/")
    return match[1], f"{prefix}/" if prefix else ""


def local(location: str) -> Path | None:
    parts = urlsplit(location or "")
    return Path(unquote(parts.path)) if parts.scheme == "file" else None
