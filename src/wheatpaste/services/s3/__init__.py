"""Amazon S3: durable objects on disk, listed from an index."""

from wheatpaste.service import Service

# What CloudTrail calls data events: not recorded unless a trail asks for them.
DATA_EVENTS = """
PutObject DeleteObject DeleteObjects CopyObject CreateMultipartUpload UploadPart UploadPartCopy CompleteMultipartUpload AbortMultipartUpload
PutObjectAcl PutObjectTagging DeleteObjectTagging PutObjectLegalHold PutObjectRetention
"""

s3 = Service("s3", data_events=frozenset(DATA_EVENTS.split()))

from wheatpaste.services.s3 import (  # noqa: E402 - they register their operations on ``s3``
    acl,
    attributes,
    buckets,
    collector,
    configurations,
    copies,
    cors,
    deletion,
    identified,
    lists,
    locks,
    multipart,
    notification,
    objects,
    policies,
    tagging,
    uploads,
    versioning,
)

s3.cors = cors.cors_headers

__all__ = [
    "acl",
    "attributes",
    "buckets",
    "collector",
    "configurations",
    "copies",
    "cors",
    "deletion",
    "identified",
    "lists",
    "locks",
    "multipart",
    "notification",
    "objects",
    "policies",
    "s3",
    "tagging",
    "uploads",
    "versioning",
]
