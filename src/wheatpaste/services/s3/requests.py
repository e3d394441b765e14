"""The members that operations on objects have in common."""

from collections.abc import Mapping
from typing import Any

from wheatpaste import arn as arns
from wheatpaste.call import Call, Origin
from wheatpaste.service import Shape

# Kept out: customer-provided keys, since nothing is encrypted here; a client that sends its key must not believe otherwise.
SSE_C = ("SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5")
SSE_C_SOURCE = ("CopySourceSSECustomerAlgorithm", "CopySourceSSECustomerKey", "CopySourceSSECustomerKeyMD5")
SSE_STORED = ("ServerSideEncryption", "SSEKMSKeyId", "SSEKMSEncryptionContext", "BucketKeyEnabled")
EVENT_HOLD = ("ObjectLockEventHold", "ObjectLockEventHoldDurationDays", "ObjectLockEventHoldDurationYears")
PAYER = ("RequestPayer",)  # nobody is billed


def object_arn(call: Call, req: Mapping[str, Any]) -> list[tuple[str, str, Shape]]:
    """The resource of an operation on an object."""
    return [(f"s3:{call.operation.name}", arns.arn("s3", "", "", f"{req['Bucket']}/{req['Key']}"), {})]


def is_internal(call: Call) -> bool:
    """Whether the caller is a part of this process (a task, an engine, another operation), which can read blobs by itself."""
    aws = call.aws_as_caller
    return aws.connection is not None or aws.origin.user_agent == Origin().user_agent
