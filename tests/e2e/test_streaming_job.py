"""A streaming job: batches into S3 with its checkpoint there; kill -9 of the server, then the same job again, loses and doubles nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.conftest import Server, wait_for

pytestmark = [pytest.mark.spark, pytest.mark.slow]
SCRIPT = """
import sys
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job

args = getResolvedOptions(sys.argv, ["JOB_NAME", "place"])
glueContext = GlueContext(SparkContext())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
stream = glueContext.spark_session.readStream.schema("n int").option("maxFilesPerTrigger", 1).json(args["place"] + "in/")

def processBatch(data_frame, batchId):
    frame = DynamicFrame.fromDF(glueContext.add_ingestion_time_columns(data_frame, "day"), glueContext, "from_data_frame")
    glueContext.write_dynamic_frame.from_options(frame, "s3", {"path": args["place"] + "out/"}, "json")
    print("batch", batchId)

glueContext.forEachBatch(
    frame=stream, batch_function=processBatch,
    options={"windowSize": "100 milliseconds", "checkpointLocation": args["place"] + "checkpoint/"},
)
job.commit()
"""


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def put(s3: Any, numbers: range) -> None:
    for n in numbers:
        s3.put_object(Bucket="stream", Key=f"in/{n:04}.json", Body=f'{{"n": {n}}}\n'.encode())


def written(s3: Any) -> list[int]:
    """Every number in the sink, as often as it is there."""
    while True:
        found = s3.list_objects_v2(Bucket="stream", Prefix="out/run-").get("Contents", [])  # not what a task has yet to move into place
        try:
            texts = [s3.get_object(Bucket="stream", Key=item["Key"])["Body"].read() for item in found]
        except s3.exceptions.NoSuchKey:
            continue  # replaced since the listing
        return sorted(json.loads(line)["n"] for text in texts for line in text.splitlines())


def test_a_streaming_job_survives_kill_9(own_server: Callable[..., Server]) -> None:
    server = own_server()
    s3, glue, iam = server.client("s3"), server.client("glue"), server.client("iam")
    role = iam.create_role(
        RoleName="r", AssumeRolePolicyDocument=policy(Principal={"Service": "glue.amazonaws.com"}, Action="sts:AssumeRole")
    )
    iam.put_role_policy(RoleName="r", PolicyName="all", PolicyDocument=policy(Action="*", Resource="*"))
    s3.create_bucket(Bucket="stream")
    s3.put_object(Bucket="stream", Key="script.py", Body=SCRIPT.encode())
    command = {"Name": "gluestreaming", "ScriptLocation": "s3://stream/script.py"}
    arguments = {"--place": "s3://stream/"}
    glue.create_job(Name="j", Role=role["Role"]["Arn"], Command=command, GlueVersion="6.0", DefaultArguments=arguments)
    put(s3, range(60))
    first = glue.start_job_run(JobName="j")["JobRunId"]
    wait_for(lambda: len(written(s3)) >= 3 or _ended(glue, first), seconds=240)
    server.kill()

    server.start()
    s3, glue = server.client("s3"), server.client("glue")
    assert wait_for(lambda: _ended(glue, first), seconds=60) == "FAILED"
    before = written(s3)
    assert 3 <= len(before) < 60, before
    put(s3, range(60, 70))
    second = glue.start_job_run(JobName="j")["JobRunId"]
    wait_for(lambda: set(written(s3)) >= set(range(70)) or _ended(glue, second), seconds=240)
    glue.batch_stop_job_run(JobName="j", JobRunIds=[second])
    assert wait_for(lambda: _ended(glue, second), seconds=60) == "STOPPED"
    assert written(s3) == list(range(70))


def _ended(glue: Any, run: str) -> str | None:
    state: str = glue.get_job_run(JobName="j", RunId=run)["JobRun"]["JobRunState"]
    return state if state in ("FAILED", "STOPPED", "SUCCEEDED", "ERROR", "TIMEOUT") else None
