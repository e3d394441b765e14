"""`wheatpaste run`, `runs`, `report` and `ui` as a person uses them: real scripts on a real platform."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.test_commands import wheatpaste
from tests.conftest import CACHE, CLEAN, Server, wait_for

from wheatpaste.cli import CommandError
from wheatpaste.cli.submitting import job_arguments

SCRIPT = """
import sys, time
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job
from helping import mark

args = getResolvedOptions(sys.argv, ["JOB_NAME", "place", "how"])
glue = GlueContext(SparkContext())
job = Job(glue)
job.init(args["JOB_NAME"], args)
print(mark(args["how"]), flush=True)
frame = glue.create_dynamic_frame.from_options("s3", {"paths": [args["place"] + "in/"]}, "json", transformation_ctx="in")
glue.write_dynamic_frame.from_options(frame, "s3", {"path": args["place"] + "out/"}, "parquet")
if args["how"] == "wait":
    print("waiting", flush=True)
    time.sleep(300)
if args["how"] == "fail":
    frame.toDF().select("nothing")
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    (tmp_path / "helping.py").write_text("def mark(text):\n    return f'<{text}>'\n")
    file = tmp_path / "nightly.py"
    file.write_text(SCRIPT)
    return file


@pytest.fixture
def place(server: Server, unique: str) -> str:
    s3 = server.client("s3")
    s3.create_bucket(Bucket=unique)
    for n in range(3):
        s3.put_object(Bucket=unique, Key=f"in/{n}.json", Body="".join(json.dumps({"n": i}) + "\n" for i in range(5)).encode())
    return f"s3://{unique}/"


def words(server: Server, script: Path, place: str, mode: str, *more: str) -> list[str]:
    helping = str(script.with_name("helping.py"))
    return ["run", str(script), "--home", str(server.home), "--extra-py-files", helping, "--place", place, "--how", mode, *more]


def test_arguments_are_what_the_job_takes() -> None:
    assert job_arguments(["--a", "1", "--b=2=3", "--flag", "--c", "-4"]) == {"--a": "1", "--b": "2=3", "--flag": "", "--c": "-4"}
    with pytest.raises(CommandError, match="'stray' is the value of no argument"):
        job_arguments(["--a", "1", "stray"])
    with pytest.raises(CommandError, match="--debug is one of AWS Glue's own"):
        job_arguments(["--debug", "fast"])


def test_a_script_that_is_not_there_is_named(server: Server) -> None:
    found = wheatpaste("run", "/no/such.py", home=server.home)
    assert found.returncode == 1 and "there is no file /no/such.py" in found.stderr


def test_an_id_that_is_none_is_refused(server: Server) -> None:
    found = wheatpaste("report", "../../etc", home=server.home)
    assert found.returncode == 1 and found.stderr
    unknown = wheatpaste("report", "jr_" + "0" * 64, home=server.home)
    assert unknown.returncode == 1 and "not found" in unknown.stderr


@pytest.mark.spark
def test_a_script_runs_as_a_job_and_is_reported(server: Server, script: Path, place: str) -> None:
    found = wheatpaste(*words(server, script, place, "well", "--JOB_NAME", place[5:-1]))
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[0] == "<well>"
    assert f"  {place}in/ (in): 15 rows" in found.stdout and f"  {place}out/: 15 rows" in found.stdout
    told = re.search(r"SUCCEEDED: 15 rows read, 15 written, ([\d.]+) s, 0\.\d+ DPU-hours; .* (0\.\d+) USD \(2 DPU, 0.44 USD", found.stderr)
    assert told and float(told[2]) == pytest.approx(0.44 * 2 * max(float(told[1]), 60) / 3600, abs=1e-4)
    assert "without job.commit()" in found.stdout
    run_id = re.search(r"run (jr_\w+)", found.stderr)
    assert run_id
    assert run_id[1] in wheatpaste("runs", place[5:-1], home=server.home).stdout
    report = json.loads(wheatpaste("report", run_id[1], "--json", home=server.home).stdout)
    assert report["sources"][0] | {"rows": 15, "listed": 3, "read": 3} == report["sources"][0]
    assert report["sinks"][0]["rows"] == 15 and report["sinks"][0]["bytes"] > 0
    assert report["metrics"]["glue.driver.aggregate.recordsRead"] >= 15
    assert report["metrics"]["glue.driver.aggregate.numFailedTasks"] == 0 < report["metrics"]["glue.driver.jvm.heap.used"]
    run = server.client("glue").get_job_run(JobName=place[5:-1], RunId=run_id[1])["JobRun"]
    assert run["ExecutionTime"] > 0 and run["DPUSeconds"] == pytest.approx(2 * run["ExecutionTime"], abs=1.1)


