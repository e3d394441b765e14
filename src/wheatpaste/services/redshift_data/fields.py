"""Result columns and cells as the Data API shows them (pure)."""

from collections.abc import Mapping
from typing import Any

from wheatpaste.engines.pgwire import values as v
from wheatpaste.engines.pgwire.messages import Column

TYPES = {
    v.BOOL: "bool",
    v.INT2: "int2",
    v.INT4: "int4",
    v.INT8: "int8",
    v.FLOAT4: "float4",
    v.FLOAT8: "float8",
    v.NUMERIC: "numeric",
    v.DATE: "date",
    v.TIME: "time",
    v.TIMETZ: "timetz",
    v.TIMESTAMP: "timestamp",
    v.TIMESTAMPTZ: "timestamptz",
    v.SUPER: "super",
    v.VARBYTE: "varbyte",
    v.INTERVAL: "interval",
}
INTEGERS, FLOATS = (v.INT2, v.INT4, v.INT8), (v.FLOAT4, v.FLOAT8)


def metadata(column: Column) -> dict[str, Any]:
    """A column as ColumnMetadata."""
    precision, scale = {v.INT2: (5, 0), v.INT4: (10, 0), v.INT8: (19, 0), v.FLOAT4: (8, 8), v.FLOAT8: (17, 17)}.get(column.oid, (0, 0))
    if column.oid == v.NUMERIC and column.modifier > 0:
        precision, scale = (column.modifier - 4) >> 16, (column.modifier - 4) & 0xFFFF
    return {
        "isCaseSensitive": column.oid == v.VARCHAR,
        "isCurrency": False,
        "isSigned": column.oid in (*INTEGERS, *FLOATS, v.NUMERIC),
        "label": column.name,
        "name": column.name,
        "nullable": 1,
        "precision": precision,
        "scale": scale,
        "schemaName": "",
        "tableName": "",
        "typeName": TYPES.get(column.oid, "varchar"),
        "length": 0,
    }


def field(oid: int, text: bytes | None) -> dict[str, Any]:
    """A cell, from PostgreSQL's text form."""
    if text is None:
        return {"isNull": True}
    if oid in INTEGERS:
        return {"longValue": int(text)}
    if oid in FLOATS:
        return {"doubleValue": float(text)}
    if oid == v.BOOL:
        return {"booleanValue": text == b"t"}
    return {"stringValue": text.decode()}


def plain(cell: Mapping[str, Any]) -> str:
    """A cell as CSV shows it."""
    if "isNull" in cell:
        return ""
    if "booleanValue" in cell:
        return str(cell["booleanValue"]).lower()
    return str(next(iter(cell.values())))
