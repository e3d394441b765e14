"""ListObjectsV2 and ListObjects as clients page through them."""

from typing import Any

import pytest
from tests.services.s3.s3_client import refused

KEYS = ["a b", "a+b", "dir/1", "dir/2", "dir/sub/3", "z", "é"]


@pytest.fixture
def filled(s3: Any, bucket: str) -> str:
    for key in KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    return bucket


@pytest.mark.parametrize("operation", ["list_objects_v2", "list_objects"])
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_the_paginators_see_everything_once(s3: Any, filled: str, operation: str, size: int) -> None:
    pages = s3.get_paginator(operation).paginate(Bucket=filled, PaginationConfig={"PageSize": size})
    assert [o["Key"] for page in pages for o in page.get("Contents", [])] == KEYS
    grouped = list(s3.get_paginator(operation).paginate(Bucket=filled, Delimiter="/", PaginationConfig={"PageSize": size}))
    assert [o["Key"] for page in grouped for o in page.get("Contents", [])] == ["a b", "a+b", "z", "é"]
    assert [p["Prefix"] for page in grouped for p in page.get("CommonPrefixes", [])] == ["dir/"]


def test_an_entry(s3: Any, filled: str) -> None:
    found = s3.list_objects_v2(Bucket=filled, Prefix="z", FetchOwner=True)
    assert (found["KeyCount"], found["IsTruncated"], found["MaxKeys"], found["Prefix"]) == (1, False, 1000, "z")
    entry = found["Contents"][0]
    assert (entry["Size"], entry["StorageClass"], len(entry["Owner"]["ID"])) == (1, "STANDARD", 64)
    assert entry["ETag"] == s3.head_object(Bucket=filled, Key="z")["ETag"]
    assert "Owner" not in s3.list_objects_v2(Bucket=filled, Prefix="z")["Contents"][0]


def test_start_after_and_limits(s3: Any, filled: str) -> None:
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=filled, StartAfter="dir/2")["Contents"]] == KEYS[4:]
    none = s3.list_objects_v2(Bucket=filled, MaxKeys=0)
    assert (none["KeyCount"], none["IsTruncated"]) == (0, False)
    assert s3.list_objects_v2(Bucket=filled, MaxKeys=5000)["MaxKeys"] == 1000
    assert refused(s3.list_objects_v2, Bucket=filled, MaxKeys=-1) == ("InvalidArgument", 400)
    assert refused(s3.list_objects_v2, Bucket=filled, ContinuationToken="nobody's") == ("InvalidArgument", 400)


def test_encoding_as_it_is_on_the_wire(s3: Any, filled: str) -> None:
    seen: list[bytes] = []
    s3.meta.events.register("before-parse.s3.ListObjectsV2", lambda response_dict, **_: seen.append(response_dict["body"]))
    s3.list_objects_v2(Bucket=filled, Prefix="a", EncodingType="url")
    assert b"<Key>a%20b</Key>" in seen[0]
    assert b"<Key>a%2Bb</Key>" in seen[0]
