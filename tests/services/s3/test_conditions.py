"""Conditional requests."""

from datetime import timedelta
from typing import Any

import pytest
from tests.services.s3.s3_client import body, refused

OTHER = '"00000000000000000000000000000000"'


@pytest.fixture
def etag(s3: Any, bucket: str) -> str:
    return str(s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"])


def test_reads_by_etag(s3: Any, bucket: str, etag: str) -> None:
    at = {"Bucket": bucket, "Key": "k"}
    assert body(s3.get_object(**at, IfMatch=etag)) == b"x"
    assert body(s3.get_object(**at, IfMatch="*")) == b"x"
    assert body(s3.get_object(**at, IfNoneMatch=OTHER)) == b"x"
    assert refused(s3.get_object, **at, IfMatch=OTHER) == ("PreconditionFailed", 412)
    assert refused(s3.get_object, **at, IfNoneMatch=etag) == ("304", 304)
    assert refused(s3.head_object, **at, IfMatch=OTHER) == ("412", 412)
    assert refused(s3.head_object, **at, IfNoneMatch=etag) == ("304", 304)


def test_reads_by_time(s3: Any, bucket: str, etag: str) -> None:
    at = {"Bucket": bucket, "Key": "k"}
    modified = s3.head_object(**at)["LastModified"]
    before, after = modified - timedelta(minutes=1), modified + timedelta(seconds=1)
    assert body(s3.get_object(**at, IfModifiedSince=before)) == b"x"
    assert refused(s3.get_object, **at, IfModifiedSince=modified) == ("304", 304)
    assert body(s3.get_object(**at, IfUnmodifiedSince=after)) == b"x"
    assert refused(s3.get_object, **at, IfUnmodifiedSince=before) == ("PreconditionFailed", 412)
    assert body(s3.get_object(**at, IfMatch=etag, IfUnmodifiedSince=before)) == b"x"
    assert refused(s3.get_object, **at, IfNoneMatch=etag, IfModifiedSince=before) == ("304", 304)


def test_writes(s3: Any, bucket: str, etag: str) -> None:
    at = {"Bucket": bucket, "Key": "k"}
    assert refused(s3.put_object, **at, Body=b"y", IfNoneMatch="*") == ("PreconditionFailed", 412)
    assert refused(s3.put_object, **at, Body=b"y", IfMatch=OTHER) == ("PreconditionFailed", 412)
    assert body(s3.get_object(**at)) == b"x"
    s3.put_object(**at, Body=b"y", IfMatch=etag)
    assert body(s3.get_object(**at)) == b"y"
    s3.put_object(Bucket=bucket, Key="new", Body=b"z", IfNoneMatch="*")
    assert refused(s3.put_object, Bucket=bucket, Key="nothing", Body=b"", IfMatch=etag) == ("NoSuchKey", 404)


def test_deletes(s3: Any, bucket: str, etag: str) -> None:
    at = {"Bucket": bucket, "Key": "k"}
    assert refused(s3.delete_object, **at, IfMatch=OTHER) == ("PreconditionFailed", 412)
    done = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k", "ETag": OTHER}]})
    assert [e["Code"] for e in done["Errors"]] == ["PreconditionFailed"]
    s3.delete_object(**at, IfMatch=etag)
    assert refused(s3.head_object, **at)[1] == 404


def test_sources_of_copies(s3: Any, bucket: str, etag: str) -> None:
    to = {"Bucket": bucket, "Key": "to", "CopySource": f"{bucket}/k"}
    modified = s3.head_object(Bucket=bucket, Key="k")["LastModified"]
    s3.copy_object(**to, CopySourceIfMatch=etag)
    for condition in (
        {"CopySourceIfMatch": OTHER},
        {"CopySourceIfNoneMatch": etag},
        {"CopySourceIfModifiedSince": modified},
        {"CopySourceIfUnmodifiedSince": modified - timedelta(minutes=1)},
    ):
        assert refused(s3.copy_object, **to, **condition) == ("PreconditionFailed", 412)
