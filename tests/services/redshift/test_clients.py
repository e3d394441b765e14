"""Clients that ask more than SQL: awswrangler, redshift_connector's metadata, Amazon's JDBC driver."""

import glob
import os
import subprocess
import time

import awswrangler as wr
import pandas as pd
import pytest
import redshift_connector

ROLE = "arn:aws:iam::123456789012:role/r"
CACHE = os.environ.get("WHEATPASTE_CACHE") or os.path.expanduser("~/.cache/wheatpaste-tests")
JARS = glob.glob(f"{CACHE}/**/*redshift-jdbc42*.jar", recursive=True)


@pytest.fixture(scope="module")
def endpoint(server):
    redshift = server.client("redshift")
    redshift.create_cluster(ClusterIdentifier="clients", NodeType="x", MasterUsername="awsuser", MasterUserPassword="Secret99")
    deadline = time.monotonic() + 30
    while (found := redshift.describe_clusters(ClusterIdentifier="clients")["Clusters"][0])["ClusterStatus"] != "available":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found["Endpoint"]


@pytest.fixture
def connection(endpoint):
    keywords = {"user": "awsuser", "password": "Secret99", "database": "dev", "ssl": False}
    with redshift_connector.connect(host=endpoint["Address"], port=endpoint["Port"], **keywords) as connection:
        yield connection


@pytest.fixture
def wrangler(server, monkeypatch, unique):
    for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.endpoint)
    server.client("s3").create_bucket(Bucket=unique)
    return unique


FRAME = pd.DataFrame({"id": [1, 2, 3], "name": ["a", None, "c"], "f": [1.5, 2.5, None], "ts": pd.to_datetime(["2024-01-01"] * 3)})


@pytest.mark.filterwarnings("ignore")
def test_awswrangler(connection, wrangler):
    wr.redshift.to_sql(FRAME, con=connection, table="wr1", schema="public", mode="overwrite", index=False)
    wr.redshift.to_sql(FRAME, con=connection, table="wr1", schema="public", mode="upsert", primary_keys=["id"], index=False)
    found = wr.redshift.read_sql_query("select * from public.wr1 order by id", con=connection)
    assert found["id"].tolist() == [1, 2, 3] and found["name"].fillna("-").tolist() == ["a", "-", "c"]
    stage = f"s3://{wrangler}/stage/"
    wr.redshift.copy(FRAME, path=stage, con=connection, table="wr2", schema="public", mode="overwrite", iam_role=ROLE)
    wr.redshift.copy(FRAME, path=stage, con=connection, table="wr2", schema="public", mode="upsert", primary_keys=["id"], iam_role=ROLE)
    back = wr.redshift.unload("select * from public.wr2", path=f"s3://{wrangler}/out/", con=connection, iam_role=ROLE)
    assert sorted(back["id"]) == [1, 2, 3]


def test_the_connectors_metadata(connection):
    cursor = connection.cursor()
    cursor.execute("create table meta_t (id int not null, name varchar(20))")
    connection.commit()
    assert [(row[2], row[3]) for row in cursor.get_tables(schema_pattern="public", table_name_pattern="meta_t")] == [("meta_t", "TABLE")]
    columns = cursor.get_columns(schema_pattern="public", tablename_pattern="meta_t")
    assert [(row[3], row[5], row[6]) for row in columns] == [("id", "int4", 10), ("name", "varchar", 20)]


def test_a_failed_statement_can_be_prepared_again(connection):
    cursor = connection.cursor()
    for _ in range(2):
        with pytest.raises(redshift_connector.ProgrammingError, match="nowhere"):
            cursor.execute("select * from nowhere")
        connection.rollback()
    cursor.execute("select 1")
    assert cursor.fetchone() == [1]


@pytest.mark.skipif(not JARS, reason="Amazon's JDBC driver is not in the cache: a Glue job brings it there")
@pytest.mark.parametrize("tls", [False, True])
def test_jdbc(server, endpoint, connection, tls):
    cursor = connection.cursor()
    cursor.execute("drop table if exists jdbc_t, jdbc_c, jdbc_p")
    connection.commit()
    url = f"jdbc:redshift://{endpoint['Address']}:{endpoint['Port']}/dev"
    trust = ["sslmode=verify-ca", f"sslrootcert={server.home}/certificates/ca.pem"] if tls else ["ssl=false"]
    source = os.path.join(os.path.dirname(__file__), "Metadata.java")
    argv = ["java", "-cp", JARS[0], source, url, "user=awsuser", "password=Secret99", *trust]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == [
        "batch 5",
        "row it's 4 1.50 2024-02-29 1099511627776",
        "rows 5",
        "error 42703",
        "columns a:int4,b:varchar,c:numeric,d:timestamp,e:date,f:bool,g:float8,h:int8",
        "tables jdbc_c:TABLE,jdbc_p:TABLE,jdbc_t:TABLE",
        "primary id:1:jdbc_p_pkey,k:2:jdbc_p_pkey",
        "imported jdbc_p:id:x:jdbc_c_x_y_fkey,jdbc_p:k:y:jdbc_c_x_y_fkey",
        "exported jdbc_c:x:1,jdbc_c:y:2",
        "schemas public",
        "none ",
        "types true",
    ]
