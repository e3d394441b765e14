"""PutBucketVersioning, GetBucketVersioning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wheatpaste.call import Call
from wheatpaste.service import Empty
from wheatpaste.services.s3 import s3
from wheatpaste.services.s3.buckets import bucket_arn, find, mark
from wheatpaste.services.s3.errors import s3_error

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import GetBucketVersioningOutput, GetBucketVersioningRequest, PutBucketVersioningRequest


@s3.operation(resource=bucket_arn, stored=["ContentMD5", "ChecksumAlgorithm"], refused=["MFA"])
def put_bucket_versioning(call: Call, req: PutBucketVersioningRequest) -> Empty:
    """Enable or suspend versioning; a bucket that had it never is without again."""
    bucket, wanted = find(call, req), req.get("VersioningConfiguration") or {}
    status = wanted.get("Status")
    if wanted.get("MFADelete") == "Enabled":
        raise s3_error(
            "NotImplemented", "VersioningConfiguration.MFADelete of s3:PutBucketVersioning is not implemented by wheatpaste: it is refused"
        )
    if status not in ("Enabled", "Suspended"):
        raise s3_error("IllegalVersioningConfigurationException")
    if bucket.locks and status == "Suspended":
        message = "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
        raise s3_error("InvalidBucketState", message)
    mark(call, bucket.name, versioning=status)
    return {}


@s3.operation(resource=bucket_arn, reads=True)
def get_bucket_versioning(call: Call, req: GetBucketVersioningRequest) -> GetBucketVersioningOutput:
    """Enabled, Suspended, or nothing for a bucket that never had versioning."""
    return {"Status": find(call, req).versioning or None}
