"""The listing of all versions: key by key, newest first, common prefixes rolled up by seeking behind them."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, bindparam, select

from wheatpaste.services.s3.listing import columns, common_prefix, start_of, successor
from wheatpaste.services.s3.schema import objects
from wheatpaste.store.db import BinaryText
from wheatpaste.store.prepared import Prepared

BATCH = 256
_c = objects.c


@dataclass(frozen=True)
class Page:
    """Rows and common prefixes; ``last`` and ``last_id`` are where the next page goes on after."""

    rows: list[Row[Any]]
    prefixes: list[str]
    last: str | None = None
    last_id: str | None = None


def page(db: Connection, bucket: str, prefix: str, delimiter: str, key_marker: str, id_marker: str | None, limit: int) -> Page:
    """Up to ``limit`` versions and common prefixes after a marker."""
    found: list[Row[Any] | str] = []
    if limit:
        for item in _items(db, bucket, prefix, delimiter, key_marker, id_marker):
            found.append(item)
            if len(found) > limit:
                break
    shown = found[:limit]
    rows, prefixes = [i for i in shown if not isinstance(i, str)], [i for i in shown if isinstance(i, str)]
    if len(found) <= limit:
        return Page(rows, prefixes)
    last = shown[-1]
    return Page(rows, prefixes, last) if isinstance(last, str) else Page(rows, prefixes, last.key, last.version_id)


def _items(db: Connection, bucket: str, prefix: str, delimiter: str, key_marker: str, id_marker: str | None) -> Iterator[Row[Any] | str]:
    position: tuple[str, int] | None  # the next row is behind (key, rank)
    if id_marker:
        rank = db.execute(select(_c.rank).where(_c.bucket == bucket, _c.key == key_marker, _c.version_id == id_marker)).scalar()
        position = (key_marker, rank if rank is not None else -1)
    else:
        start = start_of(prefix, delimiter, key_marker)
        position = None if start is None else (start.key, -1 if start.inclusive else 2**63 - 1)
    while position is not None:
        position = yield from _run(db, bucket, prefix, delimiter, position)


@cache
def _statement(ends: bool) -> Prepared:
    key, rank = bindparam("key", type_=BinaryText), bindparam("rank", type_=BigInteger)
    query = select(*columns("rank", "version_id", "delete_marker")).where(_c.bucket == bindparam("at"))
    query = query.where((_c.key > key) | ((_c.key == key) & (_c.rank > rank)), _c.key >= key)
    if ends:
        query = query.where(_c.key < bindparam("end"))
    return Prepared(query.order_by(_c.key, _c.rank).limit(BATCH))


def _run(
    db: Connection, bucket: str, prefix: str, delimiter: str, after: tuple[str, int]
) -> Generator[Row[Any] | str, None, tuple[str, int] | None]:
    """One batch of rows behind ``after``; returns where to go on, or None at the end."""
    key, rank = after
    end = successor(prefix)
    rows = _statement(end is not None).all(db, {"at": bucket, "key": key, "rank": rank, "end": end})
    for row in rows:
        group = common_prefix(row.key, prefix, delimiter)
        if group is not None:
            yield group
            beyond = successor(group)
            return None if beyond is None else (beyond, -1)
        yield row
    return (rows[-1].key, rows[-1].rank) if len(rows) == BATCH else None
