"""Signature Version 4 against botocore's and awscrt's own signers."""

import hashlib
import io
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpchecksum import AwsChunkedWrapper, Crc32Checksum
from multidict import CIMultiDict

from wheatpaste.wire import errors
from wheatpaste.wire.http import Request
from wheatpaste.wire.sigv4 import ChunkedDecoder, Credential, verify_header, verify_presigned

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEY = Credentials("AKIDEXAMPLE", SECRET)
SESSION = Credentials("ASIAEXAMPLE", SECRET, "the/token==")
HOST = "127.0.0.1:4566"
PATHS = [
    "/",
    "/bucket",
    "/bucket/a key",
    "/bucket/a+b",
    "/bucket/a%2Fb",
    "/bucket/%25",
    "/bucket/é~-_.!*'()",
    "/bucket//a//",
    "/bucket/../x",
    "/b/=;:@&$,",
]


def received(signed: AWSRequest, body: bytes = b"") -> Request:
    """The signed request, as a server sees it."""
    prepared = signed.prepare()
    parts = urlsplit(prepared.url)
    headers: CIMultiDict[str] = CIMultiDict({"Host": HOST})
    for name, value in prepared.headers.items():
        headers[name] = value.decode() if isinstance(value, bytes) else value
    return Request(prepared.method, parts.path, parts.query, headers, body)


def signed(
    auth: Any, path: str = "/bucket/key", method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None, query: str = ""
) -> Request:
    """A request signed by a signer of botocore's."""
    from urllib.parse import quote

    url = f"http://{HOST}{quote(path, safe='/~%')}" + (f"?{query}" if query else "")
    request = AWSRequest(method=method, url=url, data=body, headers=headers or {})
    auth.add_auth(request)
    return received(request, body)


def payload_hash(request: Request) -> str:
    """What the request says or is."""
    return request.headers.get("x-amz-content-sha256") or hashlib.sha256(request.body).hexdigest()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("query", ["", "prefix=a%20b%2Fc&delimiter=%2F", "acl", "uploads&x=", "b=2&a=1&a=0"])
def test_s3_header(path: str, query: str) -> None:
    request = signed(S3SigV4Auth(KEY, "s3", "eu-west-1"), path, "PUT", b"bytes", {"x-amz-meta-a": " a  b "}, query)
    verify_header(request, SECRET, payload_hash(request))
    with pytest.raises(errors.SignatureDoesNotMatch):
        verify_header(request, SECRET + "x", payload_hash(request))


@pytest.mark.parametrize("path", ["/", "/a b/c", "/a/../b", "/a%2Fb/", "/functions/arn:aws:lambda:x/invocations"])
def test_other_services_encode_the_path_twice(path: str) -> None:
    request = signed(SigV4Auth(SESSION, "lambda", "us-east-1"), path, "POST", b"{}", {"Content-Type": "application/json"})
    verify_header(request, SECRET, payload_hash(request))
    credential = Credential.parse(request)
    assert credential is not None
    assert (credential.access_key, credential.region, credential.service, credential.token) == (
        "ASIAEXAMPLE",
        "us-east-1",
        "lambda",
        "the/token==",
    )


def changed_path(request: Request) -> None:
    request.raw_path += "x"


def changed_query(request: Request) -> None:
    request.raw_query = "a=1"


def changed_method(request: Request) -> None:
    request.method = "DELETE"


@pytest.mark.parametrize("change", [changed_path, changed_query, changed_method])
def test_a_changed_request_is_refused(change: Callable[[Request], None]) -> None:
    request = signed(S3SigV4Auth(KEY, "s3", "us-east-1"))
    change(request)
    with pytest.raises(errors.SignatureDoesNotMatch):
        verify_header(request, SECRET, payload_hash(request))


def test_a_changed_body_is_refused() -> None:
    request = signed(SigV4Auth(KEY, "glue", "us-east-1"), "/", "POST", b"{}")
    with pytest.raises(errors.SignatureDoesNotMatch):
        verify_header(request, SECRET, hashlib.sha256(b"{ }").hexdigest())


@pytest.mark.parametrize("minutes", [-16, 16])
def test_clock_skew(minutes: int) -> None:
    request = signed(S3SigV4Auth(KEY, "s3", "us-east-1"))
    with pytest.raises(errors.RequestTimeTooSkewed) as caught:
        verify_header(request, SECRET, payload_hash(request), datetime.now(UTC) + timedelta(minutes=minutes))
    assert caught.value.variant("rest-xml") == ("RequestTimeTooSkewed", 403)
    assert caught.value.variant("json") == ("InvalidSignatureException", 400)
    verify_header(request, SECRET, payload_hash(request), datetime.now(UTC) + timedelta(minutes=minutes / 2))


