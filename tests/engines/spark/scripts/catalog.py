"""A Glue job: every kind of catalog statement, each with what must come out; it fails with the list of those that did not."""

from collections.abc import Callable

import boto3
import pandas
from pyspark.sql import SparkSession
from pyspark.sql import functions as f

spark = SparkSession.builder.getOrCreate()
glue, s3 = boto3.client("glue"), boto3.client("s3")
wrong: list[str] = []
TEXT = {
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
}
CSV = {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "Parameters": {"field.delim": ","}}
JSON = {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe", "Parameters": {"paths": "id,name"}}


def check(what: str, do: Callable[[], object], expected: object = None) -> None:
    try:
        found = do()
    except Exception as error:  # noqa: BLE001  told in the end, all of them
        found = f"{type(error).__name__}: {str(error)[:300]}"
        wrong.append(f"{what}: {found}")
    else:
        if expected is not None and found != expected:
            wrong.append(f"{what}: {found!r}, not {expected!r}")
    print(what, "→", found, flush=True)


def sql(statement: str, expected: object = None) -> None:
    """Expected: a list of rows as tuples, or the one value."""

    def rows() -> object:
        found = [tuple(row) for row in spark.sql(statement).collect()]
        return found[0][0] if expected is not None and not isinstance(expected, list) else found

    check(statement, rows, expected)


def refused(statement: str, word: str) -> None:
    def message() -> bool:
        try:
            spark.sql(statement).collect()
        except Exception as error:  # noqa: BLE001
            return word in str(error)
        return False

    check(f"{statement} is refused with {word!r}", message, True)


def crawled(name: str, serde: dict, body: bytes) -> None:
    """A table as a crawler writes it."""

    def storage(place: str) -> dict:
        columns = [{"Name": "id", "Type": "bigint"}, {"Name": "name", "Type": "string"}]
        return {"Columns": columns, "Location": f"s3://lake/{name}/{place}", "SerdeInfo": serde, **TEXT}

    table = {"Name": name, "TableType": "EXTERNAL_TABLE", "PartitionKeys": [{"Name": "dt", "Type": "string"}]}
    glue.create_table(DatabaseName="crawled", TableInput={**table, "StorageDescriptor": storage("")})
    for day in ("a", "b"):
        s3.put_object(Bucket="lake", Key=f"{name}/dt={day}/data", Body=body)
        given = {"Values": [day], "StorageDescriptor": storage(f"dt={day}/")}
        glue.create_partition(DatabaseName="crawled", TableName=name, PartitionInput=given)


s3.create_bucket(Bucket="lake")
glue.create_database(DatabaseInput={"Name": "crawled"})
crawled("c", CSV, b"1,x\n2,y\n")
crawled("j", JSON, b'{"id":1,"name":"x"}\n{"id":2,"name":"y"}\n')

# tables of a crawler
sql("show databases", [("crawled",), ("default",)])
sql("show tables in crawled", [("crawled", "c", False), ("crawled", "j", False)])
sql("select * from crawled.c where dt = 'a' order by id", [(1, "x", "a"), (2, "y", "a")])
sql("select * from crawled.j where dt = 'b' order by id", [(1, "x", "b"), (2, "y", "b")])
sql("select count(*) from crawled.c", 4)
refused("create table crawled.homeless using parquet as select 1 a", "LocationUri")
refused("create table crawled.homeless (a int) stored as parquet", "LocationUri")
refused("select * from crawled.nothing", "TABLE_OR_VIEW_NOT_FOUND")

# tables of Spark
sql("create database d location 's3://lake/d'")
sql("create table d.t1 using parquet as select id, id % 3 k from range(10)")
sql("select count(*) from d.t1", 10)
sql("create table d.t2 stored as parquet as select id from range(10)")
sql("select sum(id) from d.t2", 45)
sql("create external table d.pt (id bigint, v string) partitioned by (dt string) stored as parquet location 's3://lake/x/pt'")
sql("insert into d.pt partition (dt = '2024-01-01') select id, 'a' from range(3)")
sql("insert into d.pt partition (dt) select id, 'b', '2024-01-02' from range(4)")
sql("insert overwrite d.pt partition (dt = '2024-01-01') select id, 'a' from range(2)")
sql("select dt, count(*) from d.pt group by dt order by dt", [("2024-01-01", 2), ("2024-01-02", 4)])
sql("select count(*) from d.pt where dt = '2024-01-02'", 4)
sql("select count(*) from d.pt where dt >= '2024-01-01' and dt in ('2024-01-01', '2024-01-03')", 2)
sql("show partitions d.pt", [("dt=2024-01-01",), ("dt=2024-01-02",)])
sql("create external table d.typed (id bigint) partitioned by (dt date, n int) stored as parquet location 's3://lake/x/typed'")
sql("insert into d.typed partition (dt, n) select id, date'2024-01-02', 7 from range(4)")
sql("select count(*) from d.typed where dt = date'2024-01-02' and n = 7", 4)
sql("select count(*) from d.typed where dt > date'2024-01-02' or n in (8, 9)", 0)
sql("show partitions d.typed partition (n = 7)", [("dt=2024-01-02/n=7",)])
parity = spark.range(10).withColumn("p", f.col("id") % 2)
for _ in range(2):
    check("saveAsTable", lambda: parity.write.partitionBy("p").mode("overwrite").saveAsTable("d.sat"))
check("insertInto", lambda: spark.range(4).withColumn("p", f.col("id") % 2).write.insertInto("d.sat"))
sql("select count(*) from d.sat where p = 1", 7)

# views, and what there is
sql("create or replace view d.v as select id from d.t1 where k = 1")
sql("select count(*) from d.v", 3)
sql("show views in d", [("d", "v", False)])
kinds = {"pt": "EXTERNAL", "sat": "MANAGED", "t1": "MANAGED", "t2": "MANAGED", "typed": "EXTERNAL", "v": "VIEW"}
check("listTables", lambda: {table.name: table.tableType for table in spark.catalog.listTables("d")}, kinds)
check("tableExists", lambda: (spark.catalog.tableExists("d.t1"), spark.catalog.tableExists("d.no")), (True, False))
check("listColumns", lambda: [column.name for column in spark.catalog.listColumns("d.pt")], ["id", "v", "dt"])
check("listFunctions", lambda: len(spark.catalog.listFunctions("d")) > 100, True)
sql("describe formatted d.pt")
sql("show create table d.pt")

# changes
sql("alter table d.pt add columns (extra int)")
check(
    "the new column is in the catalog",
    lambda: glue.get_table(DatabaseName="d", Name="pt")["Table"]["StorageDescriptor"]["Columns"][-1]["Name"],
    "extra",
)
sql("alter table d.pt set tblproperties ('x' = 'y')")
sql("alter table d.pt add if not exists partition (dt = '2024-01-03') location 's3://lake/x/pt/dt=2024-01-03'")
sql("alter table d.pt partition (dt = '2024-01-03') rename to partition (dt = '2024-01-04')")
sql("show partitions d.pt", [("dt=2024-01-01",), ("dt=2024-01-02",), ("dt=2024-01-04",)])
sql("alter table d.pt drop partition (dt = '2024-01-04')")
s3.put_object(Bucket="lake", Key="x/pt/dt=2024-02-01/part", Body=b"")
sql("msck repair table d.pt")
sql("show partitions d.pt", [("dt=2024-01-01",), ("dt=2024-01-02",), ("dt=2024-02-01",)])
sql("analyze table d.t1 compute statistics for all columns")
check("statistics", lambda: glue.get_table(DatabaseName="d", Name="t1")["Table"]["Parameters"]["spark.sql.statistics.numRows"], "10")
sql("alter table d.t2 rename to d.t3")
sql("select sum(id) from d.t3", 45)
sql("alter table d.sat rename to d.sat2")
sql("select count(*) from d.sat2", 14)
sql("truncate table d.t3")
sql("select count(*) from d.t3", 0)

# the end
sql("drop table d.t3")
check("a managed table's data goes", lambda: s3.list_objects_v2(Bucket="lake", Prefix="d/t3").get("KeyCount", 0), 0)
sql("drop table d.pt")
check("an external table's stays", lambda: s3.list_objects_v2(Bucket="lake", Prefix="x/pt")["KeyCount"] > 0, True)
sql("drop view d.v")
refused("drop database d", "NOT_EMPTY")
sql("drop database d cascade")
sql("show databases", [("crawled",), ("default",)])

# everything else reaches the platform by itself
check("write csv", lambda: parity.coalesce(1).write.option("header", True).csv("s3://lake/csv"))
keys = [item["Key"] for item in s3.list_objects_v2(Bucket="lake", Prefix="csv/part")["Contents"]]
check("pandas", lambda: [len(pandas.read_csv(f"s3://lake/{key}")) for key in keys], [10])
check(
    "s3a and s3n",
    lambda: (spark.read.csv("s3a://lake/csv", header=True).count(), spark.read.csv("s3n://lake/csv", header=True).count()),
    (10, 10),
)

if wrong:
    raise AssertionError(f"{len(wrong)} statements: " + " | ".join(wrong))
