"""Other clients than boto3's plain calls: transfer managers, presigned URLs, virtual hosts, Arrow's C++ client, awswrangler."""

import http.client
import os
import urllib.error
import urllib.request
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from boto3.s3.transfer import TransferConfig

MIB = 1024 * 1024


def test_the_transfer_manager(s3: Any, bucket: str, tmp_path: Path) -> None:
    data = os.urandom(21 * MIB + 7)
    (tmp_path / "up").write_bytes(data)
    config = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, max_concurrency=4)
    s3.upload_file(str(tmp_path / "up"), bucket, "big", Config=config, ExtraArgs={"ContentType": "text/plain"})
    head = s3.head_object(Bucket=bucket, Key="big", PartNumber=1)
    assert (head["PartsCount"], head["ContentType"]) == (5, "text/plain")
    s3.download_file(bucket, "big", str(tmp_path / "down"), Config=config)
    assert (tmp_path / "down").read_bytes() == data
    s3.copy({"Bucket": bucket, "Key": "big"}, bucket, "copy", Config=config)
    s3.download_file(bucket, "copy", str(tmp_path / "copy"), Config=config)
    assert (tmp_path / "copy").read_bytes() == data


def test_presigned_urls(s3: Any, bucket: str) -> None:
    put = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "a b/+é"})
    with urllib.request.urlopen(urllib.request.Request(put, data=b"presigned", method="PUT")) as answer:
        assert answer.status == 200
    get = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a b/+é", "ResponseContentType": "text/html"})
    with urllib.request.urlopen(get) as answer:
        assert (answer.read(), answer.headers["Content-Type"]) == (b"presigned", "text/html")


def test_metadata_that_is_not_ascii_comes_back_as_rfc_2047(s3: Any, bucket: str) -> None:
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"})
    request = urllib.request.Request(url, data=b"x", method="PUT", headers={"x-amz-meta-name": "Käse".encode().decode("latin-1")})
    urllib.request.urlopen(request).close()
    value = s3.head_object(Bucket=bucket, Key="k")["Metadata"]["name"]
    assert str(make_header(decode_header(value))) == "Käse"


def test_a_virtual_host(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="dir/k", Body=b"x")
    url = urlsplit(s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "dir/k"}))
    connection = http.client.HTTPConnection(url.hostname or "", url.port or 0)
    path = url.path.removeprefix(f"/{bucket}")
    connection.request("GET", f"{path}?{url.query}", headers={"Host": f"{bucket}.s3.localhost:{url.port}"})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"x")
    connection.close()


def test_an_upload_cut_short_leaves_nothing(s3: Any, bucket: str) -> None:
    url = urlsplit(s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"}))
    connection = http.client.HTTPConnection(url.hostname or "", url.port or 0)
    connection.putrequest("PUT", f"{url.path}?{url.query}")
    connection.putheader("Content-Length", str(MIB))
    connection.endheaders()
    connection.send(b"x" * 100_000)
    connection.close()
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_cors_at_the_edge(s3: Any, bucket: str) -> None:
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://app.example.com"], "AllowedHeaders": ["*"], "ExposeHeaders": ["ETag"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    endpoint = s3.meta.endpoint_url
    headers = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "GET"}
    with urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{bucket}/k", method="OPTIONS", headers=headers)) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    headers["Access-Control-Request-Method"] = "PUT"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{bucket}/k", method="OPTIONS", headers=headers))
    assert caught.value.code == 403
    caught.value.close()


def test_arrow(s3: Any, bucket: str) -> None:
    fs = pytest.importorskip("pyarrow.fs")
    dataset = pytest.importorskip("pyarrow.dataset")
    import pyarrow as pa

    endpoint = urlsplit(s3.meta.endpoint_url)
    arrow = fs.S3FileSystem(access_key="test", secret_key="test", region="us-east-1", scheme="http", endpoint_override=endpoint.netloc)
    table = pa.table({"part": [1, 1, 2], "value": ["a", "b", "c"]})
    dataset.write_dataset(table, f"{bucket}/lake", filesystem=arrow, format="parquet", partitioning=["part"], partitioning_flavor="hive")
    found = dataset.dataset(f"{bucket}/lake", filesystem=arrow, partitioning="hive").to_table(filter=dataset.field("part") == 1)
    assert sorted(found["value"].to_pylist()) == ["a", "b"]
    data = os.urandom(12 * MIB)
    with arrow.open_output_stream(f"{bucket}/stream") as out:
        for start in range(0, len(data), MIB):
            out.write(data[start : start + MIB])
    with arrow.open_input_file(f"{bucket}/stream") as file:
        assert file.read_at(100, 7 * MIB) == data[7 * MIB : 7 * MIB + 100]
    arrow.move(f"{bucket}/stream", f"{bucket}/moved")
    names = [entry.path for entry in arrow.get_file_info(fs.FileSelector(bucket))]
    assert sorted(names) == [f"{bucket}/lake", f"{bucket}/moved"]
