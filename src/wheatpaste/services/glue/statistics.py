"""Column statistics of tables and partitions, as clients and optimizers write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, delete, insert, select

from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.partition_reads import partition_row
from wheatpaste.services.glue.schema import column_statistics
from wheatpaste.services.glue.scope import table_arn
from wheatpaste.services.glue.tables import table_row

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        ColumnError,
        ColumnStatistics,
        ColumnStatisticsError,
        DeleteColumnStatisticsForPartitionRequest,
        DeleteColumnStatisticsForPartitionResponse,
        DeleteColumnStatisticsForTableRequest,
        DeleteColumnStatisticsForTableResponse,
        GetColumnStatisticsForPartitionRequest,
        GetColumnStatisticsForPartitionResponse,
        GetColumnStatisticsForTableRequest,
        GetColumnStatisticsForTableResponse,
        UpdateColumnStatisticsForPartitionRequest,
        UpdateColumnStatisticsForPartitionResponse,
        UpdateColumnStatisticsForTableRequest,
        UpdateColumnStatisticsForTableResponse,
    )

DATA = {
    "BOOLEAN": "BooleanColumnStatisticsData",
    "DATE": "DateColumnStatisticsData",
    "DECIMAL": "DecimalColumnStatisticsData",
    "DOUBLE": "DoubleColumnStatisticsData",
    "LONG": "LongColumnStatisticsData",
    "STRING": "StringColumnStatisticsData",
    "BINARY": "BinaryColumnStatisticsData",
}
TABLE = ""  # the values key of a table's own statistics


def _table(call: Call, req: Mapping[str, Any]) -> tuple[Row[Any], str]:
    return table_row(call, req, req["DatabaseName"], req["TableName"]), TABLE


def _partition(call: Call, req: Mapping[str, Any]) -> tuple[Row[Any], str]:
    """The table, and the key of the partition that a request names."""
    table = table_row(call, req, req["DatabaseName"], req["TableName"])
    values = req["PartitionValues"]
    return table, partition_row(call, table, values, f"Partition [{', '.join(values)}] not found").values_key


def _column_names(table: Row[Any]) -> set[str]:
    storage = table.body.get("StorageDescriptor") or {}
    return {column["Name"].lower() for column in (storage.get("Columns") or []) + (table.body.get("PartitionKeys") or [])}


def _check(table: Row[Any], statistics: Mapping[str, Any]) -> None:
    """Raise the error of statistics that the table cannot have."""
    kind, data = statistics["StatisticsData"]["Type"], statistics["StatisticsData"]
    if DATA[kind] not in data:
        raise InvalidInputException(f"Statistics of type {kind} need {DATA[kind]}.")
    if extra := sorted(data.keys() - {"Type", DATA[kind]}):
        raise InvalidInputException(f"Statistics of type {kind} cannot have {extra[0]}.")
    if statistics["ColumnName"].lower() not in _column_names(table):
        raise EntityNotFoundException(f"Column {statistics['ColumnName']} not found in table {table.name}.")


def _put(call: Call, table: Row[Any], values_key: str, wanted: Sequence[Mapping[str, Any]]) -> UpdateColumnStatisticsForTableResponse:
    errors: list[ColumnStatisticsError] = []
    for statistics in wanted:
        try:
            _check(table, statistics)
        except (InvalidInputException, EntityNotFoundException) as error:
            errors.append(
                {
                    "ColumnStatistics": cast("ColumnStatistics", statistics),
                    "Error": {"ErrorCode": error.code, "ErrorMessage": error.message},
                }
            )
            continue
        keys = {"table_id": table.id, "values_key": values_key, "column_name": statistics["ColumnName"].lower()}
        call.db.execute(delete(column_statistics).where(here(call, column_statistics, **keys)))
        call.db.execute(insert(column_statistics), place(call, **keys, body=statistics))
    return {"Errors": errors}


def _get(call: Call, table: Row[Any], values_key: str, names: Sequence[str]) -> GetColumnStatisticsForTableResponse:
    where = (
        here(call, column_statistics, table_id=table.id, values_key=values_key),
        column_statistics.c.column_name.in_({name.lower() for name in names}),
    )
    found = {row.column_name: row.body for row in call.db.execute(select(column_statistics).where(*where))}
    errors: list[ColumnError] = [
        {"ColumnName": name, "Error": {"ErrorCode": "EntityNotFoundException", "ErrorMessage": f"Column statistics for {name} not found."}}
        for name in names
        if name.lower() not in found
    ]
    return {"ColumnStatisticsList": [found[name.lower()] for name in names if name.lower() in found], "Errors": errors}


def _delete(call: Call, table: Row[Any], values_key: str, name: str) -> DeleteColumnStatisticsForTableResponse:
    where = here(call, column_statistics, table_id=table.id, values_key=values_key, column_name=name.lower())
    if call.db.execute(delete(column_statistics).where(where)).rowcount == 0:
        raise EntityNotFoundException(f"Column statistics for {name} not found.")
    return {}


@glue.operation(resource=table_arn)
def update_column_statistics_for_table(call: Call, req: UpdateColumnStatisticsForTableRequest) -> UpdateColumnStatisticsForTableResponse:
    """Write statistics of columns; those that cannot be are reported."""
    return _put(call, *_table(call, req), req["ColumnStatisticsList"])


@glue.operation(resource=table_arn)
def update_column_statistics_for_partition(
    call: Call, req: UpdateColumnStatisticsForPartitionRequest
) -> UpdateColumnStatisticsForPartitionResponse:
    """Write statistics of columns in one partition; those that cannot be are reported."""
    return _put(call, *_partition(call, req), req["ColumnStatisticsList"])


@glue.operation(reads=True, resource=table_arn)
def get_column_statistics_for_table(call: Call, req: GetColumnStatisticsForTableRequest) -> GetColumnStatisticsForTableResponse:
    """Statistics of columns; those without are reported."""
    return _get(call, *_table(call, req), req["ColumnNames"])


@glue.operation(reads=True, resource=table_arn)
def get_column_statistics_for_partition(call: Call, req: GetColumnStatisticsForPartitionRequest) -> GetColumnStatisticsForPartitionResponse:
    """Statistics of columns in one partition; those without are reported."""
    return _get(call, *_partition(call, req), req["ColumnNames"])


@glue.operation(resource=table_arn)
def delete_column_statistics_for_table(call: Call, req: DeleteColumnStatisticsForTableRequest) -> DeleteColumnStatisticsForTableResponse:
    """Delete a column's statistics."""
    return _delete(call, *_table(call, req), req["ColumnName"])


@glue.operation(resource=table_arn)
def delete_column_statistics_for_partition(
    call: Call, req: DeleteColumnStatisticsForPartitionRequest
) -> DeleteColumnStatisticsForPartitionResponse:
    """Delete a column's statistics in one partition."""
    return _delete(call, *_partition(call, req), req["ColumnName"])
