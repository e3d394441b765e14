"""An object as a listing shows it: the shape, and for clients outside its XML, made of the row without the shape between.

A page has a thousand; shapes, their times and the walk through the model were nine tenths of its cost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import Row

from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.owner import owner
from wheatpaste.services.s3.versions import checksums_of
from wheatpaste.store.codec import from_millis, loads
from wheatpaste.wire.protocols.xml_writer import escape
from wheatpaste.wire.scalars import iso8601_millis
from wheatpaste.wire.written import Elements

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import Object, ObjectVersion

Encode = Callable[[str | None], str | None]
_UNSAFE = re.compile(r"[^A-Za-z0-9_.~/*%\0-]")  # % is done before; no key has U+0000


@cache
def _quoted(character: str) -> str:
    return quote(character, safe="")


def quoted(text: str | None) -> str | None:
    """A key in ``encoding-type=url``, or several with U+0000 between them."""
    if text is None:
        return None
    return _UNSAFE.sub(lambda found: _quoted(found[0]), text.replace("%", "%25").replace("=", "%3D"))  # what is frequent, all at once


def as_it_is(text: str | None) -> str | None:
    """A key without an encoding."""
    return text


def encoder(req: Mapping[str, Any]) -> Any:
    """How keys, prefixes and markers are written, as they are or URL-encoded: ``quoted`` or ``as_it_is``."""
    kind = req.get("EncodingType")
    if kind not in (None, "url"):
        raise s3_error("InvalidArgument", "Invalid Encoding Method specified in Request", ArgumentName="encoding-type", ArgumentValue=kind)
    return quoted if kind else as_it_is


def entry(row: Row[Any], encode: Encode, owned: str | None) -> Object:
    """A row's shape; with the owner if an account is given."""
    checksums = checksums_of(row)
    found: Object = {
        "Key": str(encode(row.key)),
        "LastModified": from_millis(row.modified),
        "ETag": f'"{row.etag}"',
        "Size": row.size,
        "StorageClass": row.storage_class,
        "ChecksumAlgorithm": [name for name in checksums if name != "Type"],
    }
    if "Type" in checksums:
        found["ChecksumType"] = checksums["Type"]
    if owned:
        found["Owner"] = owner(owned)
    return found


def entries(rows: Sequence[Row[Any]], encode: Encode, owned: str | None) -> Elements[Row[Any]]:
    """The shapes of rows whose checksums are JSON text, with their XML."""
    return Elements(rows, lambda row: entry(row, encode, owned), lambda found: contents(found, encode, owned))


def contents(rows: Sequence[Row[Any]], encode: Encode, owned: str | None) -> str:
    """The `Contents` elements of rows, as the model's writer would write their shapes."""
    tail = f"<Owner><ID>{owner(owned)['ID']}</ID></Owner></Contents>" if owned else "</Contents>"
    return "".join(
        [
            f"<Contents><Key>{key}</Key><LastModified>{_second(row.modified // 1000)}{row.modified % 1000:03}Z</LastModified>"
            f"<ETag>&quot;{row.etag}&quot;</ETag>{checksums}<Size>{row.size}</Size><StorageClass>{row.storage_class}</StorageClass>{tail}"
            for row, key, checksums in _told(rows, encode)
        ]
    )


def version_entries(rows: Sequence[Row[Any]], encode: Encode, owned: str) -> Elements[Row[Any]]:
    """The same for `Versions`."""
    return Elements(rows, lambda row: version(row, encode, owned), lambda found: _versions(found, encode, owned))


def version(row: Row[Any], encode: Encode, owned: str) -> ObjectVersion:
    """A version's shape."""
    return {**entry(row, encode, owned), "VersionId": row.version_id, "IsLatest": row.rank == 0}


def _versions(rows: Sequence[Row[Any]], encode: Encode, owned: str) -> str:
    tail = f"<Owner><ID>{owner(owned)['ID']}</ID></Owner></Version>"
    return "".join(
        [
            f"<Version><ETag>&quot;{row.etag}&quot;</ETag>{checksums}<Size>{row.size}</Size><StorageClass>{row.storage_class}</StorageClass>"
            f"<Key>{key}</Key><VersionId>{row.version_id}</VersionId><IsLatest>{'false' if row.rank else 'true'}</IsLatest>"
            f"<LastModified>{_second(row.modified // 1000)}{row.modified % 1000:03}Z</LastModified>{tail}"
            for row, key, checksums in _told(rows, encode)
        ]
    )


def _told(rows: Sequence[Row[Any]], encode: Encode) -> Iterator[tuple[Row[Any], str, str]]:
    """Each row with its key and its checksums as they are written."""
    if rows:
        known = loads(f"[{','.join([row.checksums for row in rows])}]")
        checksums = [_checksums(tuple(each), each.get("Type")) for each in known]
        yield from zip(rows, _written([row.key for row in rows], encode), checksums, strict=True)


def _written(keys: list[str], encode: Encode) -> list[str]:
    if encode is as_it_is:
        return [escape(key) for key in keys]
    return str(quoted("\0".join(keys))).split("\0")  # nothing to escape is left


@lru_cache(4096)
def _second(second: int) -> str:
    """A moment up to its milliseconds: the objects of a page were often written together."""
    return iso8601_millis(from_millis(second * 1000))[:-4]


@lru_cache(64)
def _checksums(names: tuple[str, ...], kind: str | None) -> str:
    told = "".join(f"<ChecksumAlgorithm>{name}</ChecksumAlgorithm>" for name in names if name != "Type")
    return told if kind is None else f"{told}<ChecksumType>{kind}</ChecksumType>"
