"""UploadPart, UploadPartCopy, CompleteMultipartUpload. Completing moves no bytes: the object is the ordered list of its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, insert, select

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.s3 import conditions, garbage, headers, integrity, notification, ranges, s3, sources, versions
from wheatpaste.services.s3.buckets import find
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.requests import PAYER, SSE_C, SSE_C_SOURCE, object_arn
from wheatpaste.services.s3.schema import objects, parts
from wheatpaste.services.s3.uploads import checksum_type, drop, find_upload, shown_checksum
from wheatpaste.store.blobs import EMPTY, Blob, BlobRange
from wheatpaste.store.checksums import COMBINES, composite, composite_md5, full_object

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import (
        CompleteMultipartUploadOutput,
        CompleteMultipartUploadRequest,
        CopyPartResult,
        UploadPartCopyOutput,
        UploadPartCopyRequest,
        UploadPartOutput,
        UploadPartRequest,
    )

SMALLEST = 5 * 1024**2  # bytes of every part but the last
LARGEST = 5 * 1024**3  # bytes of a part
MOST = 10_000  # parts
DEFAULT = "CRC64NVME"  # of an upload that names no algorithm


@s3.operation(resource=object_arn, stored=[*PAYER, "ContentLength"], refused=SSE_C)
def upload_part(call: Call, req: UploadPartRequest) -> UploadPartOutput:
    """Add a part to an upload, or replace the one of its number."""
    upload = find_upload(call, find(call, req), req)
    blob: Blob = req.get("Body") or EMPTY
    _check_number(req)
    if blob.size > LARGEST:
        raise s3_error("EntityTooLarge", ProposedSize=str(blob.size), MaxSizeAllowed=str(LARGEST))
    _check_algorithm(upload, req)
    given = integrity.check(call, req, blob)
    _keep(call, upload.upload_id, req["PartNumber"], blob)
    shown = integrity.members(given) if integrity.declared(req) else shown_checksum(upload, dict(blob.checksums))
    return {"ETag": f'"{blob.md5}"', **shown, **headers.encryption(upload.headers)}


def _check_number(req: Mapping[str, Any]) -> None:
    if not 1 <= req["PartNumber"] <= MOST:
        message = f"Part number must be an integer between 1 and {MOST}, inclusive"
        raise s3_error("InvalidArgument", message, ArgumentName="partNumber", ArgumentValue=str(req["PartNumber"]))


def _check_algorithm(upload: Row[Any], req: Mapping[str, Any]) -> None:
    given = [*integrity.declared(req)]
    if upload.algorithm and given and given != [upload.algorithm]:
        actual = ",".join(given).lower()
        message = f"Checksum Type mismatch occurred, expected checksum Type: {upload.algorithm.lower()}, actual checksum Type: {actual}"
        raise s3_error("InvalidRequest", message)


def _keep(call: Call, upload_id: str, number: int, blob: Blob) -> None:
    here = (parts.c.upload_id == upload_id) & (parts.c.number == number)
    garbage.add(call, call.db.execute(select(parts.c.blob).where(here)).scalars())
    call.db.execute(delete(parts).where(here))
    row = {"upload_id": upload_id, "number": number, "blob": versions.keep_bytes(call, blob), "size": blob.size, "etag": blob.md5}
    call.db.execute(insert(parts).values(**row, modified=round(call.now.timestamp() * 1000), checksums=dict(blob.checksums)))


@s3.operation(resource=object_arn, reads=True, stored=PAYER, refused=[*SSE_C, *SSE_C_SOURCE])
def upload_part_copy(call: Call, req: UploadPartCopyRequest) -> UploadPartCopyOutput:
    """Add a part from the bytes of an object.

    Registered as reading, since its ETag is the MD5 of bytes that must be read first: that is done here, outside of the writer; the
    part's row is written in a transaction of its own.
    """
    upload = find_upload(call, find(call, req), req)
    _check_number(req)
    source = sources.find(call, req)
    span = ranges.resolve_copy(req["CopySourceRange"], source.row.size) if req.get("CopySourceRange") else (0, source.row.size)
    if span[1] > LARGEST:
        raise s3_error(
            "InvalidRequest", f"The specified copy source is larger than the maximum allowable size for a copy source: {LARGEST}"
        )
    wanted = BlobRange(versions.blob_of(call, source.row), *span)
    staged = call.blobs.stage([upload.algorithm] if upload.algorithm else [])
    try:
        with call.blobs.reading(wanted.blob):
            for data in call.blobs.read(wanted):
                staged.write(data)
        blob = staged.finish()
    except BaseException:
        staged.abort()
        raise

    def write(inner: Call) -> None:
        find_upload(inner, find(inner, req), req)
        _keep(inner, upload.upload_id, req["PartNumber"], blob)

    call.app.transact(call.aws_as_caller, call.operation, write)
    result: CopyPartResult = {"ETag": f'"{blob.md5}"', "LastModified": call.now, **shown_checksum(upload, dict(blob.checksums))}
    return {"CopyPartResult": result, "CopySourceVersionId": source.version_id, **headers.encryption(upload.headers)}


@s3.operation(resource=object_arn, stored=PAYER, refused=SSE_C)
def complete_multipart_upload(call: Call, req: CompleteMultipartUploadRequest) -> CompleteMultipartUploadOutput:
    """Make the object of the parts named; doing it again gives the same answer."""
    bucket, key = find(call, req), req["Key"]
    again = _completed(call, bucket, req)
    if again is not None:
        return again
    upload = find_upload(call, bucket, req)
    named = (req.get("MultipartUpload") or {}).get("Parts") or []
    if not named:
        raise s3_error("MalformedXML")
    present = {part.number: part for part in call.db.execute(select(parts).where(parts.c.upload_id == upload.upload_id))}
    chosen = _chosen(upload, named, present)
    size = sum(part.size for part in chosen)
    if req.get("MpuObjectSize") not in (None, size):
        message = "The provided 'x-amz-mp-object-size' header value does not match what was computed."
        raise s3_error("InvalidRequest", message)
    versions.hold(call, bucket.name, key)
    current = versions.current(call, bucket.name, key)
    conditions.check_write(req, key, current)
    etag = composite_md5([part.etag for part in chosen])
    checksums = _whole_checksum(upload, chosen, req)
    _let_go(call, upload, present, {part.number for part in chosen})
    kept = {name: getattr(upload, name) for name in ("headers", "storage_class", "tags", "acl", "lock")}
    values = {"blob": upload.upload_id, "size": size, "etag": etag, "parts": len(chosen), "checksums": checksums, **kept}
    version_id = versions.add(call, bucket, key, values, current)
    drop(call, upload)
    notification.created(call, bucket, key, size, etag, version_id if bucket.versioning else None)
    return _answer(bucket, key, etag, checksums, kept["headers"], version_id)


def _answer(
    bucket: Row[Any], key: str, etag: str, checksums: Mapping[str, Any], kept: Mapping[str, Any], version_id: str
) -> CompleteMultipartUploadOutput:
    return {
        "Location": f"http://{bucket.name}.s3.amazonaws.com/{key}",
        "Bucket": bucket.name,
        "Key": key,
        "ETag": f'"{etag}"',
        "ChecksumType": checksums["Type"],
        "VersionId": version_id if bucket.versioning == "Enabled" else None,
        **integrity.members(checksums),
        **headers.encryption(kept),
    }


def _completed(call: Call, bucket: Row[Any], req: Mapping[str, Any]) -> CompleteMultipartUploadOutput | None:
    """The answer for an upload that was completed before, as long as its object is there."""
    c = objects.c
    row = call.db.execute(select(objects).where(c.bucket == bucket.name, c.key == req["Key"], c.blob == req["UploadId"])).first()
    return None if row is None else _answer(bucket, row.key, row.etag, row.checksums, row.headers, row.version_id)


def _chosen(upload: Row[Any], named: Sequence[Mapping[str, Any]], present: dict[int, Row[Any]]) -> list[Row[Any]]:
    """The rows of the parts that a Complete names; InvalidPartOrder, InvalidPart, EntityTooSmall."""
    numbers = [int(each["PartNumber"]) for each in named if each.get("PartNumber") is not None]
    if len(numbers) < len(named):
        raise s3_error("MalformedXML")
    if any(b <= a for a, b in pairwise(numbers)):
        raise s3_error("InvalidPartOrder", UploadId=upload.upload_id)
    chosen = []
    for each in named:
        part = present.get(each["PartNumber"])
        if part is None or (each.get("ETag") or "").strip('"') != part.etag or not _same_checksums(each, part):
            detail = {"UploadId": upload.upload_id, "PartNumber": str(each["PartNumber"]), "ETag": (each.get("ETag") or "").strip('"')}
            raise s3_error("InvalidPart", **detail)
        chosen.append(part)
    for part in chosen[:-1]:
        if part.size < SMALLEST:
            detail = {"ProposedSize": str(part.size), "MinSizeAllowed": str(SMALLEST), "PartNumber": str(part.number), "ETag": part.etag}
            raise s3_error("EntityTooSmall", **detail)
    return chosen


def _same_checksums(named: Mapping[str, Any], part: Row[Any]) -> bool:
    return all(part.checksums.get(algorithm) in (None, value) for algorithm, value in integrity.declared(named).items())


def _whole_checksum(upload: Row[Any], chosen: list[Row[Any]], req: Mapping[str, Any]) -> Shape:
    """The checksum of the whole with its type; BadDigest when the request declares another."""
    algorithm, kind = upload.algorithm, upload.checksum_type
    given = integrity.declared(req)
    if not algorithm:  # nobody chose: what the client declares for the whole decides, else S3's own
        algorithm, kind = DEFAULT, "FULL_OBJECT"
        for each in given:
            if each in COMBINES and all(each in part.checksums for part in chosen):
                algorithm = each
    wanted = req.get("ChecksumType")
    if wanted and wanted != checksum_type(algorithm, kind):
        message = f"The upload was created using the {kind} checksum mode. The complete request must use the same checksum mode."
        raise s3_error("InvalidRequest", message)
    values = [part.checksums.get(algorithm) for part in chosen]
    if None in values:
        message = (
            f"The upload was created using a {algorithm.lower()} checksum. The complete request must include the checksum for each part."
        )
        raise s3_error("InvalidRequest", message)
    if kind == "FULL_OBJECT":
        computed = full_object(algorithm, [(part.checksums[algorithm], part.size) for part in chosen])
    else:
        computed = composite(algorithm, [part.checksums[algorithm] for part in chosen])
    if given.get(algorithm, computed).split("-")[0] != computed.split("-")[0]:
        raise s3_error("BadDigest", f"The {algorithm.lower()} you specified did not match the calculated checksum.")
    return {algorithm: computed, "Type": kind}


def _let_go(call: Call, upload: Row[Any], present: dict[int, Row[Any]], chosen: set[int]) -> None:
    """Drop the parts that the object does not use."""
    unused = [number for number in present if number not in chosen]
    if unused:
        garbage.add(call, (present[number].blob for number in unused))
        call.db.execute(delete(parts).where(parts.c.upload_id == upload.upload_id, parts.c.number.in_(unused)))
