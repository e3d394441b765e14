"""Bookmarks end to end: jobs on the platform, what their runs read of S3 and of a catalog's table, and how far back one can go."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.spark, pytest.mark.slow]
ENDED = ("SUCCEEDED", "FAILED", "ERROR", "STOPPED", "TIMEOUT")
SCRIPT = """
import sys
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job

args = getResolvedOptions(sys.argv, ["JOB_NAME", "place", "database", "ending"])
glueContext = GlueContext(SparkContext())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)
files = glueContext.create_dynamic_frame.from_options(
    "s3", {"paths": [args["place"] + "in/"], "recurse": True, "groupFiles": "inPartition"}, "json", transformation_ctx="files"
)
table = glueContext.create_dynamic_frame.from_catalog(database=args["database"], table_name="t", transformation_ctx="table")
whole = glueContext.create_dynamic_frame.from_options("s3", {"paths": [args["place"] + "in/"], "recurse": True}, "json")
read = sorted(row.n for row in files.toDF().collect()) if list(files.schema()) else []
rows = sorted((row.n, row.k) for row in table.toDF().collect())
print("READ", read, rows, whole.count(), flush=True)
if args["ending"] == "fail":
    raise ValueError("on the way")
if args["ending"] != "forget":
    job.commit()
"""


class Pipeline:
    """One job, and what its runs said."""

    def __init__(self, server: Any, name: str, version: str = "6.0") -> None:
        self.server, self.name = server, name
        self.s3, self.glue = server.client("s3"), server.client("glue")
        self.s3.create_bucket(Bucket=name)
        self.s3.put_object(Bucket=name, Key="script.py", Body=SCRIPT.encode())
        self.glue.create_database(DatabaseInput={"Name": name})
        serde = {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"}
        self.storage = {"Location": f"s3://{name}/t/", "Columns": [{"Name": "n", "Type": "int"}], "SerdeInfo": serde}
        table = {"Name": "t", "Parameters": {"classification": "json"}, "PartitionKeys": [{"Name": "k", "Type": "string"}]}
        self.glue.create_table(DatabaseName=name, TableInput={**table, "StorageDescriptor": self.storage})
        arguments = {"--place": f"s3://{name}/", "--database": name, "--ending": "commit", "--job-bookmark-option": "job-bookmark-enable"}
        command = {"Name": "glueetl", "ScriptLocation": f"s3://{name}/script.py"}
        self.glue.create_job(Name=name, Role="GlueRole", Command=command, GlueVersion=version, DefaultArguments=arguments)

    def add(self, n: int) -> None:
        """A file, and a partition of the table with another, not below the table's own location."""
        self.s3.put_object(Bucket=self.name, Key=f"in/day={n}/{n}.json", Body=json.dumps({"n": n}).encode())
        self.s3.put_object(Bucket=self.name, Key=f"elsewhere/{n}/x.json", Body=json.dumps({"n": n}).encode())
        storage = {**self.storage, "Location": f"s3://{self.name}/elsewhere/{n}/"}
        self.glue.create_partition(
            DatabaseName=self.name, TableName="t", PartitionInput={"Values": [f"k{n}"], "StorageDescriptor": storage}
        )

    def run(self, **arguments: str) -> tuple[str, str, str]:
        """The run's id, its state, and what it read."""
        given = {f"--{name.replace('_', '-')}": value for name, value in arguments.items()}
        run = self.glue.start_job_run(JobName=self.name, Arguments=given)["JobRunId"]
        deadline = time.monotonic() + 240
        while (found := self.glue.get_job_run(JobName=self.name, RunId=run)["JobRun"])["JobRunState"] not in ENDED:
            assert time.monotonic() < deadline, found
            time.sleep(0.2)
        lines = [line for line in self.said(run, "output") if line.startswith("READ")]
        return run, found["JobRunState"], (lines or [found.get("ErrorMessage", "")])[0].strip()

    def said(self, run: str, stream: str) -> list[str]:
        where = {"logGroupName": f"/aws-glue/jobs/{stream}", "logStreamNamePrefix": run}
        return [event["message"] for event in self.server.client("logs").filter_log_events(**where)["events"]]


@pytest.fixture(scope="module")
def pipeline(server: Any) -> Pipeline:
    import uuid

    return Pipeline(server, "t" + uuid.uuid4().hex[:12])


def read(*numbers: int, whole: int) -> str:
    """What a run says that reads these numbers as files and as rows of the table, and without bookmark so many."""
    return f"READ {list(numbers)} {[(n, f'k{n}') for n in numbers]} {whole}"


