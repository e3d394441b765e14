"""Tags of objects: ``{key: value}`` in the object's row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, update

from wheatpaste.call import Call
from wheatpaste.services.s3 import s3, versions
from wheatpaste.services.s3.buckets import find
from wheatpaste.services.s3.requests import PAYER, object_arn
from wheatpaste.services.s3.schema import objects
from wheatpaste.services.s3.tags import check, tag_set

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import (
        DeleteObjectTaggingOutput,
        DeleteObjectTaggingRequest,
        GetObjectTaggingOutput,
        GetObjectTaggingRequest,
        PutObjectTaggingOutput,
        PutObjectTaggingRequest,
    )


def _store(call: Call, row: Row[Any], tags: dict[str, str] | None) -> None:
    here = (objects.c.bucket == row.bucket) & (objects.c.key == row.key) & (objects.c.rank == row.rank)
    call.db.execute(update(objects).where(here).values(tags=tags))


@s3.operation(resource=object_arn, stored=[*PAYER, "ContentMD5", "ChecksumAlgorithm"])
def put_object_tagging(call: Call, req: PutObjectTaggingRequest) -> PutObjectTaggingOutput:
    """Replace an object's tags."""
    bucket = find(call, req)
    row = versions.find(call, req, bucket)
    _store(call, row, check([(tag["Key"], tag["Value"]) for tag in req["Tagging"]["TagSet"]]))
    return {"VersionId": versions.shown_id(bucket, row)}


@s3.operation(resource=object_arn, reads=True, stored=PAYER)
def get_object_tagging(call: Call, req: GetObjectTaggingRequest) -> GetObjectTaggingOutput:
    """An object's tags."""
    bucket = find(call, req)
    row = versions.find(call, req, bucket)
    return {"VersionId": versions.shown_id(bucket, row), "TagSet": tag_set(row.tags)}


@s3.operation(resource=object_arn)
def delete_object_tagging(call: Call, req: DeleteObjectTaggingRequest) -> DeleteObjectTaggingOutput:
    """Remove an object's tags."""
    bucket = find(call, req)
    row = versions.find(call, req, bucket)
    _store(call, row, None)
    return {"VersionId": versions.shown_id(bucket, row)}
