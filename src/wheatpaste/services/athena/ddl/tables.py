"""CREATE EXTERNAL TABLE, DROP TABLE and ALTER TABLE, but for partitions."""

import time
from collections.abc import Mapping
from typing import Any

from wheatpaste.engines.scan import split_url
from wheatpaste.service import Shape
from wheatpaste.services.athena.ddl.answer import NOTHING, TASK, Answer, failed, glue
from wheatpaste.services.athena.ddl.formats import column, descriptor
from wheatpaste.services.athena.ddl.statements import ChangeColumns, CreateTable, Drop, SetLocation, SetProperties, TableName
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.typenames import hive_type
from wheatpaste.services.athena.running import Running
from wheatpaste.services.athena.tables import get_table

INPUT = (
    "Name",
    "Description",
    "Owner",
    "Retention",
    "StorageDescriptor",
    "PartitionKeys",
    "ViewOriginalText",
    "ViewExpandedText",
    "TableType",
    "Parameters",
)


def database_of(running: Running, table: TableName) -> str:
    """The table's database: its own, or the query's."""
    return table.database or running.database


def existing(running: Running, table: TableName) -> Shape:
    """A table that must be there; raises Hive's error when it is not."""
    try:
        return get_table(running.aws, database_of(running, table), table.name)
    except SqlError as error:
        if error.name in ("TABLE_NOT_FOUND", "SCHEMA_NOT_FOUND"):
            raise failed(f"SemanticException [Error 10001]: Table not found {database_of(running, table)}.{table.name}") from error
        raise


def is_there(running: Running, table: TableName) -> bool:
    """Whether the catalog has the table."""
    try:
        get_table(running.aws, database_of(running, table), table.name)
    except SqlError as error:
        if error.name == "TABLE_NOT_FOUND":
            return False
        raise
    return True


def create(running: Running, statement: CreateTable) -> Answer:
    """Make an external table."""
    if statement.properties.get("table_type", "").upper() == "ICEBERG":
        raise Refused("Iceberg tables")
    if not statement.location:
        raise failed(
            "SemanticException Location is required for external tables" if statement.columns else "ParseException missing columns"
        )
    split_url(statement.location)
    for each in (*statement.columns, *statement.keys):
        hive_type(each.type)
    names = [each.name for each in (*statement.columns, *statement.keys)]
    for name in names:
        if names.count(name) > 1:
            raise failed(f"SemanticException [Error 10036]: Duplicate column name: {name}")
    if statement.if_not_exists and is_there(running, statement.table):
        return NOTHING
    table: Shape = {
        "Name": statement.table.name,
        "Owner": "hadoop",
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": descriptor(statement),
        "PartitionKeys": [column(each) for each in statement.keys],
        "Parameters": {**_own_parameters(statement), **statement.properties},
        **({"Description": statement.comment} if statement.comment else {}),
    }
    glue(running, "CreateTable", DatabaseName=database_of(running, statement.table), TableInput=table)
    return NOTHING


def _own_parameters(statement: CreateTable) -> dict[str, str]:
    found = {"EXTERNAL": "TRUE", "transient_lastDdlTime": str(int(time.time()))}
    return {**found, **({"comment": statement.comment} if statement.comment else {})}


def drop(running: Running, statement: Drop) -> Answer:
    """``DROP TABLE`` and ``DROP VIEW``."""
    if statement.if_exists and not is_there(running, statement.table):
        return NOTHING
    found = existing(running, statement.table)
    is_view = found.get("TableType") == "VIRTUAL_VIEW"
    if is_view != (statement.kind == "VIEW"):
        wrong = "Cannot drop a view with DROP TABLE" if is_view else "Cannot drop a base table with DROP VIEW"
        raise failed(f"SemanticException [Error 10218]: {wrong}")
    glue(running, "DeleteTable", DatabaseName=found["DatabaseName"], Name=found["Name"])
    return NOTHING


def changed(running: Running, table: Mapping[str, Any], **changes: Any) -> None:
    """Write a table back with some members changed."""
    wanted = {name: table[name] for name in INPUT if table.get(name) is not None} | changes
    glue(running, "UpdateTable", DatabaseName=table["DatabaseName"], TableInput=wanted, SkipArchive=True)


def set_properties(running: Running, statement: SetProperties) -> Answer:
    """``SET TBLPROPERTIES``."""
    table = existing(running, statement.table)
    changed(running, table, Parameters={**(table.get("Parameters") or {}), **statement.properties})
    return NOTHING


def set_location(running: Running, statement: SetLocation) -> Answer:
    """``SET LOCATION`` of a table or a partition."""
    split_url(statement.location)
    table = existing(running, statement.table)
    if statement.partition is not None:
        from wheatpaste.services.athena.ddl.partitions import relocate

        return relocate(running, table, statement.partition, statement.location)
    changed(running, table, StorageDescriptor={**table["StorageDescriptor"], "Location": statement.location})
    return NOTHING


def change_columns(running: Running, statement: ChangeColumns) -> Answer:
    """``ADD COLUMNS`` and ``REPLACE COLUMNS``."""
    table = existing(running, statement.table)
    for each in statement.columns:
        hive_type(each.type)
    old = [] if statement.replace else list(table["StorageDescriptor"].get("Columns") or [])
    keys = {each["Name"] for each in table.get("PartitionKeys") or []}
    taken = {each["Name"] for each in old} | keys
    for spec in statement.columns:
        if spec.name in taken:
            raise failed(f"{TASK} Duplicate column name: {spec.name}")
        taken.add(spec.name)
    columns = old + [column(spec) for spec in statement.columns]
    changed(running, table, StorageDescriptor={**table["StorageDescriptor"], "Columns": columns})
    return NOTHING
