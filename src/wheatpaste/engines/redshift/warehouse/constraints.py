"""Tables' constraints as the warehouse keeps them, for pg_constraint."""

from collections.abc import Sequence

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.constraints import Constraint
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.warehouse.catalog import find
from wheatpaste.engines.redshift.warehouse.session import Session, quoted


def keep(session: Session, schema: str, table: str, constraints: Sequence[Constraint]) -> None:
    """Add a table's constraints. Raises SqlError when a parent or a column is not there."""
    for constraint in constraints:
        name = constraint.name_in(table)
        if session.rows(f"SELECT 1 FROM {INTERNAL}.constraints WHERE {_where(schema, table)} AND name = {quoted(name)}"):
            raise SqlError("42710", f'constraint "{name}" for relation "{table}" already exists')
        parent, keys = _parent(session, schema, table, constraint)
        session.execute(
            f"INSERT INTO {INTERNAL}.constraints VALUES (nextval('{INTERNAL}.oids'), {quoted(schema)}, {quoted(table)}, {quoted(name)},"
            f" {quoted(constraint.kind)}, {_list(constraint.columns)}, {quoted(parent[0])}, {quoted(parent[1])}, {_list(keys)})"
        )


def _parent(session: Session, schema: str, table: str, constraint: Constraint) -> tuple[tuple[str, str], Sequence[str]]:
    if not constraint.parent:
        return ("", ""), ()
    parent = find(session, list(constraint.parent))
    keys: Sequence[str] = constraint.keys or _primary(session, parent.schema, parent.name)
    for key in keys:
        parent.column(key)
    if len(keys) != len(constraint.columns):
        raise SqlError("42830", f'number of referencing and referenced columns for foreign key of "{table}" disagree')
    return (parent.schema, parent.name), keys


def _primary(session: Session, schema: str, table: str) -> list[str]:
    rows = session.rows(f"SELECT unnest(columns) FROM {INTERNAL}.constraints WHERE {_where(schema, table)} AND kind = 'p'")
    if not rows:
        raise SqlError("42704", f'there is no primary key for referenced table "{table}"')
    return [row[0] or "" for row in rows]


def drop(session: Session, schema: str, table: str, name: str) -> None:
    """Remove one by its name. Raises SqlError 42704."""
    clause = f"{_where(schema, table)} AND name = {quoted(name)}"
    if not session.rows(f"SELECT 1 FROM {INTERNAL}.constraints WHERE {clause}"):
        raise SqlError("42704", f'constraint "{name}" of relation "{table}" does not exist')
    session.execute(f"DELETE FROM {INTERNAL}.constraints WHERE {clause}")


def rename_column(session: Session, schema: str, table: str, old: str, new: str) -> None:
    """A column of theirs has another name."""
    renamed = f"lambda c: CASE c WHEN {quoted(old)} THEN {quoted(new)} ELSE c END"
    session.execute(
        f"UPDATE {INTERNAL}.constraints SET columns = list_transform(columns, {renamed}) WHERE {_where(schema, table)}"
        f" AND list_contains(columns, {quoted(old)})"
    )
    session.execute(
        f"UPDATE {INTERNAL}.constraints SET keys = list_transform(keys, {renamed})"
        f" WHERE parent_schema = {quoted(schema)} AND parent_table = {quoted(table)} AND list_contains(keys, {quoted(old)})"
    )


def rename_parent(session: Session, schema: str, old: str, new: str) -> None:
    """What foreign keys refer to has another name."""
    session.execute(
        f"UPDATE {INTERNAL}.constraints SET parent_table = {quoted(new)}"
        f" WHERE parent_schema = {quoted(schema)} AND parent_table = {quoted(old)}"
    )


def drop_column(session: Session, schema: str, table: str, column: str) -> None:
    """A column is gone, and with it the constraints on it."""
    session.execute(f"DELETE FROM {INTERNAL}.constraints WHERE {_where(schema, table)} AND list_contains(columns, {quoted(column)})")


def _where(schema: str, table: str) -> str:
    return f"schema_name = {quoted(schema)} AND table_name = {quoted(table)}"


def _list(names: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, names))}]::VARCHAR[]"