def test_s3_wants_its_headers_signed() -> None:
    request = signed(S3SigV4Auth(KEY, "s3", "us-east-1"))
    request.headers["x-amz-acl"] = "public-read"  # type: ignore[index]
    with pytest.raises(errors.HeadersNotSigned) as caught:
        verify_header(request, SECRET, payload_hash(request))
    assert caught.value.fields == {"HeadersNotSigned": "x-amz-acl"}


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("AWS AKID:signature", errors.UnsupportedAuthorization),
        ("Bearer token", errors.UnsupportedAuthorization),
        ("AWS4-ECDSA-P256-SHA256 Credential=a", errors.NotImplementedByWheatpaste),
        ("AWS4-HMAC-SHA256 Credential=a/20260101/r/s/aws4_request, Signature=0", errors.IncompleteSignature),
        ("AWS4-HMAC-SHA256 Credential=a/2026/r/s/aws4_request, SignedHeaders=host, Signature=0", errors.IncompleteSignature),
        ("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=0", errors.IncompleteSignature),
    ],
)
def test_malformed_authorization(header: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        Credential.parse(Request("GET", "/", "", CIMultiDict({"Authorization": header})))


def test_unsigned_is_none() -> None:
    assert Credential.parse(Request("GET", "/", "prefix=x", CIMultiDict({"Host": HOST}))) is None


@pytest.mark.parametrize("path", PATHS)
def test_presigned_s3(path: str) -> None:
    request = signed(S3SigV4QueryAuth(SESSION, "s3", "us-west-2", expires=60), path, query="response-content-type=a%2Fb%20c")
    credential = Credential.parse(request)
    assert credential is not None and credential.presigned and credential.token == "the/token=="
    verify_presigned(request, SECRET, datetime.now(UTC))
    with pytest.raises(errors.PresignedUrlExpired):
        verify_presigned(request, SECRET, datetime.now(UTC) + timedelta(seconds=62))
    with pytest.raises(errors.SignatureDoesNotMatch):
        verify_presigned(request, "other", datetime.now(UTC))


def test_presigned_elsewhere_signs_the_empty_body() -> None:
    request = signed(SigV4QueryAuth(KEY, "sts", "us-east-1", expires=60), "/", query="Action=GetCallerIdentity&Version=2011-06-15")
    verify_presigned(request, SECRET, datetime.now(UTC))


@pytest.mark.parametrize("expires", ["604801", "-1", "x", ""])
def test_expiry_out_of_bounds(expires: str) -> None:
    request = signed(S3SigV4QueryAuth(KEY, "s3", "us-east-1", expires=60))
    changed = Request("GET", request.raw_path, request.raw_query.replace("X-Amz-Expires=60", f"X-Amz-Expires={expires}"), request.headers)
    with pytest.raises(errors.AuthorizationQueryParametersError):
        verify_presigned(changed, SECRET, datetime.now(UTC))


@pytest.mark.parametrize("query", ["", "acl", "response-content-type=text%2Fplain&versionId=x"])
@pytest.mark.parametrize("credentials", [KEY, SESSION])
def test_presigned_the_old_way(query: str, credentials: Credentials) -> None:
    request = signed(HmacV1QueryAuth(credentials, expires=60), "/bucket/a key", query=query)
    credential = Credential.parse(request)
    assert credential is not None and credential.presigned and credential.access_key == credentials.access_key
    verify_presigned(request, SECRET, datetime.now(UTC))
    with pytest.raises(errors.PresignedUrlExpired):
        verify_presigned(request, SECRET, datetime.now(UTC) + timedelta(seconds=120))
    with pytest.raises(errors.SignatureDoesNotMatch):
        verify_presigned(request, "other", datetime.now(UTC))


# -- chunked bodies


def feed(decoder: ChunkedDecoder, raw: bytes, size: int) -> bytes:
    """What the decoder gives for ``raw`` in pieces of ``size``."""
    return b"".join(piece for at in range(0, len(raw), size) for piece in decoder.feed(raw[at : at + size]))


def unsigned_trailer(payload: bytes, chunk: int = 65536, **headers: str) -> tuple[Request, bytes]:
    """A body as botocore frames it."""
    wrapper = AwsChunkedWrapper(io.BytesIO(payload), checksum_cls=Crc32Checksum, checksum_name="x-amz-checksum-crc32", chunk_size=chunk)
    head = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-trailer": "x-amz-checksum-crc32"}
    head["x-amz-decoded-content-length"] = str(len(payload))
    return Request("PUT", "/b/k", "", CIMultiDict({**head, **headers})), wrapper.read()


@pytest.mark.parametrize("size", [1, 7, 100, 1 << 20])
@pytest.mark.parametrize("length", [0, 1, 999, 5000])
def test_unsigned_trailer_of_botocore(size: int, length: int) -> None:
    payload = bytes(range(256)) * 20
    request, raw = unsigned_trailer(payload[:length], 500)
    decoder = ChunkedDecoder(request, None)
    assert feed(decoder, raw, size) == payload[:length]
    trailer = decoder.finish()
    checksum = Crc32Checksum()
    checksum.update(payload[:length])
    assert trailer == {"x-amz-checksum-crc32": checksum.b64digest()}


def crt_signed(payload: bytes, chunks: list[int], trailer: dict[str, str] | None) -> tuple[Request, bytes]:
    """A body signed chunk by chunk by awscrt, as the C++, Swift and PHP clients send it."""
    from awscrt.auth import AwsCredentialsProvider, AwsSignatureType, AwsSignedBodyHeaderType, AwsSigningConfig, aws_sign_request
    from awscrt.http import HttpHeaders, HttpRequest

    provider = AwsCredentialsProvider.new_static("AKIDEXAMPLE", SECRET)
    now = datetime.now(UTC)
    mode = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" + ("-TRAILER" if trailer else "")
    config = AwsSigningConfig(
        signature_type=AwsSignatureType.HTTP_REQUEST_HEADERS, credentials_provider=provider, region="us-east-1", service="s3", date=now,
        use_double_uri_encode=False, should_normalize_uri_path=False, signed_body_value=mode,
        signed_body_header_type=AwsSignedBodyHeaderType.X_AMZ_CONTENT_SHA_256,
    )  # fmt: skip
    headers = HttpHeaders([("Host", HOST), ("x-amz-decoded-content-length", str(len(payload)))])
    if trailer:
        headers.add("x-amz-trailer", ",".join(trailer))
    head = HttpRequest("PUT", "/b/k", headers)
    aws_sign_request(head, config).result(10)
    request = Request("PUT", "/b/k", "", CIMultiDict(list(head.headers)))
    return request, frame(payload, chunks, trailer, request)


def frame(payload: bytes, chunks: list[int], trailer: dict[str, str] | None, request: Request) -> bytes:
    """The chunks after AWS's documentation, chained to the seed signature of ``request``."""
    import hmac

    credential = Credential.parse(request)
    assert credential is not None
    key = f"AWS4{SECRET}".encode()
    for part in (credential.date, credential.region, credential.service, "aws4_request"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    previous, stamp = credential.signature, request.headers["X-Amz-Date"]
    out, at = b"", 0
    empty = hashlib.sha256(b"").hexdigest()
    for size in [*chunks, 0]:
        data = payload[at : at + size]
        text = f"AWS4-HMAC-SHA256-PAYLOAD\n{stamp}\n{credential.scope}\n{previous}\n{empty}\n{hashlib.sha256(data).hexdigest()}"
        previous = hmac.new(key, text.encode(), "sha256").hexdigest()
        out += f"{len(data):x};chunk-signature={previous}\r\n".encode() + data + (b"\r\n" if data else b"")
        at += size
    if trailer:
        lines = "".join(f"{name}:{value}\n" for name, value in sorted(trailer.items()))
        text = f"AWS4-HMAC-SHA256-TRAILER\n{stamp}\n{credential.scope}\n{previous}\n{hashlib.sha256(lines.encode()).hexdigest()}"
        out += (
            lines.replace("\n", "\r\n").encode()
            + f"x-amz-trailer-signature:{hmac.new(key, text.encode(), 'sha256').hexdigest()}\r\n".encode()
        )
    return out + b"\r\n"


DOCUMENTED = {
    "": (
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
    ),
    "-TRAILER": (
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
        "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    ),
}


@pytest.mark.parametrize("kind", DOCUMENTED)
def test_the_example_of_awss_documentation(kind: str) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and …-trailers.html, with their signatures."""
    seed, first, second, last = DOCUMENTED[kind]
    scope = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"
    names = "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class"
    names = names.replace("content-encoding", "content-encoding;content-length") if not kind else f"{names};x-amz-trailer"
    head = {
        "Host": "s3.amazonaws.com",
        "x-amz-date": "20130524T000000Z",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope},SignedHeaders={names},Signature={seed}",
        "x-amz-content-sha256": f"STREAMING-AWS4-HMAC-SHA256-PAYLOAD{kind}",
        "Content-Encoding": "aws-chunked",
        "x-amz-decoded-content-length": "66560",
        **({"x-amz-trailer": "x-amz-checksum-crc32c"} if kind else {"Content-Length": "66824"}),
    }
    request = Request("PUT", "/examplebucket/chunkObject.txt", "", CIMultiDict(head))
    verify_header(request, SECRET, head["x-amz-content-sha256"], datetime(2013, 5, 24, tzinfo=UTC))
    raw = b"10000;chunk-signature=%s\r\n" % first.encode() + b"a" * 65536 + b"\r\n"
    raw += b"400;chunk-signature=%s\r\n" % second.encode() + b"a" * 1024 + b"\r\n" + b"0;chunk-signature=%s\r\n" % last.encode()
    if kind:
        raw += b"x-amz-checksum-crc32c:sOO8/Q==\r\n"
        raw += b"x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n"
    decoder = ChunkedDecoder(request, SECRET)
    assert feed(decoder, raw + b"\r\n", 8192) == b"a" * 66560
    assert decoder.finish() == ({"x-amz-checksum-crc32c": "sOO8/Q=="} if kind else {})


@pytest.mark.parametrize("trailer", [None, {"x-amz-checksum-crc32c": "AAAAAA=="}])
@pytest.mark.parametrize("size", [1, 33, 1 << 20])
def test_signed_chunks(trailer: dict[str, str] | None, size: int) -> None:
    payload = bytes(range(256)) * 8
    request, raw = crt_signed(payload, [1000, 1000, 48], trailer)
    verify_header(request, SECRET, request.headers["x-amz-content-sha256"])
    decoder = ChunkedDecoder(request, SECRET)
    assert feed(decoder, raw, size) == payload
    assert decoder.finish() == (trailer or {})


@pytest.mark.parametrize("trailer", [None, {"x-amz-checksum-crc32c": "AAAAAA=="}])
def test_a_changed_chunk_or_trailer_is_refused(trailer: dict[str, str] | None) -> None:
    request, raw = crt_signed(b"a" * 100 + b"b" * 100, [100, 100], trailer)
    forged = raw.replace(b"b" * 100, b"b" * 99 + b"c") if trailer is None else raw.replace(b"AAAAAA==", b"AAAAAQ==")
    decoder = ChunkedDecoder(request, SECRET)
    with pytest.raises(errors.SignatureDoesNotMatch):
        decoder.feed(forged)
        decoder.finish()


def test_a_signed_body_without_chunk_signatures_is_refused() -> None:
    request, _ = crt_signed(b"abc", [3], None)
    with pytest.raises(errors.SignatureDoesNotMatch):
        ChunkedDecoder(request, SECRET).feed(b"3\r\nabc\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"5\r\nabc", errors.IncompleteBody),
        (b"3\r\nabc\r\n", errors.IncompleteBody),
        (b"3\r\nabcd\r\n0\r\n\r\n", errors.MalformedChunk),
        (b"xyz\r\nabc\r\n0\r\n\r\n", errors.MalformedChunk),
        (b"4\r\nabcd\r\n0\r\nx-amz-checksum-crc32:x\r\n\r\n", errors.IncompleteBody),  # longer than declared
        (b"2\r\nab\r\n0\r\nx-amz-checksum-crc32:x\r\n\r\n", errors.IncompleteBody),  # shorter
        (b"3\r\nabc\r\n0\r\n\r\n", errors.MalformedTrailer),  # the promised trailer is missing
        (b"3\r\nabc\r\n0\r\nnonsense\r\n\r\n", errors.MalformedTrailer),
        (b"f" * 5000, errors.MalformedChunk),
        (b"3\r\nabc\r\n0\r\nx-amz-checksum-crc32:x\r\n\r\nmore", errors.MalformedChunk),
    ],
)
def test_bad_framing(raw: bytes, error: type[Exception]) -> None:
    head = {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-trailer": "x-amz-checksum-crc32",
        "x-amz-decoded-content-length": "3",
    }
    for size in (1, len(raw)):
        decoder = ChunkedDecoder(Request("PUT", "/b/k", "", CIMultiDict(head)), None)
        with pytest.raises(error):
            feed(decoder, raw, size)
            decoder.finish()


def test_an_unknown_mode_is_refused_by_name() -> None:
    with pytest.raises(errors.NotImplementedByWheatpaste, match="ECDSA"):
        ChunkedDecoder(Request("PUT", "/", "", CIMultiDict({"x-amz-content-sha256": "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"})), None)


def test_unsigned_chunks_are_quick() -> None:
    payload = b"x" * (32 << 20)
    request, raw = unsigned_trailer(payload, 1 << 20)
    best = 0.0
    for _ in range(3):
        decoder, began = ChunkedDecoder(request, None), time.perf_counter()
        for at in range(0, len(raw), 1 << 18):
            decoder.feed(raw[at : at + (1 << 18)])
        decoder.finish()
        best = max(best, len(raw) / (time.perf_counter() - began))
    assert best > 400e6, f"{best / 1e6:.0f} MB/s"
