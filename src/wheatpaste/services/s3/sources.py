"""The source of a copy: ``x-amz-copy-source`` and its conditions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from sqlalchemy import Row

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.services.s3 import buckets, conditions, versions
from wheatpaste.services.s3.errors import s3_error


@dataclass(frozen=True)
class Source:
    """A copy's source: its row, and its version id as answers show it."""

    row: Row[Any]
    version_id: str | None


def parse(text: str) -> tuple[str, str, str | None]:
    """(bucket, key, version id) of a copy source, ``[/]bucket/key[?versionId=…]``, URL-encoded or not."""
    path, _, version_id = text.partition("?versionId=")
    bucket, slash, key = unquote(path.removeprefix("/")).partition("/")
    if bucket.startswith("arn:"):
        raise s3_error(
            "NotImplemented", f"A copy from an access point ({bucket}) is not implemented by wheatpaste", Header="x-amz-copy-source"
        )
    if not slash or not bucket or not key:
        raise s3_error("InvalidArgument", "Invalid copy source object key", ArgumentName="x-amz-copy-source", ArgumentValue=text)
    return bucket, key, version_id or None


def find(call: Call, req: Mapping[str, Any]) -> Source:
    """The object that ``CopySource`` names, once its conditions hold and the caller may read it."""
    name, key, version_id = parse(req["CopySource"])
    bucket = buckets.find(
        call, {"Bucket": name, "ExpectedSourceBucketOwner": req.get("ExpectedSourceBucketOwner")}, expected="ExpectedSourceBucketOwner"
    )
    call.require("s3:GetObject", arns.arn("s3", "", "", f"{name}/{key}"))
    row = versions.lookup(call, bucket, key, version_id)
    conditions.check_copy_source(req, row.etag, row.modified)
    return Source(row, versions.shown_id(bucket, row))
