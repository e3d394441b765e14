"""ALTER TABLE of a temporary table: its columns and its name; the session keeps what CREATE said of them."""

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.create_table import Column, read_encoding
from wheatpaste.engines.redshift.dialect.tokens import Words
from wheatpaste.engines.redshift.dialect.types import read_type
from wheatpaste.engines.redshift.warehouse.catalog import Table
from wheatpaste.engines.redshift.warehouse.session import Session, named


def alter(session: Session, table: Table, words: Words) -> None:
    """ADD, DROP or RENAME a column, or RENAME the table. Raises SqlError 0A000 for the rest."""
    place = named("temp", "main", table.name)
    kept = session.temporary.get(table.name, [])
    if words.accept("ADD"):
        words.accept("COLUMN")
        column = _column(session, words)
        default = session.translator().query(f"SELECT {column.default} AS x")[7:].rsplit(" AS ", 1)[0] if column.default else "NULL"
        session.execute(f"ALTER TABLE {place} ADD COLUMN {named(column.name)} {column.type.duckdb} DEFAULT {default}")
        session.temporary[table.name] = [*kept, column]
    elif words.accept("DROP"):
        words.accept("COLUMN")
        gone = table.column(words.identifier()).name
        words.one_of("CASCADE", "RESTRICT")
        session.execute(f"ALTER TABLE {place} DROP COLUMN {named(gone)}")
        session.temporary[table.name] = [column for column in kept if column.name != gone]
    elif words.accept("RENAME", "TO"):
        name = words.identifier()
        session.execute(f"ALTER TABLE {place} RENAME TO {named(name)}")
        session.temporary[name] = session.temporary.pop(table.name, [])
    elif words.accept("RENAME"):
        _rename(session, table, place, words)
    else:
        raise SqlError("0A000", f"ALTER TABLE … {words.peek()} of a temporary table is not supported by wheatpaste")


def _column(session: Session, words: Words) -> Column:
    column = Column(words.identifier(), read_type(words))
    while not words.done:
        if words.accept("DEFAULT"):
            column.default = words.until("ENCODE", "NOT", "NULL") if words.peek() != "NULL" else words.word()
        elif words.accept("ENCODE"):
            column.encoding = read_encoding(words)
        elif not words.accept("NULL"):
            raise words.syntax()
    return column


def _rename(session: Session, table: Table, place: str, words: Words) -> None:
    words.accept("COLUMN")
    column = table.column(words.identifier())
    words.expect("TO")
    name = words.identifier()
    session.execute(f"ALTER TABLE {place} RENAME COLUMN {named(column.name)} TO {named(name)}")
    for each in session.temporary.get(table.name, []):
        if each.name == column.name:
            each.name = name
