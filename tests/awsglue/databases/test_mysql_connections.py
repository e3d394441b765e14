"""Where a script finds a database: Glue connections, secrets, catalog tables; and how it has it read in parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.database_servers import PASSWORD, USER, DatabaseServer

from awsglue._read.connection import DatabaseError
from awsglue.dynamicframe import DynamicFrame
from wheatpaste.engines.trust import PASSWORD as STORE_PASSWORD
from wheatpaste.engines.trust import java_store

Connect = Callable[..., str]


@pytest.fixture
def connect(aws: Any, server_of_mysql: DatabaseServer, unique: str) -> Connect:
    """`connect(PROPERTY=…)`: a Glue connection to the server, by default as its user."""

    def make(url: str = "", **more: str) -> str:
        login = {"JDBC_CONNECTION_URL": url or server_of_mysql.url("mysql"), "USERNAME": USER, "PASSWORD": PASSWORD}
        properties = {name: value for name, value in {**login, **more}.items() if value}
        aws.client("glue").create_connection(ConnectionInput={"Name": unique, "ConnectionType": "JDBC", "ConnectionProperties": properties})
        return unique

    return make


@pytest.fixture
def numbers(sql: Any, unique: str) -> str:
    """Ten rows and one without a value."""
    sql(f"create table {unique} (`Id` int, `key` varchar(9), price decimal(9,2))")
    values = ", ".join(f"({n}, 'k{n}', {n}.75)" for n in range(-3, 7))
    sql(f"insert into {unique} values {values}, (null, null, null)")
    return unique


def ids(frame: DynamicFrame) -> list[Any]:
    return sorted((row.Id for row in frame.toDF().collect()), key=lambda value: (value is None, value))


ALL = [*range(-3, 7), None]


def test_a_connection_says_where(glue: Any, connect: Connect, numbers: str, server_of_mysql: DatabaseServer) -> None:
    name = connect()
    options = {"useConnectionProperties": "true", "connectionName": name, "dbtable": numbers}
    assert ids(glue.create_dynamic_frame.from_options("mysql", options)) == ALL
    assert ids(glue.create_dynamic_frame_from_options(connection_type="mysql", connection_options=options)) == ALL
    assert glue.extract_jdbc_conf(name) == {
        "user": USER,
        "password": PASSWORD,
        "vendor": "mysql",
        "url": f"jdbc:mysql://127.0.0.1:{server_of_mysql.port}",
        "fullUrl": server_of_mysql.url("mysql"),
        "enforceSSL": "false",
        "customJDBCCert": "",
        "skipCustomJDBCCertValidation": "false",
        "customJDBCCertString": "",
    }


def test_a_script_reads_by_extract_jdbc_conf(glue: Any, spark: Any, connect: Connect, numbers: str) -> None:
    conf = glue.extract_jdbc_conf(connect())
    df = spark.read.jdbc(conf["fullUrl"], numbers, properties={"user": conf["user"], "password": conf["password"]})
    assert df.count() == 11


def test_host_port_and_engine(glue: Any, aws: Any, numbers: str, server_of_mysql: DatabaseServer) -> None:
    parts = {"HOST": "127.0.0.1", "PORT": str(server_of_mysql.port), "DATABASE": "shop", "JDBC_ENGINE": "mysql"}
    properties = {**parts, "USERNAME": USER, "PASSWORD": PASSWORD}
    aws.client("glue").create_connection(ConnectionInput={"Name": numbers, "ConnectionType": "JDBC", "ConnectionProperties": properties})
    assert ids(glue.create_dynamic_frame.from_options("mysql", {"connectionName": numbers, "dbtable": numbers})) == ALL


def test_a_url_that_names_a_secret_which_is_not_given(glue: Any) -> None:
    options = {"url": "jdbc:mysql://${host}/shop", "className": "com.mysql.cj.jdbc.Driver", "dbTable": "t"}
    with pytest.raises(ValueError, match=r"\$\{host\}.*there is no secretId"):
        glue.create_dynamic_frame.from_options("custom.jdbc", options)


def test_another_database_than_the_urls(glue: Any, connect: Connect, numbers: str, sql: Any) -> None:
    other = f"{numbers}_other"
    sql(f"create database {other}; create table {other}.{numbers} (`Id` int); insert into {other}.{numbers} values (99)")
    name = connect()
    for options in ({"database": other, "dbtable": numbers}, {"dbtable": f"{other}.{numbers}"}):
        assert ids(glue.create_dynamic_frame.from_options("mysql", {"connectionName": name, **options})) == [99]


def test_writing_by_a_connection(glue: Any, spark: Any, connect: Connect, numbers: str, sql: Any) -> None:
    frame = DynamicFrame.fromDF(spark.createDataFrame([(50, "z")], "Id int, key string"), glue)
    name = connect()
    glue.write_dynamic_frame.from_jdbc_conf(
        frame=frame, catalog_connection=name, connection_options={"dbtable": numbers, "database": "shop"}
    )
    glue.write_dynamic_frame_from_jdbc_conf(frame, name, {"dbtable": numbers})
    sink = glue.getSink(connection_type="mysql", connectionName=name, dbtable=numbers)
    sink.writeFrame(frame)
    assert sql(f"select count(*) from {numbers} where `Id` = 50 and `key` = 'z' and price is null") == [["3"]]


def test_catalog_tables(glue: Any, spark: Any, aws: Any, connect: Connect, numbers: str, sql: Any) -> None:
    client = aws.client("glue")
    client.create_database(DatabaseInput={"Name": numbers})
    columns = [{"Name": "id", "Type": "int"}, {"Name": "key", "Type": "string"}, {"Name": "price", "Type": "decimal(9,2)"}]
    parameters = {"classification": "mysql", "connectionName": connect(), "hashfield": "key", "hashpartitions": "3"}
    described = {"Name": "numbers", "StorageDescriptor": {"Columns": columns, "Location": f"shop.{numbers}"}, "Parameters": parameters}
    client.create_table(DatabaseName=numbers, TableInput=described)
    frame = glue.create_dynamic_frame.from_catalog(database=numbers, table_name="numbers")
    assert (ids(frame), frame.getNumPartitions()) == (ALL, 3)
    options = {"hashexpression": "`Id`", "hashpartitions": "2"}
    frame = glue.create_dynamic_frame.from_catalog(database=numbers, table_name="numbers", additional_options=options)
    assert (ids(frame), frame.getNumPartitions()) == (ALL, 2)
    more = DynamicFrame.fromDF(spark.createDataFrame([(70,)], "Id int"), glue)
    glue.write_dynamic_frame.from_catalog(frame=more, database=numbers, table_name="numbers")
    assert sql(f"select count(*) from {numbers} where `Id` = 70") == [["1"]]


@pytest.mark.parametrize(
    ("options", "partitions"),
    [
        ({"hashfield": "key"}, 7),
        ({"hashfield": "KEY", "hashpartitions": 2}, 2),
        ({"hashfield": "price", "hashpartitions": "5"}, 5),
        ({"hashexpression": "`Id`", "hashpartitions": "4"}, 4),
        ({"hashexpression": "`Id` + 1", "hashpartitions": "4"}, 4),
        ({"hashexpression": "price", "hashpartitions": "4"}, 4),
        ({"hashexpression": "`key`", "hashpartitions": "4"}, 4),
        ({"partitionColumn": "Id", "lowerBound": "0", "upperBound": "5", "numPartitions": "3"}, 3),
    ],
)
def test_parts_have_every_row_once(read: Any, numbers: str, options: dict[str, Any], partitions: int) -> None:
    frame = read(numbers, **options)
    assert ids(frame) == ALL
    assert frame.getNumPartitions() == partitions


def test_sample_queries(read: Any, numbers: str) -> None:
    assert ids(read(numbers, sampleQuery=f"select * from {numbers} where `Id` > 2;")) == [3, 4, 5, 6]
    split = {"enablePartitioningForSampleQuery": True, "hashfield": "`Id`", "hashpartitions": 3}
    for query in (f"select * from {numbers} where `Id` > 2 and", f"select * from {numbers} where `Id` > 2 AND "):
        frame = read(numbers, sampleQuery=query, **split)
        assert (ids(frame), frame.getNumPartitions()) == ([3, 4, 5, 6], 3)
    assert len(ids(read(numbers, sampleQuery=f"select * from {numbers} where", sampleSize=4, **split))) == 4


def test_what_is_wrong_is_told(read: Any, numbers: str) -> None:
    with pytest.raises(ValueError, match="lowerBound, numPartitions is not given"):
        read(numbers, partitionColumn="Id", upperBound=5)
    with pytest.raises(NotImplementedError, match="dataTypeMapping"):
        read(numbers, dataTypeMapping={"INTEGER": "STRING"})
    with pytest.raises(DatabaseError, match=f"{numbers}_nope' doesn't exist") as caught:
        read(f"{numbers}_nope")
    assert "\n" not in str(caught.value)
    with pytest.raises(DatabaseError, match="Access denied for user 'glue'"):
        read(numbers, password="wrong")
    with pytest.raises(DatabaseError, match=r"Connection refused"):
        read(numbers, url="jdbc:mysql://127.0.0.1:1/shop")
    with pytest.raises(NotImplementedError, match=r"no\.such\.Driver"):
        read(numbers, url="jdbc:h2:mem:x", customJdbcDriverClassName="no.such.Driver")


def test_a_filter_of_the_databases(glue: Any, login: dict[str, str], numbers: str) -> None:
    options = {**login, "dbTable": numbers, "filterPredicate": "`Id` > 4 or `key` = 'k-3'"}
    assert ids(glue.create_dynamic_frame.from_options("custom.jdbc", options)) == [-3, 5, 6]


def test_a_driver_of_the_users_own(
    glue: Any, spark: Any, login: dict[str, str], numbers: str, bucket: str, aws: Any, tmp_path: Path
) -> None:
    from tests.awsglue.conftest import JARS

    assert JARS is not None
    jar = next(JARS.glob("*mysql-connector-j*.jar"))
    aws.client("s3").upload_file(str(jar), bucket, "jars/mine.jar")
    options = {"customJdbcDriverS3Path": f"s3://{bucket}/jars/mine.jar", "customJdbcDriverClassName": "com.mysql.cj.jdbc.Driver"}
    assert ids(glue.create_dynamic_frame.from_options("mysql", {**login, "dbtable": numbers, **options})) == ALL
    assert spark.sql("list jars").where("Results like '%mine.jar'").count() == 1
    options["customJdbcDriverS3Path"] = f"s3://{bucket}/jars/none.jar"
    with pytest.raises(Exception, match=r"jars/none\.jar"):
        glue.create_dynamic_frame.from_options("mysql", {**login, "dbtable": numbers, **options})


STATUS = "(select variable_value <> '' as encrypted from {0}.session_status where variable_name = 'Ssl_cipher') s"
TRUST = {
    "": ("useSSL=false", "trustCertificateKeyStoreUrl", "trustCertificateKeyStoreType", "trustCertificateKeyStorePassword"),
    "org.mariadb.jdbc.Driver": ("sslMode=disable", "trustStore", "trustStoreType", "trustStorePassword"),
}  # how the user's own URL would have it, and the names of its driver's parameters


@pytest.mark.parametrize("driver", TRUST)
def test_a_connection_that_enforces_encryption(
    glue: Any, connect: Connect, server_of_mysql: DatabaseServer, driver: str, tmp_path: Path
) -> None:
    of_mariadb = server_of_mysql.kind == "mariadb"
    options = {"connectionName": connect(server_of_mysql.url("mysql", "?useSSL=false"), JDBC_ENFORCE_SSL="true")}
    options |= {"dbtable": STATUS.format("information_schema" if of_mariadb else "performance_schema")}
    options |= {"customJdbcDriverClassName": driver} if driver else {}

    def encrypted(**more: str) -> Any:
        return glue.create_dynamic_frame.from_options("mysql", {**options, **more}).toDF().collect()[0][0]

    if of_mariadb and driver:  # they prove themselves to each other by the password
        assert encrypted() == 1
        return
    with pytest.raises(Exception, match=r"(?i)certificat|PKIX|communications link"):  # nobody here has signed the server's certificate
        encrypted()
    authority = server_of_mysql.authority()
    if authority is not None:
        store = tmp_path / "store.p12"
        store.write_bytes(java_store(authority))
        off, *names = TRUST[driver]
        values = (f"file:{store}", "PKCS12", STORE_PASSWORD)
        trusted = "&".join(f"{name}={value}" for name, value in zip(names, values, strict=True))
        assert encrypted(url=server_of_mysql.url("mysql", f"?{off}&{trusted}")) == 1
