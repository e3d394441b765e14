"""Listing: keys in byte order under a prefix, those that share a prefix up to a delimiter rolled into one.

The roll-up is a skip scan inside the database: after a common prefix the walk seeks its successor, so that a page costs its own length,
never the number of keys beneath it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Row, Text, bindparam, select, text, type_coerce

from wheatpaste.services.s3.schema import objects
from wheatpaste.store.db import BinaryText
from wheatpaste.store.prepared import Prepared

HIGHEST = "\U0010ffff"


def successor(prefix: str) -> str | None:
    """The least text greater than every text that begins with ``prefix``, by bytes; None when there is none."""
    head = prefix.rstrip(HIGHEST)
    if not head:
        return None
    following = ord(head[-1]) + 1
    return head[:-1] + chr(0xE000 if following == 0xD800 else following)


def common_prefix(key: str, prefix: str, delimiter: str) -> str | None:
    """The part of ``key`` up to and with the first delimiter after ``prefix``; None when it has none."""
    at = key.find(delimiter, len(prefix)) if delimiter else -1
    return None if at < 0 else key[: at + len(delimiter)]


@dataclass(frozen=True)
class Start:
    """Where a listing goes on: from ``key``, itself included or not."""

    key: str
    inclusive: bool


def start_of(prefix: str, delimiter: str, after: str) -> Start | None:
    """Where a listing of ``prefix`` goes on after ``after`` (a key, or the common prefix that ended a page); None: nothing can follow."""
    if after <= prefix and not after.startswith(prefix):
        return Start(prefix, True)
    if after and common_prefix(after, prefix, delimiter) == after:  # it names a whole group: go on behind it
        beyond = successor(after)
        return None if beyond is None else Start(beyond, True)
    return Start(max(prefix, after), inclusive=not after)


@dataclass(frozen=True)
class Page:
    """One page: rows of objects and common prefixes, in one order; ``last`` is the last key or prefix when more follows."""

    rows: Sequence[Row[Any]]  # their checksums are JSON text
    prefixes: list[str]
    last: str | None


# What a listing tells, and for engines in this process what a blob is made of. JSON that is not told took a third; checksums stay text.
_TOLD = ("key", "modified", "etag", "size", "storage_class", "checksums")
_BLOBS = ("blob", "parts")
_LISTED = text("s3_objects.rank = 0 AND s3_objects.delete_marker = 0")


def page(db: Connection, bucket: str, prefix: str, delimiter: str, after: str, limit: int, *, blobs: bool = False) -> Page:
    """Up to ``limit`` current objects and common prefixes of ``bucket`` after ``after``; ``blobs``: rows for ``versions.blobs_of``."""
    start = start_of(prefix, delimiter, after)
    if start is None or limit == 0:
        return Page([], [], None)
    if not delimiter:
        found = _scan(db, bucket, prefix, start, limit + 1, blobs)
        return Page(found[:limit], [], found[limit - 1].key if len(found) > limit else None)
    keys = _walk(db, bucket, prefix, delimiter, start, limit + 1)
    groups = {key: common_prefix(key, prefix, delimiter) for key in keys[:limit]}
    rows = _rows(db, bucket, prefix, groups, blobs)
    last = keys[limit - 1] if len(keys) > limit else None
    return Page(rows, [group for group in groups.values() if group], (groups[last] or last) if last is not None else None)


def columns(*more: str) -> list[ColumnElement[Any]]:
    """What a listing reads of a row: what every listing tells, and more."""
    named = (objects.c[name] for name in (*_TOLD, *more))
    return [type_coerce(c, Text).label(c.name) if c.name == "checksums" else c for c in named]


def _scan(db: Connection, bucket: str, prefix: str, start: Start, limit: int, blobs: bool) -> Sequence[Row[Any]]:
    end = successor(prefix)
    statement = _scan_statement(start.inclusive, end is not None, blobs)
    return statement.all(db, {"at": bucket, "start": start.key, "end": end, "most": limit})


@cache
def _scan_statement(inclusive: bool, ends: bool, blobs: bool) -> Prepared:
    c, start = objects.c, bindparam("start", type_=BinaryText)
    query = select(*columns(*(_BLOBS if blobs else ()))).where(
        _LISTED, c.bucket == bindparam("at"), c.key >= start if inclusive else c.key > start
    )
    if ends:
        query = query.where(c.key < bindparam("end"))
    return Prepared(query.order_by(c.key).limit(bindparam("most")))


_WALK = """
WITH RECURSIVE walk(key, n) AS (
  SELECT (SELECT o.key FROM s3_objects o WHERE o.bucket = :bucket AND o.rank = 0 AND o.delete_marker = 0 AND o.key {first} :start
          ORDER BY o.key LIMIT 1), 1
  UNION ALL
  SELECT CASE WHEN {find}(substr(walk.key, :skip), :delimiter) > 0
    THEN (SELECT o.key FROM s3_objects o WHERE o.bucket = :bucket AND o.rank = 0 AND o.delete_marker = 0
          AND o.key >= substr(walk.key, 1, :skip + {find}(substr(walk.key, :skip), :delimiter) - 2) || :beyond
          ORDER BY o.key LIMIT 1)
    ELSE (SELECT o.key FROM s3_objects o WHERE o.bucket = :bucket AND o.rank = 0 AND o.delete_marker = 0 AND o.key > walk.key
          ORDER BY o.key LIMIT 1) END, n + 1
  FROM walk WHERE walk.n < :limit AND walk.key IS NOT NULL{before_end}
)
SELECT key FROM walk WHERE key IS NOT NULL{before_end} ORDER BY n
"""


def _walk(db: Connection, bucket: str, prefix: str, delimiter: str, start: Start, limit: int) -> list[str]:
    """The ungrouped keys and the first key of each group, in order."""
    end = successor(prefix)
    find = "strpos" if db.dialect.name == "postgresql" else "instr"
    walk = _WALK.format(first=">=" if start.inclusive else ">", find=find, before_end="" if end is None else " AND walk.key < :end")
    given = {
        "bucket": bucket,
        "start": start.key,
        "skip": len(prefix) + 1,
        "delimiter": delimiter,
        "beyond": successor(delimiter),
        "limit": limit,
    }
    return list(
        db.execute(text(walk).bindparams(bindparam("skip", type_=Integer)), given if end is None else {**given, "end": end}).scalars()
    )


def _rows(db: Connection, bucket: str, prefix: str, groups: Mapping[str, str | None], blobs: bool) -> list[Row[Any]]:
    """The objects of a walk. Between two that follow each other in it nothing lies: each run of them is one scan."""
    found: list[Row[Any]] = []
    for grouped, run in groupby(groups.items(), lambda item: item[1] is not None):
        if not grouped:
            keys = [key for key, _ in run]
            found.extend(_scan(db, bucket, prefix, Start(keys[0], True), len(keys), blobs))
    return found
