"""What a Hive statement answers, and the errors of Hive's that Athena passes on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wheatpaste.services.athena.dialect.errors import SqlError
from wheatpaste.services.athena.running import Running
from wheatpaste.wire.errors import AwsError

TASK = "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask."


@dataclass(frozen=True)
class Answer:
    """Lines of text, and the names of the columns they stand for."""

    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


NOTHING = Answer()
Handler = Callable[[Running, Any], Answer]


def failed(message: str) -> SqlError:
    """``FAILED: …``, as Hive says it."""
    return SqlError("FAILED", message)


def not_found(what: str) -> SqlError:
    """A table or database that is not there."""
    return failed(
        f"SemanticException [Error 10001]: {what} not found"
        if what.startswith("Table")
        else f"SemanticException [Error 10072]: Database does not exist: {what}"
    )


def glue(running: Running, operation: str, **members: Any) -> dict[str, Any]:
    """A call of the Data Catalog; what the catalog refuses becomes Hive's error."""
    try:
        found: dict[str, Any] = running.aws.call("glue", operation, {name: value for name, value in members.items() if value is not None})
    except AwsError as error:
        if error.code in ("AlreadyExistsException", "EntityNotFoundException", "InvalidInputException", "ConcurrentModificationException"):
            kind = {"EntityNotFoundException": "NoSuchObjectException", "InvalidInputException": "InvalidObjectException"}.get(
                error.code, error.code
            )
            raise failed(f"{TASK} {kind}(message:{error.message})") from error
        raise
    return found