@pytest.mark.spark
def test_a_failure_is_named_with_its_line_and_what_to_do(server: Server, script: Path, place: str) -> None:
    found = wheatpaste(*words(server, script, place, "fail", "--json"))
    assert found.returncode == 1
    report = json.loads(found.stdout)
    assert report["error"]["error_class"] == "AnalysisException" and report["error"]["source"] == 'frame.toDF().select("nothing")'
    assert report["sinks"][0]["rows"] == 15  # what it did before
    last = found.stderr.splitlines()[-2:]
    assert last[0].startswith("wheatpaste: AnalysisException: [UNRESOLVED_COLUMN") and "nightly.py, line 20" in last[0]
    assert "printSchema()" in last[1]
    shown = wheatpaste("report", report["run"]["id"], home=server.home)
    assert shown.returncode == 1 and shown.stdout.splitlines()[1].startswith("run-nightly FAILED after")


@pytest.fixture
def going(server: Server, script: Path, place: str) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-m", "wheatpaste", *words(server, script, place, "wait", "--enable-spark-ui", "true")]
    variables = {**CLEAN, "WHEATPASTE_CACHE": str(CACHE), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(argv, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.mark.spark
def test_a_live_run_has_its_ui_and_ctrl_c_stops_it(server: Server, going: subprocess.Popen[str]) -> None:
    assert going.stdout is not None and [going.stdout.readline() for _ in range(2)] == ["<wait>\n", "waiting\n"]
    runs = json.loads(wheatpaste("runs", "run-nightly", "--json", home=server.home).stdout)
    live = next(each["Id"] for each in runs if each["JobRunState"] == "RUNNING")
    address = wait_for(lambda: wheatpaste("ui", live, home=server.home).stdout.strip())
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
    with urllib.request.urlopen(f"{address}/jobs/", timeout=30) as page:
        assert "run-nightly" in page.read().decode()
    os.kill(going.pid, signal.SIGINT)
    began = time.monotonic()
    _, errors = going.communicate(timeout=60)
    assert going.returncode == 130 and "run-nightly STOPPED" in errors and time.monotonic() - began < 30
    stopped = json.loads(wheatpaste("report", live, "--json", home=server.home).stdout)
    assert stopped["run"]["state"] == "STOPPED" and stopped["sinks"][0]["rows"] == 15, "a stopped run tells what it did"


@pytest.mark.spark
def test_a_saved_file_runs_again(server: Server, script: Path, place: str) -> None:
    script.write_text("import time\nprint('first', flush=True)\ntime.sleep(2)\n")
    argv = [sys.executable, "-m", "wheatpaste", "run", str(script), "--home", str(server.home), "--JOB_NAME", place[5:-1], "--watch"]
    with subprocess.Popen(
        argv, env={**CLEAN, "WHEATPASTE_CACHE": str(CACHE)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "first\n"
        script.write_text("print('second', flush=True)\n")  # while the first one runs
        while (line := process.stdout.readline()) != "second\n":
            assert line and process.poll() is None
        for _ in range(2):
            while not process.stderr.readline().startswith("waiting for a change"):
                assert process.poll() is None
        script.unlink()  # as some editors do
        time.sleep(1.5)
        script.write_text("print('third', flush=True)\n")
        while (line := process.stdout.readline()) != "third\n":
            assert line and process.poll() is None
        process.send_signal(signal.SIGTERM)  # as good as Ctrl-C
        process.communicate(timeout=60)
    assert process.returncode == 130
