"""What every Glue version must do: Python functions in workers, S3, Avro, the catalog, DynamicFrames. Prints one JSON line."""

import io
import json
import sys

import boto3
import openpyxl
import pyspark
from pyspark.context import SparkContext
from pyspark.sql import functions as f

from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job
from awsglue.transforms import ApplyMapping
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket", "database"])
glue = GlueContext(SparkContext.getOrCreate())
spark = glue.spark_session
job = Job(glue)
job.init(args["JOB_NAME"], args)
base = f"s3://{args['bucket']}/{pyspark.__version__}"

frame = spark.createDataFrame([(1, "a"), (2, "b"), (3, None)], ["id", "name"])
twice = f.udf(lambda x: x * 2, "long")
upper = frame.rdd.map(lambda row: (row.name or "?").upper()).collect()
frame.withColumn("twice", twice("id")).write.partitionBy("id").parquet(f"{base}/parquet")
frame.write.format("avro").save(f"{base}/avro")
spark.sql(
    f"create table {args['database']}.t{pyspark.__version__.replace('.', '')} using parquet location '{base}/table' as select 1 a, 'x' b"
)
listed = boto3.client("glue").get_tables(DatabaseName=args["database"])["TableList"]

lines = ["id,price", "1,2.5", "2,3"]
boto3.client("s3").put_object(Bucket=args["bucket"], Key=f"{pyspark.__version__}/in/a.csv", Body="\n".join(lines).encode())
source = glue.create_dynamic_frame.from_options("s3", {"paths": [f"{base}/in/"]}, "csv", {"withHeader": True}, transformation_ctx="s")
mapped = ApplyMapping.apply(source, [("id", "string", "id", "int"), ("price", "string", "cost", "double")])
glue.write_dynamic_frame.from_options(mapped, "s3", {"path": f"{base}/out/"}, "json")
sunk = f"sunk{pyspark.__version__.replace('.', '')}"
sink = glue.getSink("s3", path=f"{base}/sunk/", enableUpdateCatalog=True, partitionKeys=["id"])
sink.setCatalogInfo(catalogDatabase=args["database"], catalogTableName=sunk)
sink.setFormat("glueparquet")
sink.writeFrame(mapped)
partitions = boto3.client("glue").get_partitions(DatabaseName=args["database"], TableName=sunk)["Partitions"]
objects = boto3.client("s3").list_objects_v2(Bucket=args["bucket"], Prefix=f"{pyspark.__version__}/sunk/")["Contents"]
text = [json.dumps({"v": 1}), json.dumps({"v": "two"})]
boto3.client("s3").put_object(Bucket=args["bucket"], Key=f"{pyspark.__version__}/choice/a.json", Body="\n".join(text).encode())
choice = glue.create_dynamic_frame.from_options("s3", {"paths": [f"{base}/choice/"]}, "json")
resolved = choice.resolveChoice(specs=[("v", "make_struct")]).toDF().schema.simpleString()
cast = DynamicFrame.resolveChoice(choice, specs=[("v", "cast:string")]).toDF()


def marked(record: dict) -> dict:
    if record["v"] == "two":
        raise ValueError("two")
    record["o"] = {"kind": type(record["v"]).__name__, "list": [record["v"]]}
    return record


functions = choice.map(marked)
kept = choice.filter(lambda record: record["v"] == "two").toDF().count()
tags = {"rowTag": "r", "rootTag": "rows"}
glue.write_dynamic_frame.from_options(mapped, "s3", {"path": f"{base}/xml/", "partitionKeys": ["id"]}, "xml", tags)
boto3.client("s3").put_object(Bucket=args["bucket"], Key=f"{pyspark.__version__}/xml/b.xml", Body=b"<rows><r><cost>4</r></rows>")
from_xml = glue.create_dynamic_frame.from_options("s3", {"paths": [f"{base}/xml/"], "recurse": True}, "xml", tags)
xml = [sorted(row.cost for row in from_xml.toDF().collect()), from_xml.errorsCount()]
boto3.client("s3").put_object(Bucket=args["bucket"], Key=f"{pyspark.__version__}/ion/a.ion", Body=b"{a: 1} {a: 2}")
book, bytes_of = openpyxl.Workbook(), io.BytesIO()
book.active.append(["a"])
book.active.append([3])
book.save(bytes_of)
boto3.client("s3").put_object(Bucket=args["bucket"], Key=f"{pyspark.__version__}/excel/a.xlsx", Body=bytes_of.getvalue())
others = [glue.create_dynamic_frame.from_options("s3", {"paths": [f"{base}/{name}/"]}, name) for name in ("ion", "excel")]
job.commit()

print(
    json.dumps(
        {
            "spark": pyspark.__version__,
            "upper": upper,
            "sum": spark.read.parquet(f"{base}/parquet").agg(f.sum("twice")).head()[0],
            "avro": spark.read.format("avro").load(f"{base}/avro").count(),
            "table": [row.a for row in spark.table(f"{args['database']}.t{pyspark.__version__.replace('.', '')}").collect()],
            "listed": [table["Name"] for table in listed],
            "json": sorted(row.cost for row in spark.read.json(f"{base}/out/").collect()),
            "sunk": sorted(row.cost for row in spark.table(f"{args['database']}.{sunk}").collect()),
            "partitions": sorted(each["Values"] for each in partitions),
            "files": sorted({item["Key"].rpartition("/")[2][:4] for item in objects if not item["Key"].endswith("/")}),
            "choice": resolved,
            "cast": sorted(row.v for row in cast.collect()),
            "xml": xml,
            "ion and excel": [sorted(row.a for row in each.toDF().collect()) for each in others],
            "functions": [functions.toDF().select("o").collect()[0].o.asDict(), functions.stageErrorsCount(), kept],
            "ansi": spark.conf.get("spark.sql.ansi.enabled"),
        }
    )
)
