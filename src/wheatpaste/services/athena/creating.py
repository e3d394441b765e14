"""CREATE TABLE AS, INSERT INTO and UNLOAD."""

import time
from collections.abc import Sequence

from sqlglot import exp

from wheatpaste.engines.scan import Unreadable, format_of, refuse_kinds
from wheatpaste.service import Shape
from wheatpaste.services.athena import writing
from wheatpaste.services.athena.ddl.answer import glue
from wheatpaste.services.athena.ddl.formats import STORED
from wheatpaste.services.athena.ddl.statements import CreateAs, InsertInto, Unload
from wheatpaste.services.athena.ddl.tables import database_of, existing, is_there
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.parser import parse
from wheatpaste.services.athena.dialect.typenames import to_hive
from wheatpaste.services.athena.dialect.types import Type
from wheatpaste.services.athena.outcome import Result
from wheatpaste.services.athena.result_types import column_info
from wheatpaste.services.athena.running import Running
from wheatpaste.services.athena.select import Planned, is_query
from wheatpaste.services.athena.tables import columns_of
from wheatpaste.services.athena.writing import Order, Written

FORMATS = {"PARQUET": "parquet", "ORC": "orc", "TEXTFILE": "text", "JSON": "json"}
HIVE = {"parquet": "PARQUET", "orc": "ORC", "text": "TEXTFILE", "json": "JSONFILE"}
INSERTED = {"parquet": "SNAPPY", "orc": "ZLIB", "text": "GZIP", "json": "GZIP"}  # compressions
CTAS = (
    "format",
    "external_location",
    "partitioned_by",
    "write_compression",
    "parquet_compression",
    "orc_compression",
    "field_delimiter",
    "table_type",
    "is_external",
)
UNLOADED = ("format", "compression", "partitioned_by", "field_delimiter")


def query_of(text: str) -> exp.Expression:
    """The query of a statement that writes."""
    tree = parse(text)
    if not is_query(tree):
        raise SqlError("SYNTAX_ERROR", f"mismatched input '{tree.key.upper()}'. Expecting: <query>")
    return tree


def chosen(options: dict[str, list[str]], known: Sequence[str], what: str) -> tuple[str, str]:
    """Format and compression of the options; raises Refused for others than ``known``."""
    for name in options:
        if name not in known:
            raise Refused(f"{name} of {what}")
    format_ = options.get("format", ["PARQUET"])[0].upper()
    if format_ not in FORMATS:
        raise Refused(f"{what} in the format {format_}")
    compressions = [value[0].upper() for name, value in options.items() if name.endswith("compression")]
    if "field_delimiter" in options and format_ != "TEXTFILE":
        raise Refused(f"field_delimiter of {what} in the format {format_}")
    return FORMATS[format_], (compressions or ["ZLIB" if format_ == "ORC" else "GZIP"])[0]


def serde_parameters(options: dict[str, list[str]]) -> dict[str, str]:
    """The SerDe's parameters of what is written: a delimiter, or Hive's own."""
    if "field_delimiter" not in options:
        return {"serialization.format": "1"}
    mark = options["field_delimiter"][0]
    if len(mark) != 1:
        raise Refused("a field_delimiter of more than one character")
    return {"field.delim": mark, "serialization.format": mark}


def named_columns(query: Planned) -> list[tuple[str, Type]]:
    """The query's columns under lower-case names; raises when one has none, or two the same."""
    found: list[tuple[str, Type]] = []
    for place, (name, type_) in enumerate(query.compiled.typed.columns):
        if name is None:
            raise SqlError("MISSING_COLUMN_NAME", f"line 1:1: Column name not specified at position {place + 1}")
        if name.lower() in [other for other, _ in found]:
            raise SqlError("DUPLICATE_COLUMN_NAME", f"line 1:1: Column name '{name}' specified more than once")
        to_hive(type_)
        found.append((name.lower(), Type("integer") if type_.name == "unknown" else type_))
    return found


def check_keys(columns: Sequence[tuple[str, Type]], keys: Sequence[str], what: str) -> None:
    """Partition keys come last, in their order, and are of simple types."""
    if (keys and [name for name, _ in columns][-len(keys) :] != list(keys)) or len(keys) >= len(columns):
        raise SqlError(
            "HIVE_COLUMN_ORDER_MISMATCH",
            f"Partition keys must be the last columns in {what} and in the same order as partition properties: {list(keys)}",
        )
    for name, type_ in columns[len(columns) - len(keys) :]:
        if type_.items or type_.name in ("real", "double", "varbinary", "timestamp", "decimal", "char"):
            raise Refused(f"{type_} as a partition key ({name})")


# -- CREATE TABLE AS


def create_table_as(running: Running, statement: CreateAs) -> Result:
    """Make a table of a query's rows; all of it or nothing."""
    database = database_of(running, statement.table)
    format_, compression = chosen(statement.options, CTAS, "CREATE TABLE AS")
    _require_hive(statement.options)
    if is_there(running, statement.table):
        if statement.if_not_exists:
            return Result(has_result=False)
        raise SqlError("TABLE_ALREADY_EXISTS", f"line 1:1: Table 'awsdatacatalog.{database}.{statement.table.name}' already exists")
    query = writing.planned(running, query_of(statement.query))
    columns, keys = named_columns(query), [key.lower() for key in statement.options.get("partitioned_by", [])]
    check_keys(columns, keys, "CREATE TABLE AS")
    location = statement.options.get("external_location", [running.location])[0].rstrip("/") + "/"
    writing.require_empty(running, location, f"table '{database}.{statement.table.name}'")
    parameters = serde_parameters(statement.options)
    order = Order(location, columns, keys, format_, compression, parameters)
    objects, rows = writing.write(running, query, order) if statement.data else ([], 0)
    try:
        _keep_table(running, statement, order)
        _keep_partitions(running, database, statement.table.name, objects)
    except SqlError:
        writing.remove(running, objects)
        raise
    return _written(running, objects, rows, "CREATE TABLE")


