"""Objects: what is put comes back, to the byte and to the header."""

import hashlib
import os
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.services.s3.s3_client import body, refused

BIG = 300_000  # bytes: a file, not a row


@pytest.mark.parametrize("size", [0, 1, 32 * 1024, 32 * 1024 + 1, BIG])
def test_bytes_come_back(s3: Any, bucket: str, size: int) -> None:
    data = os.urandom(size)
    put = s3.put_object(Bucket=bucket, Key="k", Body=data)
    assert put["ETag"] == f'"{hashlib.md5(data).hexdigest()}"'
    got = s3.get_object(Bucket=bucket, Key="k")
    assert body(got) == data
    assert (got["ContentLength"], got["ETag"], got["ContentType"]) == (size, put["ETag"], "binary/octet-stream")
    head = s3.head_object(Bucket=bucket, Key="k")
    assert (head["ContentLength"], head["ETag"], head["AcceptRanges"]) == (size, put["ETag"], "bytes")
    assert abs((datetime.now(UTC) - head["LastModified"]).total_seconds()) < 60


KEYS = ["..", "../up", "a//b", "/lead", "trail/", "+ %2F%20", "é/\U0001f600", "a?b&c=d", "#x", "x" * 1024, "\u0001", "a\\b", "~!*'()"]


@pytest.mark.parametrize("key", KEYS)
def test_any_key(s3: Any, bucket: str, key: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert body(s3.get_object(Bucket=bucket, Key=key)) == key.encode()
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key})
    s3.delete_object(Bucket=bucket, Key=key)
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["copy"]


def test_a_key_too_long(s3: Any, bucket: str) -> None:
    assert refused(s3.put_object, Bucket=bucket, Key="é" * 513, Body=b"") == ("KeyTooLongError", 400)


def test_headers_and_metadata_come_back(s3: Any, bucket: str) -> None:
    given = {
        "CacheControl": "max-age=5",
        "ContentDisposition": 'attachment; filename="a b"',
        "ContentEncoding": "gzip",
        "ContentLanguage": "de",
        "ContentType": "text/csv; charset=utf-8",
        "Expires": datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC),
        "Metadata": {"one": "1", "two-words": "a b"},
        "StorageClass": "STANDARD_IA",
        "WebsiteRedirectLocation": "/elsewhere",
    }
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", **given)
    for answer in (s3.get_object(Bucket=bucket, Key="k"), s3.head_object(Bucket=bucket, Key="k")):
        assert {name: answer[name] for name in given} == given


def test_response_overrides(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ContentType="text/plain")
    got = s3.get_object(
        Bucket=bucket, Key="k", ResponseContentType="text/html", ResponseContentDisposition="inline", ResponseCacheControl="no-cache"
    )
    assert (got["ContentType"], got["ContentDisposition"], got["CacheControl"]) == ("text/html", "inline", "no-cache")


def test_metadata_too_large_and_a_wrong_storage_class(s3: Any, bucket: str) -> None:
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"", Metadata={"a": "x" * 2048})[0] == "MetadataTooLarge"
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"", StorageClass="LUKEWARM")[0] == "InvalidStorageClass"


@pytest.mark.parametrize("size", [1000, BIG])
@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-9", 5, 10),
        ("bytes=990-", 990, None),
        ("bytes=-7", -7, None),
        ("bytes=0-9999999", 0, None),
        ("bytes=-9999999", 0, None),
    ],
)
def test_ranges(s3: Any, bucket: str, size: int, header: str, start: int, end: int | None) -> None:
    data = os.urandom(size)
    s3.put_object(Bucket=bucket, Key="k", Body=data)
    got = s3.get_object(Bucket=bucket, Key="k", Range=header)
    expected = data[start:end]
    assert body(got) == expected
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    first = data.index(expected)
    assert got["ContentRange"] == f"bytes {first}-{first + len(expected) - 1}/{size}"
    assert got["ContentLength"] == len(expected)


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-2000", "bytes=-0"])
def test_an_unsatisfiable_range(s3: Any, bucket: str, header: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 1000)
    assert refused(s3.get_object, Bucket=bucket, Key="k", Range=header) == ("InvalidRange", 416)


