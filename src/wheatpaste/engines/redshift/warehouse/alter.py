"""ALTER TABLE."""

from collections.abc import Callable

from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.dialect.constraints import STARTS, Constraint, read_constraint
from wheatpaste.engines.redshift.dialect.create_table import read_encoding
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.dialect.tokens import Words
from wheatpaste.engines.redshift.dialect.types import read_type
from wheatpaste.engines.redshift.warehouse import alter_temporary, constraints, dependents, user_views
from wheatpaste.engines.redshift.warehouse.catalog import Table, find
from wheatpaste.engines.redshift.warehouse.ddl import KEPT
from wheatpaste.engines.redshift.warehouse.results import Command
from wheatpaste.engines.redshift.warehouse.session import Session, named, quoted
from wheatpaste.engines.redshift.warehouse.statements import Statement

ENDS = ("NOT", "NULL", "ENCODE", "COLLATE", "DEFAULT")


def alter_table(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """ALTER TABLE t action: columns, names, keys, encodings, owner, APPEND."""
    words = statement.words.restart()
    words.expect("ALTER", "TABLE")
    parts = words.dotted()
    late = user_views.late_place(session, parts)
    if late is not None:
        _rename_late(session, late, words)
        return Command("ALTER TABLE")
    table = find(session, parts)
    if not table.schema:
        alter_temporary.alter(session, table, words)
        words.end()
        return Command("ALTER TABLE")
    first = words.one_of(*ACTIONS)
    if not first:
        raise words.syntax()
    with session.atomic():
        ACTIONS[first](session, table, words)
    words.end()
    return Command("ALTER TABLE")


def _where(table: Table, column: str = "") -> str:
    clause = f"schema_name = {quoted(table.schema)} AND table_name = {quoted(table.name)}"
    return f"{clause} AND column_name = {quoted(column)}" if column else clause


def _set(session: Session, table: Table, column: str, assignments: str) -> None:
    session.execute(f"UPDATE {INTERNAL}.columns SET {assignments} WHERE {_where(table, column)}")


def _place(table: Table) -> str:
    return named(table.schema, table.name)


def _add(session: Session, table: Table, words: Words) -> None:
    if words.peek() in STARTS:
        _constrain(session, table, read_constraint(words))
        return
    words.accept("COLUMN")
    name, kind = words.identifier(), read_type(words)
    default, encoding, nullable = "", "lzo" if kind.is_text else "az64", True
    while not words.done:
        if words.accept("DEFAULT"):
            default = words.until(*ENDS[:-1]) if words.peek() != "NULL" else words.word()
        elif words.accept("ENCODE"):
            encoding = read_encoding(words)
        elif words.accept("NOT", "NULL"):
            nullable = False
        elif not words.accept("NULL"):
            raise words.syntax()
    if not nullable and not default:
        raise SqlError("42601", "ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression")
    shown = session.translator().query(f"SELECT {default} AS x")[7:].rsplit(" AS ", 1)[0] if default else ""
    session.execute(f"ALTER TABLE {_place(table)} ADD COLUMN {named(name)} {kind.duckdb}{f' DEFAULT {shown}' if shown else ''}")
    if not nullable:
        session.execute(f"ALTER TABLE {_place(table)} ALTER COLUMN {named(name)} SET NOT NULL")
    texts = ", ".join(map(quoted, (table.schema, table.name, name, kind.shown)))
    rest = f"false, 0, NULL, false, {quoted(default) if default else 'NULL'}"
    session.execute(f"INSERT INTO {INTERNAL}.columns VALUES ({texts}, {kind.length or 'NULL'}, {quoted(encoding)}, {rest})")


def _constrain(session: Session, table: Table, constraint: Constraint) -> None:
    for name in constraint.columns:
        table.column(name)
    constraints.keep(session, table.schema, table.name, [constraint])


def _drop(session: Session, table: Table, words: Words) -> None:
    if words.accept("CONSTRAINT"):
        name = words.identifier()
        words.one_of("CASCADE", "RESTRICT")
        constraints.drop(session, table.schema, table.name, name)
        return
    words.accept("COLUMN")
    column = table.column(words.identifier())
    words.one_of("CASCADE", "RESTRICT")
    session.execute(f"ALTER TABLE {_place(table)} DROP COLUMN {named(column.name)}")
    session.execute(f"DELETE FROM {INTERNAL}.columns WHERE {_where(table, column.name)}")
    constraints.drop_column(session, table.schema, table.name, column.name)


def _rename(session: Session, table: Table, words: Words) -> None:
    if words.accept("TO"):
        _rename_relation(session, table, words.identifier())
        return
    words.accept("COLUMN")
    column = table.column(words.identifier())
    words.expect("TO")
    name = words.identifier()
    session.execute(f"ALTER TABLE {_place(table)} RENAME COLUMN {named(column.name)} TO {named(name)}")
    _set(session, table, column.name, f"column_name = {quoted(name)}")
    constraints.rename_column(session, table.schema, table.name, column.name, name)


def _rename_relation(session: Session, table: Table, name: str) -> None:
    """ALTER TABLE … RENAME TO renames views too, as in Redshift (dbt counts on it)."""
    views = dependents.of(session, table.schema, table.name)
    kind = "VIEW" if user_views.kind_of(session, table.schema, table.name) == "view" else "TABLE"
    session.execute(f"ALTER {kind} {_place(table)} RENAME TO {named(name)}")
    for kept in KEPT:
        session.execute(f"UPDATE {INTERNAL}.{kept} SET table_name = {quoted(name)} WHERE {_where(table)}")
    constraints.rename_parent(session, table.schema, table.name, name)
    dependents.rename_comments(session, table.schema, table.name, name)
    dependents.rename(session, table.schema, table.name, name, views)


def _rename_late(session: Session, place: tuple[str, str], words: Words) -> None:
    words.expect("RENAME", "TO")
    name = words.identifier()
    words.end()
    with session.atomic():
        user_views.rename_late(session, place, name)
        dependents.rename_comments(session, *place, name)


def _alter(session: Session, table: Table, words: Words) -> None:
    if words.accept("DISTSTYLE"):
        style = words.one_of("AUTO", "EVEN", "ALL", "KEY")
        session.execute(f"UPDATE {INTERNAL}.relations SET diststyle = {quoted(style)} WHERE {_where(table)}")
        if style != "KEY":
            session.execute(f"UPDATE {INTERNAL}.columns SET distkey = false WHERE {_where(table)}")
            return
        words.expect("DISTKEY")
        _distkey(session, table, words.identifier())
    elif words.accept("DISTKEY"):
        _distkey(session, table, words.identifier())
    elif words.peek() in ("COMPOUND", "SORTKEY"):
        words.accept("COMPOUND")
        words.expect("SORTKEY")
        _sortkey(session, table, [] if words.one_of("AUTO", "NONE") else words.names())
    elif not words.accept("ENCODE", "AUTO"):
        words.accept("COLUMN")
        _column(session, table, words)


def _distkey(session: Session, table: Table, name: str) -> None:
    table.column(name)
    session.execute(f"UPDATE {INTERNAL}.columns SET distkey = (column_name = {quoted(name)}) WHERE {_where(table)}")
    session.execute(f"UPDATE {INTERNAL}.relations SET diststyle = 'KEY' WHERE {_where(table)}")


def _sortkey(session: Session, table: Table, names: list[str]) -> None:
    places = "".join(f" WHEN {quoted(table.column(name).name)} THEN {place}" for place, name in enumerate(names, 1))
    session.execute(
        f"UPDATE {INTERNAL}.columns SET sortkey = {f'CASE column_name{places} ELSE 0 END' if places else 0} WHERE {_where(table)}"
    )


def _column(session: Session, table: Table, words: Words) -> None:
    column = table.column(words.identifier())
    if words.accept("ENCODE"):
        _set(session, table, column.name, f"encoding = {quoted(read_encoding(words))}")
        return
    words.expect("TYPE")
    kind = read_type(words)
    if column.length is None or kind.length is None:
        raise SqlError("0A000", f'cannot alter type of column "{column.name}": only the size of a VARCHAR can be changed')
    longest = session.rows(f"SELECT max(strlen({named(column.name)})) FROM {_place(table)}")[0][0]
    if int(longest or 0) > kind.length:
        raise SqlError("22001", f'target data size should be larger or equal to current maximum data size for column "{column.name}"')
    _set(session, table, column.name, f"type = {quoted(kind.shown)}, length = {kind.length}")


def _owner(session: Session, table: Table, words: Words) -> None:
    words.expect("TO")
    session.execute(f"UPDATE {INTERNAL}.relations SET owner = {quoted(words.identifier())} WHERE {_where(table)}")


def _append(session: Session, table: Table, words: Words) -> None:
    words.expect("FROM")
    source = find(session, words.dotted())
    shared = [column.name for column in table.columns if column.name in {c.name for c in source.columns}]
    missing = {c.name for c in source.columns} - set(shared)
    if (missing and not words.accept("IGNOREEXTRA")) or (len(shared) < len(table.columns) and not words.accept("FILLTARGET")):
        raise SqlError("42P16", f'the columns of "{source.name}" and "{table.name}" differ: see IGNOREEXTRA and FILLTARGET')
    names = ", ".join(map(named, shared))
    session.execute(f"INSERT INTO {_place(table)} ({names}) SELECT {names} FROM {_place(source)}")
    session.execute(f"DELETE FROM {_place(source)}")


ACTIONS: dict[str, Callable[[Session, Table, Words], None]] = {
    "ADD": _add,
    "DROP": _drop,
    "RENAME": _rename,
    "ALTER": _alter,
    "OWNER": _owner,
    "APPEND": _append,
}
