"""Object bytes on their way in: framing undone, hashed and staged on disk while they arrive."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from wheatpaste.edge.exchange import Exchange
from wheatpaste.service import Shape
from wheatpaste.store.checksums import ALGORITHMS, of
from wheatpaste.wire.chunked import ChunkedDecoder
from wheatpaste.wire.errors import aws_error
from wheatpaste.wire.http import Request

if TYPE_CHECKING:
    from wheatpaste.store.blobs import StagedBlob

INLINE = 32 * 1024  # bytes up to which hashing on the event loop is quicker than handing over to a thread
LARGEST = 5 * 1024**3  # bytes of one PUT

BadDigest = aws_error("s3", "BadDigest", status=400)
InvalidDigest = aws_error("s3", "InvalidDigest", status=400)
ContentSha256Mismatch = aws_error("s3", "XAmzContentSHA256Mismatch", status=400)
EntityTooLarge = aws_error("s3", "EntityTooLarge", status=400)
IncompleteBody = aws_error("s3", "IncompleteBody", status=400)


def is_chunked(request: Request) -> bool:
    """Whether the body is framed as aws-chunked."""
    return request.headers.get("x-amz-content-sha256", "").startswith("STREAMING-")


def hoist(request: Request) -> None:
    """Treat the ``x-amz-…`` parameters of a presigned URL as the headers that its maker moved there, as S3 does."""
    if "X-Amz-Credential" not in request.query and "AWSAccessKeyId" not in request.query:
        return
    for name, value in request.params:
        if name.startswith("x-amz-") and name not in request.headers:
            _add_header(request, name, value)


def decode_whole(x: Exchange, raw: bytes) -> bytes:
    """The payload of an aws-chunked body that is already in memory; its trailer's fields become headers."""
    decoder = _decoder(x)
    plain = b"".join(decoder.feed(raw))
    for name, value in decoder.finish().items():
        _add_header(x.request, name, value)
    return plain


def verify_whole(request: Request, model: Any) -> None:
    """Raise BadDigest or InvalidDigest for an XML body that is not what its Content-MD5 or its checksum header says.

    The checksum headers of CompleteMultipartUpload are the object's: only where the model (``httpChecksum``) says so are they the body's.
    """
    given = request.headers.get("Content-MD5")
    if given is not None:
        _compare(given, of("MD5", request.body), "MD5")
    for name in request.headers if model.http_checksum else ():
        algorithm = name[15:].upper() if name.lower().startswith("x-amz-checksum-") else ""
        if algorithm in ALGORITHMS:
            _compare(request.headers[name], of(algorithm, request.body), algorithm)


def _compare(given: str, computed: str, algorithm: str) -> None:
    try:
        valid = len(base64.b64decode(given, validate=True)) == len(base64.b64decode(computed))
    except binascii.Error:
        valid = False
    if not valid:
        raise InvalidDigest("The Content-MD5 or checksum value that you specified is not valid.")
    if given != computed:
        raise BadDigest(f"The {algorithm} you specified did not match what we received.", CalculatedDigest=computed, ExpectedDigest=given)


def _decoder(x: Exchange) -> ChunkedDecoder:
    return ChunkedDecoder(x.request, x.key.secret if x.key else None)


def wanted_checksums(request: Request) -> set[str]:
    """The checksums that the request declares, in a header or for its trailer; CRC64NVME, as S3 adds by itself, when there is none."""
    named = {h[15:].upper() for h in request.headers if h.lower().startswith("x-amz-checksum-") and h[15:].upper() in ALGORITHMS}
    trailer = request.headers.get("x-amz-trailer", "").lower().strip()
    if trailer.startswith("x-amz-checksum-") and trailer[15:].upper() in ALGORITHMS:
        named.add(trailer[15:].upper())
    algorithm = request.headers.get("x-amz-sdk-checksum-algorithm", "").upper()
    if algorithm in ALGORITHMS:
        named.add(algorithm)
    return named or {"CRC64NVME"}


async def stage(x: Exchange) -> Shape:
    """Stage the body; the members that come of it: ``Body`` (a Blob) and what the trailer declares."""
    request = x.request
    length = int(request.headers.get("x-amz-decoded-content-length") or x.http.content_length or 0)
    if length > LARGEST:
        raise EntityTooLarge("Your proposed upload exceeds the maximum allowed size", ProposedSize=str(length), MaxSizeAllowed=str(LARGEST))
    declared = request.headers.get("x-amz-content-sha256", "")
    hashed = declared if len(declared) == 64 else ""
    staged = x.app.blobs.stage(wanted_checksums(request) | ({"SHA256"} if hashed else set()))
    await x.proceed()
    decoder = _decoder(x) if is_chunked(request) else None
    try:
        received = await _fill(staged, x, decoder)
        if decoder is None and x.http.content_length is not None and received != x.http.content_length:
            raise IncompleteBody("You did not provide the number of bytes specified by the Content-Length HTTP header")
        if decoder is not None:
            for name, value in decoder.finish().items():
                _add_header(request, name, value)
        blob = staged.finish() if received <= INLINE else await x.in_pool(staged.finish)
    except BaseException:
        staged.abort()
        raise
    if hashed and _hex(blob.checksums["SHA256"]) != hashed:
        raise ContentSha256Mismatch(
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
            ClientComputedContentSHA256=hashed,
            S3ComputedContentSHA256=_hex(blob.checksums["SHA256"]),
        )
    return {"Body": blob}


async def _fill(staged: "StagedBlob", x: Exchange, decoder: ChunkedDecoder | None) -> int:
    """Write what arrives; reading the next chunk goes on while a thread hashes and writes the one before."""
    received = 0
    writing: asyncio.Future[None] | None = None
    try:
        async for chunk in _chunks(x):
            received += len(chunk)
            pieces = [chunk] if decoder is None else decoder.feed(chunk)
            if writing is not None:
                await writing
                writing = None
            if received <= INLINE:
                for piece in pieces:
                    staged.write(piece)
            else:
                writing = asyncio.get_running_loop().run_in_executor(None, _write, staged, pieces)
    finally:
        if writing is not None:
            await writing
    return received


def _write(staged: "StagedBlob", pieces: list[bytes]) -> None:
    for piece in pieces:
        staged.write(piece)


async def _chunks(x: Exchange) -> AsyncIterator[bytes]:
    if not x.http.can_read_body:
        return
    while chunk := await x.http.content.readany():
        yield chunk


def _add_header(request: Request, name: str, value: str) -> None:
    """Treat a trailer as a header, so that the protocol's parser finds it."""
    from multidict import CIMultiDict

    headers = CIMultiDict(request.headers)
    headers[name] = value
    request.headers = headers


def _hex(base64_text: str) -> str:
    return base64.b64decode(base64_text).hex()
