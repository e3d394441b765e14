"""kill -9 of the server while a job runs: nothing of the job stays, and after a restart the run says what happened."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
SHELL = "import subprocess, time\nsubprocess.Popen(['sleep', '300'], start_new_session=True)\nprint('begun', flush=True)\ntime.sleep(300)\n"
SPARK = """
import time
from pyspark.sql import SparkSession, functions as f
spark = SparkSession.builder.getOrCreate()
def slow(x):
    time.sleep(300)
    return x
print("begun", flush=True)
spark.range(2).select(f.udf(slow, "long")("id")).collect()
"""


def processes(run_id: str) -> list[int]:
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if run_id.encode() in environment.read_bytes():
                found.append(int(environment.parent.name))
        except OSError:  # it ended meanwhile
            continue
    return found


def until(check: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)


def begun(server: Any, code: str, kind: str) -> tuple[Any, str]:
    """A run whose script has begun."""
    s3, iam, glue = server.client("s3"), server.client("iam"), server.client("glue")
    s3.create_bucket(Bucket="scripts")
    s3.put_object(Bucket="scripts", Key="job.py", Body=code.encode())
    iam.create_role(RoleName="jobs", AssumeRolePolicyDocument=json.dumps(TRUST))
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="jobs", PolicyName="all", PolicyDocument=json.dumps(policy))
    command = {"Name": kind, "ScriptLocation": "s3://scripts/job.py", **({"PythonVersion": "3.9"} if kind == "pythonshell" else {})}
    size = {"MaxCapacity": 0.0625} if kind == "pythonshell" else {"GlueVersion": "6.0", "WorkerType": "G.1X", "NumberOfWorkers": 2}
    glue.create_job(Name="job", Role="jobs", Command=command, **size)
    run_id = glue.start_job_run(JobName="job")["JobRunId"]
    output = server.home / "runs" / run_id / "stdout"
    until(lambda: output.exists() and "begun" in output.read_text(), 150)
    return glue, run_id


KINDS = [("pythonshell", SHELL, 3), pytest.param("glueetl", SPARK, 4, marks=[pytest.mark.spark, pytest.mark.timeout(400)])]


@pytest.mark.parametrize(("kind", "code", "at_least"), KINDS)
def test_kill_nine(own_server: Callable[..., Any], kind: str, code: str, at_least: int) -> None:
    server = own_server()
    _, run_id = begun(server, code, kind)
    until(lambda: len(processes(run_id)) >= at_least - 1, 60)
    server.kill()
    until(lambda: processes(run_id) == [], 20)
    glue = server.start().client("glue")
    until(lambda: glue.get_job_run(JobName="job", RunId=run_id)["JobRun"]["JobRunState"] == "FAILED", 30)
    assert "control plane restarted" in glue.get_job_run(JobName="job", RunId=run_id)["JobRun"]["ErrorMessage"]


@pytest.mark.parametrize(("kind", "code", "at_least"), KINDS)
def test_stop(own_server: Callable[..., Any], kind: str, code: str, at_least: int) -> None:
    glue, run_id = begun(own_server(), code, kind)
    assert glue.batch_stop_job_run(JobName="job", JobRunIds=[run_id])["Errors"] == []
    until(lambda: glue.get_job_run(JobName="job", RunId=run_id)["JobRun"]["JobRunState"] == "STOPPED", 30)
    assert processes(run_id) == []
