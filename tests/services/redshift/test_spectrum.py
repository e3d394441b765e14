"""External schemas: tables of the Data Catalog over S3, joined with the warehouse's own."""

import time

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROLE = "arn:aws:iam::123456789012:role/spectrum"
TEXT = {
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "Parameters": {"field.delim": ","}},
}
PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}


def columns(text: str) -> list[dict[str, str]]:
    return [dict(zip(("Name", "Type"), each.split(" "), strict=True)) for each in text.split(", ")]


@pytest.fixture(scope="module")
def lake(server, tmp_path_factory):
    s3, glue = server.client("s3"), server.client("glue")
    s3.create_bucket(Bucket="spectrum-lake")
    s3.put_object(Bucket="spectrum-lake", Key="shops/a.csv", Body=b"1,north\n2,south\n")
    file = tmp_path_factory.mktemp("spectrum") / "f.parquet"
    for day, ids in (("2024-01-01", [1, 2]), ("2024-01-02", [1])):
        pq.write_table(pa.table({"shop": pa.array(ids, pa.int32()), "amt": pa.array([2.5] * len(ids), pa.float64())}), file)
        s3.put_object(Bucket="spectrum-lake", Key=f"sales/day={day}/f.parquet", Body=file.read_bytes())
    s3.put_object(Bucket="spectrum-lake", Key="sales/day=2024-01-03/f.parquet", Body=b"this is no parquet")
    glue.create_database(DatabaseInput={"Name": "lake"})
    for name, kind, listed, keys in (
        ("shops", TEXT, "id int, name string", []),
        ("sales", PARQUET, "shop int, amt double, tags array<string>", columns("day string")),
    ):
        place = {**kind, "Location": f"s3://spectrum-lake/{name}/", "Columns": columns(listed)}
        table = {"Name": name, "TableType": "EXTERNAL_TABLE", "StorageDescriptor": place, "PartitionKeys": keys}
        glue.create_table(DatabaseName="lake", TableInput=table)
    for day in ("2024-01-01", "2024-01-02", "2024-01-03"):
        place = {**PARQUET, "Location": f"s3://spectrum-lake/sales/day={day}/", "Columns": columns("shop int, amt double")}
        glue.create_partition(DatabaseName="lake", TableName="sales", PartitionInput={"Values": [day], "StorageDescriptor": place})
    return server


@pytest.fixture(scope="module")
def connection(lake):
    redshift = lake.client("redshift")
    redshift.create_cluster(ClusterIdentifier="spectrum", NodeType="x", MasterUsername="awsuser", MasterUserPassword="Secret99")
    deadline = time.monotonic() + 30
    while (found := redshift.describe_clusters(ClusterIdentifier="spectrum")["Clusters"][0])["ClusterStatus"] != "available":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    place = f"host={found['Endpoint']['Address']} port={found['Endpoint']['Port']}"
    with psycopg.connect(f"{place} user=awsuser password=Secret99 dbname=dev", autocommit=True) as connection:
        connection.execute(f"create external schema spectrum from data catalog database 'lake' iam_role '{ROLE}'")
        connection.execute("create table managers (shop int, boss varchar(10))")
        connection.execute("insert into managers values (1, 'ann'), (2, 'bob')")
        yield connection


GOOD = "day in ('2024-01-01', '2024-01-02')"  # the third partition's file is no Parquet: it must not be touched

