"""Parquet and ORC: the schema stands in the footer. Imported in the inspector's process only (pyarrow)."""

from collections.abc import Callable
from typing import Any

import pyarrow
from pyarrow import orc, parquet

from wheatpaste.services.glue.crawl.finding import Finding, UnreadableError
from wheatpaste.services.glue.crawl.source import Source
from wheatpaste.services.glue.crawl.types import Column, HiveType

T = pyarrow.types
SIMPLE: tuple[tuple[Callable[[Any], bool], str], ...] = (
    (T.is_boolean, "boolean"),
    (T.is_int8, "tinyint"),
    (T.is_int16, "smallint"),
    (T.is_int32, "int"),
    (T.is_int64, "bigint"),
    (T.is_uint8, "smallint"),
    (T.is_uint16, "int"),
    (T.is_uint32, "bigint"),
    (T.is_uint64, "decimal(20,0)"),
    (T.is_float16, "float"),
    (T.is_float32, "float"),
    (T.is_float64, "double"),
    (T.is_string, "string"),
    (T.is_large_string, "string"),
    (T.is_binary, "binary"),
    (T.is_large_binary, "binary"),
    (T.is_fixed_size_binary, "binary"),
    (T.is_date, "date"),
    (T.is_timestamp, "timestamp"),
    (T.is_time32, "int"),
    (T.is_time64, "bigint"),
    (T.is_duration, "bigint"),
    (T.is_null, "null"),
)


def hive_type(found: Any) -> HiveType:
    """The column type of an Arrow type."""
    for test, name in SIMPLE:
        if test(found):
            return name
    if T.is_decimal(found):
        return f"decimal({found.precision},{found.scale})"
    if T.is_dictionary(found):
        return hive_type(found.value_type)
    if T.is_list(found) or T.is_large_list(found) or T.is_fixed_size_list(found):
        return {"array": hive_type(found.value_type)}
    if T.is_map(found):
        return {"map": [hive_type(found.key_type), hive_type(found.item_type)]}
    if T.is_struct(found):
        return {"struct": [[found.field(i).name, hive_type(found.field(i).type)] for i in range(found.num_fields)]}
    raise UnreadableError(f"a column of type {found} has no type in the Data Catalog")


def columns(schema: Any) -> tuple[Column, ...]:
    """The columns of an Arrow schema, names in lower case."""
    return tuple((field.name.lower(), hive_type(field.type)) for field in schema)


def read_parquet(source: Source) -> Finding | None:
    """Parquet by its magic; UnreadableError when the footer is broken."""
    if source.compression != "none" or source.raw(4) != b"PAR1":
        return None
    try:
        footer = parquet.read_metadata(source.file())
        found = columns(footer.schema.to_arrow_schema())
    except (pyarrow.ArrowException, OSError) as error:
        raise UnreadableError(f"the Parquet footer cannot be read: {error}") from error
    groups = (footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
    size = round(sum(groups) / footer.num_rows) if footer.num_rows else 0
    return Finding("parquet", "parquet", found, footer.num_rows, size, serde={"serialization.format": "1"})


def read_orc(source: Source) -> Finding | None:
    """ORC by its magic; UnreadableError when the footer is broken."""
    if source.compression != "none" or source.raw(3) != b"ORC":
        return None
    try:
        footer = orc.ORCFile(source.file())
        found = columns(footer.schema)
    except (pyarrow.ArrowException, OSError) as error:
        raise UnreadableError(f"the ORC footer cannot be read: {error}") from error
    size = round(footer.content_length / footer.nrows) if footer.nrows else 0
    return Finding("orc", "orc", found, footer.nrows, size)
