"""CREATE and DROP DATABASE, SHOW DATABASES."""

import re

from wheatpaste.services.athena.ddl.answer import NOTHING, TASK, Answer, failed, glue
from wheatpaste.services.athena.ddl.statements import CreateDatabase, DropDatabase, Show
from wheatpaste.services.athena.running import Running
from wheatpaste.services.athena.tables import database_exists


def create(running: Running, statement: CreateDatabase) -> Answer:
    """Make a database."""
    if statement.if_not_exists and database_exists(running.aws, statement.name):
        return NOTHING
    wanted = {
        "Name": statement.name,
        "Description": statement.comment,
        "LocationUri": statement.location,
        "Parameters": statement.properties,
    }
    glue(running, "CreateDatabase", DatabaseInput={name: value for name, value in wanted.items() if value})
    return NOTHING


def drop(running: Running, statement: DropDatabase) -> Answer:
    """Drop a database; one with tables only with CASCADE."""
    if not database_exists(running.aws, statement.name):
        if statement.if_exists:
            return NOTHING
        raise failed(f"SemanticException [Error 10072]: Database does not exist: {statement.name}")
    if not statement.cascade and glue(running, "GetTables", DatabaseName=statement.name, MaxResults=1)["TableList"]:
        raise failed(f"{TASK} InvalidOperationException(message:Database {statement.name} is not empty. One or more tables exist.)")
    glue(running, "DeleteDatabase", Name=statement.name)
    return NOTHING


def show(running: Running, statement: Show) -> Answer:
    """``SHOW DATABASES [LIKE 'a*|b']``."""
    names: list[str] = []
    token = None
    while True:
        page = glue(running, "GetDatabases", NextToken=token)
        names += [each["Name"] for each in page["DatabaseList"]]
        token = page.get("NextToken")
        if not token:
            return Answer(tuple(sorted(name for name in names if matches(name, statement.pattern))), ("database_name",))


def matches(name: str, pattern: str | None) -> bool:
    """Hive's patterns: ``*`` for anything, ``|`` between choices; regular expressions otherwise."""
    if pattern is None:
        return True
    choices = pattern.lower().split("|")
    return any(re.fullmatch(re.sub(r"(?<!\.)\*", ".*", choice), name) is not None for choice in choices)