@pytest.mark.parametrize("header", ["bytes=0-1,5-6", "bytes=5-2", "items=0-1", "bytes=-"])
def test_what_is_no_single_range_gives_the_whole(s3: Any, bucket: str, header: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    got = s3.get_object(Bucket=bucket, Key="k", Range=header)
    assert (body(got), got["ResponseMetadata"]["HTTPStatusCode"]) == (b"0123456789", 200)


def test_a_key_that_is_not_there(s3: Any, bucket: str) -> None:
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=bucket, Key="no")
    assert caught.value.response["Error"] == {"Code": "NoSuchKey", "Message": "The specified key does not exist.", "Key": "no"}
    assert refused(s3.head_object, Bucket=bucket, Key="no") == ("404", 404)
    assert s3.delete_object(Bucket=bucket, Key="no")["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_delete_objects(s3: Any, bucket: str) -> None:
    for key in ("a", "b", "c"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    done = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}, {"Key": "nothing"}]})
    assert [d["Key"] for d in done["Deleted"]] == ["a", "nothing"]
    quiet = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "b"}], "Quiet": True})
    assert "Deleted" not in quiet
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["c"]


def test_tags(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", Tagging="a=1&b=%C3%A9")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "é"}]
    assert s3.get_object(Bucket=bucket, Key="k")["TagCount"] == 2
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": "c", "Value": ""}]})
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "c", "Value": ""}]
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []
    many = {"TagSet": [{"Key": str(n), "Value": ""} for n in range(11)]}
    assert refused(s3.put_object_tagging, Bucket=bucket, Key="k", Tagging=many)[0] == "BadRequest"
    twice = {"TagSet": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}
    assert refused(s3.put_object_tagging, Bucket=bucket, Key="k", Tagging=twice)[0] == "InvalidTag"


def test_copies(s3: Any, bucket: str, unique: str) -> None:
    data = os.urandom(BIG)
    s3.put_object(Bucket=bucket, Key="from", Body=data, Metadata={"a": "1"}, ContentType="text/plain", Tagging="t=1")
    s3.copy_object(Bucket=bucket, Key="to", CopySource=f"{bucket}/from")
    got = s3.get_object(Bucket=bucket, Key="to")
    assert (body(got), got["Metadata"], got["ContentType"], got["TagCount"]) == (data, {"a": "1"}, "text/plain", 1)
    s3.copy_object(
        Bucket=bucket,
        Key="to",
        CopySource=f"{bucket}/from",
        MetadataDirective="REPLACE",
        Metadata={"b": "2"},
        TaggingDirective="REPLACE",
        Tagging="u=2",
    )
    got = s3.get_object(Bucket=bucket, Key="to")
    assert (body(got), got["Metadata"], got["ContentType"]) == (data, {"b": "2"}, "binary/octet-stream")
    s3.delete_object(Bucket=bucket, Key="from")
    assert body(s3.get_object(Bucket=bucket, Key="to")) == data
    assert refused(s3.copy_object, Bucket=bucket, Key="x", CopySource=f"{bucket}/from")[0] == "NoSuchKey"
    assert refused(s3.copy_object, Bucket=bucket, Key="x", CopySource=f"{unique}-none/from")[0] == "NoSuchBucket"


def test_a_copy_onto_itself_must_change_something(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert refused(s3.copy_object, Bucket=bucket, Key="k", CopySource=f"{bucket}/k")[0] == "InvalidRequest"
    s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/k", MetadataDirective="REPLACE", Metadata={"a": "1"})
    assert s3.head_object(Bucket=bucket, Key="k")["Metadata"] == {"a": "1"}


def test_a_customers_key_is_refused(s3: Any, bucket: str) -> None:
    given = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}
    code, status = refused(s3.put_object, Bucket=bucket, Key="k", Body=b"x", **given)
    assert (code, status) == ("NotImplemented", 501)
    assert refused(s3.head_object, Bucket=bucket, Key="k")[1] == 404


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==", "BadDigest"),  # of nothing
        ("Content-MD5", "no digest", "InvalidDigest"),
        ("x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "BadDigest"),
        ("x-amz-checksum-crc32", "AAAAAAA=", "InvalidDigest"),
    ],
)
def test_an_xml_body_is_held_against_its_digests(s3: Any, bucket: str, header: str, value: str, code: str) -> None:
    def tamper(request: Any, **_: Any) -> None:
        for name in [n for n in request.headers if n.lower().startswith(("x-amz-checksum-", "content-md5"))]:
            del request.headers[name]
        request.headers[header] = value

    s3.put_object(Bucket=bucket, Key="kept", Body=b"x")
    s3.meta.events.register("before-sign.s3.DeleteObjects", tamper)
    try:
        with pytest.raises(ClientError) as error:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "kept"}]})
    finally:
        s3.meta.events.unregister("before-sign.s3.DeleteObjects", tamper)
    assert error.value.response["Error"]["Code"] == code
    assert s3.head_object(Bucket=bucket, Key="kept")["ContentLength"] == 1
