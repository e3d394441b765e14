"""SHOW and DESCRIBE."""

from collections.abc import Mapping, Sequence
from typing import Any

from wheatpaste.engines.scan import partitions
from wheatpaste.services.athena.ddl import databases, views
from wheatpaste.services.athena.ddl.answer import Answer, failed, glue
from wheatpaste.services.athena.ddl.partitions import keys_of, path_name
from wheatpaste.services.athena.ddl.statements import Describe, Show
from wheatpaste.services.athena.ddl.tables import existing
from wheatpaste.services.athena.dialect.errors import Refused
from wheatpaste.services.athena.running import Running
from wheatpaste.services.athena.tables import database_exists

WIDTH = 20  # Hive pads the cells of DESCRIBE


def show(running: Running, statement: Show) -> Answer:
    """Any SHOW."""
    if statement.what == "DATABASES":
        return databases.show(running, statement)
    if statement.table is None:
        return _tables(running, statement)
    table = existing(running, statement.table)
    if statement.what == "CREATE VIEW":
        return views.show_create(table)
    if statement.what == "CREATE TABLE":
        if table.get("TableType") == "VIRTUAL_VIEW":
            raise failed("SemanticException SHOW CREATE TABLE does not support views: use SHOW CREATE VIEW")
        return Answer(tuple(create_table(table).split("\n")), ("createtab_stmt",))
    if statement.what == "PARTITIONS":
        keys = keys_of(table)
        return Answer(tuple(path_name(keys, each["Values"]) for each in partitions(running.aws, table)), ("partition",))
    if statement.what == "COLUMNS":
        columns = [*(table["StorageDescriptor"].get("Columns") or []), *(table.get("PartitionKeys") or [])]
        return Answer(tuple(each["Name"].ljust(WIDTH) for each in columns), ("field",))
    return _properties(table, statement.pattern)


def _properties(table: Mapping[str, Any], wanted: str | None) -> Answer:
    found = table.get("Parameters") or {}
    if wanted is not None:
        value = found.get(wanted, f"Table {table['DatabaseName']}.{table['Name']} does not have property: {wanted}")
        return Answer((f"{wanted}\t{value}" if wanted in found else value,), ("prpt_name", "prpt_value"))
    return Answer(tuple(f"{name}\t{value}" for name, value in sorted(found.items())), ("prpt_name", "prpt_value"))


def _tables(running: Running, statement: Show) -> Answer:
    database = statement.database or running.database
    if not database_exists(running.aws, database):
        raise failed(f"SemanticException [Error 10072]: Database does not exist: {database}")
    names: list[str] = []
    token = None
    while True:
        page = glue(running, "GetTables", DatabaseName=database, NextToken=token)
        for table in page["TableList"]:
            if statement.what == "TABLES" or table.get("TableType") == "VIRTUAL_VIEW":
                names.append(table["Name"])
        token = page.get("NextToken")
        if not token:
            break
    column = "tab_name" if statement.what == "TABLES" else "views"
    return Answer(tuple(sorted(name for name in names if databases.matches(name, statement.pattern))), (column,))


# -- DESCRIBE


def _line(*cells: str) -> str:
    return "\t".join(cell.ljust(WIDTH) for cell in cells)


BLANK = "\t".join(["", " ", " "])


def describe(running: Running, statement: Describe) -> Answer:
    """``DESCRIBE``: columns, and partition keys once more below."""
    if statement.detail:
        raise Refused(f"DESCRIBE {statement.detail}")
    table = existing(running, statement.table)
    keys = table.get("PartitionKeys") or []
    lines = [
        _line(each["Name"], each.get("Type") or "", each.get("Comment") or "")
        for each in (*(table["StorageDescriptor"].get("Columns") or []), *keys)
    ]
    if keys:
        lines += [BLANK, "# Partition Information\t \t ", "# " + _line("col_name", "data_type", "comment"), BLANK]
        lines += [_line(each["Name"], each.get("Type") or "", each.get("Comment") or "") for each in keys]
    return Answer(tuple(lines), ("col_name", "data_type", "comment"))


# -- SHOW CREATE TABLE


def create_table(table: Mapping[str, Any]) -> str:
    """The statement that makes the table again."""
    descriptor = table["StorageDescriptor"]
    serde = descriptor.get("SerdeInfo") or {}
    parts = [f"CREATE EXTERNAL TABLE `{table['Name']}`(\n{_columns(descriptor.get('Columns') or [])})"]
    comment = (table.get("Parameters") or {}).get("comment") or table.get("Description")
    if comment:
        parts.append(f"COMMENT {_text(comment)}")
    if table.get("PartitionKeys"):
        parts.append(f"PARTITIONED BY ( \n{_columns(table['PartitionKeys'])})")
    if descriptor.get("BucketColumns"):
        named = ", \n".join(f"  {name}" for name in descriptor["BucketColumns"])
        parts.append(f"CLUSTERED BY ( \n{named}) \nINTO {descriptor['NumberOfBuckets']} BUCKETS")
    parts.append(f"ROW FORMAT SERDE \n  {_text(serde.get('SerializationLibrary') or '')} ")
    if serde.get("Parameters"):
        parts.append(f"WITH SERDEPROPERTIES ( \n{_pairs(serde['Parameters'])}) ")
    parts.append(f"STORED AS INPUTFORMAT \n  {_text(descriptor.get('InputFormat') or '')} ")
    parts.append(f"OUTPUTFORMAT \n  {_text(descriptor.get('OutputFormat') or '')}")
    parts.append(f"LOCATION\n  {_text(descriptor.get('Location') or '')}")
    properties = {name: value for name, value in (table.get("Parameters") or {}).items() if name not in ("EXTERNAL", "comment")}
    if properties:
        parts.append(f"TBLPROPERTIES (\n{_pairs(properties)})")
    return "\n".join(parts)


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return "'" + "".join(mark if mark.isprintable() else f"\\u{ord(mark):04x}" for mark in escaped) + "'"


def _columns(columns: Sequence[Mapping[str, Any]]) -> str:
    return ", \n".join(f"  `{each['Name']}` {each.get('Type') or 'string'} COMMENT {_text(each.get('Comment') or '')}" for each in columns)


def _pairs(pairs: dict[str, str]) -> str:
    return ", \n".join(f"  {_text(name)}={_text(str(value))}" for name, value in sorted(pairs.items()))
