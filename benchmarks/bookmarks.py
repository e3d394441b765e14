"""A job with bookmarks over 100,000 files: the listing through the endpoint, the decision, and the hand-over to Spark's reader."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3

from benchmarks import targets
from benchmarks.listing import fill
from benchmarks.objects import client
from benchmarks.report import Figure

FILES = 100_000
PROMISED = 4.0  # seconds
SCRIPT = """
import json, sys, time
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue import _report

args = getResolvedOptions(sys.argv, ["JOB_NAME", "place"])
glue = GlueContext(SparkContext())
glue.create_dynamic_frame.from_options("s3", {"paths": [args["place"] + "warm/"]}, "csv").count()
job = Job(glue)
started = time.perf_counter()
job.init(args["JOB_NAME"], args)
frame = glue.create_dynamic_frame.from_options("s3", {"paths": [args["place"]], "recurse": True}, "csv", transformation_ctx="files")
made = time.perf_counter() - started
source = _report.as_json()["sources"][-1]
started = time.perf_counter()
job.commit()
print(json.dumps({"seconds": made, "commit": time.perf_counter() - started, **source}), flush=True)
"""
ENDED = ("SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED")


def run(glue: Any, logs: Any, job: str) -> dict[str, Any]:
    """What one run of the job tells of itself."""
    run_id = glue.start_job_run(JobName=job)["JobRunId"]
    while (state := glue.get_job_run(JobName=job, RunId=run_id)["JobRun"])["JobRunState"] not in ENDED:
        time.sleep(0.2)
    if state["JobRunState"] != "SUCCEEDED":
        raise RuntimeError(state["ErrorMessage"])
    events = logs.get_log_events(logGroupName="/aws-glue/jobs/output", logStreamName=run_id, startFromHead=True)["events"]
    found: dict[str, Any] = next(json.loads(event["message"]) for event in events if event["message"].startswith("{"))
    return found


def measure() -> Iterator[Figure]:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    with targets.wheatpaste() as target:
        fill(target, "many", FILES)
        s3 = client(target)
        s3.put_object(Bucket="many", Key="warm/one.csv", Body=b"x\n")
        s3.create_bucket(Bucket="scripts")
        s3.put_object(Bucket="scripts", Key="job.py", Body=SCRIPT.encode())
        glue, logs = (boto3.client(name, endpoint_url=target.endpoint, region_name="us-east-1", **keys) for name in ("glue", "logs"))
        command = {"Name": "glueetl", "ScriptLocation": "s3://scripts/job.py"}
        arguments = {"--place": "s3://many/", "--job-bookmark-option": "job-bookmark-enable"}
        glue.create_job(Name="many", Role="R", Command=command, GlueVersion="6.0", DefaultArguments=arguments)
        for what, new in (("all of them new", FILES + 1), ("none of them new", 0), ("100 of them new", 100)):
            if new == 100:
                for n in range(new):
                    s3.put_object(Bucket="many", Key=f"new/{n}.csv", Body=b"x\n")
            found = run(glue, logs, "many")
            if found["read"] != new:
                raise RuntimeError(f"{what}: the run read {found['read']} files")
            seconds = round(found["seconds"], 2)
            yield Figure(
                f"a source of {FILES:,} files, {what}: job.init to its frame",
                "wheatpaste", seconds, "s", reach=f"≤ {PROMISED:g} s", met=seconds <= PROMISED,
            )  # fmt: skip
        yield Figure("job.commit, 100,000 files modified within the band", "wheatpaste", round(found["commit"], 2), "s")
