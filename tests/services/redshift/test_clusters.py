"""Clusters and workgroups through boto3, and what listens for them."""

import time

import psycopg
import pytest
import redshift_connector
from botocore.exceptions import ClientError


def wait(describe, status, seconds=30):
    deadline = time.monotonic() + seconds
    while (found := describe())[0] != status:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found[1]


@pytest.fixture
def redshift(server):
    return server.client("redshift")


def cluster(redshift, name):
    found = redshift.describe_clusters(ClusterIdentifier=name)["Clusters"][0]
    return found["ClusterStatus"], found


def make(redshift, name, **members):
    members = {"NodeType": "ra3.large", "MasterUsername": "awsuser", "MasterUserPassword": "Secret99", **members}
    created = redshift.create_cluster(ClusterIdentifier=name, **members)["Cluster"]
    assert created["ClusterStatus"] == "creating"
    return wait(lambda: cluster(redshift, name), "available")


def dsn(found, password="Secret99", user="awsuser"):
    endpoint = found["Endpoint"]
    return f"host={endpoint['Address']} port={endpoint['Port']} dbname={found['DBName']} user={user} password={password}"


def test_a_cluster_lives(server, redshift, unique):
    name = unique
    found = make(redshift, name, Tags=[{"Key": "a", "Value": "b"}], DBName="mart")
    assert found["DBName"] == "mart" and found["Tags"] == [{"Key": "a", "Value": "b"}]
    with psycopg.connect(dsn(found), autocommit=True) as connection:
        connection.execute("create table t as select 42 as a")
    redshift.pause_cluster(ClusterIdentifier=name)
    wait(lambda: cluster(redshift, name), "paused")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(dsn(found))
    redshift.resume_cluster(ClusterIdentifier=name)
    again = wait(lambda: cluster(redshift, name), "available")
    assert again["Endpoint"] == found["Endpoint"]
    with psycopg.connect(dsn(again)) as connection:
        assert connection.execute("select a from t").fetchone() == (42,)
    redshift.reboot_cluster(ClusterIdentifier=name)
    wait(lambda: cluster(redshift, name), "available")
    redshift.delete_cluster(ClusterIdentifier=name, SkipFinalClusterSnapshot=True)
    deadline = time.monotonic() + 20
    with pytest.raises(ClientError, match="ClusterNotFound"):
        while time.monotonic() < deadline:
            redshift.describe_clusters(ClusterIdentifier=name)
            time.sleep(0.05)
    assert not [p for p in (server.home / "warehouses").iterdir() if found["ClusterNamespaceArn"].split(":")[-1] in p.name]


def test_the_password_can_be_changed(redshift, unique):
    name = unique
    found = make(redshift, name)
    redshift.modify_cluster(ClusterIdentifier=name, MasterUserPassword="Other1234")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(dsn(found))
    psycopg.connect(dsn(found, "Other1234")).close()


def test_temporary_credentials(redshift, unique):
    name = unique
    found = make(redshift, name)
    given = redshift.get_cluster_credentials(ClusterIdentifier=name, DbUser="ann", DbName="dev")
    assert given["DbUser"] == "IAM:ann"
    with psycopg.connect(dsn(found, given["DbPassword"], "IAM:ann")) as connection:
        assert connection.execute("select current_user").fetchone() == ("IAM:ann",)
    mine = redshift.get_cluster_credentials_with_iam(ClusterIdentifier=name)
    psycopg.connect(dsn(found, mine["DbPassword"], mine["DbUser"])).close()


def test_users_of_sql(redshift, unique):
    found = make(redshift, unique)
    with psycopg.connect(dsn(found), autocommit=True) as connection:
        connection.execute("create user eve password 'Abcdefg1'")
        with pytest.raises(psycopg.Error, match="already exists"):
            connection.execute("create user eve password 'Abcdefg1'")
    with psycopg.connect(dsn(found, "Abcdefg1", "eve")) as connection:
        assert connection.execute("select current_user").fetchone() == ("eve",)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"MasterUserPassword": "short"}, "InvalidParameterValue"),
        ({"DBName": "no-good"}, "InvalidParameterValue"),
        ({"ElasticIp": "1.2.3.4"}, "NotImplemented"),
    ],
)
def test_what_is_not_a_cluster(redshift, unique, members, code):
    given = {"NodeType": "ra3.large", "MasterUsername": "awsuser", "MasterUserPassword": "Secret99", **members}
    with pytest.raises(ClientError) as caught:
        redshift.create_cluster(ClusterIdentifier=unique, **given)
    assert code in caught.value.response["Error"]["Code"]


def test_two_clusters_of_one_name(redshift, unique):
    name = unique
    make(redshift, name)
    with pytest.raises(ClientError, match="ClusterAlreadyExists"):
        redshift.create_cluster(ClusterIdentifier=name, NodeType="x", MasterUsername="u", MasterUserPassword="Secret99")


