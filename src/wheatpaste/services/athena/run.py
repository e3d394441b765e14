"""A statement's text to what answers it: Hive's grammar first, queries otherwise."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from wheatpaste.services.athena import creating
from wheatpaste.services.athena.classify import bare
from wheatpaste.services.athena.ddl import grammar, prepare
from wheatpaste.services.athena.ddl import statements as s
from wheatpaste.services.athena.ddl.run import run_statement
from wheatpaste.services.athena.dialect.errors import Refused
from wheatpaste.services.athena.dialect.parser import parse
from wheatpaste.services.athena.outcome import Result
from wheatpaste.services.athena.running import Running
from wheatpaste.services.athena.select import is_query, run_select

WRITERS: dict[type, Callable[[Running, Any], Result]] = {
    s.CreateAs: creating.create_table_as,
    s.InsertInto: creating.insert_into,
    s.Unload: creating.unload,
}


def run(running: Running, sql: str) -> Result:
    """Run one statement; raises DialectError, QueryFailed, QueryStopped, Unreadable, CutOff or AwsError."""
    text = bare(sql)
    statement = grammar.read(text)
    if isinstance(statement, s.Execute):
        parameters = statement.values or tuple(running.parameters)
        return run(replace(running, parameters=parameters), prepare.statement_of(running, statement))
    writer = WRITERS.get(type(statement))
    if writer is not None:
        return writer(running, statement)
    if statement is not None:
        return run_statement(running, statement)
    tree = parse(text)
    if is_query(tree):
        return run_select(running, tree)
    raise Refused(f"{tree.key.upper()} statements")
