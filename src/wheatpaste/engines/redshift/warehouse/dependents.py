"""Which views stand on a relation: DROP stops for them or takes them along, and a new name reaches them.

Redshift's views know their tables by id, DuckDB's by name.
"""

from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.parser import parse_query
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.warehouse import ddl
from wheatpaste.engines.redshift.warehouse.session import Session, named, quoted

Place = tuple[str, str]  # schema and name

RELATIONS = """SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database()
UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = current_database() AND NOT internal"""


@dataclass(frozen=True)
class View:
    """A view that is bound to what it stands on: ``kind`` is view or materialized."""

    schema: str
    name: str
    kind: str
    definition: str
    path: tuple[str, ...]

    @property
    def place(self) -> Place:
        """Its schema and name."""
        return self.schema, self.name


def of(session: Session, schema: str, name: str) -> list[View]:
    """The views whose queries mention the relation."""
    rows = session.rows(
        f"SELECT schema_name, table_name, kind, definition, path, owner FROM {INTERNAL}.views"
        f" WHERE kind IN ('view', 'materialized') AND contains(lower(definition), {quoted(name)})"
    )
    if not rows:
        return []
    relations = {(row[0] or "", row[1] or "") for row in session.rows(RELATIONS)}
    views = [
        View(view_schema or "", view or "", kind or "", text or "", tuple((path or "").replace("$user", owner or "").split(",")))
        for view_schema, view, kind, text, path, owner in rows
    ]
    return [view for view in views if view.place != (schema, name) and _mentions(view, (schema, name), relations)]


def _mentions(view: View, wanted: Place, relations: set[Place]) -> list[Any]:
    """The nodes of a view's query that mean the relation."""
    tree = parse_query(view.definition)
    common = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    found = []
    for table in tree.find_all(exp.Table):
        if table.name.lower() != wanted[1] or (not table.db and table.name.lower() in common):
            continue
        schemas = [table.db.lower()] if table.db else [part.strip() for part in view.path]
        if next((schema for schema in schemas if (schema, wanted[1]) in relations), "") == wanted[0]:
            found.append(table)
    return found


def clear(session: Session, schema: str, name: str, cascade: bool, going: set[Place]) -> None:
    """Before a relation is dropped: its views go too with CASCADE. Raises SqlError 2BP01 without, unless they are ``going`` anyway."""
    for view in of(session, schema, name):
        if view.place in going:
            continue
        if not cascade:
            raise SqlError(
                "2BP01",
                f"cannot drop {name} because other objects depend on it",
                detail=f"view {view.name} depends on {name}",
                hint="Use DROP ... CASCADE to drop the dependent objects too.",
            )
        clear(session, *view.place, cascade=True, going=going)
        session.execute(f"DROP {'TABLE' if view.kind == 'materialized' else 'VIEW'} IF EXISTS {named(*view.place)}")
        ddl.forget(session, *view.place)
        session.tell(f"drop cascades to view {view.name}", "NOTICE")


def clear_schema(session: Session, schema: str) -> None:
    """Before a schema is dropped with CASCADE: the views of others on its relations go too."""
    inside = [(row[0] or "", row[1] or "") for row in session.rows(RELATIONS) if row[0] == schema]
    for place in inside:
        clear(session, *place, cascade=True, going=set(inside))


def rename(session: Session, schema: str, old: str, new: str, views: list[View]) -> None:
    """After a relation got a new name: let the ``views`` that stood on it (``of``, asked before) stand on it still."""
    relations = {(row[0] or "", row[1] or "") for row in session.rows(RELATIONS)} | {(schema, old)}
    for view in views:
        text = view.definition
        for table in sorted(_mentions(view, (schema, old), relations), key=lambda node: -int(node.this.meta["start"])):
            shown = named(new) if table.alias else f"{named(new)} AS {named(old)}"
            text = text[: table.this.meta["start"]] + shown + text[table.this.meta["end"] + 1 :]
        if view.kind == "view":
            _remake(session, view, text)
        session.execute(
            f"UPDATE {INTERNAL}.views SET definition = {quoted(text)}"
            f" WHERE schema_name = {quoted(view.schema)} AND table_name = {quoted(view.name)}"
        )


def _remake(session: Session, view: View, text: str) -> None:
    columns = session.rows(
        f"SELECT column_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = {quoted(view.schema)}"
        f" AND table_name = {quoted(view.name)} ORDER BY column_index"
    )
    listed = ", ".join(named(row[0] or "") for row in columns)
    with session.searching([part.strip() for part in view.path]):
        sql = session.translator().query(text)
        session.execute(f"CREATE OR REPLACE VIEW {named(*view.place)} ({listed}) AS {sql}")


def rename_comments(session: Session, schema: str, old: str, new: str) -> None:
    """What COMMENT said of a relation and its columns goes with it to its new name."""
    before, after = f"{schema}.{old}", f"{schema}.{new}"
    session.execute(
        f"UPDATE {INTERNAL}.comments SET name = {quoted(after)} || substr(name, {len(before) + 1})"
        f" WHERE (kind IN ('table', 'view') AND name = {quoted(before)}) OR (kind = 'column' AND starts_with(name, {quoted(before + '.')}))"
    )
