"""ListObjectsV2, ListObjects, ListObjectVersions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from wheatpaste.call import Call
from wheatpaste.services.s3 import listing, s3, version_listing, versions
from wheatpaste.services.s3.buckets import bucket_arn, find
from wheatpaste.services.s3.entries import encoder, entries, version, version_entries
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.requests import PAYER, is_internal
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import (
        DeleteMarkerEntry,
        ListObjectsOutput,
        ListObjectsRequest,
        ListObjectsV2Output,
        ListObjectsV2Request,
        ListObjectVersionsOutput,
        ListObjectVersionsRequest,
        Object,
        ObjectVersion,
    )

MOST = 1000


def limit_of(req: Mapping[str, Any], member: str = "MaxKeys") -> int:
    """How many a page may hold: at most 1,000."""
    wanted = req.get(member)
    if wanted is None:
        return MOST
    if wanted < 0:
        name = {"MaxKeys": "max-keys", "MaxUploads": "max-uploads", "MaxParts": "max-parts"}[member]
        raise s3_error(
            "InvalidArgument", f"Argument {name} must be an integer between 0 and 2147483647", ArgumentName=name, ArgumentValue=str(wanted)
        )
    return int(min(wanted, MOST))


def _check_delimiter(delimiter: str) -> None:
    if delimiter and listing.successor(delimiter) is None:
        raise s3_error("InvalidArgument", "The delimiter has no successor", ArgumentName="delimiter", ArgumentValue=delimiter)


def _objects(call: Call, req: Mapping[str, Any], after: str, owned: bool) -> tuple[listing.Page, ListObjectsOutput]:
    """A page and what the two ListObjects have in common. Entries carry their ``Blob`` for engines in this process."""
    bucket, limit, encode = find(call, req), limit_of(req), encoder(req)
    prefix, delimiter = req.get("Prefix") or "", req.get("Delimiter") or ""
    _check_delimiter(delimiter)
    inside = is_internal(call)
    page = listing.page(call.db, bucket.name, prefix, delimiter, after, limit, blobs=inside)
    found: Sequence[Object] = entries(page.rows, encode, bucket.account if owned else None)
    if inside:
        blobs = versions.blobs_of(call, page.rows)
        found = [cast("Object", {**each, "Blob": blob}) for each, blob in zip(found, blobs, strict=True)]
    return page, {
        "Name": bucket.name,
        "Prefix": encode(prefix),
        "Delimiter": encode(delimiter) or None,
        "MaxKeys": limit,
        "EncodingType": req.get("EncodingType"),
        "IsTruncated": page.last is not None,
        "Contents": cast("list[Object]", found),
        "CommonPrefixes": [{"Prefix": encode(each)} for each in page.prefixes],
    }


@s3.operation(resource=bucket_arn, reads=True, stored=PAYER, refused=["OptionalObjectAttributes"])
def list_objects_v2(call: Call, req: ListObjectsV2Request) -> ListObjectsV2Output:
    """The current objects of a bucket in the order of their keys' bytes."""
    token = req.get("ContinuationToken")
    if token == "":
        raise s3_error("InvalidArgument", "The continuation token provided is incorrect", ArgumentName="continuation-token")
    after = _after(token) if token else req.get("StartAfter") or ""
    page, answer = _objects(call, req, after, bool(req.get("FetchOwner")))
    encode = encoder(req)
    return {
        **cast("ListObjectsV2Output", answer),
        "KeyCount": len(page.rows) + len(page.prefixes),
        "ContinuationToken": token,
        "NextContinuationToken": encode_token({"after": page.last}) if page.last is not None else None,
        "StartAfter": encode(req.get("StartAfter")),
    }


def _after(token: str) -> str:
    return str(decode_token(token)["after"])


@s3.operation(resource=bucket_arn, reads=True, stored=PAYER, refused=["OptionalObjectAttributes"])
def list_objects(call: Call, req: ListObjectsRequest) -> ListObjectsOutput:
    """The older listing: its marker is the last key (or common prefix) itself."""
    marker = req.get("Marker") or ""
    page, answer = _objects(call, req, marker, owned=True)
    encode = encoder(req)
    return {**answer, "Marker": encode(marker), "NextMarker": encode(page.last) if req.get("Delimiter") else None}


@s3.operation(resource=bucket_arn, reads=True, stored=PAYER, refused=["OptionalObjectAttributes"])
def list_object_versions(call: Call, req: ListObjectVersionsRequest) -> ListObjectVersionsOutput:
    """Every version and delete marker, those of one key newest first."""
    bucket, limit, encode = find(call, req), limit_of(req), encoder(req)
    prefix, delimiter = req.get("Prefix") or "", req.get("Delimiter") or ""
    _check_delimiter(delimiter)
    key_marker, id_marker = req.get("KeyMarker") or "", req.get("VersionIdMarker")
    if id_marker and not key_marker:
        raise s3_error(
            "InvalidArgument",
            "A version-id marker cannot be specified without a key marker.",
            ArgumentName="version-id-marker",
            ArgumentValue=id_marker,
        )
    page = version_listing.page(call.db, bucket.name, prefix, delimiter, key_marker, id_marker, limit)
    found = version_entries([row for row in page.rows if not row.delete_marker], encode, bucket.account)
    markers = [_marker(version(row, encode, bucket.account)) for row in page.rows if row.delete_marker]
    return {
        "Name": bucket.name,
        "Prefix": encode(prefix),
        "Delimiter": encode(delimiter) or None,
        "MaxKeys": limit,
        "EncodingType": req.get("EncodingType"),
        "KeyMarker": encode(key_marker),
        "VersionIdMarker": id_marker or "",
        "IsTruncated": page.last is not None,
        "NextKeyMarker": encode(page.last),
        "NextVersionIdMarker": page.last_id,
        "Versions": cast("list[ObjectVersion]", found),
        "DeleteMarkers": markers,
        "CommonPrefixes": [{"Prefix": encode(each)} for each in page.prefixes],
    }


def _marker(shown: ObjectVersion) -> DeleteMarkerEntry:
    return {
        "Key": shown["Key"],
        "LastModified": shown["LastModified"],
        "Owner": shown["Owner"],
        "VersionId": shown["VersionId"],
        "IsLatest": shown["IsLatest"],
    }
