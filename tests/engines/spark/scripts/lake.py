"""A table of each open format, written, changed and read back, as AWS's documentation configures it. Prints one JSON line."""

import json
import sys

from pyspark.context import SparkContext

from awsglue.context import GlueContext
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["bucket", "database", "datalake-formats"])
glue = GlueContext(SparkContext.getOrCreate())
spark = glue.spark_session
form, database, base = args["datalake_formats"], args["database"], f"s3://{args['bucket']}/lake"


def iceberg():
    table = f"glue_catalog.{database}.ice"
    spark.sql(f"create table {table} (id int, name string) using iceberg partitioned by (bucket(2, id))")
    spark.sql(f"insert into {table} values (1, 'a'), (2, 'b')")
    spark.sql(f"merge into {table} t using (select 2 id, 'c' name) s on t.id = s.id when matched then update set name = s.name")
    spark.sql(f"alter table {table} add column more string")
    return table, spark.sql(f"select count(*) from {table}.snapshots").head()[0]


def delta():
    from delta.tables import DeltaTable

    path = f"{base}/delta"
    spark.createDataFrame([(1, "a"), (2, "b")], "id int, name string").write.format("delta").save(path)
    spark.sql(f"merge into delta.`{path}` t using (select 2 id, 'c' name) s on t.id = s.id when matched then update set name = s.name")
    spark.sql(f"create table {database}.del using delta location '{path}'")
    return f"{database}.del", DeltaTable.forPath(spark, path).history().count()


def hudi():
    path = f"{base}/hudi"
    options = {
        "hoodie.table.name": "hud",
        "hoodie.datasource.write.recordkey.field": "id",
        "hoodie.datasource.write.precombine.field": "id",
        "hoodie.datasource.write.operation": "upsert",
    }
    for rows, mode in (([(1, "a"), (2, "b")], "overwrite"), ([(2, "c")], "append")):
        spark.createDataFrame(rows, "id int, name string").write.format("hudi").options(**options).mode(mode).save(path)
    spark.read.format("hudi").load(path).createOrReplaceTempView("hud")
    return "hud", spark.sql("select count(distinct _hoodie_commit_time) from hud").head()[0]


table, versions = {"iceberg": iceberg, "delta": delta, "hudi": hudi}[form]()
rows = spark.sql(f"select id, name from {table} order by id").collect()
told = {"rows": [list(row) for row in rows], "versions": versions}
if form != "iceberg":  # a table of its catalogs has a place too, but is not read by that
    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [f"{base}/{form}"]}, form)
    told["dynamic"] = sorted(list(row) for row in frame.select_fields(["id", "name"]).toDF().collect())
print(json.dumps(told))