def test_a_pipeline_that_is_run_every_day(pipeline: Pipeline) -> None:
    pipeline.add(1)
    first, *told = pipeline.run()
    assert told == ["SUCCEEDED", read(1, whole=1)]
    assert any("has no transformation_ctx" in line and "read whole" in line for line in pipeline.said(first, "error"))
    assert pipeline.run()[1:] == ("SUCCEEDED", read(whole=1))
    pipeline.add(2)
    assert pipeline.run(ending="fail")[1:] == ("FAILED", read(2, whole=2))
    forgotten, *told = pipeline.run(ending="forget")
    assert told == ["SUCCEEDED", read(2, whole=2)]
    assert any("without job.commit() having succeeded" in line for line in pipeline.said(forgotten, "error"))
    assert pipeline.run(job_bookmark_option="job-bookmark-pause")[1:] == ("SUCCEEDED", read(2, whole=2))
    assert pipeline.run(job_bookmark_option="job-bookmark-disable")[1:] == ("SUCCEEDED", read(1, 2, whole=2))
    second, *told = pipeline.run()
    assert told == ["SUCCEEDED", read(2, whole=2)]
    entry = pipeline.glue.get_job_bookmark(JobName=pipeline.name)["JobBookmarkEntry"]
    assert (entry["RunId"], entry["Run"], entry["Attempt"]) == (second, 4, 0)
    assert set(json.loads(entry["JobBookmark"])) == {"files", "table"}
    pipeline.add(3)
    third = pipeline.run()[0]
    between = {"job_bookmark_option": "job-bookmark-pause", "job_bookmark_from": first, "job_bookmark_to": second}
    assert pipeline.run(**between)[1:] == ("SUCCEEDED", read(2, whole=3))
    assert pipeline.run(**{**between, "job_bookmark_from": second, "job_bookmark_to": third})[2] == read(3, whole=3)
    pipeline.glue.reset_job_bookmark(JobName=pipeline.name, RunId=second)
    assert pipeline.run()[1:] == ("SUCCEEDED", read(2, 3, whole=3))
    pipeline.glue.reset_job_bookmark(JobName=pipeline.name)
    assert pipeline.run()[1:] == ("SUCCEEDED", read(1, 2, 3, whole=3))


@pytest.mark.parametrize("version", ["5.1", "4.0"])
def test_other_glue_versions(server: Any, unique: str, version: str) -> None:
    pipeline = Pipeline(server, unique, version)
    for n in (1, 2):
        pipeline.add(n)
        assert pipeline.run()[1:] == ("SUCCEEDED", read(n, whole=n))
    assert pipeline.run()[1:] == ("SUCCEEDED", read(whole=2))


def test_two_runs_at_once_of_one_job(server: Any, unique: str) -> None:
    """The one that began first cannot commit: it ends FAILED and says which versions."""
    script = SCRIPT.replace("if args", "import boto3, time\nwhile args['ending'] == 'commit' and not boto3.client('s3').list_objects_v2("
                            "Bucket=args['database'], Prefix='go').get('Contents'): time.sleep(0.1)\nif args")  # fmt: skip
    pipeline = Pipeline(server, unique)
    pipeline.add(1)
    pipeline.s3.put_object(Bucket=unique, Key="script.py", Body=script.encode())
    job = pipeline.glue.get_job(JobName=unique)["Job"]
    changed = {**{k: job[k] for k in ("Role", "Command", "DefaultArguments", "GlueVersion")}, "ExecutionProperty": {"MaxConcurrentRuns": 2}}
    pipeline.glue.update_job(JobName=unique, JobUpdate=changed)
    early = pipeline.glue.start_job_run(JobName=unique)["JobRunId"]
    _until(lambda: any(line.startswith("READ") for line in _said(pipeline, early)))
    assert pipeline.run(ending="late")[1:] == ("SUCCEEDED", read(1, whole=1))
    pipeline.s3.put_object(Bucket=unique, Key="go", Body=b"")
    _until(lambda: pipeline.glue.get_job_run(JobName=unique, RunId=early)["JobRun"]["JobRunState"] in ENDED)
    found = pipeline.glue.get_job_run(JobName=unique, RunId=early)["JobRun"]
    assert found["JobRunState"] == "FAILED"
    assert (
        "VersionMismatchException: Continuation update failed due to version mismatch. Expected version 1 but found version 3"
        in found["ErrorMessage"]
    )


def _said(pipeline: Pipeline, run: str) -> list[str]:
    try:
        return pipeline.said(run, "output")
    except pipeline.server.client("logs").exceptions.ResourceNotFoundException:
        return []


def _until(check: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 240
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.2)
