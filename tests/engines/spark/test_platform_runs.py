"""Jobs on real Spark, started as users start them: boto3 against a server."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).with_name("scripts")
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR")
pytestmark = [pytest.mark.spark, pytest.mark.timeout(600)]

FAILURES: dict[str, tuple[Any, ...]] = {
    "analysis": (
        "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n\nspark.sql('select * from default.nothing')\n",
        ["AnalysisException: [TABLE_OR_VIEW_NOT_FOUND]", "line 4: spark.sql('select * from default.nothing')"],
    ),
    "function": (
        "from pyspark.sql import SparkSession, functions as f\nspark = SparkSession.builder.getOrCreate()\n"
        "half = f.udf(lambda x: 1 // (x - 5), 'long')\nspark.range(10).select(half('id')).collect()\n",
        ["ZeroDivisionError: integer division or modulo by zero", "line 3: half = f.udf("],
    ),
    "bucket": (
        "from pyspark.context import SparkContext\nfrom pyspark.sql import SparkSession\nspark = SparkSession(SparkContext())\n"
        "spark.range(3).write.parquet('s3://no-such-bucket-anywhere/x')\n",
        ["bucket", "no-such-bucket-anywhere", "line 4"],
    ),
    "memory": (
        "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
        "jvm = spark._jvm\nheld = []\nwhile True:\n    held.append(jvm.java.nio.ByteBuffer.allocate(256 << 20))\n",
        ["OutOfMemoryError", "Java heap space", "line 6"],
    ),
    "exit": ("import os\nos._exit(0)\n", ["left through os._exit(0)", "End it with sys.exit(0)"]),
    "size": ("1", ["LAUNCH ERROR | spark.driver.memory is no size: 'lots'"], {"--conf": "spark.driver.memory=lots"}),
}  # fmt: skip

UNWAITED = """
import atexit, threading, time
from concurrent.futures import ThreadPoolExecutor
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
def write(name, seconds=0):
    time.sleep(seconds)
    spark.range(1).write.parquet(f"s3://BUCKET/{name}")
threading.Thread(target=write, args=("thread", 2)).start()
pool = ThreadPoolExecutor(1)
for n in range(2):
    pool.submit(write, f"pool-{n}", 1)
atexit.register(write, "at-exit")
"""


class Platform:
    """What a user has: a bucket for scripts, a role, jobs."""

    def __init__(self, client: Callable[..., Any], name: str) -> None:
        self.s3, self.glue, self.iam, self.logs = (client(service) for service in ("s3", "glue", "iam", "logs"))
        self.name = name
        self.s3.create_bucket(Bucket=name)
        self.role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        self.iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(ALL))

    def start(self, code: str, job: str, **more: Any) -> tuple[str, str]:
        self.s3.put_object(Bucket=self.name, Key=f"{job}.py", Body=code.encode())
        command = {"Name": "glueetl", "ScriptLocation": f"s3://{self.name}/{job}.py"}
        name = f"{self.name}-{job}"
        self.glue.create_job(Name=name, Role=self.role, Command=command, GlueVersion="6.0", WorkerType="G.1X", NumberOfWorkers=2, **more)
        return name, self.glue.start_job_run(JobName=name)["JobRunId"]

    def wait(self, started: tuple[str, str]) -> dict[str, Any]:
        while True:
            run: dict[str, Any] = self.glue.get_job_run(JobName=started[0], RunId=started[1])["JobRun"]
            if run["JobRunState"] in OVER:
                return run
            time.sleep(0.3)


@pytest.fixture
def platform(client: Callable[..., Any], unique: str) -> Platform:
    """In an account of the test's own: ``show databases`` shows all that there are."""
    account = f"{int(unique[1:], 16) % 10**12:012}"
    return Platform(lambda service: client(service, key=account), unique)


def test_the_catalog_in_spark(platform: Platform) -> None:
    run = platform.wait(platform.start((SCRIPTS / "catalog.py").read_text(), "catalog"))
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]


def test_an_ordinary_exit_is_success(platform: Platform) -> None:
    run = platform.wait(platform.start("import sys\nsys.exit(0)\n", "leaves"))
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]


def test_spark_is_there_until_everything_is_done(platform: Platform) -> None:
    """As for `python script`: threads that nobody has waited for, what a pool has not begun yet, and exit functions."""
    run = platform.wait(platform.start(UNWAITED.replace("BUCKET", platform.name), "unwaited"))
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    found = {each["Key"].split("/")[0] for each in platform.s3.list_objects_v2(Bucket=platform.name)["Contents"]}
    assert found >= {"thread", "pool-0", "pool-1", "at-exit"}


def test_failures_name_their_cause(platform: Platform) -> None:
    started = {name: platform.start(code, name, DefaultArguments=dict(*more)) for name, (code, _, *more) in FAILURES.items()}
    for name, (_, words, *_) in FAILURES.items():
        run = platform.wait(started[name])
        assert run["JobRunState"] == "FAILED"
        assert [word for word in words if word not in run["ErrorMessage"]] == [], run["ErrorMessage"]
