"""S3's old presigned URLs (``AWSAccessKeyId``, ``Expires``, ``Signature``), which botocore still makes where it is told no region.

https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
"""

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import unquote

from wheatpaste.wire.errors import AuthorizationQueryParametersError, PresignedUrlExpired, SignatureDoesNotMatch
from wheatpaste.wire.hosts import read_host
from wheatpaste.wire.http import Request

_SUBRESOURCES = """
    accelerate acl analytics cors defaultObjectAcl delete encryption intelligent-tiering inventory legal-hold lifecycle location
    logging metrics notification object-lock ownershipControls partNumber policy policyStatus publicAccessBlock replication requestPayment
    response-cache-control response-content-disposition response-content-encoding response-content-language response-content-type
    response-expires restore retention select select-type storageClass tagging torrent uploadId uploads versionId versioning versions
    website"""
SUBRESOURCES = frozenset(_SUBRESOURCES.split())
MISMATCH = "The request signature we calculated does not match the signature you provided. Check your key and signing method."


def check_expires(request: Request, now: datetime) -> None:
    """Raise when the URL has expired."""
    expires = request.query.get("Expires", "")
    if not expires.isdecimal():
        raise AuthorizationQueryParametersError("Invalid date (should be seconds since epoch): Expires")
    if now.timestamp() > int(expires):
        raise PresignedUrlExpired("Request has expired", Expires=expires)


def verify_sigv2(request: Request, signature: str, secret: str) -> None:
    """Raise unless the URL's signature is the request's under ``secret``."""
    text = _string_to_sign(request, request.query.get("Expires", ""))
    wanted = base64.b64encode(hmac.digest(secret.encode(), text.encode("utf-8", "surrogateescape"), hashlib.sha1)).decode()
    if not hmac.compare_digest(wanted.encode(), signature.encode()):
        raise SignatureDoesNotMatch(MISMATCH, StringToSign=text)


def _string_to_sign(request: Request, expires: str) -> str:
    given = {name.lower(): value for name, value in (*request.params, *request.headers.items())}
    amz = "".join(f"{name}:{given[name].strip()}\n" for name in sorted(given) if name.startswith("x-amz-"))
    bucket = read_host(request.host).bucket
    path = (f"/{bucket}" if bucket else "") + request.raw_path
    query = "&".join(sorted(_subresource(part) for part in request.raw_query.split("&") if part.partition("=")[0] in SUBRESOURCES))
    resource = f"{path}?{query}" if query else path
    return f"{request.method}\n{given.get('content-md5', '')}\n{given.get('content-type', '')}\n{expires}\n{amz}{resource}"


def _subresource(part: str) -> str:
    name, equals, value = part.partition("=")
    return f"{name}={unquote(value)}" if equals and value else name
