"""aws-chunked bodies, decoded while they arrive: signed chunks, signed and unsigned trailers.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and …/sigv4-streaming-trailers.html
"""

import hashlib
import hmac
import re

from wheatpaste.wire.credential import Credential
from wheatpaste.wire.errors import IncompleteBody, MalformedChunk, MalformedTrailer, NotImplementedByWheatpaste, SignatureDoesNotMatch
from wheatpaste.wire.http import Request
from wheatpaste.wire.keys import ALGORITHM, sign, signing_key

LONGEST_LINE = 4096  # bytes of a chunk's header line
LONGEST_TRAILER = 16384  # bytes of all trailing headers
EMPTY = hashlib.sha256(b"").hexdigest()
SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
KNOWN = frozenset({SIGNED, f"{SIGNED}-TRAILER", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"})
_HEAD = re.compile(rb"([0-9A-Fa-f]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?[^\r\n]*")
BAD_TRAILER = "The request contained trailing data that was not well-formed or did not conform to our published schema."
MISMATCH = "The request signature we calculated does not match the signature you provided. Check your key and signing method."


class _Signatures:
    """The chain of chunk signatures: each signs the one before it."""

    def __init__(self, request: Request, secret: str) -> None:
        found = Credential.parse(request)
        if found is None or found.presigned:
            raise SignatureDoesNotMatch("A body with signed chunks needs an Authorization header")
        self._previous = found.signature
        self._key = signing_key(secret, found.date, found.region, found.service)
        self._head = f"{request.headers.get('X-Amz-Date', '')}\n{found.scope}"

    def check_chunk(self, signature: str, digest: str) -> None:
        """Raise unless ``signature`` is the next chunk's."""
        self._check(signature, f"{ALGORITHM}-PAYLOAD\n{self._head}\n{self._previous}\n{EMPTY}\n{digest}")

    def check_trailer(self, signature: str, trailer: bytes) -> None:
        """Raise unless ``signature`` is that of the canonical trailing headers."""
        self._check(signature, f"{ALGORITHM}-TRAILER\n{self._head}\n{self._previous}\n{hashlib.sha256(trailer).hexdigest()}")

    def _check(self, signature: str, text: str) -> None:
        wanted = sign(self._key, text)
        if not hmac.compare_digest(wanted.encode(), signature.encode()):
            raise SignatureDoesNotMatch(MISMATCH, StringToSign=text, SignatureProvided=signature)
        self._previous = wanted


class ChunkedDecoder:
    """``feed`` bytes as they come and get the payload's; ``finish`` gives the trailing headers.

    Without a ``secret`` (a key that nobody made, under ``--auth open``) signatures are not checked. Bytes are given out before the
    signature of their chunk is known to be right: whoever stores them discards them when an error follows.
    """

    def __init__(self, request: Request, secret: str | None) -> None:
        mode = request.headers.get("x-amz-content-sha256", "")
        if mode.startswith("STREAMING-") and mode not in KNOWN:
            raise NotImplementedByWheatpaste(mode)
        self._signed = mode.startswith(SIGNED)
        self._signatures = _Signatures(request, secret) if self._signed and secret is not None else None
        self._declared = _length(request.headers.get("x-amz-decoded-content-length"))
        self._promised = [name.strip().lower() for name in request.headers.get("x-amz-trailer", "").split(",") if name.strip()]
        self._line = bytearray()  # of a header line or of the trailer, what came so far
        self._left = 0  # bytes of the chunk that are still to come
        self._step = self._header
        self._signature = ""
        self._hash = hashlib.sha256()
        self._received = 0
        self._trailer: dict[str, str] = {}
        self._ended = False

    def feed(self, data: bytes) -> list[bytes]:
        """The payload's bytes in ``data``."""
        out: list[bytes] = []
        at, end = 0, len(data)
        while at < end:
            at = self._step(data, at, out)
        return out

    def finish(self) -> dict[str, str]:
        """The trailing headers, lower case; raises when the body ended early or is not as long as declared."""
        if not self._ended:
            if self._step != self._trailers or self._line.strip():
                raise IncompleteBody("The request body terminated unexpectedly")
            self._end()
        if self._declared is not None and self._received != self._declared:
            raise IncompleteBody("You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header")
        if any(name not in self._trailer for name in self._promised):
            raise MalformedTrailer(BAD_TRAILER)
        return self._trailer

    def _header(self, data: bytes, at: int, out: list[bytes]) -> int:
        newline = data.find(b"\n", at)
        stop = newline + 1 if newline >= 0 else len(data)
        self._line += data[at:stop]
        if len(self._line) > LONGEST_LINE:
            raise MalformedChunk("A chunk's header line is too long")
        if newline >= 0:
            self._open(bytes(self._line).rstrip(b"\r\n"))
            self._line.clear()
        return stop

    def _open(self, line: bytes) -> None:
        """Begin the chunk that ``line`` announces."""
        found = _HEAD.fullmatch(line)
        if found is None:
            raise MalformedChunk("A chunk has no size")
        self._left = int(found[1], 16)
        if self._signed and found[2] is None:
            raise SignatureDoesNotMatch("A chunk is not signed")
        self._signature = (found[2] or b"").decode()
        if self._left:
            self._step = self._payload
            return
        self._close()
        self._step = self._trailers

    def _payload(self, data: bytes, at: int, out: list[bytes]) -> int:
        stop = min(len(data), at + self._left)
        piece = data if at == 0 and stop == len(data) else data[at:stop]
        out.append(piece)
        self._received += len(piece)
        self._left -= len(piece)
        if self._declared is not None and self._received > self._declared:
            raise IncompleteBody("The body is longer than the x-amz-decoded-content-length HTTP header says")
        if self._signatures is not None:
            self._hash.update(piece)
        if not self._left:
            self._close()
            self._step = self._gap
        return stop

    def _close(self) -> None:
        """Check the chunk that ends here."""
        if self._signatures is not None:
            self._signatures.check_chunk(self._signature, self._hash.hexdigest())
            self._hash = hashlib.sha256()

    def _gap(self, data: bytes, at: int, out: list[bytes]) -> int:
        """The line end after a chunk's bytes."""
        if data[at] == 13:  # \r
            return at + 1
        if data[at] != 10:  # \n
            raise MalformedChunk("A chunk is longer than its size")
        self._step = self._header
        return at + 1

    def _trailers(self, data: bytes, at: int, out: list[bytes]) -> int:
        if self._ended:
            raise MalformedChunk("The body goes on after its end")
        newline = data.find(b"\n", at)
        stop = newline + 1 if newline >= 0 else len(data)
        self._line += data[at:stop]
        if len(self._line) > LONGEST_LINE or len(self._trailer) * 64 > LONGEST_TRAILER:
            raise MalformedTrailer("The trailing headers are too long")
        if newline >= 0:
            line = bytes(self._line).strip()
            self._line.clear()
            if line:
                self._keep(line)
            else:
                self._end()
        return stop

    def _keep(self, line: bytes) -> None:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise MalformedTrailer(BAD_TRAILER)
        self._trailer[name.strip().lower()] = value.strip()

    def _end(self) -> None:
        self._ended = True
        signature = self._trailer.pop("x-amz-trailer-signature", None)
        if self._signatures is not None and self._trailer:
            if signature is None:
                raise MalformedTrailer("The trailing headers are not signed")
            canonical = "".join(f"{name}:{value}\n" for name, value in sorted(self._trailer.items()))
            self._signatures.check_trailer(signature, canonical.encode("latin-1"))


def _length(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal():
        raise IncompleteBody("x-amz-decoded-content-length is not a number")
    return int(text)
