"""DeleteObject, DeleteObjects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from sqlalchemy import Row

from wheatpaste.call import Call
from wheatpaste.services.s3 import conditions, locks, notification, s3, versions
from wheatpaste.services.s3.buckets import bucket_arn, find
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.names import check_key
from wheatpaste.services.s3.requests import PAYER, object_arn
from wheatpaste.wire.errors import AwsError

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import (
        DeletedObject,
        DeleteObjectOutput,
        DeleteObjectRequest,
        DeleteObjectsOutput,
        DeleteObjectsRequest,
        Error,
    )

MOST = 1000  # keys of one DeleteObjects


@s3.operation(resource=object_arn, stored=PAYER, refused=["MFA"])
def delete_object(call: Call, req: DeleteObjectRequest) -> DeleteObjectOutput:
    """Delete an object: its bytes for good where versioning is off or a version is named, else by a delete marker."""
    return _delete(call, find(call, req), req, bool(req.get("BypassGovernanceRetention")))


def _delete(call: Call, bucket: Row[Any], item: Mapping[str, Any], bypass: bool) -> DeleteObjectOutput:
    """Delete one key or version (``IfMatch``, ``IfMatchSize``, ``IfMatchLastModifiedTime`` are its conditions)."""
    key, version_id = item["Key"], item.get("VersionId")
    check_key(key)
    versions.hold(call, bucket.name, key)
    if version_id is not None:
        return _delete_version(call, bucket, item, bypass)
    present = versions.current(call, bucket.name, key)
    conditions.check_delete(item, present)
    if not bucket.versioning:
        if present is not None:
            versions.remove(call, present)
            notification.deleted(call, bucket, key, None, marker=False)
        return {}
    marker = versions.add_marker(call, bucket, key)
    notification.deleted(call, bucket, key, marker, marker=True)
    return {"DeleteMarker": True, "VersionId": marker}


def _delete_version(call: Call, bucket: Row[Any], item: Mapping[str, Any], bypass: bool) -> DeleteObjectOutput:
    versions.check_id(item["VersionId"])
    row = versions.by_id(call, bucket.name, item["Key"], item["VersionId"])
    conditions.check_delete(item, row)
    if row is None:
        return {"VersionId": item["VersionId"]}
    locks.check_delete(row, bypass, call.now)
    versions.remove(call, row)
    notification.deleted(call, bucket, row.key, row.version_id, marker=False)
    return {"VersionId": row.version_id, "DeleteMarker": True if row.delete_marker else None}


@s3.operation(resource=bucket_arn, stored=[*PAYER, "ChecksumAlgorithm"], refused=["MFA"])
def delete_objects(call: Call, req: DeleteObjectsRequest) -> DeleteObjectsOutput:
    """Delete up to 1,000 keys or versions; one that cannot be is told among ``Errors``."""
    bucket = find(call, req)
    items, quiet = req["Delete"]["Objects"], req["Delete"].get("Quiet")
    if not items or len(items) > MOST:
        raise s3_error("MalformedXML")
    deleted: list[DeletedObject] = []
    errors: list[Error] = []
    for item in items:
        try:
            with call.db.begin_nested():
                done = _delete(call, bucket, item, bool(req.get("BypassGovernanceRetention")))
        except AwsError as error:
            errors.append({"Code": error.code, "Message": error.message, **_named(item)})
        else:
            deleted.append(_deleted(item, done))
    return {"Deleted": [] if quiet else deleted, "Errors": errors}


class Named(TypedDict, total=False):
    """An object as the request names it."""

    Key: str
    VersionId: str


def _named(item: Mapping[str, Any]) -> Named:
    return {"Key": item["Key"], "VersionId": item["VersionId"]} if item.get("VersionId") is not None else {"Key": item["Key"]}


def _deleted(item: Mapping[str, Any], done: Mapping[str, Any]) -> DeletedObject:
    """One entry of ``Deleted``: a marker that was made or removed is named."""
    entry: DeletedObject = {**_named(item)}
    if done.get("DeleteMarker"):
        entry["DeleteMarker"], entry["DeleteMarkerVersionId"] = True, done["VersionId"]
    return entry
