"""What a session knows of a table: DuckDB's columns, and what CREATE TABLE said of them."""

from dataclasses import dataclass

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.warehouse.session import Session, quoted

FIND = """
SELECT c.schema_name, c.column_name, c.data_type, m.length, m.type, m.identity, m.by_default, c.is_nullable, c.column_default,
  c.database_name
FROM duckdb_columns() c
LEFT JOIN {internal}.columns m ON m.schema_name = c.schema_name AND m.table_name = c.table_name AND m.column_name = c.column_name
WHERE c.table_name = {table} AND NOT c.internal
  AND ((c.database_name = {database} AND c.schema_name = {schema}) OR (c.database_name = 'temp' AND {temporary}))
ORDER BY c.database_name = {database}, c.column_index
"""


@dataclass(frozen=True)
class TableColumn:
    """One column of a table that is there."""

    name: str
    type: str  # DuckDB's
    length: int | None = None
    shown: str = ""  # Redshift's type
    identity: str = ""
    by_default: bool = False
    nullable: bool = True
    default: str = ""


@dataclass(frozen=True)
class Table:
    """A table that is there: where, and its columns in order. ``schema`` is '' for a temporary one."""

    schema: str
    name: str
    columns: tuple[TableColumn, ...]

    def column(self, name: str) -> TableColumn:
        """A column by its name. Raises SqlError 42703."""
        for column in self.columns:
            if column.name == name:
                return column
        raise SqlError("42703", f'column "{name}" of relation "{self.name}" does not exist')


def find(session: Session, parts: list[str]) -> Table:
    """The table that a name means. Raises SqlError 42P01."""
    name = parts[-1]
    for schema in [parts[-2]] if len(parts) > 1 else session.engine_path():
        sql = FIND.format(
            internal=INTERNAL,
            table=quoted(name),
            database=quoted(session.cluster.file_name),
            schema=quoted(schema),
            temporary="true" if len(parts) == 1 else "false",
        )
        rows = session.rows(sql)
        if rows:
            first = (rows[0][9], rows[0][0])
            columns = tuple(_column(session, name, row) for row in rows if (row[9], row[0]) == first)
            return Table("" if first[0] == "temp" else schema, name, columns)
    if len(parts) > 1 and session.rows(f"SELECT 1 FROM {INTERNAL}.external_schemas WHERE name = {quoted(parts[-2])}"):
        raise SqlError("0A000", f"this statement is not supported by wheatpaste for tables of external schemas: {'.'.join(parts)}")
    raise SqlError("42P01", f'relation "{".".join(parts)}" does not exist')


def _column(session: Session, table: str, row: list[str | None]) -> TableColumn:
    _, name, kind, length, shown, identity, by_default, nullable, default, database = row
    if database == "temp":
        for known in session.temporary.get(table, ()):
            if known.name == name:
                return TableColumn(known.name, kind or "", known.type.length, known.type.shown, nullable=nullable == "t")
    return TableColumn(
        name or "",
        kind or "",
        int(length) if length else None,
        shown or "",
        identity or "",
        by_default == "t",
        nullable == "t",
        default or "",
    )
