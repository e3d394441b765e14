"""Checksums: computed, compared, kept, given back."""

import base64
import hashlib
import os
from typing import Any

import pytest
from tests.services.s3.s3_client import body, refused

from wheatpaste.store import checksums

DATA = os.urandom(100_000)


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
def test_the_sdks_checksums(s3: Any, bucket: str, algorithm: str) -> None:
    put = s3.put_object(Bucket=bucket, Key="k", Body=DATA, ChecksumAlgorithm=algorithm)
    expected = checksums.of(algorithm, DATA)
    assert (put[f"Checksum{algorithm}"], put["ChecksumType"]) == (expected, "FULL_OBJECT")
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert head[f"Checksum{algorithm}"] == expected
    assert f"Checksum{algorithm}" not in s3.head_object(Bucket=bucket, Key="k")
    assert body(s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")) == DATA  # botocore verifies it
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["ChecksumAlgorithm"] == [algorithm]


def test_without_a_checksum_s3_adds_its_own(client: Any, bucket: str) -> None:
    plain = client("s3", request_checksum_calculation="when_required")
    assert plain.put_object(Bucket=bucket, Key="k", Body=DATA)["ChecksumCRC64NVME"] == checksums.of("CRC64NVME", DATA)


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA256"])
def test_a_wrong_checksum_leaves_nothing(s3: Any, bucket: str, algorithm: str) -> None:
    wrong = {f"Checksum{algorithm}": checksums.of(algorithm, b"other")}
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=DATA, **wrong) == ("BadDigest", 400)
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=DATA, **{f"Checksum{algorithm}": "bad"}) == ("InvalidRequest", 400)
    assert refused(s3.head_object, Bucket=bucket, Key="k")[1] == 404


def test_content_md5(s3: Any, bucket: str) -> None:
    right = base64.b64encode(hashlib.md5(DATA).digest()).decode()
    s3.put_object(Bucket=bucket, Key="k", Body=DATA, ContentMD5=right)
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    assert refused(s3.put_object, Bucket=bucket, Key="n", Body=DATA, ContentMD5=wrong) == ("BadDigest", 400)
    assert refused(s3.put_object, Bucket=bucket, Key="n", Body=DATA, ContentMD5="short") == ("InvalidDigest", 400)


@pytest.mark.parametrize(
    ("algorithm", "kind"), [("CRC32", "COMPOSITE"), ("SHA256", "COMPOSITE"), ("CRC32", "FULL_OBJECT"), ("CRC64NVME", "FULL_OBJECT")]
)
def test_checksums_of_multipart_uploads(s3: Any, bucket: str, algorithm: str, kind: str) -> None:
    pieces = [os.urandom(5 * 1024 * 1024), b"rest"]
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k", ChecksumAlgorithm=algorithm, ChecksumType=kind)
    at = {"Bucket": bucket, "Key": "k", "UploadId": upload["UploadId"]}
    parts = []
    for number, piece in enumerate(pieces, 1):
        part = s3.upload_part(**at, PartNumber=number, Body=piece, ChecksumAlgorithm=algorithm)
        parts.append({"PartNumber": number, "ETag": part["ETag"], f"Checksum{algorithm}": part[f"Checksum{algorithm}"]})
    each = [checksums.of(algorithm, piece) for piece in pieces]
    assert [part[f"Checksum{algorithm}"] for part in parts] == each
    done = s3.complete_multipart_upload(**at, MultipartUpload={"Parts": parts})
    expected = checksums.of(algorithm, b"".join(pieces)) if kind == "FULL_OBJECT" else checksums.composite(algorithm, each)
    assert (done[f"Checksum{algorithm}"], done["ChecksumType"]) == (expected, kind)
    found = s3.get_object_attributes(
        Bucket=bucket, Key="k", ObjectAttributes=["Checksum", "ObjectParts", "ObjectSize", "ETag", "StorageClass"]
    )
    assert found["ObjectParts"]["TotalPartsCount"] == 2
    assert (found["ObjectSize"], found["ETag"], found["Checksum"]["ChecksumType"]) == (sum(map(len, pieces)), done["ETag"].strip('"'), kind)


def test_impossible_combinations(s3: Any, bucket: str) -> None:
    make = s3.create_multipart_upload
    assert refused(make, Bucket=bucket, Key="k", ChecksumAlgorithm="SHA1", ChecksumType="FULL_OBJECT") == ("InvalidRequest", 400)
    assert refused(make, Bucket=bucket, Key="k", ChecksumAlgorithm="CRC64NVME", ChecksumType="COMPOSITE") == ("InvalidRequest", 400)
    assert refused(make, Bucket=bucket, Key="k", ChecksumAlgorithm="CRC99") == ("InvalidRequest", 400)
