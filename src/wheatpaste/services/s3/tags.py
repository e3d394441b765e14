"""The rules for tags, of objects and of buckets. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from wheatpaste.services.s3.errors import s3_error

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import Tag

MOST = 10  # of an object
MOST_OF_BUCKET = 50
KEY, VALUE = 128, 256  # characters


def check(pairs: list[tuple[str, str]], *, of_bucket: bool = False) -> dict[str, str]:
    """The tags as a dictionary; BadRequest or InvalidTag for what S3 does not allow."""
    most = MOST_OF_BUCKET if of_bucket else MOST
    if len(pairs) > most:
        raise s3_error("BadRequest", f"{'Bucket tag count' if of_bucket else 'Object tags'} cannot be greater than {most}")
    found: dict[str, str] = {}
    for key, value in pairs:
        if not key or len(key) > KEY:
            raise s3_error("InvalidTag", "The TagKey you have provided is invalid", TagKey=key)
        if len(value) > VALUE:
            raise s3_error("InvalidTag", "The TagValue you have provided is invalid", TagKey=key, TagValue=value)
        if key in found:
            raise s3_error("InvalidTag", "Cannot provide multiple Tags with the same key", TagKey=key)
        if key.lower().startswith("aws:"):
            message = "System tags cannot be added/updated by requester" if of_bucket else "Your TagKey cannot be prefixed with aws:"
            raise s3_error("InvalidTag", message, TagKey=key)
        found[key] = value
    return found


def from_header(header: str | None) -> dict[str, str] | None:
    """The tags of an x-amz-tagging header: a query string."""
    if not header:
        return None
    try:
        pairs = parse_qsl(header, keep_blank_values=True, errors="strict")
    except ValueError:
        message = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates."
        raise s3_error("InvalidArgument", message, ArgumentName="x-amz-tagging", ArgumentValue=header) from None
    return check(pairs)


def tag_set(tags: dict[str, str] | None) -> list[Tag]:
    """Tags as AWS lists them."""
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
