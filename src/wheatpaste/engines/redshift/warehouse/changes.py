"""INSERT, UPDATE, DELETE, MERGE and TRUNCATE: texts longer than their column are refused, which DuckDB does not do by itself."""

from typing import Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.dialect.calls import final
from wheatpaste.engines.redshift.dialect.moments import iso
from wheatpaste.engines.redshift.dialect.parser import parse_query
from wheatpaste.engines.redshift.warehouse import user_views
from wheatpaste.engines.redshift.warehouse.catalog import Table, TableColumn, find
from wheatpaste.engines.redshift.warehouse.results import Command
from wheatpaste.engines.redshift.warehouse.session import Session, named
from wheatpaste.engines.redshift.warehouse.statements import Statement

INTEGERS = ("SMALLINT", "INTEGER", "BIGINT")
MOMENTS = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")


def fit(value: Any, column: TableColumn) -> Any:
    """A value as it may be stored in a column: a text that is too long raises 22001, one that is no integer's 22P02."""
    if isinstance(value, exp.Column | exp.Var) and value.name.upper() == "DEFAULT":
        return value
    if column.type in INTEGERS and not (isinstance(value, exp.Literal) and not value.is_string):
        return final("rs_integer_text", value, exp.false())
    if column.length is None:
        return value
    kind = "character" if column.shown.startswith("character(") else "character varying"
    return final("rs_fit", exp.cast(value, "text"), exp.Literal.number(column.length), exp.Literal.string(kind))


def target(session: Session, parts: list[str]) -> Table:
    """The table that a statement changes. Raises SqlError 42809 for a materialized view."""
    table = find(session, parts)
    if user_views.kind_of(session, table.schema, table.name) == "materialized":
        raise SqlError("42809", f'cannot change materialized view "{table.name}"')
    return table


def name_parts(table: Any) -> list[str]:
    """The parts of a table's name in a tree, lower case."""
    return [part.name.lower() for part in table.parts]


