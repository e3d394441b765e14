"""The versions of a key: finding one, adding one, removing one; what is current follows from their order (schema.py)."""

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import BigInteger, Row, bindparam, delete, func, insert, literal, select, text, update

from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.s3 import garbage
from wheatpaste.services.s3.errors import s3_error
from wheatpaste.services.s3.schema import LAST, inline, objects, parts
from wheatpaste.store.blobs import EMPTY, INLINE, Blob
from wheatpaste.store.codec import loads
from wheatpaste.store.prepared import Prepared
from wheatpaste.wire.models import operation_model

NULL = "null"
_ID = re.compile(r"[A-Za-z0-9._-]{32}")
_c = objects.c

# Built once: building a statement costs three times what running it does.
_KEY = (_c.bucket == bindparam("at_bucket")) & (_c.key == bindparam("at_key"))
_CURRENT = Prepared(select(objects).where(_KEY, _c.rank == 0))
_BY_ID = Prepared(select(objects).where(_KEY, _c.version_id == bindparam("at_id")))
_RETIRE = Prepared(update(objects).where(_KEY, _c.rank == 0).values(rank=LAST - _c.seq))
_REMOVE = Prepared(delete(objects).where(_KEY, _c.rank == bindparam("at_rank")))
_PROMOTE = update(objects).where(_KEY, _c.rank == select(func.min(_c.rank)).where(_KEY).scalar_subquery()).values(rank=0)
_ADD = Prepared(insert(objects))
_ADD_BYTES = Prepared(
    text("INSERT INTO s3_inline (id, bytes) VALUES (:id, :bytes) ON CONFLICT DO NOTHING")
)  # the same Blob may be put twice
_BYTES = Prepared(select(inline.c.bytes).where(inline.c.id == bindparam("blob")))


def _at(bucket: str, key: str) -> dict[str, str]:
    return {"at_bucket": bucket, "at_key": key}


def hold(call: Call, bucket: str, key: str) -> None:
    """Let nobody else change the versions of a key until the call's end: on PostgreSQL, since SQLite has one writer anyway."""
    if call.db.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.blake2b(f"{bucket}/{key}".encode(), digest_size=8).digest(), signed=True)
        call.db.execute(select(func.pg_advisory_xact_lock(literal(number, BigInteger))))


def current(call: Call, bucket: str, key: str) -> Row[Any] | None:
    """The current version of a key: an object, a delete marker, or None."""
    return _CURRENT.one_or_none(call.db, _at(bucket, key))


def by_id(call: Call, bucket: str, key: str, version_id: str) -> Row[Any] | None:
    """The version of that id."""
    return _BY_ID.one_or_none(call.db, {**_at(bucket, key), "at_id": version_id})


def find(call: Call, req: Mapping[str, Any], bucket: Row[Any]) -> Row[Any]:
    """The object that a request names by ``Key`` and ``VersionId``.

    Raises NoSuchKey (also where the current version is a delete marker), NoSuchVersion, MethodNotAllowed for a delete marker's id.
    """
    return lookup(call, bucket, req["Key"], req.get("VersionId"))


def lookup(call: Call, bucket: Row[Any], key: str, version_id: str | None) -> Row[Any]:
    """``find`` by its parts."""
    if version_id is None:
        row = current(call, bucket.name, key)
        if row is None:
            raise s3_error("NoSuchKey", Key=key)
        if row.delete_marker:
            raise s3_error("NoSuchKey", Key=key, **_marker(row))
        return row
    check_id(version_id)
    row = by_id(call, bucket.name, key, version_id)
    if row is None:
        raise s3_error("NoSuchVersion", Key=key, VersionId=version_id)
    if row.delete_marker:
        method = operation_model("s3", call.operation.name).http["method"]
        raise s3_error("MethodNotAllowed", Method=method, ResourceType="DeleteMarker", AllowedMethod="DELETE", **_marker(row))
    return row


def check_id(version_id: str) -> None:
    """Raise InvalidArgument for what no version id can be."""
    if version_id != NULL and not _ID.fullmatch(version_id):
        raise s3_error("InvalidArgument", "Invalid version id specified", ArgumentName="versionId", ArgumentValue=version_id)


def _marker(row: Row[Any]) -> dict[str, str]:
    """The fields of an error about a delete marker: the wire makes headers of them (wire/quirks.json)."""
    return {"DeleteMarker": "true", "MarkerVersionId": row.version_id}


