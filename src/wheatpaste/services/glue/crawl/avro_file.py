"""Avro container files: the writer's schema stands in the header. Imported in the inspector's process only (fastavro)."""

import json
from typing import Any

import fastavro

from wheatpaste.services.glue.crawl.finding import Finding, UnreadableError
from wheatpaste.services.glue.crawl.source import Source
from wheatpaste.services.glue.crawl.types import HiveType, merge

PRIMITIVES = {
    "null": "null",
    "boolean": "boolean",
    "int": "int",
    "long": "bigint",
    "float": "float",
    "double": "double",
    "bytes": "binary",
    "string": "string",
}
LOGICAL = {"date": "date", "timestamp-millis": "timestamp", "timestamp-micros": "timestamp", "local-timestamp-millis": "timestamp"}
RECORDS = 1000


def read_avro(source: Source) -> Finding | None:
    """Avro by its magic; UnreadableError when header or first block are broken."""
    if source.compression != "none" or source.raw(4) != b"Obj\x01":
        return None
    try:
        reader = fastavro.reader(source.file())
        schema: Any = reader.writer_schema
        records = sum(1 for _, _ in zip(range(RECORDS), reader, strict=False))
    except Exception as error:  # fastavro raises whatever its decoder meets (IndexError, struct.error, ValueError …)
        raise UnreadableError(f"the Avro file cannot be read: {type(error).__name__}: {error}") from error
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise UnreadableError("the Avro file holds no records")
    named: dict[str, Any] = {}
    columns = tuple((field["name"].lower(), avro_type(field["type"], named)) for field in _noted(schema, named)["fields"])
    size = round(source.segments.tell() / records) if records else 0
    literal = {"avro.schema.literal": json.dumps(_plain(schema), separators=(",", ":"))}
    return Finding("avro", "avro", columns, records, size, parameters=literal, serde={**literal, "serialization.format": "1"})


def _plain(schema: Any) -> Any:
    """The schema without what fastavro noted in it."""
    if isinstance(schema, dict):
        return {k: _plain(v) for k, v in schema.items() if not k.startswith("__fastavro")}
    return [_plain(each) for each in schema] if isinstance(schema, list) else schema


def _noted(schema: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    if "name" in schema:
        named[schema["name"]] = schema
    return schema


def avro_type(schema: Any, named: dict[str, Any]) -> HiveType:
    """The column type of an Avro schema; ``named``: the records, enums and fixed types met so far."""
    if isinstance(schema, list):
        found: HiveType = "null"
        for each in schema:
            found = merge(found, avro_type(each, named))
        return found
    if isinstance(schema, str):
        return PRIMITIVES[schema] if schema in PRIMITIVES else _reference(schema, named)
    _noted(schema, named)
    logical = schema.get("logicalType", "")
    if logical == "decimal":
        return f"decimal({schema['precision']},{schema.get('scale', 0)})"
    return LOGICAL.get(logical) or _complex(schema, named)


def _reference(name: str, named: dict[str, Any]) -> HiveType:
    if name not in named:
        raise UnreadableError(f"the Avro schema names {name}, which it does not define")
    body = named.pop(name)  # a record inside itself has no type in the Data Catalog: the second look-up fails
    try:
        return avro_type(body, dict(named))
    finally:
        named[name] = body


def _complex(schema: dict[str, Any], named: dict[str, Any]) -> HiveType:
    kind = schema["type"]
    if kind == "array":
        return {"array": avro_type(schema["items"], named)}
    if kind == "map":
        return {"map": ["string", avro_type(schema["values"], named)]}
    if kind == "record":
        return {"struct": [[field["name"], avro_type(field["type"], named)] for field in schema["fields"]]}
    if kind == "enum":
        return "string"
    return "binary" if kind == "fixed" else avro_type(kind, named)
