"""TestConnection: logs in to the database that a JDBC connection leads to, and asks it something.

The documentation (API_TestConnection, 2026-11) has it for JDBC and SALESFORCE. PostgreSQL and Redshift are logged in to here, by libpq;
other engines are refused by name, since a port that listens proves no credentials.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wheatpaste.call import Call
from wheatpaste.engines.trust import provide
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.connections import connection_row, connection_shape
from wheatpaste.services.glue.errors import InvalidInputException, OperationTimeoutException
from wheatpaste.services.glue.jdbc_target import Target, target
from wheatpaste.services.glue.scope import catalog_arn, catalog_id, connection_arn
from wheatpaste.store.codec import loads
from wheatpaste.wait import Wait
from wheatpaste.wire.errors import AwsError, NotImplementedByWheatpaste

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import TestConnectionRequest, TestConnectionResponse

PATIENCE = 10  # seconds to connect
AT_ONCE = 8


class Tests:
    """Threads that wait for other people's databases."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, "connection-test")
        self.submit: Callable[..., Future[None]] = self._pool.submit

    def close(self) -> None:
        """Begin no other test."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def log_in(where: Target, user: str, password: str, trusted: Callable[[], Path]) -> None:
    """Connect and run a statement; InvalidInputException with the database's own words, OperationTimeoutException after PATIENCE."""
    try:
        import psycopg
    except ImportError:
        raise NotImplementedByWheatpaste("glue:TestConnection without psycopg (pip install 'wheatpaste[postgres]')") from None

    reach: dict[str, Any] = {"host": where.host, "port": where.port, "dbname": where.database, "sslmode": where.sslmode}
    if where.sslmode.startswith("verify"):
        reach["sslrootcert"] = str(trusted())
    name = f"{where.host}:{where.port}/{where.database}"
    try:
        with psycopg.connect(**reach, user=user, password=password, connect_timeout=PATIENCE, autocommit=True) as connection:
            connection.execute("SELECT 1")
    except psycopg.errors.ConnectionTimeout as error:
        raise OperationTimeoutException(f"Unable to connect to {name} within {PATIENCE} seconds.") from error
    except psycopg.Error as error:
        raise InvalidInputException(f"Unable to connect to {name}: {' '.join(str(error).split())}") from error


def credentials(call: Call, properties: Mapping[str, str]) -> tuple[str, str]:
    """User name and password: in the properties, or in the secret that they name."""
    if secret := properties.get("SECRET_ID"):
        found = loads(call.aws("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])
        return found["username"], found["password"]
    if "USERNAME" not in properties or "PASSWORD" not in properties:
        raise InvalidInputException("A JDBC connection needs USERNAME and PASSWORD, or SECRET_ID.")
    return properties["USERNAME"], properties["PASSWORD"]


def _wanted(call: Call, req: Mapping[str, Any]) -> Mapping[str, Any]:
    """The connection to test: ConnectionType and ConnectionProperties."""
    name, given = req.get("ConnectionName"), req.get("TestConnectionInput")
    if (name is None) == (given is None):
        raise InvalidInputException("Give either ConnectionName or TestConnectionInput.")
    catalog_id(call, req)
    return given if given is not None else connection_shape(call, connection_row(call, req, str(name)))


def _tested_arn(call: Call, req: Mapping[str, Any]) -> str:
    """What the caller needs a permission for: the connection that is named, or the catalog."""
    return connection_arn(call, req) if "ConnectionName" in req else catalog_arn(call)


@glue.operation(reads=True, resource=_tested_arn, refused=["TestConnectionInput.AuthenticationConfiguration"])
def test_connection(call: Call, req: TestConnectionRequest) -> TestConnectionResponse | Wait:
    """Log in to a connection's database; an empty answer says that it worked."""
    wanted = _wanted(call, req)
    kind, properties = wanted["ConnectionType"], wanted["ConnectionProperties"]
    if kind == "SALESFORCE":
        raise NotImplementedByWheatpaste("glue:TestConnection of SALESFORCE")
    if kind != "JDBC":
        raise InvalidInputException(f"TestConnection is available for JDBC and SALESFORCE connections, not for {kind}.")
    where, (user, password), app = target(properties), credentials(call, properties), call.app
    done = app.engine("glue connection tests", Tests).submit(
        log_in, where, user, password, lambda: provide(app.config.cache_dir, app.certificates.authority).bundle
    )

    def ready(_: Call) -> Shape | None:
        if not done.done():
            return None
        if (error := done.exception()) is None:
            return {}
        raise error if isinstance(error, AwsError) else RuntimeError("the test itself failed") from error

    return Wait(ready, OperationTimeoutException("The connection was not tested in time."), 6.0 * PATIENCE)
