"""CREATE TABLE in all its forms and CREATE SCHEMA; what DuckDB does not keep goes into the warehouse's own tables."""

from collections.abc import Sequence

from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.dialect.create_table import Column, CreateTable, read_create_table
from wheatpaste.engines.redshift.dialect.parser import parse_query
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.dialect.types import PLAIN, ColumnType
from wheatpaste.engines.redshift.warehouse import constraints
from wheatpaste.engines.redshift.warehouse.catalog import find
from wheatpaste.engines.redshift.warehouse.results import Command
from wheatpaste.engines.redshift.warehouse.session import Session, named, quoted
from wheatpaste.engines.redshift.warehouse.statements import Statement

KEPT = ("relations", "columns", "constraints", "views")  # the warehouse's own tables that say something of each table
SHOWN = {column.duckdb: column.shown for column in PLAIN.values()}


def create_table(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """CREATE [TEMP] TABLE with columns, LIKE or AS."""
    table = read_create_table(statement.words.restart())
    schema = _schema(session, table)
    if table.if_not_exists and _exists(session, table):
        session.tell(f'relation "{table.name[-1]}" already exists, skipping')
        return Command("CREATE TABLE")
    with session.atomic():
        if table.query:
            return create_as(session, table, schema, session.translator(parameters).query(table.query))
        if table.like is not None:
            table.columns += _like(session, table)
        if not table.columns:
            raise SqlError("42601", "tables must have at least one column")
        _create(session, table, schema)
    return Command("CREATE TABLE")


def select_into(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """SELECT … INTO [TEMP] t FROM …: CREATE TABLE AS."""
    tree = parse_query(statement.sql)
    into = tree.args["into"]
    tree.set("into", None)
    target = into.this
    temporary = bool(into.args.get("temporary")) or target.name.startswith("#")
    table = CreateTable([part.name.lower() for part in target.parts], temporary)
    translator = session.translator(parameters)
    with session.atomic():
        return create_as(session, table, _schema(session, table), translator.render(translator.tree(tree)))


def _schema(session: Session, table: CreateTable) -> str:
    """Where a table goes: '' for a temporary one."""
    if table.temporary:
        return ""
    if len(table.name) == 3 and table.name[0] != session.database:
        raise SqlError("0A000", f'cross-database reference to database "{table.name[0]}" is not supported by wheatpaste')
    schema = table.name[-2] if len(table.name) > 1 else session.current_schema()
    if schema == INTERNAL or schema.startswith("pg_"):
        raise SqlError("42501", f"permission denied for schema {schema}")
    return schema


def _exists(session: Session, table: CreateTable) -> bool:
    try:
        find(session, table.name)
    except SqlError:
        return False
    return True


def _place(table: CreateTable, schema: str) -> str:
    return named(schema, table.name[-1]) if schema else named("temp", "main", table.name[-1])


def _create(session: Session, table: CreateTable, schema: str) -> None:
    lines = [_definition(session, table, schema, column) for column in table.columns]
    session.execute(f"CREATE {'' if schema else 'TEMP '}TABLE {_place(table, schema)} ({', '.join(lines)})")
    _record(session, table, schema)


def _definition(session: Session, table: CreateTable, schema: str, column: Column) -> str:
    text = f"{named(column.name)} {column.type.duckdb}"
    if column.identity is not None:
        text += f" DEFAULT nextval({quoted(_sequence(session, table, schema, column))})"
    elif column.default:
        text += f" DEFAULT {session.translator().query(f'SELECT {column.default} AS x')[7:].rsplit(' AS ', 1)[0]}"
    return text if column.nullable else text + " NOT NULL"


def _sequence(session: Session, table: CreateTable, schema: str, column: Column) -> str:
    """The sequence behind an IDENTITY column."""
    if not schema:
        raise SqlError("0A000", "IDENTITY columns of temporary tables are not supported by wheatpaste")
    assert column.identity is not None
    seed, step = column.identity
    name = f"{schema}.{table.name[-1]}.{column.name}"
    session.execute(f"CREATE OR REPLACE SEQUENCE {named(INTERNAL, name)} START {seed} INCREMENT {step} MINVALUE {min(seed, -(2**62))}")
    return f'{INTERNAL}."{name}"'


def _record(session: Session, table: CreateTable, schema: str) -> None:
    name = table.name[-1]
    if not schema:
        session.temporary[name] = list(table.columns)
        return
    forget(session, schema, name)
    session.execute(
        f"INSERT INTO {INTERNAL}.relations VALUES ({quoted(schema)}, {quoted(name)}, {quoted(table.diststyle)},"
        f" {table.backup}, [], {quoted(session.user)}, now())"
    )
    rows = ", ".join(_row(schema, name, column) for column in table.columns)
    session.execute(f"INSERT INTO {INTERNAL}.columns VALUES {rows}")
    constraints.keep(session, schema, name, table.constraints)


def _row(schema: str, table: str, column: Column) -> str:
    identity = quoted(",".join(map(str, column.identity))) if column.identity else "NULL"
    values = [
        *map(quoted, (schema, table, column.name, column.type.shown)),
        str(column.type.length or "NULL"),
        quoted(column.encoding or default_encoding(column)),
        str(column.distkey),
        str(column.sortkey),
        identity,
        str(column.identity_by_default),
        quoted(column.default) if column.default else "NULL",
    ]
    return f"({', '.join(values)})"


def default_encoding(column: Column) -> str:
    """What Redshift chooses: none for sort keys, booleans and floats, az64 for numbers and dates, lzo for the rest."""
    if column.sortkey or column.type.duckdb in ("BOOLEAN", "FLOAT", "DOUBLE"):
        return "none"
    return "lzo" if column.type.duckdb in ("VARCHAR", "JSON", "BLOB") else "az64"


def forget(session: Session, schema: str, name: str, only: str = "") -> None:
    """Remove what is kept of a table, or what one of the warehouse's tables keeps."""
    for kept in [only] if only else KEPT:
        session.execute(f"DELETE FROM {INTERNAL}.{kept} WHERE schema_name = {quoted(schema)} AND table_name = {quoted(name)}")
    if only:
        return
    full = f"{schema}.{name}"
    session.execute(
        f"DELETE FROM {INTERNAL}.comments WHERE (kind IN ('table', 'view') AND name = {quoted(full)})"
        f" OR (kind = 'column' AND starts_with(name, {quoted(full + '.')}))"
    )


def _like(session: Session, table: CreateTable) -> Sequence[Column]:
    """The columns of the parent, with their keys; its defaults only when asked for."""
    assert table.like is not None
    parent = find(session, table.like)
    kept = session.rows(
        f"SELECT column_name, encoding, distkey, sortkey, default_text FROM {INTERNAL}.columns"
        f" WHERE schema_name = {quoted(parent.schema)} AND table_name = {quoted(parent.name)}"
    )
    extras = {row[0]: row for row in kept}
    style = session.rows(
        f"SELECT diststyle FROM {INTERNAL}.relations WHERE schema_name = {quoted(parent.schema)} AND table_name = {quoted(parent.name)}"
    )
    table.diststyle = (style[0][0] if style else None) or table.diststyle
    columns = []
    for column in parent.columns:
        _, encoding, distkey, sortkey, default = extras.get(column.name) or (None, "", "f", "0", None)
        columns.append(
            Column(
                column.name,
                ColumnType(column.shown or SHOWN.get(column.type, column.type.lower()), column.type, column.length),
                default=(default or "") if table.like_defaults else "",
                nullable=column.nullable,
                encoding=encoding or "",
                distkey=distkey == "t",
                sortkey=int(sortkey or 0),
            )
        )
    return columns


def create_as(session: Session, table: CreateTable, schema: str, sql: str) -> Result:
    """Make the table from the query's columns, so that what is kept of it is exact."""
    described = session.rows(f"SELECT column_name, column_type FROM (DESCRIBE {sql})")
    labels = table.labels or [name or "" for name, _ in described]
    if len(labels) != len(described):
        raise SqlError("42601", "CREATE TABLE AS specifies a different number of column names than its query has")
    if len(set(labels)) != len(labels):
        doubled = next(label for label in labels if labels.count(label) > 1)
        raise SqlError("42701", f'column "{doubled}" duplicated')
    table.columns = [Column(label, _type_of(kind or "")) for label, (_, kind) in zip(labels, described, strict=True)]
    for column in table.columns:
        column.distkey = column.name == table.distkey
        if column.name in table.sortkeys:
            column.sortkey = table.sortkeys.index(column.name) + 1
    _create(session, table, schema)
    session.execute(f"INSERT INTO {_place(table, schema)} {sql}")
    return Command("SELECT")


def _type_of(kind: str) -> ColumnType:
    """The column type that CREATE TABLE AS gives a query's column."""
    if kind in ("VARCHAR", '"NULL"'):
        return ColumnType("character varying(65535)", "VARCHAR", 65535)
    if kind.startswith("DECIMAL"):
        return ColumnType(f"numeric{kind[7:]}", kind)
    if kind in ("HUGEINT", "UBIGINT"):
        return ColumnType("numeric(38,0)", "DECIMAL(38,0)")
    aliases = {"TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ", "TIME WITH TIME ZONE": "TIMETZ", "TINYINT": "SMALLINT"}
    kind = aliases.get(kind, kind)
    if kind not in SHOWN:
        raise SqlError("0A000", f"a column of type {kind.lower()} cannot be stored")
    return ColumnType(SHOWN[kind], kind)


def create_schema(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """CREATE SCHEMA [IF NOT EXISTS] s [AUTHORIZATION u] [QUOTA …]; external schemas are refused."""
    words = statement.words.restart()
    words.expect("CREATE", "SCHEMA")
    if_not_exists = words.accept("IF", "NOT", "EXISTS")
    name = words.identifier() if words.peek() != "AUTHORIZATION" else ""
    if words.accept("AUTHORIZATION"):
        owner = words.identifier()
        name = name or owner
    if words.accept("QUOTA") and not words.accept("UNLIMITED"):
        raise SqlError("0A000", "CREATE SCHEMA … QUOTA is not supported by wheatpaste")
    words.end()
    if name.startswith("pg_") or name in (INTERNAL, "information_schema"):
        raise SqlError("42939", f'unacceptable schema name "{name}"')
    session.execute(f"CREATE SCHEMA {'IF NOT EXISTS ' if if_not_exists else ''}{named(name)}")
    if name == session.user:
        session.cluster.own_schemas.add(name)
    return Command("CREATE SCHEMA")
