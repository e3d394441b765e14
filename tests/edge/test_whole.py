"""The head of an answer, as bytes: what ends it, and what becomes of the connection."""

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.conftest import Server


def exchange(server: Server, raw: str) -> tuple[str, bytes, bool]:
    """Head and body of the one answer, and whether the server keeps the connection."""
    url = urlsplit(server.endpoint)
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        connection.sendall(raw.encode())
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        connection.settimeout(1.0)
        try:
            while piece := connection.recv(65536):
                received += piece
        except TimeoutError:
            kept = True
        else:
            kept = False
    head, _, body = received.partition(b"\r\n\r\n")
    return head.decode(), body, kept


@pytest.mark.parametrize(
    ("version", "wished", "kept"),
    [("1.1", "", True), ("1.1", "close", False), ("1.0", "", False), ("1.0", "keep-alive", True)],
)
def test_the_connection_is_kept_as_wished(server: Server, version: str, wished: str, kept: bool) -> None:
    wish = f"Connection: {wished}\r\n" if wished else ""
    head, body, found = exchange(server, f"GET /absent-bucket HTTP/{version}\r\nHost: localhost\r\n{wish}\r\n")
    assert head.startswith("HTTP/1.1 403 Forbidden\r\n")
    assert body.endswith(b"</Error>")
    assert f"Content-Length: {len(body)}" in head
    assert found == kept
    assert ("Connection: close" in head) == (not kept)


def test_an_answer_without_a_body_has_none(server: Server, client: Callable[..., Any], unique: str) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket=unique)
    s3.put_object(Bucket=unique, Key="k", Body=b"abc")
    signed = {
        method: urlsplit(s3.generate_presigned_url(operation, Params={"Bucket": unique, "Key": "k"}))
        for method, operation in (("HEAD", "head_object"), ("DELETE", "delete_object"))
    }
    heads = {}
    for method, url in signed.items():
        head, body, kept = exchange(server, f"{method} {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n")
        assert (body, kept) == (b"", True)
        heads[method] = head
    assert heads["HEAD"].startswith("HTTP/1.1 200 OK\r\n")
    assert "Content-Length: 3" in heads["HEAD"]
    assert heads["DELETE"].startswith("HTTP/1.1 204 No Content\r\n")
    assert "Content-Length" not in heads["DELETE"]


def test_a_line_break_in_metadata_does_not_reach_the_head(server: Server, client: Callable[..., Any], unique: str) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket=unique)
    url = urlsplit(s3.generate_presigned_url("get_object", Params={"Bucket": unique, "Key": "k", "ResponseContentType": "a\r\nX-Evil: 1"}))
    s3.put_object(Bucket=unique, Key="k", Body=b"abc")
    head, _, _ = exchange(server, f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n")
    assert "\r\nX-Evil" not in head
