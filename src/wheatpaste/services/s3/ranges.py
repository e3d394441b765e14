"""The Range header: which bytes of an object it asks for."""

import re

from wheatpaste.services.s3.errors import s3_error

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def resolve(header: str | None, size: int) -> tuple[int, int] | None:
    """(start, length) of one ``bytes=`` range; None for the whole object: no range, several, or an unreadable one (RFC 9110 14.2).

    Raises InvalidRange for one that lies beyond the object.
    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or found[1] == found[2] == "":
        return None
    first, last = found[1], found[2]
    if first and last and int(first) > int(last):
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= end:
        raise s3_error("InvalidRange", RangeRequested=header, ActualObjectSize=str(size))
    return start, end - start


def resolve_copy(header: str, size: int) -> tuple[int, int]:
    """(start, length) of x-amz-copy-source-range, which is stricter: both ends, inside the source."""
    found = re.fullmatch(r"bytes=(\d+)-(\d+)", header)
    if found is None or int(found[1]) > int(found[2]):
        message = (
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets "
            "of the first and last bytes to copy"
        )
        raise s3_error("InvalidArgument", message, ArgumentName="x-amz-copy-source-range", ArgumentValue=header)
    first, last = int(found[1]), int(found[2])
    if last >= size:
        message = f"Range specified is not valid for source object of size: {size}"
        raise s3_error("InvalidArgument", message, ArgumentName="x-amz-copy-source-range", ArgumentValue=header)
    return first, last - first + 1


def content_range(start: int, length: int, size: int) -> str:
    """The Content-Range of an answer."""
    return f"bytes {start}-{start + length - 1}/{size}"
