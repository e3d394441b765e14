"""The Data API through boto3."""

import time

import pytest
from botocore.exceptions import ClientError

TARGET = "redshift-data-test"


@pytest.fixture(scope="module")
def target(server):
    redshift = server.client("redshift")
    redshift.create_cluster(ClusterIdentifier=TARGET, NodeType="x", MasterUsername="awsuser", MasterUserPassword="Secret99")
    deadline = time.monotonic() + 30
    while redshift.describe_clusters(ClusterIdentifier=TARGET)["Clusters"][0]["ClusterStatus"] != "available":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return {"ClusterIdentifier": TARGET, "Database": "dev", "DbUser": "awsuser"}


@pytest.fixture(scope="module")
def data(server):
    return server.client("redshift-data")


@pytest.fixture(scope="module")
def run(data, target):
    def run(sql, wanted="FINISHED", **more):
        identity = data.execute_statement(Sql=sql, **target, **more)["Id"]
        return finished(data, identity, wanted)

    return run


def finished(data, identity, wanted="FINISHED"):
    deadline = time.monotonic() + 30
    while (found := data.describe_statement(Id=identity))["Status"] not in ("FINISHED", "FAILED", "ABORTED"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert found["Status"] == wanted, found
    return found


def test_a_query(data, run):
    found = run("select 6*7 as a, 'x' as b, 1.5::float8 as c, null::int as d, true as e, 2.50 as f")
    assert found["HasResultSet"] and found["ResultRows"] == 1
    result = data.get_statement_result(Id=found["Id"])
    assert result["Records"] == [
        [{"longValue": 42}, {"stringValue": "x"}, {"doubleValue": 1.5}, {"isNull": True}, {"booleanValue": True}, {"stringValue": "2.50"}]
    ]
    assert [(c["name"], c["typeName"]) for c in result["ColumnMetadata"]][:3] == [("a", "int4"), ("b", "varchar"), ("c", "float8")]


def test_a_user_who_does_not_exist_runs_nothing(server, data, run, target):
    """As AWS answers: GetClusterCredentials gives a password for ``IAM:nobody``, and the login fails."""
    told = 'FATAL: user "IAM:nobody" does not exist'
    nobody = {**target, "DbUser": "nobody"}
    found = finished(data, data.execute_statement(Sql="create table by_nobody (a int)", **nobody)["Id"], "FAILED")
    assert (found["Error"], found["DbUser"]) == (told, "nobody")
    batch = data.batch_execute_statement(Sqls=["select 1"], **nobody)
    assert finished(data, batch["Id"], "FAILED")["Error"] == told
    with pytest.raises(ClientError, match=told) as caught:
        data.list_tables(**nobody)
    assert caught.value.response["Error"]["Code"] == "DatabaseConnectionException"
    assert not data.list_tables(**target, TablePattern="by_nobody")["Tables"]

    run("create user somebody password 'Abcdefg1'")
    server.client("redshift").get_cluster_credentials(ClusterIdentifier=TARGET, DbUser="made", AutoCreate=True)
    for user in ("somebody", "made"):
        sql = {**target, "DbUser": user, "Sql": "select current_user"}
        found = finished(data, data.execute_statement(**sql)["Id"])
        assert data.get_statement_result(Id=found["Id"])["Records"] == [[{"stringValue": user}]]
    own = {name: value for name, value in target.items() if name != "DbUser"}
    assert finished(data, data.execute_statement(Sql="select 1", **own)["Id"])["DbUser"].startswith("IAM")


def test_parameters_by_name(data, run):
    sql = "select :a::int + 1 as x, ':a' as y, :b as z"
    found = run(sql, Parameters=[{"name": "a", "value": "41"}, {"name": "b", "value": "it's"}])
    assert data.get_statement_result(Id=found["Id"])["Records"] == [[{"longValue": 42}, {"stringValue": ":a"}, {"stringValue": "it's"}]]


def test_the_last_rows_of_several_statements_are_the_answer(data, run):
    found = run("begin; select 1 as a; select 2 as b; commit")
    assert (found["HasResultSet"], found["ResultRows"]) == (True, 1)
    result = data.get_statement_result(Id=found["Id"])
    assert (result["Records"], result["ColumnMetadata"][0]["name"]) == ([[{"longValue": 2}]], "b")


def test_an_error_is_told(data, run):
    found = run("select * from nowhere_at_all", "FAILED")
    assert found["Error"] == 'ERROR: relation "nowhere_at_all" does not exist'
    with pytest.raises(ClientError, match="ResourceNotFound"):
        data.get_statement_result(Id=found["Id"])


def test_a_batch_is_one_transaction(data, run, target):
    run("create table batch (a int)")
    failed = data.batch_execute_statement(Sqls=["insert into batch values (1)", "insert into batch values ('x')"], **target)["Id"]
    assert [s["Status"] for s in finished(data, failed, "FAILED")["SubStatements"]] == ["FINISHED", "FAILED"]
    right = data.batch_execute_statement(Sqls=["insert into batch values (2)", "select * from batch"], **target)["Id"]
    assert finished(data, right)["SubStatements"][1]["Id"] == f"{right}:2"
    assert data.get_statement_result(Id=f"{right}:2")["Records"] == [[{"longValue": 2}]]


def test_the_same_client_token_is_the_same_statement(data, target, unique):
    first = data.execute_statement(Sql="select 1", ClientToken=unique, **target)["Id"]
    assert data.execute_statement(Sql="select 1", ClientToken=unique, **target)["Id"] == first
    finished(data, first)


def test_large_results_come_in_pages_and_as_csv(data, run):
    run("create table pages as select 1 as a")
    for step in range(11):
        run(f"insert into pages select a + {2**step} from pages")
    found = run("select a from pages order by a")
    pages = list(data.get_paginator("get_statement_result").paginate(Id=found["Id"]))
    assert len(pages) == 3 and sum(len(p["Records"]) for p in pages) == 2048
    found = run("select 1 as a, 'x,y' as b", ResultFormat="CSV")
    assert data.get_statement_result_v2(Id=found["Id"])["Records"] == [{"CSVRecords": 'a,b\r\n1,"x,y"\r\n'}]


def test_a_statement_can_be_cancelled(data, run, target):
    run("create table slow as select 1 as n")
    for step in range(8):
        run(f"insert into slow select n + {2**step} from slow")
    sql = "select count(*) from slow a, slow b, slow c, slow d, slow e where a.n + b.n + c.n + d.n + e.n = 17"
    identity = data.execute_statement(Sql=sql, **target)["Id"]
    deadline = time.monotonic() + 10
    while data.describe_statement(Id=identity)["Status"] != "STARTED":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert data.cancel_statement(Id=identity)["Status"] is True
    finished(data, identity, "ABORTED")


def test_metadata(data, run, target):
    run("create table described (id int not null, name varchar(20), amt decimal(10,2))")
    assert data.list_databases(**target)["Databases"] == ["dev"]
    assert "public" in data.list_schemas(**target)["Schemas"]
    tables = data.list_tables(TablePattern="described", **target)["Tables"]
    assert tables == [{"schema": "public", "name": "described", "type": "TABLE"}]
    columns = data.describe_table(Schema="public", Table="described", **target)["ColumnList"]
    assert [(c["name"], c["typeName"], c["nullable"], c["length"]) for c in columns] == [
        ("id", "int4", 0, 0),
        ("name", "varchar", 1, 20),
        ("amt", "numeric", 1, 0),
    ]


def test_statements_are_listed(data, target, unique):
    identity = data.execute_statement(Sql="select 1", StatementName=unique, **target)["Id"]
    finished(data, identity)
    assert [s["Id"] for s in data.list_statements(StatementName=unique)["Statements"]] == [identity]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"ClusterIdentifier": "nope"}, "ResourceNotFoundException"),
        ({}, "ValidationException"),
        ({"ClusterIdentifier": TARGET, "SecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"}, "NotImplemented"),
    ],
)
def test_what_is_refused(data, target, members, code):
    with pytest.raises(ClientError) as caught:
        data.execute_statement(Sql="select 1", Database="dev", **members)
    assert code in caught.value.response["Error"]["Code"]
