"""How soon a Glue job's script runs: on a driver that waited, on a new one against plain PySpark, and twenty at once."""

import json
import os
import statistics
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

from benchmarks import targets
from benchmarks.report import Figure, ratio

TIMES, JOBS = 5, 20
ROLE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
SCRIPT = """
import time
first = time.time()
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print(first, time.time(), flush=True)
assert spark.range(1000).count() == 1000
print(time.time(), flush=True)
"""
OVER = ("SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED")


def seconds(target: targets.Target, glue: Any) -> tuple[float, float, float]:
    """From StartJobRun to the script's first line, to its session, and to its first count."""
    asked = time.time()
    run = glue.start_job_run(JobName="starts")["JobRunId"]
    finish(glue, run)
    first, session, count = (target.home / "runs" / run / "stdout").read_text().split()[:3]
    return float(first) - asked, float(session) - asked, float(count) - asked


def finish(glue: Any, run: str) -> None:
    """Wait for the run's end; RuntimeError unless it succeeded."""
    while (state := glue.get_job_run(JobName="starts", RunId=run)["JobRun"])["JobRunState"] not in OVER:
        time.sleep(0.1)
    if state["JobRunState"] != "SUCCEEDED":
        raise RuntimeError(state["ErrorMessage"])


def prepared(target: targets.Target) -> Any:
    """A job of the script."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    named = {"endpoint_url": target.endpoint, "region_name": "us-east-1", **keys}
    s3, iam, glue = (boto3.client(service, **named) for service in ("s3", "iam", "glue"))
    s3.create_bucket(Bucket="starts")
    s3.put_object(Bucket="starts", Key="job.py", Body=SCRIPT.encode())
    iam.create_role(RoleName="starts", AssumeRolePolicyDocument=json.dumps(ROLE))
    iam.put_role_policy(RoleName="starts", PolicyName="all", PolicyDocument=json.dumps(ALL))
    glue.create_job(
        Name="starts",
        Role="starts",
        Command={"Name": "glueetl", "ScriptLocation": "s3://starts/job.py"},
        GlueVersion="6.0",
        WorkerType="G.1X",
        NumberOfWorkers=10,
        ExecutionProperty={"MaxConcurrentRuns": JOBS},
    )
    return glue


def waits(target: targets.Target) -> None:
    """Until a driver waits."""
    while True:
        with urllib.request.urlopen(f"{target.endpoint}/_wheatpaste/health") as answer:
            if json.load(answer)["waiting_drivers"]:
                return
        time.sleep(0.1)


def plain() -> float:
    """Seconds of plain PySpark from the start of its process to its session, on the runtime that jobs use."""
    from wheatpaste.engines.spark import java, runtimes

    runtime = runtimes.provide("glueetl", "6.0", targets.CACHE, os.environ.get("WHEATPASTE_RUNTIME_PYTHON", ""))
    environment = {**targets.ENVIRONMENT, "SPARK_HOME": str(runtime.spark_home), "JAVA_HOME": str(java.provide(targets.CACHE).home)}
    environment |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": str(runtime.python)}
    code = "from pyspark.sql import SparkSession; import time; SparkSession.builder.getOrCreate(); print(time.time())"
    asked = time.time()
    done = subprocess.run([str(runtime.python), "-c", code], env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1]) - asked


def archiving(root: int) -> bool:
    """Whether the server makes an archive of classes in the background."""
    for pid in family(root):
        try:
            if b"WHEATPASTE_RUN=classes-" in Path(f"/proc/{pid}/environ").read_bytes():
                return True
        except OSError:  # it ended meanwhile
            continue
    return False


def cold() -> Iterator[Figure]:
    """A new driver for each run, and plain PySpark, in turns."""
    ours, theirs, first = [], [], []
    with targets.wheatpaste("--warm", "0") as target:
        glue = prepared(target)
        seconds(target, glue)  # makes what is made once
        time.sleep(1)
        while archiving(target.process.pid):
            time.sleep(1)
        for _ in range(TIMES):
            found = seconds(target, glue)
            first.append(found[0])
            ours.append(found[1])
            theirs.append(plain())
    yield Figure("cold: StartJobRun to the script's first line", "wheatpaste", round(statistics.median(first), 3), "s")
    yield Figure("cold: StartJobRun to the session", "wheatpaste", round(statistics.median(ours), 2), "s")
    yield Figure("python to the session", "plain PySpark", round(statistics.median(theirs), 2), "s")
    yield ratio("cold: to the session", statistics.median(ours), statistics.median(theirs), "plain PySpark", 1.1, at_most=True)


def warm() -> Iterator[Figure]:
    found = []
    with targets.wheatpaste("--warm", "1") as target:
        glue = prepared(target)
        waits(target)
        seconds(target, glue)  # the first call of each operation
        for _ in range(TIMES):
            waits(target)
            found.append(seconds(target, glue))
    first, session, count = (statistics.median(each) for each in zip(*found, strict=True))
    yield Figure("warm: StartJobRun to the script's first line", "wheatpaste", round(first, 3), "s", reach="≤ 0.3 s", met=first <= 0.3)
    yield Figure("warm: StartJobRun to the session", "wheatpaste", round(session, 3), "s")
    yield Figure("warm: StartJobRun to the first count", "wheatpaste", round(count, 3), "s")


def at_once() -> Iterator[Figure]:
    with targets.wheatpaste() as target:
        glue = prepared(target)
        peak, over = [0.0], threading.Event()
        watcher = threading.Thread(target=watch, args=(target.process.pid, peak, over))
        watcher.start()
        started = time.time()
        try:
            for run in [glue.start_job_run(JobName="starts")["JobRunId"] for _ in range(JOBS)]:
                finish(glue, run)
        finally:
            over.set()
            watcher.join()
        yield Figure(f"{JOBS} runs at once, until all SUCCEEDED", "wheatpaste", round(time.time() - started, 1), "s")
        yield Figure(f"{JOBS} runs at once, peak memory of all processes", "wheatpaste", round(peak[0]), "MB")


def watch(pid: int, peak: list[float], over: threading.Event) -> None:
    """Keep the largest sum of what a process and all below it hold, until it is over."""
    while not over.wait(0.5):
        peak[0] = max(peak[0], resident(pid))


def resident(root: int) -> float:
    """MB that a process and all below it hold."""
    return sum(pages for _, pages in family(root).values()) * os.sysconf("SC_PAGE_SIZE") / 1e6


def family(root: int) -> dict[int, tuple[int, int]]:
    """A process and all below it: each one's parent, and the pages it holds."""
    found: dict[int, tuple[int, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        found[int(stat.parent.name)] = int(fields[1]), int(fields[21])
    members = {root}
    while more := {pid for pid, (parent, _) in found.items() if parent in members} - members:
        members |= more
    return {pid: found[pid] for pid in members if pid in found}


def measure() -> Iterator[Figure]:
    yield from warm()
    yield from cold()
    yield from at_once()
