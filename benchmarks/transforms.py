"""awsglue's transforms on 5 M records against plain Spark doing the same, in one Spark session on the same Parquet files."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import targets
from benchmarks.report import Figure, ratio

SESSION = Path(__file__).with_name("transforms_session.py")
ROWS = int(os.environ.get("WHEATPASTE_BENCH_RECORDS", "5000000"))


def measure() -> Iterator[Figure]:
    from wheatpaste.engines.spark import java, runtimes

    runtime = runtimes.provide("glueetl", "6.0", targets.CACHE, os.environ.get("WHEATPASTE_RUNTIME_PYTHON", ""))
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **targets.ENVIRONMENT,
            "SPARK_HOME": str(runtime.spark_home),
            "JAVA_HOME": str(java.provide(targets.CACHE).home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": str(runtime.python),
            "PYTHONPATH": str(SESSION.parents[1] / "src"),
            "SPARK_LOCAL_DIRS": folder,
            "PYSPARK_SUBMIT_ARGS": f"--master local[{os.cpu_count()}] --driver-memory 4g --conf spark.ui.enabled=false pyspark-shell",
        }
        command = [str(runtime.python), str(SESSION), folder, str(ROWS)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None and process.stderr is not None
            for line in process.stdout:
                found = json.loads(line)
                yield Figure(found["what"], "awsglue", round(found["ours"], 2), "s")
                yield Figure(found["what"], found["against"], round(found["theirs"], 2), "s")
                if found["promise"]:
                    yield ratio(found["what"], found["ours"], found["theirs"], found["against"], found["promise"], at_most=True)
            if process.wait():
                raise RuntimeError(process.stderr.read()[-4000:])
