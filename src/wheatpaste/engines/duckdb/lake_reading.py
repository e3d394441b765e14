"""Files that DuckDB does not read as Hive does: read here, batch by batch, into a temporary table (which spills when it is large)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from wheatpaste.engines.duckdb import lake_regex, lake_rows
from wheatpaste.engines.duckdb.failures import LakeError
from wheatpaste.engines.duckdb.lake_lines import lines
from wheatpaste.engines.duckdb.lake_tables import File, Group, LakeTable
from wheatpaste.engines.duckdb.lake_text import Lazy, OpenCsv
from wheatpaste.engines.duckdb.lake_text import columns as text_columns
from wheatpaste.engines.duckdb.settings import quoted

Batches = Iterator[pa.RecordBatch]


def read_into(connection: duckdb.DuckDBPyConnection, table: LakeTable, group: Group, name: str) -> None:
    """Make the temporary table ``name`` of a group's wanted columns, and ``file``, the number of the file that each row is from."""
    schema, batches, select = _text(table, group) if group.format in ("text", "csv") else _rows(table, group)
    failures: list[LakeError] = []
    connection.register("lines", pa.RecordBatchReader.from_batches(schema, _remembering(batches, failures)))
    try:
        connection.execute(f"CREATE TEMP TABLE {quoted(name)} AS {select}")
    except duckdb.Error:
        if failures:  # it came through Arrow and DuckDB, and has lost its name there
            raise failures[0] from None
        raise
    finally:
        connection.unregister("lines")


def _remembering(batches: Batches, failures: list[LakeError]) -> Batches:
    try:
        yield from batches
    except LakeError as error:
        failures.append(error)
        raise


def _text(table: LakeTable, group: Group) -> tuple[pa.Schema, Batches, str]:
    reader = Lazy(group.parameters) if group.format == "text" else OpenCsv(group.parameters)
    skip = int(group.parameters.get("skip.header.line.count") or 0)
    schema = pa.schema([("line", pa.string()), ("file", pa.int32())])

    def batches() -> Batches:
        for number, file in enumerate(group.files):
            for array in lines(file.path, file.url, skip):
                yield pa.RecordBatch.from_arrays([array, pa.repeat(pa.scalar(number, pa.int32()), len(array))], schema=schema)

    positions = {column: place for place, (column, _) in enumerate(table.columns)}
    return schema, batches(), text_columns(reader, [(positions[column], column, type_) for column, type_ in table.wanted])


def _rows(table: LakeTable, group: Group) -> tuple[pa.Schema, Batches, str]:
    columns = table.wanted
    schema = pa.schema([*((column, lake_rows.arrow(type_)) for column, type_ in columns), ("file", pa.int32())])

    def batches() -> Batches:
        records = _regex(table, group) if group.format == "regex" else lambda file: _records(group, file, [name for name, _ in columns])
        for number, file in enumerate(group.files):
            yield from lake_rows.batches(records(file), columns, number, file.url)

    return schema, batches(), "SELECT * FROM lines"


def _regex(table: LakeTable, group: Group) -> Callable[[File], Iterator[Mapping[str, Any]]]:
    pattern, wanted = lake_regex.pattern_of(group.parameters), [name for name, _ in table.wanted]
    skip = int(group.parameters.get("skip.header.line.count") or 0)
    return lambda file: lake_regex.rows(file.path, file.url, pattern, table.columns, wanted, skip)


def _records(group: Group, file: File, wanted: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    if group.format == "json":
        return lake_rows.json_rows(file.path, file.url, group.parameters)
    if group.format == "avro":
        return lake_rows.avro_rows(file.path, file.url)
    return lake_rows.orc_rows(file.path, file.url, [name.lower() for name in wanted])
