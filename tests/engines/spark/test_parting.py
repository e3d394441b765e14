"""A run that is told to end tells what it did until then."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import wait_for

from wheatpaste.engines.base import RunSpec
from wheatpaste.engines.spark.engine import JobEngine

STREAM = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.range(1000).write.parquet("file:FOLDER/out")
query = spark.readStream.format("rate").load().writeStream.format("noop").start()
print("written", end="")
open("FOLDER/there", "w")
query.awaitTermination()
"""
HANDLER = """
import signal, sys, time
def leave(*_):
    print("left in order", flush=True)
    sys.exit(CODE)
signal.signal(signal.SIGTERM, leave)
open("FOLDER/there", "w")
time.sleep(600)
"""


@pytest.fixture
def stopped(engine: JobEngine, tmp_path: Path) -> Callable[[RunSpec], float]:
    """``stopped(run)``: runs it, ends it once it is under way, and tells in how many seconds it had ended."""

    def stop(run: RunSpec) -> float:
        run.script.write_text(run.script.read_text().replace("FOLDER", str(tmp_path)))
        handle = engine.submit(run, wait=60)
        wait_for((tmp_path / "there").exists, seconds=120)
        before = time.monotonic()
        engine.cancel(handle)
        assert engine.result(handle).state == "STOPPED"
        return time.monotonic() - before

    return stop


@pytest.mark.spark
@pytest.mark.timeout(300)
def test_a_stopped_stream_has_a_report(stopped: Callable[[RunSpec], float], spec: Callable[..., RunSpec]) -> None:
    run = spec(STREAM, "gluestreaming", conf=())
    assert stopped(run) < 30
    report = json.loads((run.directory / "report.json").read_text())
    assert report["spark"]["outputRecords"] >= 1000
    assert (report["error"], report["exit_code"]) == (None, 143)
    assert run.stdout.read_text() == "written", "what it had not flushed is there"


@pytest.mark.parametrize("code", [0, 3])
def test_a_scripts_own_handler_of_sigterm_is_called(stopped: Callable[[RunSpec], float], spec: Callable[..., RunSpec], code: int) -> None:
    run = spec(HANDLER.replace("CODE", str(code)))
    assert stopped(run) < 20, "and it is STOPPED, though it leaves with 0"
    assert "left in order" in run.stdout.read_text()


def test_a_run_that_times_out_has_not_succeeded_by_its_handler(engine: JobEngine, spec: Callable[..., RunSpec], tmp_path: Path) -> None:
    run = spec(HANDLER.replace("CODE", "0").replace("FOLDER", str(tmp_path)), timeout=20)
    result = engine.result(engine.submit(run, wait=60))
    assert (result.state, result.message) == ("TIMEOUT", "timed out after 20 seconds")
    assert "left in order" in run.stdout.read_text()
