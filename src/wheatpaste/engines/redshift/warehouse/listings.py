"""SHOW DATABASES, SCHEMAS, TABLES and COLUMNS: what the svv_ views say, as drivers and consoles ask for it."""

from collections.abc import Sequence

from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.dialect.tokens import Words
from wheatpaste.engines.redshift.warehouse.session import Session, quoted
from wheatpaste.engines.redshift.warehouse.statements import Statement

# What is listed → its view, what stands behind FROM, and the columns that say where it is, its own name last.
LISTED: dict[str, tuple[str, str, Sequence[str]]] = {
    "DATABASES": ("svv_redshift_databases", "", ("database_name",)),
    "SCHEMAS": ("svv_all_schemas", "DATABASE", ("database_name", "schema_name")),
    "TABLES": ("svv_all_tables", "SCHEMA", ("database_name", "schema_name", "table_name")),
    "COLUMNS": ("svv_all_columns", "TABLE", ("database_name", "schema_name", "table_name", "column_name")),
}


def listing(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """SHOW kind FROM place [LIKE 'pattern'] [LIMIT n]."""
    return session.stream(session.translator().query(select_of(session, statement.words.restart())), "SHOW")


def select_of(session: Session, words: Words) -> str:
    """The query that answers. Raises SqlError."""
    words.expect("SHOW")
    view, around, columns = LISTED[words.one_of(*LISTED)]
    conditions = []
    if around:
        words.expect("FROM", around)
        place = words.dotted()
        if len(place) < len(columns) - 1:
            place = [session.database, *place]
        if len(place) != len(columns) - 1:
            raise SqlError("42601", f"the name of the {around.lower()} must have {len(columns) - 1} parts")
        conditions += [f"{column} = {quoted(part)}" for column, part in zip(columns, place, strict=False)]
    if words.accept("LIKE"):
        conditions.append(f"{columns[-1]} LIKE {quoted(words.string())}")
    limit = f" LIMIT {words.number()}" if words.accept("LIMIT") else ""
    words.end()
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    order = "ordinal_position" if view == "svv_all_columns" else columns[-1]
    return f"SELECT * FROM {view}{where} ORDER BY {order}{limit}"
