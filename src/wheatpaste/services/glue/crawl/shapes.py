"""What a crawl writes: ``TableInput`` and ``PartitionInput`` with the parameters that Athena, Spark and the console read."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from wheatpaste.services.glue.crawl.grouping import Levels, Partition, Table
from wheatpaste.services.glue.crawl.naming import is_column_name, key_names
from wheatpaste.services.glue.crawl.storage import STORAGE
from wheatpaste.services.glue.crawl.tree import Group
from wheatpaste.services.glue.crawl.types import Column, render

Shape = dict[str, Any]


def columns_shape(columns: Iterable[Column]) -> list[Shape]:
    """``Column`` shapes; a field whose name no column can have is left out (the crawl's log says so)."""
    return [{"Name": name, "Type": render(kind)} for name, kind in columns if is_column_name(name)]


def key_shapes(levels: Levels) -> list[Shape]:
    """Partition keys: always strings when crawled."""
    return [{"Name": name, "Type": "string"} for name in key_names(levels)]


def parameters(group: Group, crawler: str, exclusions: Iterable[str] = ()) -> dict[str, str]:
    """The parameters of a table, its storage and its partitions."""
    finding = group.finding
    found = {
        "CrawlerSchemaDeserializerVersion": "1.0",
        "CrawlerSchemaSerializerVersion": "1.0",
        "UPDATED_BY_CRAWLER": crawler,
        "classification": finding.classification,
        "compressionType": finding.compression,
        "typeOfData": "file",
        "objectCount": str(group.files),
        "recordCount": str(group.records),
        "averageRecordSize": str(group.record_size),
        "sizeKey": str(group.size),
        **finding.parameters,
    }
    patterns = list(exclusions)
    return {**found, "exclusions": json.dumps(patterns, separators=(",", ":"))} if patterns else found


def storage(group: Group, location: str, crawler: str, exclusions: Iterable[str] = ()) -> Shape:
    """The ``StorageDescriptor`` of a table or partition at ``location`` (an s3:// URI)."""
    kind = STORAGE[group.finding.storage]
    serde: Shape = {"Parameters": dict(group.finding.serde)}
    if kind.serde:
        serde["SerializationLibrary"] = kind.serde
    if group.finding.storage == "json":
        serde["Parameters"] = {"paths": _paths(group)}
    found: Shape = {
        "Columns": columns_shape(group.columns),
        "Location": location,
        "Compressed": group.finding.compression != "none",
        "NumberOfBuckets": -1,
        "SerdeInfo": serde,
        "BucketColumns": [],
        "SortColumns": [],
        "Parameters": parameters(group, crawler, exclusions),
        "StoredAsSubDirectories": False,
    }
    return {**found, "InputFormat": kind.input_format, "OutputFormat": kind.output_format} if kind.input_format else found


def _paths(group: Group) -> str:
    """OpenX's ``paths``: the names as the files write them, for every column of the table."""
    written = {name.lower(): name for name in group.finding.serde.get("paths", "").split(",")}
    return ",".join(sorted(written.get(name, name) for name, _ in group.columns if is_column_name(name)))


def table_input(table: Table, name: str, bucket: str, crawler: str, exclusions: Iterable[str] = (), *, index: bool = False) -> Shape:
    """The ``TableInput`` of a table as found."""
    patterns = list(exclusions)
    found = parameters(table.group, crawler, patterns)
    if index and table.keys:
        found["partition_filtering.enabled"] = "true"
    return {
        "Name": name,
        "Owner": "owner",
        "Retention": 0,
        "StorageDescriptor": {**storage(table.group, f"s3://{bucket}/{table.location}", crawler, patterns), "Parameters": found},
        "PartitionKeys": key_shapes(table.keys),
        "TableType": "EXTERNAL_TABLE",
        "Parameters": found,
    }


def partition_input(partition: Partition, bucket: str, crawler: str, table: Mapping[str, Any] | None) -> Shape:
    """The ``PartitionInput`` of a leaf folder; with ``table`` (InheritFromTable) it has that table's columns and SerDe."""
    location = f"s3://{bucket}/{partition.location}"
    descriptor = storage(partition.group, location, crawler)
    if table is not None:
        of_table = table["StorageDescriptor"]
        same = {name: of_table[name] for name in ("Columns", "InputFormat", "OutputFormat", "SerdeInfo", "Compressed") if name in of_table}
        descriptor = {**descriptor, **same}
    return {"Values": list(partition.values), "StorageDescriptor": descriptor, "Parameters": descriptor["Parameters"]}
