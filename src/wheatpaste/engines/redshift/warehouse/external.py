"""External schemas: tables of the Data Catalog in queries, read by the worker from the object store's own files."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.dialect.external import TYPES, ExternalSchema, lake_type, read_external_schema
from wheatpaste.engines.redshift.dialect.parser import parse_query
from wheatpaste.engines.redshift.dialect.prune import expression
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.warehouse.results import Command
from wheatpaste.engines.redshift.warehouse.session import Session, quoted
from wheatpaste.engines.redshift.warehouse.statements import Statement
from wheatpaste.engines.redshift.warehouse.storage import Lake

if TYPE_CHECKING:
    from wheatpaste.engines.scan import Scan

TABLES = ("schemaname", "tablename", "tabletype", "location", "input_format", "output_format", "serialization_lib", "compressed")
COLUMNS = ("schemaname", "tablename", "columnname", "external_type", "columnnum", "part_key", "is_nullable")


def create(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """CREATE EXTERNAL SCHEMA s FROM DATA CATALOG DATABASE 'd' IAM_ROLE …"""
    schema = read_external_schema(statement.words.restart())
    lake = _lake(session)
    rows = session.rows(f"SELECT 1 FROM duckdb_schemas() WHERE database_name = current_database() AND schema_name = {quoted(schema.name)}")
    if rows or schema.name in schemas(session):
        if schema.if_not_exists:
            session.tell(f'schema "{schema.name}" already exists, skipping')
            return Command("CREATE SCHEMA")
        raise SqlError("42P06", f'Schema "{schema.name}" already exists')
    if schema.create_database:
        lake.create_database(schema)
    values = ", ".join(map(quoted, (schema.name, schema.database, schema.role, schema.region, session.user)))
    session.execute(f"INSERT INTO {INTERNAL}.external_schemas VALUES (nextval('{INTERNAL}.oids'), {values})")
    session.cluster.has_external = True
    return Command("CREATE SCHEMA")


def drop(session: Session, schema: ExternalSchema, with_database: bool) -> None:
    """Forget an external schema; its database stays unless DROP EXTERNAL DATABASE says otherwise."""
    if with_database:
        _lake(session).drop_database(schema)
    session.execute(f"DELETE FROM {INTERNAL}.external_schemas WHERE name = {quoted(schema.name)}")


def schemas(session: Session) -> dict[str, ExternalSchema]:
    """The external schemas by name."""
    rows = session.rows(f"SELECT name, database, role, region FROM {INTERNAL}.external_schemas")
    return {row[0] or "": ExternalSchema(row[0] or "", row[1] or "", row[2] or "", row[3] or "") for row in rows}


def _lake(session: Session) -> Lake:
    lake = session.cluster.lake
    if lake is None:
        raise SqlError("0A000", "external schemas need the platform's Data Catalog, which this warehouse has not")
    return lake


def bind(session: Session, tree: Any, reading: bool) -> None:
    """Make the external tables that a tree names visible to the worker, and point the tree to them, in place.

    ``reading`` is False when only their columns are asked for.
    """
    known = schemas(session)
    found: list[Scan] = []
    for table in list(tree.find_all(exp.Table)):
        if table.name in ("svv_external_tables", "svv_external_columns") and table.db in ("", "pg_catalog"):
            _listing(session, table, known)
        elif table.db in known:
            found += _bind(session, tree, table, known[table.db], reading)
    for column in tree.find_all(exp.Column):
        if column.text("db") in known:
            column.set("db", None)
    if found:
        session.hold(_lake(session).holding(found))


def _bind(session: Session, tree: Any, table: Any, schema: ExternalSchema, reading: bool) -> "list[Scan]":
    if isinstance(table.parent, exp.Insert | exp.Update | exp.Delete | exp.Merge | exp.Schema) and table.arg_key == "this":
        raise SqlError("0A000", f"writing to the external table {schema.name}.{table.name} is not supported by wheatpaste")
    lake = _lake(session)
    described = lake.table(schema, table.name)
    if described.get("TableType") == "VIRTUAL_VIEW":
        raise SqlError("0A000", f"the view {schema.name}.{table.name} of the Data Catalog is not supported by wheatpaste")
    keys = [(key["Name"].lower(), (key.get("Type") or "string").lower()) for key in described.get("PartitionKeys") or []]
    columns = [(c["Name"].lower(), c.get("Type") or "string") for c in (described.get("StorageDescriptor") or {}).get("Columns") or []]
    scan = lake.scan(schema, described, expression(table, dict(keys))) if reading else None
    relation = session.register(_told(tree, columns, keys, scan))
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
    table.set("this", exp.to_identifier(relation))
    table.set("db", None)
    table.set("catalog", None)
    return [scan] if scan else []


def _told(tree: Any, columns: Sequence[tuple[str, str]], keys: Sequence[tuple[str, str]], scan: "Scan | None") -> dict[str, Any]:
    """A table as the lake's reader is told it; columns that the statement cannot mean are not read."""
    names = [name.lower() for name, _ in (*columns, *keys)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SqlError("42701", f"the external table has more than one column named {', '.join(twice)}")
    stars = [star for star in tree.find_all(exp.Star) if not isinstance(star.parent, exp.Count)]
    named = {column.name.lower() for column in tree.find_all(exp.Column)}
    used = [(name, type_) for name, type_ in columns if stars or name in named]
    for name, type_ in used:
        if lake_type(type_) is None:
            raise SqlError("0A000", f'the type {type_} of the external column "{name}" is not supported by wheatpaste')
    groups = [
        {"format": form.name, "parameters": dict(form.parameters), "files": [(f.path, f.url, list(f.values)) for f in files]}
        for form, files in (scan.groups if scan else ())
    ]
    whole = [(name, lake_type(type_) or {"name": "varchar"}) for name, type_ in columns]
    return {
        "columns": whole,
        "keys": [(name, lake_type(type_) or {"name": "varchar"}) for name, type_ in keys],
        "groups": groups,
        "used": [name for name, _ in used],
        "path": any(column.name.lower() == "$path" for column in tree.find_all(exp.Column)),
    }


def _listing(session: Session, table: Any, known: dict[str, ExternalSchema]) -> None:
    """``svv_external_tables`` and ``svv_external_columns`` as the rows that the catalog has now."""
    rows, labels = (_tables(session, known), TABLES) if table.name == "svv_external_tables" else (_columns(session, known), COLUMNS)
    database = quoted(session.database)
    values = ", ".join("(" + ", ".join("NULL" if v is None else quoted(v) for v in row) + ")" for row in rows)
    listed = ", ".join(labels)
    blank = "(" + ", ".join(["NULL"] * len(labels)) + ")"
    numbers = {"compressed", "columnnum", "part_key"}
    shown = ", ".join(f"CAST({label} AS {'int' if label in numbers else 'text'}) AS {label}" for label in labels)
    query = f"SELECT {database} AS redshift_database_name, {shown} FROM (VALUES {values or blank}) AS v({listed})"
    subquery = parse_query(query if values else f"{query} WHERE 1 = 0").subquery(table.alias or table.name)
    table.replace(subquery)


def _tables(session: Session, known: dict[str, ExternalSchema]) -> list[tuple[str | None, ...]]:
    rows: list[tuple[str | None, ...]] = []
    for schema in known.values():
        for table in _lake(session).tables(schema):
            place = table.get("StorageDescriptor") or {}
            info = place.get("SerdeInfo") or {}
            formats = (place.get("Location"), place.get("InputFormat"), place.get("OutputFormat"), info.get("SerializationLibrary"))
            kind = "VIEW" if table.get("TableType") == "VIRTUAL_VIEW" else "TABLE"
            rows.append((schema.name, table["Name"], kind, *formats, str(int(bool(place.get("Compressed"))))))
    return rows


def _columns(session: Session, known: dict[str, ExternalSchema]) -> list[tuple[str | None, ...]]:
    rows: list[tuple[str | None, ...]] = []
    for schema in known.values():
        for table in _lake(session).tables(schema):
            columns = (table.get("StorageDescriptor") or {}).get("Columns") or []
            keys = table.get("PartitionKeys") or []
            for number, column in enumerate([*columns, *keys], 1):
                type_ = column.get("Type") or "string"
                part = str(max(0, number - len(columns)))
                rows.append((schema.name, table["Name"], column["Name"], TYPES.get(type_, ("", type_))[1], str(number), part, ""))
    return rows
