"""A partition's JSON on the wire, made of its row's text: nine tenths of it leave as they were stored (see wire/written.py).

The body column is JSON that codec.py wrote. Inside a string every quote has a backslash before it, so that ``"Name":`` in the text is a
member of that name, or a parameter that is called so: of the two, only a parameter is followed by a string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Text, type_coerce

from wheatpaste.services.glue.partition_rows import STORAGE_DEFAULTS, partition_shape
from wheatpaste.services.glue.schema import partitions
from wheatpaste.store.codec import loads
from wheatpaste.wire.written import Written

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import Partition

BODY = type_coerce(partitions.c.body, Text).label("body")
"""The body as it is stored."""

_COLUMNS = '"Columns":['
_SKIP = json.JSONDecoder().raw_decode
_COLUMNS = '"Columns":['
_SKIP = json.JSONDecoder().raw_decode
_STORAGE = '"StorageDescriptor":{'
_DEFAULTS = [(f'"{name}":', json.dumps(value)) for name, value in STORAGE_DEFAULTS.items()]
_TIME = re.compile(r'\{"\$wp\.t":(-?\d+)\}')  # epoch milliseconds


def seconds(millis: int) -> str:
    """Epoch milliseconds as the wire has times."""
    return str(millis // 1000 if millis % 1000 == 0 else millis / 1000)


def body_text(body: str) -> str | None:
    """A stored PartitionInput as JSON on the wire, with the storage defaults that it lacks; None where only its shape tells."""
    if '"$wp.' in body:
        body = _TIME.sub(lambda found: seconds(int(found[1])), body)
    if _STORAGE not in body:
        return body
    if _STORAGE + "}" in body:
        return None
    missing = ""
    for name, default in _DEFAULTS:
        if name not in body:
            missing += f"{name}{default},"
        elif f'{name}"' in body:
            return None
    return body.replace(_STORAGE, _STORAGE + missing, 1)


def without_columns(body: str) -> str:
    """A stored PartitionInput without its columns."""
    at = body.find(_COLUMNS)
    if at < 0:
        return body
    end = _SKIP(body, at + len(_COLUMNS) - 1)[1]
    return body[:at] + body[end + 1 :] if body[end] == "," else body[:at].removesuffix(",") + body[end:]


def listed(table: Row[Any], rows: Sequence[Row[Any]], exclude_columns: bool) -> Written[Row[Any]]:
    """Partitions (of rows with ``values_key``, ``created`` and ``BODY``) as an answer lists them."""
    names = {"DatabaseName": table.database, "TableName": table.name, "CatalogId": table.catalog}
    constant = json.dumps(names, separators=(",", ":"), ensure_ascii=False)[1:]

    def shape(row: Row[Any]) -> Partition:
        return partition_shape(table, row, loads(row.body), exclude_columns)

    def text(row: Row[Any]) -> str | None:
        body = body_text(without_columns(row.body) if exclude_columns else row.body)
        if body is None:
            return None
        kept = f"{body[:-1]}," if body != "{}" else "{"
        return f'{kept}"Values":{row.values_key},"CreationTime":{seconds(row.created)},{constant}'

    return Written(rows, shape, text)
