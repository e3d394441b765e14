"""A client and a bucket of the test's own."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def s3(client: Callable[..., Any]) -> Any:
    return client("s3")


@pytest.fixture
def bucket(s3: Any, unique: str) -> str:
    s3.create_bucket(Bucket=unique)
    return unique
