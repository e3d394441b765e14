"""Multipart uploads: CreateMultipartUpload, AbortMultipartUpload, ListMultipartUploads, ListParts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select

from wheatpaste.call import Call
from wheatpaste.services.s3 import garbage, headers, integrity, listing, s3
from wheatpaste.services.s3.buckets import bucket_arn, find
from wheatpaste.services.s3.entries import encoder
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.lists import limit_of
from wheatpaste.services.s3.names import check_key
from wheatpaste.services.s3.objects import settings
from wheatpaste.services.s3.owner import canonical_id, owner
from wheatpaste.services.s3.requests import EVENT_HOLD, PAYER, SSE_C, SSE_STORED, object_arn
from wheatpaste.services.s3.schema import parts, uploads
from wheatpaste.store.blobs import new_id
from wheatpaste.store.checksums import COMBINES
from wheatpaste.store.codec import from_millis

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import (
        AbortMultipartUploadOutput,
        AbortMultipartUploadRequest,
        CreateMultipartUploadOutput,
        CreateMultipartUploadRequest,
        Initiator,
        ListMultipartUploadsOutput,
        ListMultipartUploadsRequest,
        ListPartsOutput,
        ListPartsRequest,
        MultipartUpload,
        Part,
    )

_c = uploads.c


def find_upload(call: Call, bucket: Row[Any], req: Mapping[str, Any]) -> Row[Any]:
    """The upload that a request names; NoSuchUpload."""
    where = (_c.bucket == bucket.name, _c.key == req["Key"], _c.upload_id == req["UploadId"])
    row = call.db.execute(select(uploads).where(*where)).one_or_none()
    if row is None:
        raise s3_error("NoSuchUpload", UploadId=req["UploadId"])
    return row


def checksum_type(algorithm: str, wanted: str | None) -> str:
    """How the checksum of the whole is made; InvalidRequest for a combination that S3 does not have.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
    """
    if wanted and not algorithm:
        raise s3_error("InvalidRequest", "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
    if wanted == "FULL_OBJECT" and algorithm not in COMBINES:
        raise s3_error("InvalidRequest", f"The FULL_OBJECT checksum type cannot be used with the {algorithm.lower()} checksum algorithm.")
    if wanted == "COMPOSITE" and algorithm == "CRC64NVME":
        raise s3_error("InvalidRequest", "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.")
    return wanted or ("COMPOSITE" if algorithm not in ("", "CRC64NVME") else "FULL_OBJECT")


@s3.operation(resource=object_arn, stored=[*SSE_STORED, *PAYER, "StorageClass", "WebsiteRedirectLocation"], refused=[*SSE_C, *EVENT_HOLD])
def create_multipart_upload(call: Call, req: CreateMultipartUploadRequest) -> CreateMultipartUploadOutput:
    """Begin an upload; what the object will keep is given here."""
    bucket, key = find(call, req), req["Key"]
    check_key(key)
    algorithm = req.get("ChecksumAlgorithm") or ""
    if algorithm and algorithm not in integrity.MEMBERS:
        known = ", ".join(integrity.MEMBERS)
        message = f"Checksum algorithm provided is unsupported. Please try again with any of the valid types: [{known}]"
        raise s3_error("InvalidRequest", message)
    kind = checksum_type(algorithm, req.get("ChecksumType"))
    row = {
        "bucket": bucket.name,
        "key": key,
        "upload_id": new_id(),
        "initiated": round(call.now.timestamp() * 1000),
        "initiator": call.principal.arn,
    }
    kept = settings(call, req, bucket)
    call.db.execute(insert(uploads).values(**row, algorithm=algorithm, checksum_type=kind, **kept))
    return {
        "Bucket": bucket.name,
        "Key": key,
        "UploadId": row["upload_id"],
        "ChecksumAlgorithm": algorithm or None,
        "ChecksumType": kind if algorithm else None,
        **headers.encryption(kept["headers"]),
        "SSEKMSEncryptionContext": kept["headers"].get(headers.CONTEXT),
    }


@s3.operation(resource=object_arn, stored=PAYER)
def abort_multipart_upload(call: Call, req: AbortMultipartUploadRequest) -> AbortMultipartUploadOutput:
    """End an upload and let go of its parts."""
    row = find_upload(call, find(call, req), req)
    wanted = req.get("IfMatchInitiatedTime")
    if wanted and from_millis(row.initiated).replace(microsecond=0) != wanted:
        raise s3_error("PreconditionFailed", Condition="x-amz-if-match-initiated-time")
    drop(call, row)
    garbage.add(call, call.db.execute(select(parts.c.blob).where(parts.c.upload_id == row.upload_id)).scalars())
    call.db.execute(delete(parts).where(parts.c.upload_id == row.upload_id))
    return {}


def drop(call: Call, row: Row[Any]) -> None:
    """Remove the upload itself."""
    call.db.execute(delete(uploads).where(_c.bucket == row.bucket, _c.key == row.key, _c.upload_id == row.upload_id))


@s3.operation(resource=object_arn, reads=True, stored=PAYER, refused=SSE_C)
def list_parts(call: Call, req: ListPartsRequest) -> ListPartsOutput:
    """The parts that an upload has so far."""
    bucket, limit = find(call, req), limit_of(req, "MaxParts")
    row = find_upload(call, bucket, req)
    marker = int(req.get("PartNumberMarker") or 0)
    query = select(parts).where(parts.c.upload_id == row.upload_id, parts.c.number > marker).order_by(parts.c.number).limit(limit + 1)
    found = call.db.execute(query).all()
    shown: list[Part] = [
        {
            "PartNumber": p.number,
            "LastModified": from_millis(p.modified),
            "ETag": f'"{p.etag}"',
            "Size": p.size,
            **shown_checksum(row, p.checksums),
        }
        for p in found[:limit]
    ]
    return {
        "Bucket": bucket.name,
        "Key": row.key,
        "UploadId": row.upload_id,
        "PartNumberMarker": marker,
        "NextPartNumberMarker": shown[-1]["PartNumber"] if shown else 0,
        "MaxParts": limit,
        "IsTruncated": len(found) > limit,
        "Parts": shown,
        "Initiator": _initiator(bucket, row),
        "Owner": owner(bucket.account),
        "StorageClass": row.storage_class,
        "ChecksumAlgorithm": row.algorithm or None,
        "ChecksumType": row.checksum_type if row.algorithm else None,
    }


def shown_checksum(upload: Row[Any], checksums: dict[str, str]) -> integrity.Checksums:
    """A part's checksum as answers give it: that of the upload's algorithm."""
    return integrity.members({a: value for a, value in checksums.items() if a == upload.algorithm})


@s3.operation(resource=bucket_arn, reads=True, stored=PAYER)
def list_multipart_uploads(call: Call, req: ListMultipartUploadsRequest) -> ListMultipartUploadsOutput:
    """The unfinished uploads in the order of their keys, those of one key by their beginning."""
    bucket, limit, encode = find(call, req), limit_of(req, "MaxUploads"), encoder(req)
    prefix, delimiter = req.get("Prefix") or "", req.get("Delimiter") or ""
    key_marker = req.get("KeyMarker") or ""
    id_marker = (req.get("UploadIdMarker") or "") if key_marker else ""
    shown, prefixes, last, more = _uploads(call, bucket.name, prefix, delimiter, (key_marker, id_marker), limit)
    return {
        "Bucket": bucket.name,
        "KeyMarker": encode(key_marker),
        "UploadIdMarker": id_marker,
        "NextKeyMarker": encode(last[0]) if more else None,
        "NextUploadIdMarker": last[1] if more else None,
        "Prefix": encode(prefix),
        "Delimiter": encode(delimiter) or None,
        "MaxUploads": limit,
        "IsTruncated": more,
        "EncodingType": req.get("EncodingType"),
        "Uploads": [_upload(bucket, row, encode) for row in shown],
        "CommonPrefixes": [{"Prefix": encode(each)} for each in prefixes],
    }


def _upload(bucket: Row[Any], row: Row[Any], encode: Any) -> MultipartUpload:
    upload: MultipartUpload = {
        "UploadId": row.upload_id,
        "Key": encode(row.key),
        "Initiated": from_millis(row.initiated),
        "StorageClass": row.storage_class,
        "Owner": owner(bucket.account),
        "Initiator": _initiator(bucket, row),
    }
    if row.algorithm:
        upload["ChecksumAlgorithm"], upload["ChecksumType"] = row.algorithm, row.checksum_type
    return upload


def _initiator(bucket: Row[Any], row: Row[Any]) -> Initiator:
    """Who began the upload: the account by its canonical id, a user or a session by its ARN."""
    return {"ID": canonical_id(bucket.account) if row.initiator.endswith(":root") else row.initiator}


def _uploads(
    call: Call, bucket: str, prefix: str, delimiter: str, marker: tuple[str, str], limit: int
) -> tuple[list[Row[Any]], list[str], tuple[str, str], bool]:
    """Uploads and common prefixes after a marker, the last one's marker, and whether more follow: read in order, since they are few."""
    key, upload_id = marker
    behind = (_c.key == key) & (_c.upload_id > upload_id) if upload_id else (_c.key == key) & (_c.key != key)
    query = select(uploads).where(_c.bucket == bucket, _c.key >= max(prefix, key), (_c.key > key) | behind).order_by(_c.key, _c.upload_id)
    shown: list[Row[Any]] = []
    prefixes: list[str] = []
    last = ("", "")
    for row in call.db.execute(query):
        if not row.key.startswith(prefix):
            break
        group = listing.common_prefix(row.key, prefix, delimiter)
        if group is not None and (group == key or (prefixes and prefixes[-1] == group)):
            continue
        if len(shown) + len(prefixes) >= limit:
            return shown, prefixes, last, limit > 0
        last = (row.key, row.upload_id) if group is None else (group, "")
        if group is None:
            shown.append(row)
        else:
            prefixes.append(group)
    return shown, prefixes, last, False
