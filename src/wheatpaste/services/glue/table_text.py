"""A table's JSON on the wire, made of its row's text: most of it leaves as it was stored (see wire/written.py, partition_text.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Text, bindparam, select, type_coerce

from wheatpaste.call import Call
from wheatpaste.scope import place
from wheatpaste.services.glue.partition_text import body_text, seconds
from wheatpaste.services.glue.schema import tables
from wheatpaste.services.glue.scope import catalog_id, fold
from wheatpaste.store.codec import dumps
from wheatpaste.store.prepared import Prepared

_KEY = ("account", "region", "catalog", "database", "name")
_BODY = type_coerce(tables.c.body, Text).label("body")  # as it is stored
_BY_NAME = Prepared(
    select(*(column for column in tables.c if column.name != "body"), _BODY).where(*(tables.c[name] == bindparam(name) for name in _KEY))
)
_RETENTION = '"Retention":'


def text_row(call: Call, req: Mapping[str, Any], database: str, name: str) -> Row[Any] | None:
    """A table's row with its body as text; None when there is none."""
    return _BY_NAME.one_or_none(call.db, place(call, catalog=catalog_id(call, req), database=fold(database), name=fold(name)))


def table_text(row: Row[Any]) -> str | None:
    """A table, of a ``text_row``, as JSON on the wire; None where only its shape tells."""
    body = body_text(row.body)
    if body is None or f'{_RETENTION}"' in body or '"$wp.' in body:
        return None
    retention = "" if _RETENTION in body else '"Retention":0,'
    computed = {
        "Name": row.name,
        "DatabaseName": row.database,
        "CreatedBy": row.created_by,
        "IsRegisteredWithLakeFormation": False,
        "IsMultiDialectView": False,
        "CatalogId": row.catalog,
        "VersionId": str(row.version),
    }
    times = f'"CreateTime":{seconds(row.created)},"UpdateTime":{seconds(row.updated)},'
    kept = "" if body == "{}" else f"{body[1:-1]},"
    return f"{{{retention}{kept}{times}{dumps(computed)[1:]}"
