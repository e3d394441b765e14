"""CREATE VIEW and materialized views, with the text that they were made from."""

from sqlglot import exp

from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.dialect.create_table import CreateTable, read_table_options
from wheatpaste.engines.redshift.dialect.parser import parse_query
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.dialect.tokens import Words
from wheatpaste.engines.redshift.warehouse import ddl, dependents
from wheatpaste.engines.redshift.warehouse.catalog import find
from wheatpaste.engines.redshift.warehouse.results import Command
from wheatpaste.engines.redshift.warehouse.session import Session, named, quoted
from wheatpaste.engines.redshift.warehouse.statements import Statement

UNBOUND = "WITH NO SCHEMA BINDING"


def create_view(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """CREATE [OR REPLACE] VIEW v [(names)] AS query [WITH NO SCHEMA BINDING]."""
    words = statement.words.restart()
    words.expect("CREATE")
    replace = words.accept("OR", "REPLACE")
    words.expect("VIEW")
    parts = words.dotted()
    labels = words.names() if words.peek() == "(" else []
    words.expect("AS")
    query, late = _without_binding(words)
    schema = parts[-2] if len(parts) > 1 else session.current_schema()
    if kind_of(session, schema, parts[-1]) == "late" or late:
        _clear(session, schema, parts[-1], replace)
    if late:
        _keep_late(session, schema, parts[-1], labels, query)
        return Command("CREATE VIEW")
    sql = session.translator(parameters).query(query)
    listed = f" ({', '.join(named(label) for label in labels)})" if labels else ""
    with session.atomic():
        session.execute(f"CREATE {'OR REPLACE ' if replace else ''}VIEW {named(schema, parts[-1])}{listed} AS {sql}")
        _keep(session, schema, parts[-1], "view", query)
    return Command("CREATE VIEW")


def _clear(session: Session, schema: str, name: str, replace: bool) -> None:
    """Make room for a view where a late-binding one is, or comes. Raises SqlError 42P07 unless it replaces a view."""
    kind = kind_of(session, schema, name)
    taken = kind or session.rows(
        f"SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = {quoted(schema)}"
        f" AND table_name = {quoted(name)}"
    )
    if taken and not (replace and kind in ("view", "late")):
        raise SqlError("42P07", f'Relation "{name}" already exists')
    if kind == "view":
        session.execute(f"DROP VIEW {named(schema, name)}")


def _keep_late(session: Session, schema: str, name: str, labels: list[str], query: str) -> None:
    if not session.rows(f"SELECT 1 FROM duckdb_schemas() WHERE database_name = current_database() AND schema_name = {quoted(schema)}"):
        raise SqlError("3F000", f'schema "{schema}" does not exist')
    tree = parse_query(query)
    common = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier) and not table.db and table.name.lower() not in common:
            raise SqlError(
                "42P01", f'all the relation names inside should be qualified when creating views WITH NO SCHEMA BINDING: "{table.name}"'
            )
    text = f"SELECT * FROM ({query.strip()}) AS late_view({', '.join(labels)})" if labels else query
    _keep(session, schema, name, "late", text)
    session.cluster.has_late = True


def _keep(session: Session, schema: str, name: str, kind: str, query: str) -> None:
    ddl.forget(session, schema, name, only="views")
    path = ",".join(session.search_path)
    session.execute(
        f"INSERT INTO {INTERNAL}.views VALUES"
        f" ({quoted(schema)}, {quoted(name)}, {quoted(kind)}, {quoted(query.strip())}, {quoted(session.user)}, {quoted(path)}, now(),"
        f" nextval('{INTERNAL}.oids'))"
    )


def _without_binding(words: Words) -> tuple[str, bool]:
    text = words.rest
    if not " ".join(text.upper().split()).endswith(UNBOUND):
        return text, False
    at = len(text)
    for word in reversed(UNBOUND.split()):
        at = text.upper().rindex(word, 0, at)
    return text[:at], True


