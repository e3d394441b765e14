"""What a request says about its signature, in its Authorization header or in its query string."""

import re
from functools import lru_cache
from typing import NamedTuple

from wheatpaste.wire.errors import (
    AuthorizationQueryParametersError,
    IncompleteSignature,
    NotImplementedByWheatpaste,
    SignatureDoesNotMatch,
    UnsupportedAuthorization,
)
from wheatpaste.wire.http import Request
from wheatpaste.wire.keys import ALGORITHM

_PART = re.compile(r"(Credential|SignedHeaders|Signature)=([^,\s]+)")
_DATE = re.compile(r"\d{8}")


class Credential(NamedTuple):
    """What a request says about its signature."""

    access_key: str
    date: str  # YYYYMMDD of the scope; empty for the old presigned form
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    token: str
    presigned: bool

    @property
    def scope(self) -> str:
        """The credential scope."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"

    @classmethod
    def parse(cls, request: Request) -> "Credential | None":
        """The request's credential, unverified; None for an unsigned request. Raises IncompleteSignature and its like."""
        if request.credential is None:
            request.credential = cls._parse(request)
        found: Credential | None = request.credential
        return found

    @classmethod
    def _parse(cls, request: Request) -> "Credential | None":
        header = request.headers.get("Authorization")
        if header:
            return _from_header(request, header)
        if "X-Amz-Algorithm" in request.query or "X-Amz-Credential" in request.query:
            return _from_query(request)
        if "AWSAccessKeyId" in request.query and "Signature" in request.query:
            query = request.query
            token = query.get("x-amz-security-token", "")
            return cls(query["AWSAccessKeyId"], "", "", "s3", (), query["Signature"], token, True)
        return None


def _from_header(request: Request, header: str) -> Credential:
    if header.startswith("AWS4-ECDSA"):
        raise NotImplementedByWheatpaste("Signature Version 4A")
    if not header.startswith(ALGORITHM):
        raise UnsupportedAuthorization(f"The authorization mechanism you have provided is not supported. Please use {ALGORITHM}.")
    parts = dict(_PART.findall(header))
    for name in ("Credential", "SignedHeaders", "Signature"):
        if name not in parts:
            raise IncompleteSignature(f"Authorization header requires '{name}' parameter. Authorization={header.partition(' ')[0]}")
    token = request.headers.get("X-Amz-Security-Token", "")
    return _credential(parts["Credential"], parts["SignedHeaders"], parts["Signature"], token, IncompleteSignature)


def _from_query(request: Request) -> Credential:
    query = request.query
    for name in ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders"):
        if not query.get(name):
            raise AuthorizationQueryParametersError(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, "
                "X-Amz-SignedHeaders, and X-Amz-Expires parameters."
            )
    if query["X-Amz-Algorithm"] != ALGORITHM:
        raise AuthorizationQueryParametersError(f'X-Amz-Algorithm only supports "{ALGORITHM}"')
    token = query.get("X-Amz-Security-Token", "")
    headers, signature = query["X-Amz-SignedHeaders"], query["X-Amz-Signature"]
    made = _credential(query["X-Amz-Credential"], headers, signature, token, AuthorizationQueryParametersError)
    return made._replace(presigned=True)


def _credential(text: str, headers: str, signature: str, token: str, error: type[SignatureDoesNotMatch]) -> Credential:
    scope = _scope(text)
    if scope is None:
        raise error(
            f'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request". (Credential={text[:200]})'
        )
    return Credential(*scope, _names(headers), signature, token, False)


@lru_cache
def _scope(text: str) -> tuple[str, str, str, str] | None:
    """Access key, date, region and service of a Credential; None for one that is no such thing. A client's are all the same for a day."""
    parts = text.rsplit("/", 4)
    if len(parts) != 5 or parts[4] != "aws4_request" or not _DATE.fullmatch(parts[1]):
        return None
    return parts[0], parts[1], parts[2], parts[3]


@lru_cache
def _names(headers: str) -> tuple[str, ...]:
    return tuple(headers.lower().split(";"))
