"""What a boto3 call to S3 ended with, in short."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


def refused(fn: Callable[..., Any], **members: Any) -> tuple[str, int]:
    """The code and status of the error that ``fn`` raises."""
    with pytest.raises(ClientError) as caught:
        fn(**members)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def body(answer: Any) -> bytes:
    """The bytes of a GetObject."""
    return bytes(answer["Body"].read())
