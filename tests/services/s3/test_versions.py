"""Versioning: ids, delete markers, the null version, listings."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.services.s3.s3_client import body, refused


def switch(s3: Any, bucket: str, status: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def put(s3: Any, bucket: str, key: str, data: bytes) -> str | None:
    found: str | None = s3.put_object(Bucket=bucket, Key=key, Body=data).get("VersionId")
    return found


@pytest.fixture
def versioned(s3: Any, bucket: str) -> str:
    switch(s3, bucket, "Enabled")
    return bucket


def test_the_state(s3: Any, bucket: str) -> None:
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    switch(s3, bucket, "Enabled")
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    mfa = {"Status": "Enabled", "MFADelete": "Enabled"}
    assert refused(s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration=mfa) == ("NotImplemented", 501)


def test_every_version_stays(s3: Any, versioned: str) -> None:
    ids = [put(s3, versioned, "k", data) for data in (b"1", b"2", b"3")]
    assert body(s3.get_object(Bucket=versioned, Key="k")) == b"3"
    assert [body(s3.get_object(Bucket=versioned, Key="k", VersionId=i)) for i in ids] == [b"1", b"2", b"3"]
    listed = s3.list_object_versions(Bucket=versioned)["Versions"]
    assert [(v["VersionId"], v["IsLatest"]) for v in listed] == [(ids[2], True), (ids[1], False), (ids[0], False)]
    s3.delete_object(Bucket=versioned, Key="k", VersionId=ids[2])
    assert body(s3.get_object(Bucket=versioned, Key="k")) == b"2"
    assert refused(s3.get_object, Bucket=versioned, Key="k", VersionId=ids[2]) == ("NoSuchVersion", 404)


def test_what_can_be_no_version_id(s3: Any, bucket: str) -> None:
    put(s3, bucket, "k", b"x")
    assert refused(s3.get_object, Bucket=bucket, Key="k", VersionId="nonsense") == ("InvalidArgument", 400)
    assert refused(s3.get_object, Bucket=bucket, Key="k", VersionId="x" * 32) == ("NoSuchVersion", 404)
    assert body(s3.get_object(Bucket=bucket, Key="k", VersionId="null")) == b"x"


def test_delete_markers(s3: Any, versioned: str) -> None:
    version = put(s3, versioned, "k", b"x")
    marker = s3.delete_object(Bucket=versioned, Key="k")
    assert marker["DeleteMarker"] is True
    assert refused(s3.get_object, Bucket=versioned, Key="k") == ("NoSuchKey", 404)
    assert refused(s3.get_object, Bucket=versioned, Key="k", VersionId=marker["VersionId"]) == ("MethodNotAllowed", 405)
    with pytest.raises(ClientError) as caught:
        s3.head_object(Bucket=versioned, Key="k")
    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert (headers["x-amz-delete-marker"], headers["x-amz-version-id"]) == ("true", marker["VersionId"])
    assert "Contents" not in s3.list_objects_v2(Bucket=versioned)
    assert body(s3.get_object(Bucket=versioned, Key="k", VersionId=version)) == b"x"
    listed = s3.list_object_versions(Bucket=versioned)
    assert [(m["VersionId"], m["IsLatest"]) for m in listed["DeleteMarkers"]] == [(marker["VersionId"], True)]
    assert [v["IsLatest"] for v in listed["Versions"]] == [False]
    assert refused(s3.delete_bucket, Bucket=versioned) == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket=versioned, Key="k", VersionId=marker["VersionId"])
    assert body(s3.get_object(Bucket=versioned, Key="k")) == b"x"


def test_what_was_there_before_is_the_null_version(s3: Any, bucket: str) -> None:
    put(s3, bucket, "k", b"before")
    switch(s3, bucket, "Enabled")
    version = put(s3, bucket, "k", b"after")
    assert body(s3.get_object(Bucket=bucket, Key="k", VersionId="null")) == b"before"
    switch(s3, bucket, "Suspended")
    assert put(s3, bucket, "k", b"suspended") is None
    listed = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [(v["VersionId"], v["IsLatest"]) for v in listed] == [("null", True), (version, False)]
    marker = s3.delete_object(Bucket=bucket, Key="k")
    assert marker["VersionId"] == "null"
    assert [v["VersionId"] for v in s3.list_object_versions(Bucket=bucket)["Versions"]] == [version]


def test_a_copy_of_an_old_version_restores_it(s3: Any, versioned: str) -> None:
    old = put(s3, versioned, "k", b"old")
    put(s3, versioned, "k", b"new")
    done = s3.copy_object(Bucket=versioned, Key="k", CopySource={"Bucket": versioned, "Key": "k", "VersionId": old})
    assert (done["CopySourceVersionId"], body(s3.get_object(Bucket=versioned, Key="k"))) == (old, b"old")
    assert len(s3.list_object_versions(Bucket=versioned)["Versions"]) == 3


def test_versions_are_listed_in_pages(s3: Any, versioned: str) -> None:
    expected = []
    for key in ("a/1", "a/2", "b", "c"):
        ids = [put(s3, versioned, key, b"x") for _ in range(3)]
        expected += [(key, i) for i in reversed(ids)]
    for size in (1, 2, 5, 12):
        found: list[tuple[str, str]] = []
        marker: dict[str, str] = {}
        while True:
            page = s3.list_object_versions(Bucket=versioned, MaxKeys=size, **marker)
            found += [(v["Key"], v["VersionId"]) for v in page["Versions"]]
            if not page["IsTruncated"]:
                break
            marker = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
        assert found == expected
    grouped = s3.list_object_versions(Bucket=versioned, Delimiter="/", MaxKeys=1)
    assert ([p["Prefix"] for p in grouped["CommonPrefixes"]], grouped["NextKeyMarker"]) == (["a/"], "a/")
    rest = s3.list_object_versions(Bucket=versioned, Delimiter="/", KeyMarker="a/")
    assert [v["Key"] for v in rest["Versions"]] == ["b"] * 3 + ["c"] * 3
    assert refused(s3.list_object_versions, Bucket=versioned, VersionIdMarker="x")[0] == "InvalidArgument"


def test_delete_objects_by_version(s3: Any, versioned: str) -> None:
    version = put(s3, versioned, "k", b"x")
    marked = s3.delete_objects(Bucket=versioned, Delete={"Objects": [{"Key": "k"}]})["Deleted"][0]
    assert marked["DeleteMarker"] is True
    items = [{"Key": "k", "VersionId": version}, {"Key": "k", "VersionId": marked["DeleteMarkerVersionId"]}]
    done = s3.delete_objects(Bucket=versioned, Delete={"Objects": items})["Deleted"]
    assert [(d["VersionId"], d.get("DeleteMarker")) for d in done] == [(version, None), (marked["DeleteMarkerVersionId"], True)]
    s3.delete_bucket(Bucket=versioned)
