"""The ``.metadata`` object beside a result, which Athena's JDBC drivers read instead of GetQueryResults' ColumnInfo.

AWS publishes no schema. The fields are those that public readers know (burtcorp/athena-jdbc, ``AthenaMetaDataParser``) and that
aoyagikouhei/athena-local measured on Athena (2026-09-17 to 2026-09-24, engine version 3)::

    message Result { string query = 1; string update_type = 2; int64 update_count = 3; repeated Column column = 4; }
    message Column { string catalog = 1; string name = 4; string label = 5; string type = 6; int32 precision = 7; int32 scale = 8;
                     int32 nullable = 9; bool case_sensitive = 10; }

A field is there or not by the column's type, not by its value (a scale of 0 is written). Two things differ from Athena: it writes an
encrypted text for most SHOW statements, where this writes the plain form as for DESCRIBE; and ``query`` is made of the execution's time
and id, since there is no coordinator that numbers queries.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

NULLABLE = {"NOT_NULL": 1, "NULLABLE": 2, "UNKNOWN": 3}
PRECISION, SCALE, CASE = 7, 8, 10
NUMBERS = ["tinyint", "smallint", "integer", "bigint", "double", "float", "decimal", "varchar", "char", "varbinary", "timestamp", "time"]
ZONED = ["timestamp with time zone", "time with time zone"]
OPTIONAL: dict[str, tuple[int, ...]] = {
    **dict.fromkeys([*NUMBERS, *ZONED], (PRECISION, SCALE, CASE)),
    **dict.fromkeys(("boolean", "interval day to second", "interval year to month"), (CASE,)),
    "date": (SCALE, CASE),
}  # array, map, row, json, uuid, ipaddress and Hive's string have none of them


def metadata(query: str, columns: Sequence[Mapping[str, Any]], update_type: str = "", update_count: int = 0) -> bytes:
    """The object's bytes; ``columns`` are ``ColumnInfo``."""
    out = _text(1, query)
    if update_type:
        out += _text(2, update_type) + _number(3, update_count)
    return out + b"".join(_bytes(4, _column(column)) for column in columns)


def engine_query(execution: str, started: datetime) -> str:
    """A name of Trino's form: ``20260917_085344_00007_k6s5b``."""
    return f"{started:%Y%m%d_%H%M%S}_{int(execution[:4], 16):05}_{execution.replace('-', '')[-5:]}"


def _column(info: Mapping[str, Any]) -> bytes:
    optional = {PRECISION: info["Precision"], SCALE: info["Scale"], 9: NULLABLE[info["Nullable"]], CASE: int(info["CaseSensitive"])}
    there = (9, *OPTIONAL.get(info["Type"], ()))
    texts = _text(1, info["CatalogName"]) + _text(4, info["Name"]) + _text(5, info["Label"]) + _text(6, info["Type"])
    return texts + b"".join(_number(number, value) for number, value in optional.items() if number in there)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())
