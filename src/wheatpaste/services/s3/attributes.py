"""GetObjectAttributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, select

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.s3 import integrity, s3, versions
from wheatpaste.services.s3.buckets import find
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.lists import limit_of
from wheatpaste.services.s3.requests import PAYER, SSE_C, object_arn
from wheatpaste.services.s3.schema import parts
from wheatpaste.store.codec import from_millis

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import GetObjectAttributesOutput, GetObjectAttributesRequest

NAMES = ("ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize")


@s3.operation(resource=object_arn, reads=True, stored=PAYER, refused=SSE_C)
def get_object_attributes(call: Call, req: GetObjectAttributesRequest) -> GetObjectAttributesOutput:
    """The attributes asked for, without the object."""
    bucket, asked = find(call, req), req["ObjectAttributes"]
    for name in asked:
        if name not in NAMES:
            raise s3_error(
                "InvalidArgument", "Invalid attribute name specified.", ArgumentName="x-amz-object-attributes", ArgumentValue=name
            )
    row = versions.find(call, req, bucket)
    found = {
        "ETag": row.etag,
        "Checksum": {**_checksums(row, row.checksums), "ChecksumType": row.checksums.get("Type")},
        "ObjectParts": _object_parts(call, req, row) if row.parts else None,
        "StorageClass": row.storage_class,
        "ObjectSize": row.size,
    }
    shown = cast("GetObjectAttributesOutput", {name: found[name] for name in asked})
    return {"LastModified": from_millis(row.modified), "VersionId": versions.shown_id(bucket, row), **shown}


def _checksums(row: Row[Any], known: Mapping[str, Any]) -> Shape:
    """Of ``known`` those of the object's algorithms, without the number of parts that a composite one ends with."""
    return {integrity.MEMBERS[a]: known[a].split("-")[0] for a in row.checksums if a != "Type" and a in known}


def _object_parts(call: Call, req: Mapping[str, Any], row: Row[Any]) -> Shape:
    """The number of parts, and those behind the marker."""
    limit, marker = limit_of(req, "MaxParts"), int(req.get("PartNumberMarker") or 0)
    query = select(parts).where(parts.c.upload_id == row.blob, parts.c.number > marker).order_by(parts.c.number).limit(limit + 1)
    found = call.db.execute(query).all()
    shown = [{"PartNumber": p.number, "Size": p.size, **_checksums(row, p.checksums)} for p in found[:limit]]
    return {
        "TotalPartsCount": row.parts,
        "PartNumberMarker": str(marker),
        "NextPartNumberMarker": str(shown[-1]["PartNumber"]) if shown else "0",
        "MaxParts": limit,
        "IsTruncated": len(found) > limit,
        "Parts": shown,
    }
