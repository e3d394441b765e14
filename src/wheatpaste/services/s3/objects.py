"""Objects: PutObject, GetObject, HeadObject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.s3 import acl, conditions, headers, integrity, locks, notification, ranges, s3, tags, versions
from wheatpaste.services.s3.buckets import find
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.names import check_key
from wheatpaste.services.s3.requests import EVENT_HOLD, PAYER, SSE_C, SSE_STORED, is_internal, object_arn
from wheatpaste.store.blobs import EMPTY, Blob, BlobRange
from wheatpaste.store.codec import from_millis

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import (
        GetObjectOutput,
        GetObjectRequest,
        HeadObjectOutput,
        HeadObjectRequest,
        PutObjectOutput,
        PutObjectRequest,
    )

LARGEST = 5 * 1024**3  # bytes of one PUT


@s3.operation(
    resource=object_arn,
    stored=[*SSE_STORED, *PAYER, "StorageClass", "WebsiteRedirectLocation", "ContentLength"],
    refused=[*SSE_C, *EVENT_HOLD, "WriteOffsetBytes"],
)
def put_object(call: Call, req: PutObjectRequest) -> PutObjectOutput:
    """Add an object: its bytes are on disk (or in this transaction) before a row refers to them."""
    bucket, key = find(call, req), req["Key"]
    blob: Blob = req.get("Body") or EMPTY
    check_key(key)
    if blob.size > LARGEST:
        raise s3_error("EntityTooLarge", ProposedSize=str(blob.size), MaxSizeAllowed=str(LARGEST))
    checksums = integrity.check(call, req, blob)
    versions.hold(call, bucket.name, key)
    present = versions.current(call, bucket.name, key)
    conditions.check_write(req, key, present)
    values = {
        "blob": versions.keep_bytes(call, blob),
        "size": blob.size,
        "etag": blob.md5,
        "parts": 0,
        "checksums": {**checksums, "Type": "FULL_OBJECT"},
        **settings(call, req, bucket),
    }
    version_id = versions.add(call, bucket, key, values, present)
    shown = version_id if bucket.versioning else None
    notification.created(call, bucket, key, blob.size, blob.md5, shown)
    return {
        "ETag": f'"{blob.md5}"',
        "VersionId": shown if bucket.versioning == "Enabled" else None,
        "ChecksumType": "FULL_OBJECT",
        **integrity.members(checksums),
        **headers.encryption(values["headers"]),
        "SSEKMSEncryptionContext": values["headers"].get(headers.CONTEXT),
    }


def settings(call: Call, req: Mapping[str, Any], bucket: Row[Any]) -> Shape:
    """The columns that a PUT, a copy or a multipart upload fill from the request's headers."""
    return {
        "headers": headers.kept(req, bucket.encryption),
        "storage_class": headers.storage_class(req),
        "tags": tags.from_header(req.get("Tagging")),
        "acl": acl.asked(call, req, bucket),
        "lock": locks.asked(call, req, bucket),
    }


@s3.operation(resource=object_arn, point=True, stored=PAYER, refused=SSE_C)
def get_object(call: Call, req: GetObjectRequest) -> GetObjectOutput:
    """An object's bytes, whole, a range or a part of them, without passing through Python."""
    answer, wanted = _describe(call, req, with_bytes=True)
    return cast("GetObjectOutput", {**answer, "Body": wanted})


@s3.operation(resource=object_arn, point=True, stored=PAYER, refused=SSE_C)
def head_object(call: Call, req: HeadObjectRequest) -> HeadObjectOutput:
    """What GetObject would answer, without the bytes (engines in this process find them under ``Blob``)."""
    inside = is_internal(call)
    answer, wanted = _describe(call, req, with_bytes=inside)
    return cast("HeadObjectOutput", {**answer, "Blob": wanted.blob}) if inside else answer


def _describe(call: Call, req: Mapping[str, Any], with_bytes: bool) -> tuple[HeadObjectOutput, BlobRange]:
    bucket = find(call, req)
    row = versions.find(call, req, bucket)
    conditions.check_read(req, row.etag, row.modified)
    blob = versions.blob_of(call, row) if with_bytes or req.get("PartNumber") is not None else EMPTY
    span, part = _span(req, row, blob)
    start, length = span or (0, row.size)
    answer: HeadObjectOutput = {
        **cast("HeadObjectOutput", headers.given_back(row, req)),
        "AcceptRanges": "bytes",
        "LastModified": from_millis(row.modified),
        "ContentLength": length,
        "ETag": f'"{row.etag}"',
        "VersionId": versions.shown_id(bucket, row),
        "ContentRange": ranges.content_range(start, length, row.size) if span else None,
        "StatusCode": 206 if span else None,
        "PartsCount": max(1, row.parts) if part is not None and row.parts else None,
        "TagCount": len(row.tags) if row.tags else None,
        **cast("HeadObjectOutput", locks.shown(row)),
    }
    if req.get("ChecksumMode") == "ENABLED":
        answer = {**answer, **cast("HeadObjectOutput", _checksums(row, span, part))}
    return answer, BlobRange(blob, start, length)


def _span(req: Mapping[str, Any], row: Row[Any], blob: Blob) -> tuple[tuple[int, int] | None, Blob | None]:
    """The bytes that are asked for, (start, length), by Range or PartNumber; and the part."""
    number = req.get("PartNumber")
    if number is None:
        return ranges.resolve(req.get("Range"), row.size), None
    if req.get("Range"):
        raise s3_error("InvalidRequest", "Cannot specify both Range header and partNumber query parameter")
    leaves = blob.parts or (blob,)
    if not 1 <= number <= len(leaves):
        raise s3_error("InvalidPartNumber", PartNumberRequested=str(number), ActualPartCount=str(len(leaves)))
    part = leaves[number - 1]
    span = (sum(leaf.size for leaf in leaves[: number - 1]), part.size)
    return (span if span[1] else None), part


def _checksums(row: Row[Any], span: tuple[int, int] | None, part: Blob | None) -> Shape:
    """The checksum that belongs to the bytes of the answer: the object's, or a part's own; none for a range that is neither."""
    known = dict(row.checksums)
    kind = known.pop("Type", "FULL_OBJECT")
    if part is not None and row.parts:
        known = {algorithm: part.checksums[algorithm] for algorithm in known if algorithm in part.checksums}
    elif span is not None and span != (0, row.size):
        return {}
    return {**{integrity.MEMBERS[a]: value for a, value in known.items()}, "ChecksumType": kind}