def insert(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """INSERT … VALUES, SELECT or DEFAULT VALUES."""
    tree = parse_query(statement.sql)
    into = tree.this
    labels = [e.name.lower() for e in into.expressions] if isinstance(into, exp.Schema) else []
    table = target(session, name_parts(into.this if isinstance(into, exp.Schema) else into))
    where = named(table.schema, table.name)
    source = tree.args.get("expression")
    if source is None:
        return Command(f"INSERT 0 {session.execute(f'INSERT INTO {where} DEFAULT VALUES')}", 1)
    columns = _targets(table, labels, source)
    body = _values(session, source, columns, parameters) if _is_values(source) else _rows(session, source, columns, parameters)
    listed = ", ".join(named(column.name) for column in columns)
    changed = session.execute(f"INSERT INTO {where} ({listed}) {body}")
    return Command(f"INSERT 0 {changed}", changed)


def _is_values(source: Any) -> bool:
    return isinstance(source, exp.Values)


def _targets(table: Table, labels: list[str], source: Any) -> list[TableColumn]:
    """The columns that are filled: those that are listed, else the first ones."""
    columns = [table.column(label) for label in labels] or list(table.columns)
    given = _width(source)
    if given is not None and given > len(columns):
        raise SqlError("42601", "INSERT has more expressions than target columns")
    if given is not None and given < len(columns):
        if labels:
            raise SqlError("42601", "INSERT has more target columns than expressions")
        columns = columns[:given]
    for column in columns:
        if column.identity and not column.by_default and not _is_values(source):
            raise SqlError("42601", f"cannot set an identity column to a value: {column.name}")
    return columns


def _width(source: Any) -> int | None:
    if _is_values(source):
        row = source.expressions[0]
        return len(row.expressions) if isinstance(row, exp.Tuple) else 1
    projections = source.expressions if isinstance(source, exp.Select) else [exp.Star()]
    return None if any(p.is_star for p in projections) else len(projections)


def _values(session: Session, source: Any, columns: list[TableColumn], parameters: Parameters | None) -> str:
    translator = session.translator(parameters)
    lines = []
    for row in source.expressions:
        cells = row.expressions if isinstance(row, exp.Tuple) else [row]
        if len(cells) != len(columns):
            raise SqlError("42601", "VALUES lists must all be the same length")
        lines.append("(" + ", ".join(_cell(translator, cell, column) for cell, column in zip(cells, columns, strict=True)) + ")")
    return "VALUES " + ", ".join(lines)


def _cell(translator: Any, cell: Any, column: TableColumn) -> str:
    if isinstance(cell, exp.Column | exp.Var) and cell.name.upper() == "DEFAULT":
        return "DEFAULT"
    if column.identity and not column.by_default:
        raise SqlError("42601", f"cannot set an identity column to a value: {column.name}")
    if column.type in MOMENTS and cell.is_string:
        cell = exp.Literal.string(iso(cell.this))
    value = fit(translator.tree(cell), column)
    text = str(translator.render(value))
    if column.type == "JSON":
        return f"to_json({text})"
    if column.type == "BLOB":
        return f"rs_varbyte({text})"
    return text if column.length is not None else f"CAST({text} AS {column.type})"


def _rows(session: Session, source: Any, columns: list[TableColumn], parameters: Parameters | None) -> str:
    translator = session.translator(parameters)
    sql = translator.render(translator.tree(source))
    if all(column.length is None and column.type not in (*INTEGERS, "JSON") for column in columns):
        return sql
    names = ", ".join(f"c{i}" for i in range(len(columns)))
    shown = [translator.render(fit(exp.column(f"c{i}"), column)) for i, column in enumerate(columns)]
    fitted = ", ".join(f"to_json({text})" if column.type == "JSON" else text for text, column in zip(shown, columns, strict=True))
    return f"SELECT {fitted} FROM ({sql}) AS rs_source({names})"


def update(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """UPDATE … SET … [FROM …] [WHERE …]."""
    tree = parse_query(statement.sql)
    table = target(session, name_parts(tree.this))
    translator = session.translator(parameters)
    translated = translator.tree(tree)
    for assignment in translated.expressions:
        column = table.column(assignment.this.name)
        if column.identity:
            raise SqlError("42601", f"cannot set an identity column to a value: {column.name}")
        assignment.set("expression", fit(assignment.expression, column))
        assignment.set("this", exp.column(column.name, quoted=True))
    changed = session.execute(translator.render(translated))
    return Command(f"UPDATE {changed}", changed)


def delete(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """DELETE [FROM] t [USING …] [WHERE …]."""
    words = statement.words.restart()
    words.expect("DELETE")
    words.accept("FROM")
    rest = words.rest
    target(session, words.dotted())
    changed = session.execute(session.translator(parameters).query(f"DELETE FROM {rest}"))
    return Command(f"DELETE {changed}", changed)


def merge(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """MERGE INTO t USING s ON … WHEN MATCHED … WHEN NOT MATCHED …; REMOVE DUPLICATES is refused."""
    if statement.sql.upper().rstrip().endswith("REMOVE DUPLICATES"):
        raise SqlError("0A000", "MERGE … REMOVE DUPLICATES is not supported by wheatpaste")
    tree = parse_query(statement.sql)
    table = target(session, name_parts(tree.this))
    translator = session.translator(parameters)
    for when in tree.find_all(exp.When):
        _open_values(when.args.get("then"))
    translated = translator.tree(tree)
    for when in translated.find_all(exp.When):
        _fit_when(when.args.get("then"), table)
    changed = session.execute(translator.render(translated))
    return Command("MERGE", changed)


def _open_values(then: Any) -> None:
    """sqlglot reads INSERT VALUES (…) without names as a call of VALUES."""
    row = then.this if isinstance(then, exp.Insert) and not then.expression else None
    if isinstance(row, exp.Tuple) and len(row.expressions) == 1 and isinstance(row.expressions[0], exp.Anonymous):
        then.set("this", exp.Tuple(expressions=[exp.Tuple(expressions=row.expressions[0].expressions)]))


def _fit_when(then: Any, table: Table) -> None:
    if isinstance(then, exp.Update):
        for assignment in then.expressions:
            column = table.column(assignment.this.name)
            assignment.set("this", exp.column(column.name, quoted=True))
            assignment.set("expression", fit(assignment.expression, column))
    elif isinstance(then, exp.Insert):
        columns = [table.column(e.name) for e in then.this.expressions] if then.expression else list(table.columns)
        cells = then.expression.expressions if then.expression else then.this.expressions[0].expressions
        if len(cells) > len(columns):
            raise SqlError("42601", "INSERT has more expressions than target columns")
        filled = columns[: len(cells)]
        then.set("this", exp.Tuple(expressions=[exp.column(column.name, quoted=True) for column in filled]))
        then.set("expression", exp.Tuple(expressions=[fit(cell, column) for cell, column in zip(cells, filled, strict=True)]))


def truncate(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """TRUNCATE [TABLE] t: commits the transaction it is in, as Redshift does."""
    words = statement.words.restart()
    words.expect("TRUNCATE")
    words.accept("TABLE")
    table = target(session, words.dotted())
    words.end()
    session.execute(f"DELETE FROM {named(table.schema, table.name)}")
    if session.status == "T":
        session.end("COMMIT")
    return Command("TRUNCATE TABLE")
