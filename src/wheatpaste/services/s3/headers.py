"""What an object keeps besides its bytes and gives back: content headers, user metadata, encryption and storage settings."""

from collections.abc import Mapping
from email.header import Header
from typing import Any, TypedDict, cast

from sqlalchemy import Row

from wheatpaste.service import Shape
from wheatpaste.services.s3.errors import s3_error

CONTENT = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType", "Expires")
CONTEXT = "SSEKMSEncryptionContext"  # only PutObject, CopyObject and CreateMultipartUpload repeat it
ENCRYPTION = ("ServerSideEncryption", "SSEKMSKeyId", CONTEXT, "BucketKeyEnabled")
SSE = ("AES256", "aws:kms", "aws:kms:dsse", "aws:fsx")
KEPT = (*CONTENT, *ENCRYPTION, "WebsiteRedirectLocation", "Metadata")
METADATA_BYTES = 2048
STORAGE_CLASSES = {
    *("STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"),
    *("EXPRESS_ONEZONE", "OUTPOSTS", "SNOW"),
}
OVERRIDES = {
    "ResponseCacheControl": "CacheControl",
    "ResponseContentDisposition": "ContentDisposition",
    "ResponseContentEncoding": "ContentEncoding",
    "ResponseContentLanguage": "ContentLanguage",
    "ResponseContentType": "ContentType",
    "ResponseExpires": "Expires",
}


def _check_encryption(req: Mapping[str, Any]) -> None:
    """Raise InvalidArgument for an encryption that S3 does not have, or a KMS key without KMS."""
    wanted = req.get("ServerSideEncryption")
    if wanted not in (None, *SSE):
        name = "x-amz-server-side-encryption"
        raise s3_error("InvalidArgument", "The encryption method specified is not supported", ArgumentName=name, ArgumentValue=wanted)
    if req.get("SSEKMSKeyId") and not (wanted or "").startswith("aws:kms"):
        message = "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms"
        raise s3_error("InvalidArgument", message, ArgumentName="x-amz-server-side-encryption", ArgumentValue=str(wanted))


def kept(req: Mapping[str, Any], default_encryption: Mapping[str, Any] | None = None) -> Shape:
    """The members of a PUT (or of a copy that replaces them) to keep with the object."""
    _check_encryption(req)
    if default_encryption and not req.get("ServerSideEncryption"):
        req = {**req, **default_encryption}
    found = {name: req[name] for name in KEPT if req.get(name) not in (None, {}, "")}
    if "aws-chunked" in found.get("ContentEncoding", ""):  # the framing of the upload is no property of the object
        codings = [each.strip() for each in found.pop("ContentEncoding").split(",") if each.strip() != "aws-chunked"]
        found |= {"ContentEncoding": ", ".join(codings)} if codings else {}
    if "Metadata" in found:
        found["Metadata"] = {name.lower(): value for name, value in found["Metadata"].items()}
        size = sum(len(name.encode()) + len(value.encode("utf-8", "surrogateescape")) for name, value in found["Metadata"].items())
        if size > METADATA_BYTES:
            raise s3_error("MetadataTooLarge", Size=str(size), MaxSizeAllowed=str(METADATA_BYTES))
    return {"ContentType": "binary/octet-stream", **found}


def default_encryption(configuration: Mapping[str, Any] | None) -> Shape | None:
    """The members that a bucket's encryption configuration gives to objects that name none."""
    for rule in (configuration or {}).get("Rules") or []:
        default = rule.get("ApplyServerSideEncryptionByDefault") or {}
        given = {
            "ServerSideEncryption": default.get("SSEAlgorithm"),
            "SSEKMSKeyId": default.get("KMSMasterKeyID"),
            "BucketKeyEnabled": rule.get("BucketKeyEnabled") or None,
        }
        return {name: value for name, value in given.items() if value is not None}
    return None


def storage_class(req: Mapping[str, Any]) -> str:
    """The storage class asked for; InvalidStorageClass for one that S3 does not have."""
    wanted = req.get("StorageClass") or "STANDARD"
    if wanted not in STORAGE_CLASSES:
        raise s3_error("InvalidStorageClass", StorageClassRequested=wanted)
    return str(wanted)


def _readable(value: str) -> str:
    """A metadata value as a header can carry it: RFC 2047 for what is not ASCII, as S3 does."""
    return value if value.isascii() else Header(value, "utf-8", maxlinelen=10**6).encode()


def given_back(row: Row[Any], req: Mapping[str, Any]) -> Shape:
    """The kept members as GetObject and HeadObject answer them, with a request's overrides."""
    answer = dict(row.headers)
    answer["Metadata"] = {name: _readable(value) for name, value in answer.get("Metadata", {}).items()}
    if row.storage_class != "STANDARD":
        answer["StorageClass"] = row.storage_class
    for override, name in OVERRIDES.items():
        if req.get(override):
            answer[name] = req[override]
    return answer


class Encryption(TypedDict, total=False):
    """The encryption members that the answers to all writes repeat."""

    ServerSideEncryption: str
    SSEKMSKeyId: str
    BucketKeyEnabled: bool


def encryption(row_headers: Mapping[str, Any]) -> Encryption:
    """The encryption of a row, for the answer to a write."""
    return cast("Encryption", {name: row_headers[name] for name in ENCRYPTION if name in row_headers and name != CONTEXT})
