"""Signature Version 4: header, presigned URL (and S3's old presigned form), chunked bodies. Pure: who knows the secret passes it in.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import posixpath
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, unquote

from wheatpaste.wire.chunked import ChunkedDecoder as ChunkedDecoder
from wheatpaste.wire.credential import Credential as Credential
from wheatpaste.wire.errors import (
    AuthorizationQueryParametersError,
    HeadersNotSigned,
    IncompleteSignature,
    PresignedUrlExpired,
    RequestTimeTooSkewed,
    SignatureDoesNotMatch,
)
from wheatpaste.wire.http import Request
from wheatpaste.wire.keys import ALGORITHM, sign, signing_key
from wheatpaste.wire.sigv2 import check_expires, verify_sigv2

SKEW = timedelta(minutes=15)
LONGEST = 604800  # seconds that a presigned URL may live
UNSIGNED = "UNSIGNED-PAYLOAD"
EMPTY = hashlib.sha256(b"").hexdigest()
SINGLE_ENCODED = frozenset({"s3", "s3express", "s3-object-lambda", "s3-outposts"})
"""Signing names whose canonical path is encoded once; all others encode the encoded path again."""
TOO_LONG = "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
)


def verify_header(request: Request, secret: str, body_sha256: str, now: datetime | None = None) -> None:
    """Raise unless the Authorization header is the request's under ``secret``; ``body_sha256`` is what was signed for the body."""
    credential = Credential.parse(request)
    if credential is None or credential.presigned:
        raise IncompleteSignature("The request has no Authorization header")
    stamp = _stamp(request)
    present = now or datetime.now(UTC)
    signed_at = _time(stamp, IncompleteSignature)
    if abs(present - signed_at) > SKEW:
        raise _skewed(stamp, present)
    if stamp[:8] != credential.date:
        both = f"'{credential.date}' != '{stamp[:8]}'"
        raise SignatureDoesNotMatch(f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date: {both}")
    _verify(request, credential, secret, stamp, body_sha256)


def _stamp(request: Request) -> str:
    """The signing time as ``YYYYMMDDTHHMMSSZ``, of X-Amz-Date or Date."""
    stamp = request.headers.get("X-Amz-Date", "")
    if stamp or "Date" not in request.headers:
        if not stamp:
            raise IncompleteSignature("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
        return stamp
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(request.headers["Date"]).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    except ValueError:
        raise IncompleteSignature("The Date header is not a date") from None


def _time(stamp: str, error: type[SignatureDoesNotMatch]) -> datetime:
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise error(f"Date must be in ISO8601 basic format YYYYMMDD'T'HHMMSS'Z'. Got '{stamp[:40]}'.") from None


def _skewed(stamp: str, now: datetime) -> RequestTimeTooSkewed:
    return RequestTimeTooSkewed(
        "The difference between the request time and the current time is too large.",
        RequestTime=stamp,
        ServerTime=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        MaxAllowedSkewMilliseconds=int(SKEW.total_seconds() * 1000),
    )


def verify_presigned(request: Request, secret: str, now: datetime) -> None:
    """Raise unless the URL's signature is the request's under ``secret`` and it has not expired."""
    credential = Credential.parse(request)
    if credential is None or not credential.presigned:
        raise AuthorizationQueryParametersError("The request is not presigned")
    check_lifetime(request, credential, now)
    if not credential.date:
        verify_sigv2(request, credential.signature, secret)
        return
    stamp = request.query["X-Amz-Date"]
    if stamp[:8] != credential.date:
        raise AuthorizationQueryParametersError(
            f'Invalid credential date "{credential.date}". This date is not the same as X-Amz-Date: "{stamp[:8]}".'
        )
    unsigned = UNSIGNED if credential.service in SINGLE_ENCODED else EMPTY
    declared = request.query.get("X-Amz-Content-Sha256") or request.headers.get("x-amz-content-sha256") or unsigned
    _verify(request, credential, secret, stamp, declared)


def check_lifetime(request: Request, credential: Credential, now: datetime) -> None:
    """Raise when a presigned URL has expired or is not valid yet: told without a secret."""
    if not credential.date:
        check_expires(request, now)
        return
    _check_expiry(request, credential, _time(request.query["X-Amz-Date"], AuthorizationQueryParametersError), now)


def _check_expiry(request: Request, credential: Credential, signed_at: datetime, now: datetime) -> None:
    text = request.query.get("X-Amz-Expires", "" if credential.service in SINGLE_ENCODED else "900")
    if not re.fullmatch(r"-?\d{1,18}", text):
        raise AuthorizationQueryParametersError("X-Amz-Expires should be a number")
    seconds = int(text)
    if seconds < 0:
        raise AuthorizationQueryParametersError("X-Amz-Expires must be non-negative")
    if seconds > LONGEST:
        raise AuthorizationQueryParametersError(TOO_LONG)
    if signed_at - now > SKEW:
        raise PresignedUrlExpired("Request is not yet valid")
    if now > signed_at + timedelta(seconds=seconds):
        expires = (signed_at + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        fields = {"X-Amz-Expires": text, "Expires": expires, "ServerTime": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
        raise PresignedUrlExpired("Request has expired", **fields)


def _verify(request: Request, credential: Credential, secret: str, stamp: str, body_sha256: str) -> None:
    if "host" not in credential.signed_headers:
        raise SignatureDoesNotMatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    single = credential.service in SINGLE_ENCODED
    if single:
        _all_signed(request, credential)
    canonical = canonical_request(request, credential.signed_headers, body_sha256, single)
    text = f"{ALGORITHM}\n{stamp}\n{credential.scope}\n{hashlib.sha256(canonical.encode('utf-8', 'surrogateescape')).hexdigest()}"
    wanted = sign(signing_key(secret, credential.date, credential.region, credential.service), text)
    if not hmac.compare_digest(wanted.encode(), credential.signature.encode()):
        details = {"AWSAccessKeyId": credential.access_key, "StringToSign": text, "SignatureProvided": credential.signature}
        raise SignatureDoesNotMatch(MISMATCH, **({**details, "CanonicalRequest": canonical} if single else {}))


def _all_signed(request: Request, credential: Credential) -> None:
    names = {name.lower() for name in request.headers}
    missing = sorted(name for name in names if name.startswith("x-amz-") and name not in credential.signed_headers)
    if missing and not (missing == ["x-amz-content-sha256"] and credential.presigned):
        raise HeadersNotSigned("There were headers present in the request which were not signed", HeadersNotSigned=", ".join(missing))


def canonical_request(request: Request, signed_headers: tuple[str, ...], body_sha256: str, single: bool) -> str:
    """The canonical request; ``single``: the path is encoded once."""
    headers = "".join(f"{name}:{_header(request, name)}\n" for name in signed_headers)
    path = _once(request.raw_path) if single else _twice(request.raw_path)
    return f"{request.method}\n{path}\n{_query(request.raw_query)}\n{headers}\n{';'.join(signed_headers)}\n{body_sha256}"


def _header(request: Request, name: str) -> str:
    getall = getattr(request.headers, "getall", None)
    values = getall(name, []) if getall else [request.headers[name]] if name in request.headers else []
    return ",".join(" ".join(value.split()) for value in values)


def _once(path: str) -> str:
    """Each segment decoded and encoded anew, so that ``%2F`` stays and a client's choice of what to escape does not matter."""
    return "/".join(_encoded(segment.replace("+", "%2B")) for segment in path.split("/")) or "/"


def _twice(path: str) -> str:
    """The path as sent, normalized and encoded again."""
    normal = posixpath.normpath(path) if path else "/"
    normal = "/" + normal.lstrip("/")
    if path.endswith("/") and not normal.endswith("/"):
        normal += "/"
    return quote(normal, safe="/~")


@lru_cache(256)
def _query(raw: str) -> str:
    """The query string, each part encoded alike, in order, without the signature itself."""
    pairs = []
    for part in raw.split("&") if raw else ():
        name, _, value = part.partition("=")
        if part and name != "X-Amz-Signature":
            pairs.append((_encoded(name), _encoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encoded(text: str) -> str:
    return quote(unquote(text.replace("+", " "), errors="surrogateescape"), safe="-_.~", errors="surrogateescape")
