"""PREPARE, EXECUTE and DEALLOCATE PREPARE."""

from collections.abc import Callable
from typing import TypeVar

from wheatpaste.services.athena.ddl.answer import NOTHING, Answer
from wheatpaste.services.athena.ddl.statements import Deallocate, Execute, Prepare
from wheatpaste.services.athena.dialect.errors import SqlError
from wheatpaste.services.athena.running import Running
from wheatpaste.wire.errors import AwsError

T = TypeVar("T")


def _asked(running: Running, name: str, call: Callable[[], T]) -> T:
    try:
        return call()
    except AwsError as error:
        if error.code == "ResourceNotFoundException":
            raise SqlError("NOT_FOUND", f"Prepared statement not found: {name}") from error
        raise


def prepare(running: Running, statement: Prepare) -> Answer:
    """Keep a statement in the workgroup; one of that name is replaced."""
    members = {"StatementName": statement.name, "WorkGroup": running.workgroup, "QueryStatement": statement.query}
    try:
        running.aws.call("athena", "UpdatePreparedStatement", members)
    except AwsError as error:
        if error.code != "ResourceNotFoundException":
            raise
        running.aws.call("athena", "CreatePreparedStatement", members)
    return NOTHING


def deallocate(running: Running, statement: Deallocate) -> Answer:
    """Forget a statement."""
    members = {"StatementName": statement.name, "WorkGroup": running.workgroup}
    _asked(running, statement.name, lambda: running.aws.call("athena", "DeletePreparedStatement", members))
    return NOTHING


def statement_of(running: Running, statement: Execute) -> str:
    """The text that EXECUTE stands for."""
    members = {"StatementName": statement.name, "WorkGroup": running.workgroup}
    found = _asked(running, statement.name, lambda: running.aws.call("athena", "GetPreparedStatement", members))
    return str(found["PreparedStatement"]["QueryStatement"])