def shown_id(bucket: Row[Any], row: Row[Any]) -> str | None:
    """The version id as an answer shows it: none for a bucket that never had versioning."""
    return str(row.version_id) if bucket.versioning else None


def add(call: Call, bucket: Row[Any], key: str, values: Mapping[str, Any], present: Row[Any] | None) -> str:
    """Make ``values`` the current version of ``key``, in the place of ``present``, and give its version id.

    With versioning on, what was current becomes an older version; else the version with the id ``null`` is replaced.
    """
    if bucket.versioning == "Enabled":
        version_id = ids.alphanumeric(32)
    else:
        version_id = NULL
        replaced = by_id(call, bucket.name, key, NULL) if bucket.versioning else present
        if replaced is not None:
            remove(call, replaced, promote=False)
    if bucket.versioning:
        _RETIRE.run(call.db, _at(bucket.name, key))
    row = {"bucket": bucket.name, "key": key, "rank": 0, "seq": time.time_ns(), "version_id": version_id, "delete_marker": 0}
    _ADD.run(call.db, {**row, "modified": round(call.now.timestamp() * 1000), "tags": None, "acl": None, "lock": None, **values})
    return version_id


def add_marker(call: Call, bucket: Row[Any], key: str) -> str:
    """Put a delete marker before the versions of a key."""
    nothing: Shape = {"blob": None, "size": 0, "etag": "", "parts": 0, "storage_class": "STANDARD", "checksums": {}, "headers": {}}
    return add(call, bucket, key, {**nothing, "delete_marker": 1}, None)


def remove(call: Call, row: Row[Any], promote: bool = True) -> None:
    """Delete one version; the newest of the others becomes the current one."""
    _REMOVE.run(call.db, {**_at(row.bucket, row.key), "at_rank": row.rank})
    garbage.add(call, [row.blob])
    if promote and row.rank == 0:
        call.db.execute(_PROMOTE, _at(row.bucket, row.key))


def keep_bytes(call: Call, blob: Blob) -> str | None:
    """Put a small blob's bytes into the database; the id under which rows refer to the blob."""
    if blob.inline:
        _ADD_BYTES.run(call.db, {"id": blob.id, "bytes": blob.inline})
    return blob.id or None


def blob_of(call: Call, row: Row[Any]) -> Blob:
    """The bytes of an object's row."""
    if row.parts or row.blob is None or row.size > INLINE:
        return blobs_of(call, [row])[0]
    return Blob(row.blob, row.size, row.etag, row.checksums, _BYTES.one(call.db, {"blob": row.blob}).bytes)


def blobs_of(call: Call, rows: Sequence[Row[Any]]) -> list[Blob]:
    """The bytes of objects' rows."""
    wholes = [row.blob for row in rows if row.parts]
    leaves: dict[str, list[Blob]] = {upload_id: [] for upload_id in wholes}
    for part in _parts(call, wholes):
        leaves[part.upload_id].append(Blob(part.blob or "", part.size, part.etag, part.checksums, part.bytes if part.blob else b""))
    small = _small(call, [row.blob for row in rows if row.blob and not row.parts and row.size <= INLINE])
    return [_blob(row, leaves, small) for row in rows]


def _blob(row: Row[Any], leaves: dict[str, list[Blob]], small: dict[str, bytes]) -> Blob:
    if row.parts:
        return Blob(row.blob, row.size, "", checksums_of(row), None, tuple(leaves[row.blob]))
    return EMPTY if row.blob is None else Blob(row.blob, row.size, row.etag, checksums_of(row), small.get(row.blob))


def checksums_of(row: Row[Any]) -> Shape:
    """An object's checksums; a listing's row has them as JSON text."""
    return cast("Shape", loads(row.checksums)) if isinstance(row.checksums, str) else row.checksums


def _parts(call: Call, upload_ids: list[str]) -> list[Row[Any]]:
    if not upload_ids:
        return []
    joined = parts.outerjoin(inline, inline.c.id == parts.c.blob)
    query = select(parts, inline.c.bytes).select_from(joined).where(parts.c.upload_id.in_(upload_ids))
    return list(call.db.execute(query.order_by(parts.c.upload_id, parts.c.number)))


def _small(call: Call, blobs: list[str]) -> dict[str, bytes]:
    if not blobs:
        return {}
    return {row.id: row.bytes for row in call.db.execute(select(inline).where(inline.c.id.in_(blobs)))}
