"""Multipart uploads."""

import hashlib
import os
from typing import Any

import pytest
from tests.services.s3.s3_client import body, refused

MIB = 1024 * 1024


def upload(s3: Any, bucket: str, key: str, pieces: list[bytes], **options: Any) -> tuple[str, list[dict[str, Any]]]:
    """Upload the pieces as parts 1, 2, …; (upload id, parts to complete with)."""
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key=key, **options)["UploadId"]
    parts = []
    for number, piece in enumerate(pieces, 1):
        part = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=piece)
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    return upload_id, parts


def complete(s3: Any, bucket: str, key: str, upload_id: str, parts: list[dict[str, Any]], **more: Any) -> Any:
    return s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts}, **more)


@pytest.fixture
def pieces() -> list[bytes]:
    return [os.urandom(5 * MIB), os.urandom(6 * MIB), b"the end"]


def test_parts_become_one_object(s3: Any, bucket: str, pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    upload_id, parts = upload(s3, bucket, "k", pieces, ContentType="text/plain", Metadata={"a": "1"})
    assert refused(s3.head_object, Bucket=bucket, Key="k")[1] == 404
    done = complete(s3, bucket, "k", upload_id, parts)
    md5 = hashlib.md5(b"".join(hashlib.md5(p).digest() for p in pieces)).hexdigest()
    assert done["ETag"] == f'"{md5}-3"'
    got = s3.get_object(Bucket=bucket, Key="k")
    assert body(got) == data
    assert (got["ETag"], got["ContentType"], got["Metadata"]) == (done["ETag"], "text/plain", {"a": "1"})
    ranged = s3.get_object(Bucket=bucket, Key="k", Range=f"bytes={5 * MIB - 2}-{5 * MIB + 1}")
    assert body(ranged) == data[5 * MIB - 2 : 5 * MIB + 2]
    assert body(s3.get_object(Bucket=bucket, Key="k", Range="bytes=-9")) == data[-9:]


def test_completing_again_gives_the_same_answer(s3: Any, bucket: str, pieces: list[bytes]) -> None:
    upload_id, parts = upload(s3, bucket, "k", pieces[2:])
    first = complete(s3, bucket, "k", upload_id, parts)
    again = complete(s3, bucket, "k", upload_id, parts)
    assert again["ETag"] == first["ETag"]
    s3.delete_object(Bucket=bucket, Key="k")
    assert refused(complete, s3=s3, bucket=bucket, key="k", upload_id=upload_id, parts=parts) == ("NoSuchUpload", 404)


def test_one_part_of_an_object(s3: Any, bucket: str, pieces: list[bytes]) -> None:
    complete(s3, bucket, "k", *upload(s3, bucket, "k", pieces))
    for number, piece in enumerate(pieces, 1):
        got = s3.get_object(Bucket=bucket, Key="k", PartNumber=number)
        assert (body(got) == piece, got["PartsCount"]) == (True, 3)
    assert refused(s3.get_object, Bucket=bucket, Key="k", PartNumber=4) == ("InvalidPartNumber", 416)


def test_what_cannot_be_completed(s3: Any, bucket: str, pieces: list[bytes]) -> None:
    upload_id, parts = upload(s3, bucket, "k", [b"small", b"small too"])
    at = {"s3": s3, "bucket": bucket, "key": "k", "upload_id": upload_id}
    assert refused(complete, **at, parts=parts) == ("EntityTooSmall", 400)
    assert refused(complete, **at, parts=parts[::-1]) == ("InvalidPartOrder", 400)
    assert refused(complete, **at, parts=[{"PartNumber": 1, "ETag": '"no"'}]) == ("InvalidPart", 400)
    assert refused(complete, **at, parts=[{"PartNumber": 9, "ETag": parts[0]["ETag"]}]) == ("InvalidPart", 400)
    assert refused(complete, **at, parts=[]) == ("MalformedXML", 400)
    assert refused(complete, **{**at, "upload_id": "none"}, parts=parts) == ("NoSuchUpload", 404)
    complete(**at, parts=parts[1:])
    assert body(s3.get_object(Bucket=bucket, Key="k")) == b"small too"


def test_a_part_is_replaced_by_the_next_of_its_number(s3: Any, bucket: str) -> None:
    upload_id, _ = upload(s3, bucket, "k", [b"first"])
    part = s3.upload_part(Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=1, Body=b"second")
    complete(s3, bucket, "k", upload_id, [{"PartNumber": 1, "ETag": part["ETag"]}])
    assert body(s3.get_object(Bucket=bucket, Key="k")) == b"second"


@pytest.mark.parametrize("number", [0, 10_001])
def test_part_numbers(s3: Any, bucket: str, number: int) -> None:
    upload_id, _ = upload(s3, bucket, "k", [])
    assert refused(s3.upload_part, Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=number, Body=b"")[0] == "InvalidArgument"


def test_abort(s3: Any, bucket: str) -> None:
    upload_id, _ = upload(s3, bucket, "k", [b"x"])
    s3.abort_multipart_upload(Bucket=bucket, Key="k", UploadId=upload_id)
    assert refused(s3.list_parts, Bucket=bucket, Key="k", UploadId=upload_id) == ("NoSuchUpload", 404)
    assert refused(s3.upload_part, Bucket=bucket, Key="k", UploadId=upload_id, PartNumber=1, Body=b"")[0] == "NoSuchUpload"
    assert refused(s3.abort_multipart_upload, Bucket=bucket, Key="k", UploadId=upload_id)[0] == "NoSuchUpload"


def test_parts_are_listed_in_pages(s3: Any, bucket: str) -> None:
    upload_id, parts = upload(s3, bucket, "k", [b"1", b"22", b"333"])
    first = s3.list_parts(Bucket=bucket, Key="k", UploadId=upload_id, MaxParts=2)
    rest = s3.list_parts(Bucket=bucket, Key="k", UploadId=upload_id, PartNumberMarker=first["NextPartNumberMarker"])
    assert [(p["PartNumber"], p["Size"]) for p in first["Parts"] + rest["Parts"]] == [(1, 1), (2, 2), (3, 3)]
    assert (first["IsTruncated"], rest["IsTruncated"]) == (True, False)
    assert [p["ETag"] for p in first["Parts"]] == [p["ETag"] for p in parts[:2]]


def test_uploads_are_listed(s3: Any, bucket: str) -> None:
    made = {key: upload(s3, bucket, key, [])[0] for key in ("a/1", "a/2", "b", "c")}
    listed = s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [(u["Key"], u["UploadId"]) for u in listed] == list(made.items())
    grouped = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert ([p["Prefix"] for p in grouped["CommonPrefixes"]], [u["Key"] for u in grouped["Uploads"]]) == (["a/"], ["b", "c"])
    first = s3.list_multipart_uploads(Bucket=bucket, MaxUploads=3)
    rest = s3.list_multipart_uploads(Bucket=bucket, KeyMarker=first["NextKeyMarker"], UploadIdMarker=first["NextUploadIdMarker"])
    assert [u["Key"] for u in rest["Uploads"]] == ["c"]
    assert [u["Key"] for u in s3.list_multipart_uploads(Bucket=bucket, Prefix="a/")["Uploads"]] == ["a/1", "a/2"]


def test_parts_from_objects(s3: Any, bucket: str, pieces: list[bytes]) -> None:
    complete(s3, bucket, "source", *upload(s3, bucket, "source", pieces))
    data = b"".join(pieces)
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    at = {"Bucket": bucket, "Key": "k", "UploadId": upload_id, "CopySource": f"{bucket}/source"}
    last = len(data) - 1
    one = s3.upload_part_copy(**at, PartNumber=1, CopySourceRange=f"bytes=1-{5 * MIB + 10}")["CopyPartResult"]["ETag"]
    two = s3.upload_part_copy(**at, PartNumber=2, CopySourceRange=f"bytes={last - 3}-{last}")["CopyPartResult"]["ETag"]
    assert one == f'"{hashlib.md5(data[1 : 5 * MIB + 11]).hexdigest()}"'
    complete(s3, bucket, "k", upload_id, [{"PartNumber": 1, "ETag": one}, {"PartNumber": 2, "ETag": two}])
    assert body(s3.get_object(Bucket=bucket, Key="k")) == data[1 : 5 * MIB + 11] + data[-4:]
    assert refused(s3.upload_part_copy, **at, PartNumber=3, CopySourceRange=f"bytes=0-{len(data)}")[0] in (
        "InvalidArgument",
        "NoSuchUpload",
    )


def test_a_copy_shares_the_parts(s3: Any, bucket: str, pieces: list[bytes]) -> None:
    complete(s3, bucket, "k", *upload(s3, bucket, "k", pieces))
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    s3.delete_object(Bucket=bucket, Key="k")
    assert body(s3.get_object(Bucket=bucket, Key="copy")) == b"".join(pieces)


def test_conditions_of_a_complete(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"there")
    upload_id, parts = upload(s3, bucket, "k", [b"new"])
    at = {"s3": s3, "bucket": bucket, "key": "k", "upload_id": upload_id, "parts": parts}
    assert refused(complete, **at, IfNoneMatch="*") == ("PreconditionFailed", 412)
    assert body(s3.get_object(Bucket=bucket, Key="k")) == b"there"
    complete(**at)
    assert body(s3.get_object(Bucket=bucket, Key="k")) == b"new"
