"""SQL statements run as one transaction: by a JDBC driver on the class path, or else by a Python driver."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from awsglue._java_errors import causes, message
from awsglue._read.connection import connected
from awsglue._read.drivers import Database, reached


class StatementError(RuntimeError):
    """A statement, or a connection, that the database refused."""


def run_transaction(spark: Any, details: Mapping[str, Any], statements: Sequence[str], driver: str | None = None) -> None:
    """Runs the statements in order and commits; at the first refusal all are rolled back and StatementError names it."""
    try:
        database = reached(spark, details, {"customJdbcDriverClassName": driver} if driver else {})
    except NotImplementedError as missing:
        _run_python(details, statements, missing)
    else:
        _run_jdbc(spark, database, statements)


def _run_jdbc(spark: Any, database: Database, statements: Sequence[str]) -> None:
    with ExitStack() as stack:
        opened = connected(spark, database)
        connection = _connected(lambda: stack.enter_context(opened), database.url)
        connection.setAutoCommit(False)
        try:
            statement = connection.createStatement()
            for text in statements:
                _execute(statement.execute, text)
            connection.commit()
        except BaseException:
            connection.rollback()
            raise


def _connected(connect: Callable[[], Any], url: str) -> Any:
    try:
        return connect()
    except Exception as error:
        raise StatementError(f"There is no connection to {url.split('?')[0]}: {_words(error)}") from error


def _execute(execute: Any, text: str) -> None:
    try:
        execute(text)
    except Exception as error:
        raise StatementError(f"{_words(error)} [in: {masked(text)}]") from error


def _words(error: Exception) -> str:
    """The server's own words out of a driver's exception."""
    chain = causes(error)
    return message(chain[0]) if chain else str(error).splitlines()[0]


def masked(text: str) -> str:
    """A statement without its secrets."""
    secret = r"((?:credentials|secret_access_key|session_token|access_key_id)\s+(?:as\s+)?)'[^']*'"
    return re.sub(secret, r"\1'…'", text, flags=re.IGNORECASE)


def _run_python(details: Mapping[str, Any], statements: Sequence[str], missing: Exception) -> None:
    connection = _connected(lambda: _connect(details, missing), details["url"])
    try:
        cursor = connection.cursor()
        for text in statements:
            _execute(cursor.execute, text)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.close()


def _connect(details: Mapping[str, Any], missing: Exception) -> Any:
    url = urlsplit(str(details["url"]).removeprefix("jdbc:"))
    where = {"host": url.hostname, "port": url.port or 5439, "user": details["user"], "password": details["password"]}
    for module in ("redshift_connector", "psycopg", "psycopg2"):
        try:
            found = importlib.import_module(module)
        except ImportError:
            continue
        name = "database" if module == "redshift_connector" else "dbname"
        return found.connect(**where, **{name: url.path.strip("/")})
    raise missing


_PIECE = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|(?P<comment>--[^\n]*|/\*.*?\*/)|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|(?P<end>;)|.""", re.DOTALL
)


def split_statements(text: str) -> list[str]:
    """Statements separated by semicolons; those in quotes, comments and bodies of functions separate nothing. Comments alone are none."""
    found, current, says = [], "", False
    for piece in _PIECE.finditer(text + ";"):
        if piece["end"]:
            if says:
                found.append(current.strip())
            current, says = "", False
            continue
        current += piece[0]
        says = says or not (piece["comment"] or piece[0].isspace())
    return found
