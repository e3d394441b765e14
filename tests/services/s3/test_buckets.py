"""Buckets: names, regions, owners, deletion."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.services.s3.s3_client import refused

from wheatpaste.services.s3.names import is_bucket_name


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("abc", True),
        ("a.b-c.9", True),
        ("a" * 63, True),
        ("ab", False),
        ("a" * 64, False),
        ("Upper", False),
        ("under_score", False),
        ("-dash", False),
        ("dash-", False),
        ("a..b", False),
        ("a.-b", False),
        ("192.168.5.4", False),
        ("xn--abc", False),
        ("abc-s3alias", False),
        ("abc--x-s3", False),
    ],
)
def test_names(name: str, allowed: bool) -> None:
    assert is_bucket_name(name) is allowed


def test_a_bucket_lives(s3: Any, unique: str) -> None:
    assert s3.create_bucket(Bucket=unique)["Location"] == f"/{unique}"
    assert s3.head_bucket(Bucket=unique)["BucketRegion"] == "us-east-1"
    assert s3.get_bucket_location(Bucket=unique)["LocationConstraint"] is None
    assert unique in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    s3.delete_bucket(Bucket=unique)
    assert refused(s3.head_bucket, Bucket=unique) == ("404", 404)
    assert refused(s3.delete_bucket, Bucket=unique) == ("NoSuchBucket", 404)
    assert refused(s3.put_object, Bucket=unique, Key="k", Body=b"x") == ("NoSuchBucket", 404)


def test_list_buckets_by_prefix_in_pages(s3: Any, unique: str) -> None:
    names = [f"{unique}-{n}" for n in range(3)]
    for name in names:
        s3.create_bucket(Bucket=name)
    first = s3.list_buckets(Prefix=unique, MaxBuckets=2)
    rest = s3.list_buckets(Prefix=unique, MaxBuckets=2, ContinuationToken=first["ContinuationToken"])
    assert [b["Name"] for b in first["Buckets"] + rest["Buckets"]] == names
    assert "ContinuationToken" not in rest


def test_a_name_is_unique_across_accounts(client: Callable[..., Any], unique: str) -> None:
    client("s3").create_bucket(Bucket=unique)
    other = client("s3", key="222222222222")
    assert refused(other.create_bucket, Bucket=unique) == ("BucketAlreadyExists", 409)
    assert unique not in [b["Name"] for b in other.list_buckets()["Buckets"]]
    assert refused(other.list_objects_v2, Bucket=unique) == ("AccessDenied", 403)
    assert refused(other.put_object, Bucket=unique, Key="k", Body=b"x") == ("AccessDenied", 403)


def test_ones_own_again_succeeds_in_us_east_1_only(client: Callable[..., Any], unique: str) -> None:
    client("s3").create_bucket(Bucket=unique)
    client("s3").create_bucket(Bucket=unique)
    west = client("s3", region="eu-west-1")
    there = {"LocationConstraint": "eu-west-1"}
    west.create_bucket(Bucket=unique + "w", CreateBucketConfiguration=there)
    assert refused(west.create_bucket, Bucket=unique + "w", CreateBucketConfiguration=there) == ("BucketAlreadyOwnedByYou", 409)
    assert west.get_bucket_location(Bucket=unique + "w")["LocationConstraint"] == "eu-west-1"
    assert refused(west.create_bucket, Bucket=unique + "x") == ("IllegalLocationConstraintException", 400)


def test_a_bad_name_and_a_bad_location(s3: Any, unique: str) -> None:
    assert refused(s3.create_bucket, Bucket="Under_Score")[0] == "InvalidBucketName"
    config = {"LocationConstraint": "us-east-1"}
    assert refused(s3.create_bucket, Bucket=unique, CreateBucketConfiguration=config) == ("InvalidLocationConstraint", 400)


def test_only_an_empty_bucket_goes(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert refused(s3.delete_bucket, Bucket=bucket) == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket=bucket, Key="k")
    s3.create_multipart_upload(Bucket=bucket, Key="unfinished")
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_the_expected_owner(s3: Any, bucket: str) -> None:
    s3.list_objects_v2(Bucket=bucket, ExpectedBucketOwner="123456789012")
    assert refused(s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="222222222222") == ("AccessDenied", 403)
