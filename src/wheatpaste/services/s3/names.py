"""What S3 allows as a bucket's name and as a key."""

import ipaddress
import re

from wheatpaste.services.s3.errors import s3_error

KEY_BYTES = 1024
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_BROKEN = re.compile(r"\.\.|\.-|-\.")  # each label begins and ends with a letter or a digit
_PREFIXES = ("xn--", "sthree-")
_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def is_bucket_name(name: str) -> bool:
    """Whether the name follows the rules for general purpose buckets.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    (but for the reserved prefix ``amzn-s3-demo-``, which examples use)
    """
    if not _BUCKET.fullmatch(name) or _BROKEN.search(name) or name.startswith(_PREFIXES) or name.endswith(_SUFFIXES):
        return False
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return True
    return False


def check_bucket(name: str) -> None:
    """Raise InvalidBucketName."""
    if not is_bucket_name(name):
        raise s3_error("InvalidBucketName", BucketName=name)


def check_key(key: str) -> None:
    """Raise KeyTooLongError for a key of over 1,024 bytes of UTF-8, InvalidURI for one that cannot be stored."""
    size = len(key.encode("utf-8", "surrogateescape"))
    if size > KEY_BYTES:
        raise s3_error("KeyTooLongError", Size=str(size), MaxSizeAllowed=str(KEY_BYTES))
    if "\0" in key or any("\ud800" <= c <= "\udfff" for c in key):
        raise s3_error("InvalidURI", URI=key)