QUERIES = [
    ("select id, name from spectrum.shops order by id", [(1, "north"), (2, "south")]),
    (f"select count(*), sum(amt) from spectrum.sales where {GOOD}", [(3, 7.5)]),
    ("select day, shop from spectrum.sales s where s.day = '2024-01-02'", [("2024-01-02", 1)]),
    ("select max(shop) from spectrum.sales where day < '2024-01-02' and amt > 1", [(2,)]),
    ("select spectrum.shops.name from spectrum.shops where id = 2", [("south",)]),
    (
        "select s.name, m.boss, sum(x.amt) from spectrum.sales x join spectrum.shops s on s.id = x.shop join managers m on m.shop = x.shop"
        f" where x.{GOOD} group by 1, 2 order by 1",
        [("north", "ann", 5.0), ("south", "bob", 2.5)],
    ),
    (f"with t as (select avg(shop) as a from spectrum.sales where {GOOD}) select a from t", [(1,)]),
    ("select schemaname, databasename from svv_external_schemas", [("spectrum", "lake")]),
    ("select tablename, location from svv_external_tables where schemaname = 'spectrum' order by 1",
     [("sales", "s3://spectrum-lake/sales/"), ("shops", "s3://spectrum-lake/shops/")]),
    ("select columnname, external_type, columnnum, part_key from svv_external_columns where tablename = 'sales' order by columnnum",
     [("shop", "int", 1, 0), ("amt", "double", 2, 0), ("tags", "array<string>", 3, 0), ("day", "varchar(65535)", 4, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "rows"), QUERIES)
def test_query(connection, query, rows):
    assert connection.execute(query).fetchall() == rows


def test_two_columns_of_one_name_cannot_be_told_apart(lake, connection):
    """A crawler makes them of a header that names a column twice; one's values are not the other's."""
    glue = lake.client("glue")
    place = {**TEXT, "Location": "s3://spectrum-lake/shops/", "Columns": columns("id int, ID string")}
    glue.create_table(DatabaseName="lake", TableInput={"Name": "twice", "StorageDescriptor": place})
    try:
        with pytest.raises(psycopg.errors.DuplicateColumn, match="more than one column named id"):
            connection.execute("select * from spectrum.twice")
    finally:
        glue.delete_table(DatabaseName="lake", Name="twice")


def test_parameters_and_insert_select(connection):
    cursor = connection.execute("select name from spectrum.shops where id = %s", (1,))
    assert cursor.fetchall() == [("north",)]
    connection.execute("create table loaded as select * from spectrum.shops")
    connection.execute("insert into loaded select id + 10, name from spectrum.shops")
    assert connection.execute("select count(*), max(id) from loaded").fetchall() == [(4, 12)]


def test_what_changes_in_the_lake_is_seen(lake, connection):
    lake.client("s3").put_object(Bucket="spectrum-lake", Key="shops/b.csv", Body=b"3,west\n")
    try:
        assert connection.execute("select count(*) from spectrum.shops").fetchall() == [(3,)]
    finally:
        lake.client("s3").delete_object(Bucket="spectrum-lake", Key="shops/b.csv")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("select count(amt) from spectrum.sales", "XX000"),  # with the broken partition
        ("select * from spectrum.nowhere", "42P01"),
        ("select tags from spectrum.sales where day = '2024-01-01'", "0A000"),
        ("insert into spectrum.shops values (3, 'x')", "0A000"),
        ("delete from spectrum.shops", "0A000"),
        (f"create external schema spectrum from data catalog database 'lake' iam_role '{ROLE}'", "42P06"),
        ("create external schema kafka_s from kafka iam_role default", "0A000"),
        ("create external schema no_role from data catalog database 'lake'", "42601"),
        ("create external table spectrum.t (a int) location 's3://spectrum-lake/t/'", "0A000"),
    ],
)
def test_what_fails(connection, statement, code):
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(statement)
    assert caught.value.sqlstate == code, str(caught.value)


def test_drop_leaves_the_catalog_alone(lake, connection):
    source = f"data catalog database 'made_here' iam_role '{ROLE}' create external database if not exists"
    connection.execute(f"create external schema second from {source}")
    assert lake.client("glue").get_database(Name="made_here")["Database"]["Name"] == "made_here"
    connection.execute("drop schema second drop external database")
    with pytest.raises(lake.client("glue").exceptions.EntityNotFoundException):
        lake.client("glue").get_database(Name="made_here")
    assert connection.execute("select count(*) from svv_external_schemas").fetchall() == [(1,)]
