"""What a client declared about its bytes, against what was computed while they came in."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, TypedDict, cast

from wheatpaste.call import Call
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.store.blobs import Blob

MEMBERS = {  # algorithm → the member that carries it
    "CRC32": "ChecksumCRC32",
    "CRC32C": "ChecksumCRC32C",
    "CRC64NVME": "ChecksumCRC64NVME",
    "SHA1": "ChecksumSHA1",
    "SHA256": "ChecksumSHA256",
    "SHA512": "ChecksumSHA512",
    "MD5": "ChecksumMD5",
    "XXHASH64": "ChecksumXXHASH64",
    "XXHASH3": "ChecksumXXHASH3",
    "XXHASH128": "ChecksumXXHASH128",
}


class Checksums(TypedDict, total=False):
    """The members that carry checksums, in requests and in answers."""

    ChecksumCRC32: str
    ChecksumCRC32C: str
    ChecksumCRC64NVME: str
    ChecksumSHA1: str
    ChecksumSHA256: str
    ChecksumSHA512: str
    ChecksumMD5: str
    ChecksumXXHASH64: str
    ChecksumXXHASH3: str
    ChecksumXXHASH128: str


def members(checksums: Mapping[str, str]) -> Checksums:
    """An object's checksums (``Type`` apart) as the members that carry them."""
    return cast("Checksums", {MEMBERS[algorithm]: value for algorithm, value in checksums.items() if algorithm != "Type"})


def declared(req: Mapping[str, Any]) -> dict[str, str]:
    """The checksums that a request gives, by algorithm."""
    return {algorithm: req[member] for algorithm, member in MEMBERS.items() if req.get(member)}


def check_md5(req: Mapping[str, Any], md5: str) -> None:
    """Raise InvalidDigest or BadDigest for a Content-MD5 that is none, or not that of the bytes."""
    given = req.get("ContentMD5")
    if given is None:
        return
    try:
        digest = base64.b64decode(given, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != 16:
        raise s3_error("InvalidDigest", Content_MD5=given)
    if digest.hex() != md5:
        raise s3_error("BadDigest", CalculatedDigest=base64.b64encode(bytes.fromhex(md5)).decode(), ExpectedDigest=given)


def check(call: Call, req: Mapping[str, Any], blob: Blob) -> dict[str, str]:
    """The checksum to keep with the bytes: the client's, once it is right, or the CRC64NVME that S3 adds.

    Raises BadDigest, InvalidDigest, or InvalidRequest for a value that is no checksum.
    """
    check_md5(req, blob.md5)
    given = declared(req)
    if len(given) > 1:
        raise s3_error("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    for algorithm, value in given.items():
        computed = blob.checksums.get(algorithm)
        if computed is None:
            message = f"x-amz-checksum-{algorithm.lower()} of s3:{call.operation.name} is not implemented by wheatpaste: it is refused"
            raise s3_error("NotImplemented", message)
        if not _well_formed(value, computed):
            raise s3_error("InvalidRequest", f"Value for x-amz-checksum-{algorithm.lower()} header is invalid.")
        if value != computed:
            raise s3_error("BadDigest", f"The {algorithm} you specified did not match the calculated checksum.")
        return {algorithm: value}
    asked = req.get("ChecksumAlgorithm")
    if asked is not None and asked in blob.checksums:
        return {asked: blob.checksums[asked]}
    return {"CRC64NVME": blob.checksums["CRC64NVME"]}


def _well_formed(value: str, computed: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == len(base64.b64decode(computed))
    except binascii.Error:
        return False
