"""CREATE VIEW, SHOW CREATE VIEW, SHOW VIEWS."""

import time
from collections.abc import Mapping
from typing import Any

from wheatpaste.service import Shape
from wheatpaste.services.athena.ddl.answer import NOTHING, Answer, failed, glue
from wheatpaste.services.athena.ddl.statements import CreateView
from wheatpaste.services.athena.ddl.tables import database_of, existing, is_there
from wheatpaste.services.athena.dialect.errors import SqlError
from wheatpaste.services.athena.dialect.parser import parse
from wheatpaste.services.athena.dialect.statements import compile_tree
from wheatpaste.services.athena.dialect.typenames import to_hive
from wheatpaste.services.athena.outcome import utc_now
from wheatpaste.services.athena.running import Running
from wheatpaste.services.athena.tables import CatalogTables, decode_view, encode_view


def create(running: Running, statement: CreateView) -> Answer:
    """Keep a query under a name, with the columns that it has now."""
    compiled = compile_tree(parse(statement.query), CatalogTables(running.aws), utc_now(), running.database)
    columns = []
    for place, (name, _) in enumerate(compiled.typed.columns):
        if name is None:
            raise SqlError("MISSING_COLUMN_NAME", f"line 1:1: Column name not specified at position {place + 1}")
        columns.append((name.lower(), compiled.columns[place][1]))
    names = [name for name, _ in columns]
    for name in names:
        if names.count(name) > 1:
            raise SqlError("DUPLICATE_COLUMN_NAME", f"line 1:1: Column name '{name}' specified more than once")
    database = database_of(running, statement.table)
    table: Shape = {
        "Name": statement.table.name,
        "TableType": "VIRTUAL_VIEW",
        "ViewOriginalText": encode_view(statement.query, running.database, columns),
        "ViewExpandedText": "/* Presto View */",
        "Parameters": {"presto_view": "true", "comment": "Presto View", "transient_lastDdlTime": str(int(time.time()))},
        "PartitionKeys": [],
        "StorageDescriptor": {
            "Columns": [{"Name": name, "Type": to_hive(type_)} for name, type_ in columns],
            "Location": "",
            "SerdeInfo": {},
        },
    }
    if is_there(running, statement.table):
        old = existing(running, statement.table)
        if not statement.replace or old.get("TableType") != "VIRTUAL_VIEW":
            raise SqlError("TABLE_ALREADY_EXISTS", f"View already exists: 'awsdatacatalog.{database}.{statement.table.name}'")
        glue(running, "UpdateTable", DatabaseName=database, TableInput=table)
    else:
        glue(running, "CreateTable", DatabaseName=database, TableInput=table)
    return NOTHING


def show_create(table: Mapping[str, Any]) -> Answer:
    """``SHOW CREATE VIEW``."""
    told = decode_view(table)
    if told is None:
        raise failed(f"SemanticException {table['Name']} is not a view")
    text = f"CREATE VIEW {table['DatabaseName']}.{table['Name']} AS\n{told['originalSql']}"
    return Answer(tuple(text.split("\n")), ("create view",))
