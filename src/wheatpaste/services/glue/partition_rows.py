"""Partitions as rows: the encoded key columns, the segment slot, and the way back to the shape."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, select, update

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.services.glue.partition_keys import MISFIT, encode
from wheatpaste.services.glue.schema import KEY_COLUMNS, partitions
from wheatpaste.services.glue.scope import when

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import Partition

SLOTS = 2520  # divisible by every number of segments from 1 to 10
CHUNK = 1000

# Glue shows these whether they were given or not (its service is Java: primitives have no null). Lists and maps are shown as given.
STORAGE_DEFAULTS = {"Compressed": False, "NumberOfBuckets": 0, "SortColumns": [], "StoredAsSubDirectories": False}


def storage_shape(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A body with its StorageDescriptor as Glue shows it."""
    given = body.get("StorageDescriptor")
    return body if given is None else {**body, "StorageDescriptor": {**STORAGE_DEFAULTS, **given}}


def values_key(values: Sequence[str]) -> str:
    """A partition's values as its key."""
    return json.dumps(list(values), separators=(",", ":"), ensure_ascii=False)


def values_of(row: Any) -> list[str]:
    """A partition's values."""
    found: list[str] = json.loads(row.values_key)
    return found


def coded(values: Sequence[str], types: Sequence[str]) -> list[str]:
    """The values, encoded by their types.

    UpdateTable can give a table more or fewer keys than its partitions have values: those that are missing are empty, the others texts.
    """
    pairs = zip_longest(values, types)
    return ["" if value is None else encode(declared or "string", value) for value, declared in pairs]


def key_columns(values: Sequence[str], types: Sequence[str]) -> dict[str, Any]:
    """What is computed from the values: ``values_key``, ``k0`` …, ``slot``, ``misfits``."""
    key, codes = values_key(values), coded(values, types)
    columns = {f"k{i}": codes[i] if i < len(codes) else "" for i in range(KEY_COLUMNS)}
    misfits = misfit_mask(i for i, code in enumerate(codes) if code.startswith(MISFIT))
    return {"values_key": key, **columns, "slot": zlib.crc32(key.encode()) % SLOTS, "misfits": misfits}


def misfit_mask(positions: Iterable[int]) -> int:
    """The bits of these keys (of the first 62) in ``misfits``."""
    return sum(1 << position for position in positions if position < 62)


def partition_shape(table: Row[Any], row: Row[Any], body: Mapping[str, Any], exclude_columns: bool = False) -> Partition:
    """A partition as GetPartition shows it."""
    body = storage_shape(body)
    if exclude_columns and "StorageDescriptor" in body:
        body = {**body, "StorageDescriptor": {k: v for k, v in body["StorageDescriptor"].items() if k != "Columns"}}
    computed = {"DatabaseName": table.database, "TableName": table.name, "CreationTime": when(row.created), "CatalogId": table.catalog}
    return cast("Partition", {**body, "Values": values_of(row), **computed})


def recode(call: Call, table_id: str, types: Sequence[str]) -> None:
    """Encode the values of a table's partitions anew: its keys changed."""
    after = ""
    while True:
        where = (here(call, partitions, table_id=table_id), partitions.c.values_key > after)
        query = select(partitions.c.values_key).where(*where).order_by(partitions.c.values_key).limit(CHUNK)
        rows = call.db.execute(query).all()
        for row in rows:
            of_row = here(call, partitions, table_id=table_id, values_key=row.values_key)
            call.db.execute(update(partitions).where(of_row).values(**key_columns(values_of(row), types)))
        if len(rows) < CHUNK:
            return
        after = rows[-1].values_key
