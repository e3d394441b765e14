"""DROP TABLE, VIEW and SCHEMA."""

from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.warehouse import ddl, dependents, external, user_views
from wheatpaste.engines.redshift.warehouse.catalog import Table, find
from wheatpaste.engines.redshift.warehouse.results import Command
from wheatpaste.engines.redshift.warehouse.session import Session, named, quoted
from wheatpaste.engines.redshift.warehouse.statements import Statement


def drop(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """DROP TABLE | VIEW | SCHEMA [IF EXISTS] name [, …] [CASCADE | RESTRICT]: not what views stand on, unless they go too."""
    words = statement.words.restart()
    words.expect("DROP")
    kind = words.one_of("TABLE", "VIEW", "SCHEMA")
    if_exists = words.accept("IF", "EXISTS")
    names = [words.dotted()]
    while words.accept(","):
        names.append(words.dotted())
    with_database = kind == "SCHEMA" and words.accept("DROP", "EXTERNAL", "DATABASE")
    cascade = words.one_of("CASCADE", "RESTRICT") == "CASCADE"
    words.end()
    with session.atomic():
        for parts in names:
            foreign = external.schemas(session).get(parts[-1]) if kind == "SCHEMA" else None
            if foreign is not None:
                external.drop(session, foreign, with_database)
            elif kind == "SCHEMA":
                _drop_schema(session, parts, if_exists, cascade)
            else:
                _drop(session, kind, parts, if_exists, cascade, names)
    return Command(f"DROP {kind}")


def _drop_schema(session: Session, parts: list[str], if_exists: bool, cascade: bool) -> None:
    if cascade:
        dependents.clear_schema(session, parts[-1])
    session.execute(f"DROP SCHEMA {'IF EXISTS ' * if_exists}{named(parts[-1])}{' CASCADE' * cascade}")
    for kept in ddl.KEPT:
        session.execute(f"DELETE FROM {INTERNAL}.{kept} WHERE schema_name = {quoted(parts[-1])}")


def _drop(session: Session, kind: str, parts: list[str], if_exists: bool, cascade: bool, names: list[list[str]]) -> None:
    if kind == "VIEW":
        late = user_views.late_place(session, parts)
        if late is not None:
            ddl.forget(session, *late)
            return
    try:
        table: Table | None = find(session, parts)
    except SqlError:
        if not if_exists:
            raise
        table = None
    if table is None:
        noun = kind.lower()
        session.tell(f'{noun} "{parts[-1]}" does not exist and will be skipped')
        return
    if table.schema:
        going = {(each[-2] if len(each) > 1 else table.schema, each[-1]) for each in names}
        dependents.clear(session, table.schema, table.name, cascade, going)
    session.execute(
        f"DROP {kind} {named(table.schema, table.name) if table.schema else named('temp', 'main', table.name)}{' CASCADE' * cascade}"
    )
    if table.schema:
        ddl.forget(session, table.schema, table.name)
    else:
        session.temporary.pop(table.name, None)
