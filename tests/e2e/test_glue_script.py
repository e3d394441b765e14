"""A script of the shape that Glue's console writes, run as a job: S3 in, Python functions, Parquet and the catalog out."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

pytestmark = [pytest.mark.spark, pytest.mark.slow]
SCRIPT = """
import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job

args = getResolvedOptions(sys.argv, ["JOB_NAME", "place", "the-database"])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

def shout(record):
    record["name"] = record["name"].upper()
    return record

source = glueContext.create_dynamic_frame.from_options(
    "s3", {"paths": [args["place"] + "in/"], "recurse": "True"}, "csv", {"withHeader": True}, transformation_ctx="source"
)
mapped = ApplyMapping.apply(frame=source, mappings=[("id", "string", "id", "long"), ("name", "string", "name", "string")])
kept = Filter.apply(frame=Map.apply(frame=mapped, f=shout), f=lambda record: record["id"] is not None)
sink = glueContext.getSink(connection_type="s3", path=args["place"] + "out/", enableUpdateCatalog=True, partitionKeys=["name"])
sink.setCatalogInfo(catalogDatabase=args["the_database"], catalogTableName="t")
sink.setFormat("glueparquet", compression="snappy")
sink.writeFrame(kept)
glueContext.create_dynamic_frame.from_catalog(database=args["the_database"], table_name="t").show()
print("counted", spark.sql(f"select count(*) c from {args['the_database']}.t").collect()[0].c)
glueContext.get_logger().info("the logger's own line")
job.commit()
"""
ENDED = ("SUCCEEDED", "FAILED", "ERROR", "STOPPED", "TIMEOUT")


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


@pytest.fixture
def role(server: Any, unique: str) -> str:
    iam = server.client("iam")
    trust = policy(Principal={"Service": "glue.amazonaws.com"}, Action="sts:AssumeRole")
    made: str = iam.create_role(RoleName=unique, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=unique, PolicyName="all", PolicyDocument=policy(Action="*", Resource="*"))
    return made


def test_a_generated_script_runs_as_a_job(server: Any, role: str, unique: str) -> None:
    s3, glue = server.client("s3"), server.client("glue")
    s3.create_bucket(Bucket=unique)
    s3.put_object(Bucket=unique, Key="in/sub/a.csv", Body=b"id,name\n1,ann\n2,bob\nx,cy\n")
    s3.put_object(Bucket=unique, Key="script.py", Body=SCRIPT.encode())
    glue.create_database(DatabaseInput={"Name": unique})
    command = {"Name": "glueetl", "ScriptLocation": f"s3://{unique}/script.py"}
    arguments = {"--place": f"s3://{unique}/", "--the-database": unique}
    glue.create_job(Name=unique, Role=role, Command=command, GlueVersion="6.0", DefaultArguments=arguments)
    run = glue.start_job_run(JobName=unique)["JobRunId"]
    deadline = time.monotonic() + 240
    while (found := glue.get_job_run(JobName=unique, RunId=run)["JobRun"])["JobRunState"] not in ENDED:
        assert time.monotonic() < deadline, found
        time.sleep(0.5)
    assert (found["JobRunState"], found.get("ErrorMessage")) == ("SUCCEEDED", None)
    said = {group: said_in(server, f"/aws-glue/jobs/{group}", run) for group in ("output", "error")}
    printed = {'{"id": 1, "name": "ANN"}', '{"id": 2, "name": "BOB"}', "counted 2"}
    assert set(said["output"][:3]) == printed  # the report of the run comes behind
    assert any("the logger's own line" in line for line in said["error"])
    parts = glue.get_partitions(DatabaseName=unique, TableName="t")["Partitions"]
    assert sorted(part["Values"] for part in parts) == [["ANN"], ["BOB"]]


def said_in(server: Any, group: str, run: str) -> list[str]:
    events = server.client("logs").filter_log_events(logGroupName=group, logStreamNamePrefix=run)["events"]
    return [event["message"].rstrip("\n") for event in events]
