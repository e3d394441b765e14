"""Loads into a real warehouse of the project's server: staged in S3, copied, in one transaction."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

pytest.importorskip("pyspark")

from awsglue.dynamicframe import DynamicFrame


@pytest.fixture(scope="module")
def cluster(server: Any) -> Iterator[dict[str, Any]]:
    redshift, name = server.client("redshift"), f"glue-{time.time_ns()}"
    redshift.create_cluster(
        ClusterIdentifier=name, NodeType="ra3.large", MasterUsername="awsuser", MasterUserPassword="Secret99", DBName="dev"
    )
    deadline = time.monotonic() + 60
    while (found := redshift.describe_clusters(ClusterIdentifier=name)["Clusters"][0])["ClusterStatus"] != "available":
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    yield found
    redshift.delete_cluster(ClusterIdentifier=name, SkipFinalClusterSnapshot=True)


@pytest.fixture
def connection(aws: Any, cluster: dict[str, Any], unique: str) -> str:
    """A Glue connection to the warehouse."""
    endpoint = cluster["Endpoint"]
    properties = {
        # The tests' JVM does not know the server's certificate authority.
        "JDBC_CONNECTION_URL": f"jdbc:redshift://{endpoint['Address']}:{endpoint['Port']}/dev?ssl=false",
        "USERNAME": "awsuser",
        "PASSWORD": "Secret99",
    }
    aws.client("glue").create_connection(ConnectionInput={"Name": unique, "ConnectionType": "JDBC", "ConnectionProperties": properties})
    return unique


def rows(cluster: dict[str, Any], query: str) -> list[tuple[Any, ...]]:
    endpoint = cluster["Endpoint"]
    where = f"host={endpoint['Address']} port={endpoint['Port']} dbname=dev user=awsuser password=Secret99"
    with psycopg.connect(where, autocommit=True) as open_connection:
        return open_connection.execute(query).fetchall()  # type: ignore[arg-type]


def test_every_value_arrives(glue: Any, spark: Any, cluster: dict[str, Any], connection: str, bucket: str, aws: Any) -> None:
    df = spark.sql(
        "select 1 i, 3000000000L l, 1.5d d, cast(12.30 as decimal(6,2)) p, true b, date'2020-02-29' day, "
        "timestamp'2020-02-29 01:02:03.004005' at, "
        "'a \"b\", c\nü' s, '' empty, cast(null as string) nothing, cast(null as int) none union all "
        "select null, null, double('inf'), null, null, null, null, ' x ', '@', 'NULL', 7"
    )
    frame = DynamicFrame.fromDF(df, glue, "frame")
    glue.write_dynamic_frame.from_jdbc_conf(
        frame=frame,
        catalog_connection=connection,
        connection_options={"dbtable": f"public.{bucket}", "database": "dev"},
        redshift_tmp_dir=f"s3://{bucket}/tmp/",
    )
    one, other = rows(
        cluster, f"select i, l, d, p::varchar, b, day::varchar, at::varchar, s, empty, nothing, none from {bucket} order by i nulls last"
    )
    assert one == (1, 3000000000, 1.5, "12.30", True, "2020-02-29", "2020-02-29 01:02:03.004005", 'a "b", c\nü', "", None, None)
    assert other == (None, None, float("inf"), None, None, None, None, " x ", "@", "NULL", 7)
    left = aws.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    assert [item["Key"] for item in left if not item["Key"].endswith("/")] == []  # staging is cleared
    back = glue.create_dynamic_frame.from_options(
        "redshift", {"connectionName": connection, "useConnectionProperties": "true", "dbtable": bucket}
    )
    assert back.count() == 2


def test_actions_run_in_the_same_transaction(glue: Any, spark: Any, cluster: dict[str, Any], connection: str, bucket: str) -> None:
    def load(number: int, **actions: str) -> None:
        frame = DynamicFrame.fromDF(spark.createDataFrame([(number,)], "n int"), glue)
        options = {"connectionName": connection, "dbtable": bucket, "redshiftTmpDir": f"s3://{bucket}/tmp/", **actions}
        glue.write_dynamic_frame.from_options(frame, "redshift", options)

    load(1, preactions=f"drop table if exists {bucket}; create table {bucket} (n bigint, loaded varchar(5) default ';');")
    load(2, postactions=f"delete from {bucket} where n = 1; update {bucket} set loaded = 'yes'")
    assert rows(cluster, f"select n, loaded from {bucket}") == [(2, "yes")]
    with pytest.raises(RuntimeError, match=f"did not load {bucket}.*no_such_table") as caught:
        load(3, preactions=f"delete from {bucket}", postactions="insert into no_such_table values (1)")
    assert "Secret99" not in str(caught.value)
    assert rows(cluster, f"select n from {bucket}") == [(2,)]


def test_a_refused_copy_names_table_and_reason(glue: Any, spark: Any, cluster: dict[str, Any], connection: str, bucket: str) -> None:
    frame = DynamicFrame.fromDF(spark.createDataFrame([("much too long",)], "s string"), glue)
    options = {
        "connectionName": connection,
        "dbtable": bucket,
        "redshiftTmpDir": f"s3://{bucket}/tmp/",
        "preactions": f"create table {bucket} (s varchar(3))",
    }
    with pytest.raises(RuntimeError, match=f"did not load {bucket}.*COPY") as caught:
        glue.write_dynamic_frame.from_options(frame, "redshift", options)
    assert "aws_secret_access_key" not in str(caught.value)


def test_no_connection_is_told_with_its_reason(glue: Any, spark: Any, bucket: str) -> None:
    options = {
        "url": "jdbc:redshift://127.0.0.1:1/dev",
        "user": "u",
        "password": "hush",
        "dbtable": "t",
        "redshiftTmpDir": f"s3://{bucket}/tmp/",
    }
    with pytest.raises(RuntimeError, match=r"did not load t.*127\.0\.0\.1:1/dev.*refused") as caught:
        glue.write_dynamic_frame.from_options(DynamicFrame.fromDF(spark.range(1), glue), "redshift", options)
    assert "hush" not in str(caught.value)
