"""The edge: who is admitted, what is bounded, what a client sees when something is wrong."""

import gzip
import http.client
import json
import socket
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from tests.conftest import Server

AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"


def raw(server: Server, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(server.endpoint).netloc, timeout=10)
    connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
    with connection.getresponse() as answer:
        found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    connection.close()
    return found


def test_health_is_json(server: Server) -> None:
    with urllib.request.urlopen(f"{server.endpoint}/_wheatpaste/health") as answer:
        health = json.load(answer)
    assert health["status"] == "running" and health["endpoint"] == server.endpoint


def test_a_foreign_host_is_refused(server: Server) -> None:
    status, _, body = raw(server, "GET", "/_wheatpaste/health", Host="evil.example")
    assert status == 403 and b"evil.example" in body


def test_a_foreign_origin_is_refused(server: Server) -> None:
    status, _, _ = raw(server, "POST", "/", b"{}", Origin="http://evil.example")
    assert status == 403


def test_an_unsigned_call_is_refused_as_the_service_does(server: Server) -> None:
    status, _, body = raw(server, "POST", "/", b"{}", X_Amz_Target="AWSGlue.GetDatabases", Content_Type="application/x-amz-json-1.1")
    assert status == 400 and json.loads(body)["__type"].startswith("MissingAuthenticationToken")


def test_a_service_that_is_not_built_is_refused_by_name(client: Callable[..., Any]) -> None:
    with pytest.raises(ClientError) as caught:
        client("lambda").list_functions()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501 and "lambda" in str(caught.value)


def test_an_operation_that_is_not_built_is_refused_by_name(client: Callable[..., Any]) -> None:
    with pytest.raises(ClientError) as caught:
        client("glue").create_blueprint(Name="b", BlueprintLocation="s3://b/c")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501 and "glue:CreateBlueprint" in str(caught.value)


def test_a_body_over_the_limit_is_refused(server: Server) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.endpoint).netloc, timeout=10)
    headers = {
        "X-Amz-Target": "AWSGlue.GetDatabases",
        "Content-Type": "application/x-amz-json-1.1",
        "Content-Length": str(64 << 20),
        "Authorization": AUTHORIZATION.format(service="glue"),
    }
    connection.putrequest("POST", "/")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    with connection.getresponse() as answer:
        assert answer.status == 413
    connection.close()


def test_continue_is_answered_only_after_the_head_is_accepted(own_server: Callable[..., Server]) -> None:
    server = own_server("--auth", "signed")
    place = urlsplit(server.endpoint)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        head = f"PUT /bucket/key HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n"
        head += f"Authorization: {AUTHORIZATION.format(service='s3')}\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 403 ")


def test_expect_continue_works(server: Server, client: Callable[..., Any], unique: str) -> None:
    client("s3").create_bucket(Bucket=unique)
    url = client("s3").generate_presigned_url("put_object", Params={"Bucket": unique, "Key": "k"})
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(
            f"PUT {place.path}?{place.query} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n".encode()
        )
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
    assert client("s3").get_object(Bucket=unique, Key="k")["Body"].read() == b"hello"


def test_reset_exists_only_when_allowed(own_server: Callable[..., Server]) -> None:
    server = own_server()
    server.client("s3").create_bucket(Bucket="gone-after-reset")
    assert raw(server, "POST", "/_wheatpaste/reset")[0] == 200
    assert server.client("s3").list_buckets()["Buckets"] == []


def test_regions_and_accounts_are_apart(client: Callable[..., Any], unique: str) -> None:
    client("glue").create_database(DatabaseInput={"Name": unique})
    names = [d["Name"] for d in client("glue", region="eu-west-1").get_databases()["DatabaseList"]]
    others = [d["Name"] for d in client("glue", key="111111111111").get_databases()["DatabaseList"]]
    assert unique not in names and unique not in others
    assert client("glue").get_database(Name=unique)["Database"]["CatalogId"] == "123456789012"


def test_a_buckets_cors_rules_decide_for_browsers(server: Server, client: Callable[..., Any], unique: str) -> None:
    client("s3").create_bucket(Bucket=unique)
    asks = {"Origin": "https://app.example", "Access_Control_Request_Method": "PUT"}
    assert raw(server, "OPTIONS", f"/{unique}/k", **asks)[0] == 403
    rule = {"AllowedOrigins": ["https://app.example"], "AllowedMethods": ["PUT", "GET"], "AllowedHeaders": ["*"], "MaxAgeSeconds": 60}
    client("s3").put_bucket_cors(Bucket=unique, CORSConfiguration={"CORSRules": [rule]})
    status, headers, _ = raw(server, "OPTIONS", f"/{unique}/k", **asks)
    assert (status, headers["access-control-allow-origin"], headers["access-control-max-age"]) == (200, "https://app.example", "60")
    client("s3").put_object(Bucket=unique, Key="k", Body=b"x")
    url = urlsplit(client("s3").generate_presigned_url("get_object", Params={"Bucket": unique, "Key": "k"}))
    status, headers, body = raw(server, "GET", f"{url.path}?{url.query}", Origin="https://app.example")
    assert (status, body, headers["access-control-allow-origin"]) == (200, b"x", "https://app.example")


def test_a_presigned_urls_hoisted_headers_count(server: Server, client: Callable[..., Any], unique: str) -> None:
    client("s3").create_bucket(Bucket=unique)
    params = {"Bucket": unique, "Key": "k", "Metadata": {"team": "data"}}
    url = urlsplit(client("s3", signature_version="s3").generate_presigned_url("put_object", Params=params))
    assert raw(server, "PUT", f"{url.path}?{url.query}", b"x")[0] == 200
    assert client("s3").head_object(Bucket=unique, Key="k")["Metadata"] == {"team": "data"}


def test_a_refused_upload_leaves_no_file(server: Server, client: Callable[..., Any], unique: str) -> None:
    def files() -> int:
        return sum(1 for f in (server.home / "objects").rglob("*") if f.is_file())

    before = files()
    with pytest.raises(ClientError, match="NoSuchBucket"):
        client("s3").put_object(Bucket=unique, Key="k", Body=b"x" * 100_000)
    assert files() == before


def test_a_body_that_is_not_gzip_as_it_says_is_the_clients_error(server: Server) -> None:
    address = urlsplit(server.endpoint)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    scope = "Credential=test/20260101/us-east-1/glue/aws4_request, SignedHeaders=host, Signature=x"
    headers = {"X-Amz-Target": "AWSGlue.GetDatabases", "Content-Type": "application/x-amz-json-1.1", "Content-Encoding": "gzip"}
    for body in (b"{}", gzip.compress(b"{}")[:-9]):
        connection.request("POST", "/", body, {**headers, "Authorization": f"AWS4-HMAC-SHA256 {scope}"})
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["__type"]) == (400, "SerializationException")
    connection.close()