def _require_hive(options: dict[str, list[str]]) -> None:
    """table_type is HIVE, and such tables are external; Iceberg's are refused. dbt always says both."""
    kind = options.get("table_type", ["HIVE"])[0].upper()
    if kind != "HIVE":
        raise Refused(f"CREATE TABLE AS with the table_type {kind}")
    if options.get("is_external", ["true"])[0].lower() != "true":
        raise Refused("is_external = false of CREATE TABLE AS")


def _written(running: Running, objects: Sequence[Written], rows: int, update_type: str) -> Result:
    """What a statement leaves that wrote rows; ``update_type`` is empty for UNLOAD."""
    wanted = objects or not update_type  # an INSERT or CTAS without rows leaves none
    manifest = writing.manifest(running, running.location.rpartition("/")[0], objects) if wanted else None
    size = sum(each.size for each in objects)
    columns = [column_info("rows", Type("bigint"))] if update_type else []
    return Result(columns, False, running.scanned, rows, size, rows, manifest, update_type=update_type)


def _keep_table(running: Running, statement: CreateAs, order: Order) -> None:
    reader, writer, serde = STORED[HIVE[order.format]]
    shapes = [{"Name": name, "Type": to_hive(type_)} for name, type_ in order.columns]
    table: Shape = {
        "Name": statement.table.name,
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": [shape for shape in shapes if shape["Name"] in order.keys],
        "Parameters": {"EXTERNAL": "TRUE", "has_encrypted_data": "false", "transient_lastDdlTime": str(int(time.time()))},
        "StorageDescriptor": {
            "Columns": [shape for shape in shapes if shape["Name"] not in order.keys],
            "Location": order.location,
            "InputFormat": reader,
            "OutputFormat": writer,
            "SerdeInfo": {"SerializationLibrary": serde, "Parameters": dict(order.parameters)},
        },
    }
    glue(running, "CreateTable", DatabaseName=database_of(running, statement.table), TableInput=table)


def _keep_partitions(running: Running, database: str, table: str, objects: Sequence[Written]) -> None:
    descriptor = glue(running, "GetTable", DatabaseName=database, Name=table)["Table"]["StorageDescriptor"]
    places = {each.values: each.url.rpartition("/")[0] for each in objects if each.values}
    wanted = [{"Values": list(values), "StorageDescriptor": {**descriptor, "Location": place}} for values, place in places.items()]
    for start in range(0, len(wanted), 100):
        batch = wanted[start : start + 100]
        errors = glue(running, "BatchCreatePartition", DatabaseName=database, TableName=table, PartitionInputList=batch).get("Errors") or []
        for error in errors:
            if error["ErrorDetail"]["ErrorCode"] != "AlreadyExistsException":
                raise SqlError("HIVE_METASTORE_ERROR", error["ErrorDetail"]["ErrorMessage"])


# -- INSERT INTO


def insert_into(running: Running, statement: InsertInto) -> Result:
    """Add a query's rows to a table, as new objects and, where need be, new partitions."""
    table = existing(running, statement.table)
    if table.get("TableType") == "VIRTUAL_VIEW":
        raise SqlError("NOT_SUPPORTED", "Inserting into views is not supported")
    try:
        refuse_kinds(table)
        found = format_of(table["StorageDescriptor"], table.get("Parameters") or {})
    except Unreadable as error:
        raise SqlError(error.name, error.message) from error
    if found.name not in FORMATS.values():
        raise Refused(f"INSERT INTO a table in the format {found.name}")
    if table["StorageDescriptor"].get("BucketColumns"):
        raise Refused("INSERT INTO a bucketed table")
    columns, keys = columns_of(table)
    wanted = _wanted([*columns, *keys], statement, [name for name, _ in keys])
    query = writing.planned(running, query_of(statement.query))
    writing.check_types(query, wanted, "Insert")
    names = [name for name, _ in keys]
    location, layout = table["StorageDescriptor"]["Location"], [name for name, _ in [*columns, *keys]]
    order = Order(location, wanted, names, found.name, INSERTED[found.name], dict(found.parameters), layout)
    objects, rows = writing.write(running, query, order)
    try:
        _keep_partitions(running, table["DatabaseName"], table["Name"], objects)
    except SqlError:
        writing.remove(running, objects)
        raise
    return _written(running, objects, rows, "INSERT")


def _wanted(columns: Sequence[tuple[str, Type]], statement: InsertInto, keys: Sequence[str]) -> list[tuple[str, Type]]:
    if not statement.columns:
        return list(columns)
    types = dict(columns)
    for name in statement.columns:
        if name not in types:
            raise SqlError("COLUMN_NOT_FOUND", f"Insert column name does not exist in target table: {name}")
    if any(key not in statement.columns for key in keys):
        raise Refused("INSERT INTO without values for the partition keys")
    return [(name, types[name]) for name in statement.columns]


# -- UNLOAD


def unload(running: Running, statement: Unload) -> Result:
    """Write a query's rows under a location that is empty."""
    format_, compression = chosen(statement.options, UNLOADED, "UNLOAD")
    query = writing.planned(running, query_of(statement.query))
    columns, keys = named_columns(query), [key.lower() for key in statement.options.get("partitioned_by", [])]
    check_keys(columns, keys, "UNLOAD")
    writing.require_empty(running, statement.location, "UNLOAD")
    order = Order(statement.location, columns, keys, format_, compression, serde_parameters(statement.options))
    objects, rows = writing.write(running, query, order)
    return _written(running, objects, rows, "")