def create_materialized(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """CREATE MATERIALIZED VIEW v [BACKUP …] [table attributes] [AUTO REFRESH NO] AS query: a table that REFRESH fills anew."""
    words = statement.words.restart()
    words.expect("CREATE", "MATERIALIZED", "VIEW")
    table = CreateTable(words.dotted())
    while not words.done and words.peek() != "AS":
        if not words.accept("AUTO", "REFRESH"):
            read_table_options(words, table)
        elif words.one_of("YES", "NO") != "NO":
            raise SqlError("0A000", "CREATE MATERIALIZED VIEW … AUTO REFRESH YES is not supported by wheatpaste: run REFRESH")
    words.expect("AS")
    query = words.rest
    schema = table.name[-2] if len(table.name) > 1 else session.current_schema()
    with session.atomic():
        ddl.create_as(session, table, schema, session.translator(parameters).query(query))
        _keep(session, schema, table.name[-1], "materialized", query)
    return Command("CREATE MATERIALIZED VIEW")


def refresh(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """REFRESH MATERIALIZED VIEW v: always a full recomputation."""
    words = statement.words.restart()
    words.expect("REFRESH", "MATERIALIZED", "VIEW")
    table = find(session, words.dotted())
    words.end()
    rows = session.rows(f"SELECT definition, path FROM {INTERNAL}.views WHERE {_where(table.schema, table.name)} AND kind = 'materialized'")
    if not rows:
        raise SqlError("42809", f'"{table.name}" is not a materialized view')
    definition, path = rows[0]
    with session.atomic(), session.searching((path or "").split(",")):
        place = named(table.schema, table.name)
        session.execute(f"DELETE FROM {place}")
        session.execute(f"INSERT INTO {place} {session.translator().query(definition or '')}")
        session.execute(f"UPDATE {INTERNAL}.views SET refreshed = now() WHERE {_where(table.schema, table.name)}")
    session.tell(f"Materialized view {table.name} was recomputed from scratch.")
    return Command("REFRESH")


def drop_materialized(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """DROP MATERIALIZED VIEW [IF EXISTS] v [, …] [CASCADE | RESTRICT]."""
    words = statement.words.restart()
    words.expect("DROP", "MATERIALIZED", "VIEW")
    if_exists = words.accept("IF", "EXISTS")
    names = [words.dotted()]
    while words.accept(","):
        names.append(words.dotted())
    cascade = words.one_of("CASCADE", "RESTRICT") == "CASCADE"
    words.end()
    with session.atomic():
        for parts in names:
            _drop(session, parts, if_exists, cascade)
    return Command("DROP MATERIALIZED VIEW")


def _drop(session: Session, parts: list[str], if_exists: bool, cascade: bool) -> None:
    try:
        table = find(session, parts)
    except SqlError:
        if not if_exists:
            raise
        session.tell(f'materialized view "{parts[-1]}" does not exist and will be skipped')
        return
    if kind_of(session, table.schema, table.name) != "materialized":
        raise SqlError("42809", f'"{table.name}" is not a materialized view')
    dependents.clear(session, table.schema, table.name, cascade, set())
    session.execute(f"DROP TABLE {named(table.schema, table.name)}")
    ddl.forget(session, table.schema, table.name)


def late_place(session: Session, parts: list[str]) -> tuple[str, str] | None:
    """Where the late-binding view of that name is: schema and name; None when the name means none."""
    for schema in [parts[-2]] if len(parts) > 1 else session.engine_path():
        if kind_of(session, schema, parts[-1]) == "late":
            return schema, parts[-1]
    return None


def rename_late(session: Session, place: tuple[str, str], name: str) -> None:
    """Give a late-binding view a new name. Raises SqlError 42P07."""
    _clear(session, place[0], name, replace=False)
    session.execute(f"UPDATE {INTERNAL}.views SET table_name = {quoted(name)} WHERE {_where(*place)}")


def kind_of(session: Session, schema: str, name: str) -> str:
    """view, late or materialized; empty for what is no view."""
    rows = session.rows(f"SELECT kind FROM {INTERNAL}.views WHERE {_where(schema, name)}")
    return (rows[0][0] or "") if rows else ""


def _where(schema: str, name: str) -> str:
    return f"schema_name = {quoted(schema)} AND table_name = {quoted(name)}"
