"""AWS shapes ↔ Hive's thrift structures. Pure.

Crawlers and Athena write JSON tables for the OpenX SerDe, which is not in Spark; `hive-hcatalog-core` has one that reads the same
lines. So the former is presented as the latter, and turned back when Spark sends the table again. A table that uses what only
OpenX has (mapped names, skipped bad lines) is presented as it is: Spark then refuses it by name instead of reading it wrongly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pymetastore.hive_metastore import ttypes as hive

Shape = dict[str, Any]
OPENX, HCATALOG = "org.openx.data.jsonserde.JsonSerDe", "org.apache.hive.hcatalog.data.JsonSerDe"
ALIAS = "wheatpaste.serde.alias.of"
ONLY_OPENX = ("mapping.", "ignore.malformed.json", "dots.in.keys", "explicit.null", "use_null_for_invalid_data")
SPECIAL = set("\"#%'*/:=?\\\x7f{[]^") | {chr(code) for code in range(1, 32)}  # what Hive escapes in a partition's name
NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"


def without_empty(shape: Mapping[str, Any]) -> Shape:
    """AWS knows absent members, thrift knows null."""
    return {name: value for name, value in shape.items() if value is not None}


def seconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0


def columns_to_hive(columns: Iterable[Shape] | None) -> list[Any]:
    return [hive.FieldSchema(name=c["Name"], type=c.get("Type", "string"), comment=c.get("Comment")) for c in columns or ()]


def columns_to_glue(fields: Iterable[Any] | None) -> list[Shape]:
    return [without_empty({"Name": f.name, "Type": f.type, "Comment": f.comment or None}) for f in fields or ()]


# ── SerDe ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def serde_to_hive(serde: Shape | None) -> Any:
    serde = serde or {}
    library, parameters = serde.get("SerializationLibrary"), dict(serde.get("Parameters") or {})
    if library == OPENX and not any(name.lower().startswith(ONLY_OPENX) and value != "false" for name, value in parameters.items()):
        library, parameters[ALIAS] = HCATALOG, OPENX
    return hive.SerDeInfo(name=serde.get("Name"), serializationLib=library, parameters=parameters)


def serde_to_glue(info: Any) -> Shape | None:
    if info is None:
        return None
    parameters = dict(info.parameters or {})
    library = parameters.pop(ALIAS, info.serializationLib)
    return without_empty({"Name": info.name, "SerializationLibrary": library, "Parameters": parameters})


# ── storage ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def storage_to_hive(storage: Shape | None) -> Any:
    storage = storage or {}
    return hive.StorageDescriptor(
        cols=columns_to_hive(storage.get("Columns")),
        location=storage.get("Location") or None,  # a view's is null, never ""
        inputFormat=storage.get("InputFormat") or None,
        outputFormat=storage.get("OutputFormat") or None,
        compressed=storage.get("Compressed", False),
        numBuckets=storage.get("NumberOfBuckets", -1),
        bucketCols=storage.get("BucketColumns") or [],
        sortCols=[hive.Order(col=c["Column"], order=c.get("SortOrder", 1)) for c in storage.get("SortColumns") or ()],
        parameters=storage.get("Parameters") or {},
        serdeInfo=serde_to_hive(storage.get("SerdeInfo")),
        skewedInfo=hive.SkewedInfo(skewedColNames=[], skewedColValues=[], skewedColValueLocationMaps={}),
        storedAsSubDirectories=storage.get("StoredAsSubDirectories", False),
    )


def storage_to_glue(storage: Any) -> Shape | None:
    if storage is None:
        return None
    return without_empty(
        {
            "Columns": columns_to_glue(storage.cols),
            "Location": storage.location or None,
            "InputFormat": storage.inputFormat or None,
            "OutputFormat": storage.outputFormat or None,
            "Compressed": bool(storage.compressed),
            "NumberOfBuckets": -1 if storage.numBuckets is None else storage.numBuckets,
            "SerdeInfo": serde_to_glue(storage.serdeInfo),
            "BucketColumns": storage.bucketCols or None,
            "SortColumns": [{"Column": o.col, "SortOrder": o.order} for o in storage.sortCols or ()] or None,
            "Parameters": storage.parameters or None,
            "StoredAsSubDirectories": bool(storage.storedAsSubDirectories),
        }
    )


# ── tables ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def table_to_hive(table: Shape) -> Any:
    parameters = dict(table.get("Parameters") or {})
    if table.get("Description"):
        parameters.setdefault("comment", table["Description"])
    return hive.Table(
        tableName=table["Name"],
        dbName=table["DatabaseName"],
        owner=table.get("Owner") or "",
        createTime=seconds(table.get("CreateTime")),
        lastAccessTime=seconds(table.get("LastAccessTime")),
        retention=table.get("Retention", 0),
        sd=storage_to_hive(table.get("StorageDescriptor")),
        partitionKeys=columns_to_hive(table.get("PartitionKeys")),
        parameters=parameters,
        viewOriginalText=table.get("ViewOriginalText"),
        viewExpandedText=table.get("ViewExpandedText"),
        tableType=table.get("TableType") or "EXTERNAL_TABLE",
        temporary=False,
    )


def table_to_glue(table: Any) -> Shape:
    """The TableInput of a table that Hive's client sends."""
    return without_empty(
        {
            "Name": table.tableName,
            "Owner": table.owner or None,
            "Retention": table.retention or 0,
            "StorageDescriptor": storage_to_glue(table.sd),
            "PartitionKeys": columns_to_glue(table.partitionKeys),
            "ViewOriginalText": table.viewOriginalText or None,
            "ViewExpandedText": table.viewExpandedText or None,
            "TableType": table.tableType,
            "Parameters": table.parameters or {},
        }
    )