def test_copy_from_s3(server, redshift, unique):
    found = make(redshift, unique)
    s3 = server.client("s3")
    bucket = unique
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="small/a.csv", Body=b"1,a\n2,b\n")
    s3.put_object(Bucket=bucket, Key="small/b.csv", Body=b"".join(b"%d,row\n" % i for i in range(3, 20003)))
    with psycopg.connect(dsn(found), autocommit=True) as connection:
        connection.execute("create table t (id int, name varchar(10))")
        connection.execute(f"copy t from 's3://{bucket}/small/' iam_role 'arn:aws:iam::123456789012:role/r' csv")
        assert connection.execute("select count(*), sum(id) from t").fetchone() == (20002, 200050003)
        with pytest.raises(psycopg.Error, match="NoSuchBucket"):
            connection.execute("copy t from 's3://no-such-bucket-at-all/x' iam_role 'arn:aws:iam::123456789012:role/r' csv")


def test_groups_and_tags(redshift, unique):
    name = unique
    made = redshift.create_cluster_parameter_group(ParameterGroupName=name, ParameterGroupFamily="redshift-2.0", Description="d")
    assert made["ClusterParameterGroup"]["ParameterGroupFamily"] == "redshift-2.0"
    redshift.modify_cluster_parameter_group(
        ParameterGroupName=name, Parameters=[{"ParameterName": "require_ssl", "ParameterValue": "true"}]
    )
    assert redshift.describe_cluster_parameters(ParameterGroupName=name)["Parameters"][0]["ParameterValue"] == "true"
    redshift.delete_cluster_parameter_group(ParameterGroupName=name)
    with pytest.raises(ClientError, match="ClusterParameterGroupNotFound"):
        redshift.describe_cluster_parameter_groups(ParameterGroupName=name)
    subnet = redshift.create_cluster_subnet_group(ClusterSubnetGroupName=name, Description="d", SubnetIds=["subnet-1"])[
        "ClusterSubnetGroup"
    ]
    assert subnet["Subnets"][0]["SubnetIdentifier"] == "subnet-1"
    arn = f"arn:aws:redshift:us-east-1:123456789012:subnetgroup:{name}"
    redshift.create_tags(ResourceName=arn, Tags=[{"Key": "k", "Value": "v"}])
    assert redshift.describe_tags(ResourceName=arn)["TaggedResources"][0]["Tag"] == {"Key": "k", "Value": "v"}


def test_serverless(server, unique):
    serverless = server.client("redshift-serverless")
    name = unique
    serverless.create_namespace(namespaceName=name, adminUsername="boss", adminUserPassword="Secret99", dbName="lake")
    serverless.create_workgroup(workgroupName=name, namespaceName=name, baseCapacity=8, tags=[{"key": "a", "value": "b"}])

    def state():
        found = serverless.get_workgroup(workgroupName=name)["workgroup"]
        return found["status"], found

    found = wait(state, "AVAILABLE")
    endpoint = found["endpoint"]
    keywords = {"host": endpoint["address"], "port": endpoint["port"], "database": "lake", "ssl": False}
    with redshift_connector.connect(user="boss", password="Secret99", **keywords) as connection:
        cursor = connection.cursor()
        cursor.execute("select current_database()")
        assert cursor.fetchone() == ["lake"]
    given = serverless.get_credentials(workgroupName=name, dbName="lake")
    with redshift_connector.connect(user=given["dbUser"], password=given["dbPassword"], **keywords) as connection:
        cursor = connection.cursor()
        cursor.execute("select current_user")
        assert cursor.fetchone() == [given["dbUser"]]
    assert serverless.list_tags_for_resource(resourceArn=found["workgroupArn"])["tags"] == [{"key": "a", "value": "b"}]
    with pytest.raises(ClientError, match="ConflictException"):
        serverless.delete_namespace(namespaceName=name)
    serverless.delete_workgroup(workgroupName=name)
    deadline = time.monotonic() + 20
    with pytest.raises(ClientError, match="ResourceNotFound"):
        while time.monotonic() < deadline:
            serverless.get_workgroup(workgroupName=name)
            time.sleep(0.05)
    serverless.delete_namespace(namespaceName=name)


def test_a_restart_keeps_address_and_data(server, tmp_path):
    server = type(server)(tmp_path / "home").start()
    try:
        found = make(server.client("redshift"), "kept")
        with psycopg.connect(dsn(found), autocommit=True) as connection:
            connection.execute("create table t (a varchar(3))")
            connection.execute("insert into t values ('abc')")
        server.kill()
        server.start()
        assert server.client("redshift").describe_clusters(ClusterIdentifier="kept")["Clusters"][0]["Endpoint"] == found["Endpoint"]
        deadline = time.monotonic() + 20
        while True:
            try:
                connection = psycopg.connect(dsn(found), autocommit=True)
                break
            except psycopg.OperationalError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert connection.execute("select a from t").fetchone() == ("abc",)
        with pytest.raises(psycopg.errors.StringDataRightTruncation):
            connection.execute("insert into t values ('abcd')")
        connection.close()
    finally:
        server.stop()
