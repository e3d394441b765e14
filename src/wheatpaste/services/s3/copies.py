"""CopyObject: a second row on the same immutable bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.s3 import conditions, headers, integrity, notification, s3, sources, versions
from wheatpaste.services.s3.buckets import find
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.names import check_key
from wheatpaste.services.s3.objects import LARGEST, settings
from wheatpaste.services.s3.requests import EVENT_HOLD, PAYER, SSE_C, SSE_C_SOURCE, SSE_STORED, object_arn
from wheatpaste.store.checksums import of

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import CopyObjectOutput, CopyObjectRequest, CopyObjectResult

DIRECTIVES = ("COPY", "REPLACE")


@s3.operation(
    resource=object_arn,
    stored=[*SSE_STORED, *PAYER, "StorageClass", "WebsiteRedirectLocation"],
    refused=[*SSE_C, *SSE_C_SOURCE, *EVENT_HOLD, "AnnotationDirective"],
)
def copy_object(call: Call, req: CopyObjectRequest) -> CopyObjectOutput:
    """Add an object with the bytes of another, and its metadata and tags unless the request replaces them."""
    bucket, key = find(call, req), req["Key"]
    check_key(key)
    replace, retag = _replaces(req, "MetadataDirective"), _replaces(req, "TaggingDirective")
    source = sources.find(call, req)
    row = source.row
    if row.size > LARGEST:
        raise s3_error(
            "InvalidRequest", f"The specified copy source is larger than the maximum allowable size for a copy source: {LARGEST}"
        )
    _check_itself(req, bucket, row, replace)
    asked = settings(call, req, bucket)
    kept = asked["headers"] if replace else _copied(row.headers, asked["headers"])
    versions.hold(call, bucket.name, key)
    present = versions.current(call, bucket.name, key)
    conditions.check_write(req, key, present)
    values = {
        **{name: getattr(row, name) for name in ("blob", "size", "etag", "parts")},
        **asked,
        "headers": kept,
        "tags": asked["tags"] if retag else row.tags,
        "checksums": _checksums(call, req, row),
    }
    version_id = versions.add(call, bucket, key, values, present)
    notification.created(call, bucket, key, row.size, row.etag, version_id if bucket.versioning else None)
    result: CopyObjectResult = {"ETag": f'"{row.etag}"', "LastModified": call.now, **integrity.members(values["checksums"])}
    if "Type" in values["checksums"]:
        result["ChecksumType"] = values["checksums"]["Type"]
    shown = version_id if bucket.versioning == "Enabled" else None
    return {
        "CopyObjectResult": result,
        "CopySourceVersionId": source.version_id,
        "VersionId": shown,
        **headers.encryption(kept),
        "SSEKMSEncryptionContext": kept.get(headers.CONTEXT),
    }


def _replaces(req: Mapping[str, Any], directive: str) -> bool:
    wanted = req.get(directive) or "COPY"
    if wanted not in DIRECTIVES:
        name = {"MetadataDirective": "x-amz-metadata-directive", "TaggingDirective": "x-amz-tagging-directive"}[directive]
        raise s3_error(
            "InvalidArgument", f"Unknown {directive.removesuffix('Directive').lower()} directive.", ArgumentName=name, ArgumentValue=wanted
        )
    return bool(wanted == "REPLACE")


def _copied(source: Mapping[str, Any], asked: Mapping[str, Any]) -> Shape:
    """The source's headers; encryption and redirect are the request's even then."""
    own = (*headers.ENCRYPTION, "WebsiteRedirectLocation")
    return {**{k: v for k, v in source.items() if k not in own}, **{k: asked[k] for k in own if k in asked}}


def _check_itself(req: Mapping[str, Any], bucket: Row[Any], row: Row[Any], replace: bool) -> None:
    """Raise InvalidRequest for a copy of the current version onto itself that changes nothing."""
    if (row.bucket, row.key, row.rank) != (bucket.name, req["Key"], 0):
        return
    changed = (
        replace
        or bucket.encryption
        or any(req.get(m) for m in ("StorageClass", "WebsiteRedirectLocation", "ServerSideEncryption", "ChecksumAlgorithm"))
    )
    if not changed and not _named_version(req):
        message = (
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, "
            "storage class, website redirect location or encryption attributes."
        )
        raise s3_error("InvalidRequest", message)


def _named_version(req: Mapping[str, Any]) -> bool:
    return sources.parse(req["CopySource"])[2] is not None


def _checksums(call: Call, req: Mapping[str, Any], row: Row[Any]) -> Shape:
    """The source's checksums, or one of another algorithm where it can be had without reading a file inside the transaction."""
    wanted = req.get("ChecksumAlgorithm")
    known: Shape = row.checksums
    if not wanted or wanted in known:
        return known
    blob = versions.blob_of(call, row)
    if wanted not in integrity.MEMBERS or blob.inline is None:
        message = f"CopyObject to ChecksumAlgorithm {wanted}, which the source has not, is not implemented by wheatpaste: it is refused"
        raise s3_error("NotImplemented", message)
    return {wanted: of(wanted, blob.inline), "Type": "FULL_OBJECT"}