def kept(new: Shape, old: Shape) -> Shape:
    """`new`, with what of the present table Hive's structures cannot say."""
    description = old.get("Description")
    parameters = dict(new.get("Parameters") or {})
    if description and parameters.get("comment") == description and "comment" not in (old.get("Parameters") or {}):
        del parameters["comment"]  # we have added it ourselves, above
    columns = {column["Name"]: column.get("Parameters") for column in (old.get("StorageDescriptor") or {}).get("Columns", ())}
    storage = new.get("StorageDescriptor")
    if storage:
        listed = [without_empty({**column, "Parameters": columns.get(column["Name"])}) for column in storage["Columns"]]
        storage = {**storage, "Columns": listed}
    return without_empty({"Description": description, **new, "Parameters": parameters, "StorageDescriptor": storage})


def is_managed(table: Shape) -> bool:
    """Whether the table's data is the metastore's to remove."""
    return table.get("TableType") == "MANAGED_TABLE" and str((table.get("Parameters") or {}).get("EXTERNAL", "")).upper() != "TRUE"


# ── partitions ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def partition_to_hive(database: str, table: str, partition: Shape) -> Any:
    return hive.Partition(
        values=partition["Values"],
        dbName=database,
        tableName=table,
        createTime=seconds(partition.get("CreationTime")),
        lastAccessTime=seconds(partition.get("LastAccessTime")),
        sd=storage_to_hive(partition.get("StorageDescriptor")),
        parameters=partition.get("Parameters") or {},
    )


def partition_to_glue(partition: Any) -> Shape:
    storage = storage_to_glue(partition.sd)
    return without_empty({"Values": partition.values, "StorageDescriptor": storage, "Parameters": partition.parameters or {}})


def partition_name(keys: Iterable[str], values: Iterable[str]) -> str:
    """`dt=2024-01-01/hour=07`, escaped as Hive does."""
    return "/".join(f"{escape(key)}={escape(value)}" for key, value in zip(keys, values, strict=True))


def escape(text: str) -> str:
    return "".join(f"%{ord(c):02X}" if c in SPECIAL else c for c in text) or NULL_PARTITION


def unescape(text: str) -> str:
    from urllib.parse import unquote

    return unquote(text)


def partition_values(name: str) -> list[str]:
    return [unescape(part.partition("=")[2]) for part in name.split("/")]
