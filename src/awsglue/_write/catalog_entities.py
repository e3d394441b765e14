"""The Data Catalog itself as a sink: databases, tables and partitions, in the records that its source makes.

As the public migration utility documents it, what exists is overwritten.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from awsglue._frame.frame import Frame
from awsglue._read.catalog_entities import OPTIONS, catalog_client
from awsglue._write.spec import WriteSpec

_MAPS = ("parameters", "skewedColumnValueLocationMaps")
_TIMES = ("LastAccessTime", "LastAnalyzedTime")
_DATABASE = ("Name", "Description", "LocationUri", "Parameters")
_TABLE = (
    "Name", "Description", "Owner", "LastAccessTime", "LastAnalyzedTime", "Retention", "StorageDescriptor", "PartitionKeys",
    "ViewOriginalText", "ViewExpandedText", "TableType", "Parameters",
)  # fmt: skip
_PARTITION = ("Values", "LastAccessTime", "LastAnalyzedTime", "StorageDescriptor", "Parameters")
_GIVEN_BACK = ("CreateTime", "UpdateTime", "CreatedBy", "DatabaseName", "NamespaceName", "TableName", "CreationTime")
"""What the catalog says of an entity and takes from nobody."""
_AT_ONCE = 100  # partitions in a call


def write_catalog_entities(frame: Frame, spec: WriteSpec) -> None:
    """Make or overwrite them: databases first. Raises for a record that is none, and for partitions that the catalog refuses."""
    unknown = sorted(set(spec.options) - OPTIONS)
    if unknown:
        raise NotImplementedError(f"The option {', '.join(unknown)} of a sink of the Data Catalog (built: {', '.join(sorted(OPTIONS))})")
    glue = catalog_client(spec.options)
    rows = [row.asDict(recursive=True) for row in frame.closed.df.collect()]
    order = list(_WRITERS)
    for row in rows:
        if row.get("type") not in _WRITERS:
            raise ValueError(f"A record of type {row.get('type')!r} for the Data Catalog (known: {', '.join(order)})")
    for row in sorted(rows, key=lambda row: order.index(row["type"])):
        _WRITERS[row["type"]](glue, row, [_pascal(item) for item in row.get("items") or []])


def _databases(glue: Any, row: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
    for item in items:
        given = _chosen(item, _DATABASE)
        try:
            glue.create_database(DatabaseInput=given)
        except glue.exceptions.AlreadyExistsException:
            glue.update_database(Name=given["Name"], DatabaseInput=given)


def _tables(glue: Any, row: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
    for item in items:
        given = _chosen(item, _TABLE)
        try:
            glue.create_table(DatabaseName=row["database"], TableInput=given)
        except glue.exceptions.AlreadyExistsException:
            glue.update_table(DatabaseName=row["database"], TableInput=given)


def _partitions(glue: Any, row: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
    place = {"DatabaseName": row["database"], "TableName": row["table"]}
    for start in range(0, len(items), _AT_ONCE):
        given = [_chosen(item, _PARTITION) for item in items[start : start + _AT_ONCE]]
        errors = glue.batch_create_partition(**place, PartitionInputList=given).get("Errors") or []
        known = {tuple(e["PartitionValues"]) for e in errors if e["ErrorDetail"]["ErrorCode"] == "AlreadyExistsException"}
        errors = [error for error in errors if tuple(error["PartitionValues"]) not in known]
        again = [{"PartitionValueList": item["Values"], "PartitionInput": item} for item in given if tuple(item["Values"]) in known]
        if again:
            errors += glue.batch_update_partition(**place, Entries=again).get("Errors") or []
        if errors:
            raise RuntimeError(f"{row['database']}.{row['table']}: the catalog refused {len(errors)} partitions, first {errors[0]}")


_WRITERS = {"database": _databases, "table": _tables, "partition": _partitions}


def _chosen(item: Mapping[str, Any], members: Sequence[str]) -> dict[str, Any]:
    unknown = sorted(set(item) - {*members, *_GIVEN_BACK})
    if unknown:
        raise ValueError(f"The Data Catalog takes no {', '.join(unknown)} (of {item.get('Name') or item.get('Values')})")
    return {name: _time(value) if name in _TIMES else value for name, value in item.items() if name in members}


def _pascal(value: Any, name: str = "") -> Any:
    """A record as a shape of the API: without what is null."""
    if isinstance(value, dict):
        there = {key: item for key, item in value.items() if item is not None}
        return there if name in _MAPS else {key[0].upper() + key[1:]: _pascal(item, key) for key, item in there.items()}
    return [_pascal(item) for item in value] if isinstance(value, list) else value


def _time(value: Any) -> Any:
    """Milliseconds, as a number or as text, are a time; other text is one already."""
    if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
        return datetime.datetime.fromtimestamp(int(value) / 1000, datetime.timezone.utc)  # noqa: UP017 - Python 3.10
    return value
