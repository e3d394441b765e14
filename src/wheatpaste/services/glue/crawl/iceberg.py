"""Iceberg tables by their metadata files: found by name, read as JSON, written as the Data Catalog keeps them."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from wheatpaste.services.glue.crawl.finding import UnreadableError
from wheatpaste.services.glue.crawl.types import HiveType, render

Shape = dict[str, Any]
_FILE = re.compile(r"(?P<root>(?:.*/)?)metadata/(?:v(?P<v>\d+)|(?P<number>\d+)-[^/]*?)(?:\.gz)?\.metadata\.json(?:\.gz)?")
PRIMITIVES: dict[str, str] = {
    "boolean": "boolean",
    "int": "int",
    "long": "bigint",
    "float": "float",
    "double": "double",
    "date": "date",
    "time": "string",
    "timestamp": "timestamp",
    "timestamptz": "timestamp",
    "string": "string",
    "uuid": "string",
    "binary": "binary",
}


def newest(keys: Iterable[str], prefix: str, depth: int) -> dict[str, str]:
    """Each table's root below ``prefix``, at most ``depth`` folders deep (0: any), with the key of its latest metadata."""
    found: dict[str, tuple[int, str]] = {}
    for key in keys:
        match = _FILE.fullmatch(key)
        if match is None or not match["root"].startswith(prefix):
            continue
        if depth and match["root"][len(prefix) :].count("/") > depth:
            continue
        version = int(match["v"] or match["number"])
        found[match["root"]] = max(found.get(match["root"], (-1, "")), (version, key))
    return {root: key for root, (_, key) in sorted(found.items())}


def read_metadata(text: str) -> Shape:
    """Location and columns (``Column`` shapes) of a metadata file; UnreadableError, with the reason, for a broken one."""
    try:
        found = json.loads(text)
        schema = (
            next((s for s in found.get("schemas") or [] if s.get("schema-id") == found.get("current-schema-id")), None) or found["schema"]
        )
        return {"location": str(found["location"]), "columns": [_column(field) for field in schema["fields"]]}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableError(f"the Iceberg metadata cannot be read: {type(error).__name__}: {error}") from error


def _column(field: Mapping[str, Any]) -> Shape:
    parameters = {
        "iceberg.field.current": "true",
        "iceberg.field.id": str(field["id"]),
        "iceberg.field.optional": str(not field["required"]).lower(),
    }
    shape = {"Name": field["name"].lower(), "Type": render(hive_type(field["type"])), "Parameters": parameters}
    return {**shape, "Comment": field["doc"]} if field.get("doc") else shape


def hive_type(kind: Any) -> HiveType:
    """The Data Catalog's type of an Iceberg type; ValueError for one that it lacks."""
    if isinstance(kind, str):
        name = kind.replace(" ", "")
        if name.startswith("decimal("):
            return name
        if name.startswith("fixed["):
            return "binary"
        if name not in PRIMITIVES:
            raise ValueError(f"the type {kind} has no counterpart in the Data Catalog")
        return PRIMITIVES[name]
    if kind["type"] == "struct":
        return {"struct": [[field["name"], hive_type(field["type"])] for field in kind["fields"]]}
    if kind["type"] == "list":
        return {"array": hive_type(kind["element"])}
    if kind["type"] == "map":
        return {"map": [hive_type(kind["key"]), hive_type(kind["value"])]}
    raise ValueError(f"the type {kind['type']} has no counterpart in the Data Catalog")


def table_input(name: str, metadata: Mapping[str, Any], uri: str, crawler: str) -> Shape:
    """The ``TableInput`` of an Iceberg table whose latest metadata is at ``uri``."""
    return {
        "Name": name,
        "Owner": "owner",
        "StorageDescriptor": {"Columns": metadata["columns"], "Location": metadata["location"]},
        "PartitionKeys": [],
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "table_type": "ICEBERG",
            "metadata_location": uri,
            "UPDATED_BY_CRAWLER": crawler,
            "CrawlerSchemaSerializerVersion": "1.0",
            "CrawlerSchemaDeserializerVersion": "1.0",
        },
    }
