"""Conditional requests: ETags and times against the object as it is. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wheatpaste.services.s3.errors import s3_error
from wheatpaste.store.codec import from_millis


def matches(header: str, etag: str) -> bool:
    """Whether an If-Match or If-None-Match value names the ETag (given without quotes)."""
    wanted = [each.strip().removeprefix("W/").strip('"') for each in header.split(",")]
    return "*" in wanted or etag in wanted


def _modified_after(modified: int, moment: datetime) -> bool:
    """Whether a time in milliseconds is after ``moment``: HTTP dates have seconds only."""
    return from_millis(modified).replace(microsecond=0) > moment


def _failed(condition: str) -> Exception:
    return s3_error("PreconditionFailed", Condition=condition)


def check_read(req: Mapping[str, Any], etag: str, modified: int) -> None:
    """Raise PreconditionFailed or NotModified for a GET or HEAD, in the order of RFC 9110 13.2.2."""
    if if_match := req.get("IfMatch"):
        if not matches(if_match, etag):
            raise _failed("If-Match")
    elif (moment := req.get("IfUnmodifiedSince")) and _modified_after(modified, moment):
        raise _failed("If-Unmodified-Since")
    if if_none_match := req.get("IfNoneMatch"):
        if matches(if_none_match, etag):
            raise s3_error("NotModified", CurrentETag=f'"{etag}"')
    elif (moment := req.get("IfModifiedSince")) and not _modified_after(modified, moment):
        raise s3_error("NotModified", CurrentETag=f'"{etag}"')


def check_copy_source(req: Mapping[str, Any], etag: str, modified: int) -> None:
    """Raise PreconditionFailed for the source of a copy: every condition that fails is 412 there."""
    if if_match := req.get("CopySourceIfMatch"):
        if not matches(if_match, etag):
            raise _failed("x-amz-copy-source-If-Match")
    elif (moment := req.get("CopySourceIfUnmodifiedSince")) and _modified_after(modified, moment):
        raise _failed("x-amz-copy-source-If-Unmodified-Since")
    if if_none_match := req.get("CopySourceIfNoneMatch"):
        if matches(if_none_match, etag):
            raise _failed("x-amz-copy-source-If-None-Match")
    elif (moment := req.get("CopySourceIfModifiedSince")) and not _modified_after(modified, moment):
        raise _failed("x-amz-copy-source-If-Modified-Since")


def check_write(req: Mapping[str, Any], key: str, current: Any) -> None:
    """Raise for a PUT, a Complete or a copy whose If-Match or If-None-Match does not hold against the current version (a row, or None)."""
    present = current is not None and not current.delete_marker
    if if_match := req.get("IfMatch"):
        if not present:
            raise s3_error("NoSuchKey", Key=key)
        if not matches(if_match, current.etag):
            raise _failed("If-Match")
    if if_none_match := req.get("IfNoneMatch"):
        if if_none_match != "*":
            raise s3_error("NotImplemented", "A header you provided implies functionality that is not implemented", Header="If-None-Match")
        if present:
            raise _failed("If-None-Match")


def check_delete(req: Mapping[str, Any], current: Any) -> None:
    """Raise PreconditionFailed for a delete whose conditions do not hold; an object that is not there fails none but ``If-Match: *``."""
    present = current is not None and not current.delete_marker
    if (if_match := req.get("IfMatch") or req.get("ETag")) and not (present and matches(if_match, current.etag)):
        raise _failed("If-Match") if present else s3_error("NoSuchKey")
    size = req.get("IfMatchSize", req.get("Size"))
    if size is not None and present and current.size != size:
        raise _failed("x-amz-if-match-size")
    moment = req.get("IfMatchLastModifiedTime") or req.get("LastModifiedTime")
    if moment and present and from_millis(current.modified).replace(microsecond=0) != moment:
        raise _failed("x-amz-if-match-last-modified-time")
