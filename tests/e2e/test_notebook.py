"""The unmodified PyPI kernel `aws-glue-sessions` runs a notebook against the platform, through nbclient.

Kernel and nbclient live in an environment of their own in the test cache, made once; where they cannot be installed the test is skipped.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import CACHE, CLEAN

pytestmark = [pytest.mark.spark, pytest.mark.slow]
PACKAGES = ("aws-glue-sessions==1.0.9", "nbclient", "nbformat")
RUNNER = """
import json, sys, nbformat
from nbclient import NotebookClient
cells = [nbformat.v4.new_code_cell(each) for each in json.load(sys.stdin)]
book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "glue_pyspark", "display_name": "Glue PySpark"}})
NotebookClient(book, timeout=240, allow_errors=True).execute()
json.dump([cell.outputs for cell in book.cells], sys.stdout)
"""
SETTINGS = """%profile wheatpaste
%region us-east-1
%glue_version 6.0
%idle_timeout 10
%worker_type G.1X
%number_of_workers 2
%iam_role arn:aws:iam::123456789012:role/Notebooks"""
FIRST = """import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.job import Job

sc = SparkContext.getOrCreate()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)"""
SHOW = """flights = glueContext.create_dynamic_frame.from_options(
    "s3", {"paths": ["s3://BUCKET/in/"]}, "csv", {"withHeader": True})
flights = ApplyMapping.apply(frame=flights, mappings=[("carrier", "string", "carrier", "string"), ("delay", "string", "delay", "int")])
flights.printSchema()
flights.toDF().createOrReplaceTempView("flights")
flights.show()"""


@pytest.fixture(scope="module")
def environment() -> Path:
    """The environment with the kernel; its folder."""
    from uv import find_uv_bin

    folder = CACHE / "notebook"
    done = folder / "complete"
    if done.exists() and done.read_text() == repr(PACKAGES):
        return folder
    uv = find_uv_bin()
    made = subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    words = [uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python", *PACKAGES]
    installed = subprocess.run(words, capture_output=True, text=True)
    if installed.returncode:
        pytest.skip(f"the kernel cannot be installed here: {installed.stderr.strip()[-300:]}")
    done.write_text(repr(PACKAGES))
    return folder


def run(environment: Path, home: Path, endpoint: str, cells: list[str]) -> list[str]:
    """Execute a notebook of these cells; what each of them said."""
    (spec,) = environment.glob("lib/python*/site-packages/aws_glue_interactive_sessions_kernel/glue_pyspark")
    shutil.copytree(spec, home / "jupyter" / "kernels" / "glue_pyspark")
    config = home / "config"
    config.write_text(
        f"[profile wheatpaste]\nregion = us-east-1\nendpoint_url = {endpoint}\naws_access_key_id = test\naws_secret_access_key = test\n"
    )
    variables = {
        **CLEAN,
        "HOME": str(home),
        "PATH": f"{environment / 'bin'}:{os.environ['PATH']}",
        "JUPYTER_PATH": str(home / "jupyter"),
        "AWS_CONFIG_FILE": str(config),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": endpoint,
    }
    done = subprocess.run(
        [environment / "bin" / "python", "-W", "ignore", "-c", RUNNER],
        input=json.dumps(cells), env=variables, cwd=home, capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return [said(outputs) for outputs in json.loads(done.stdout)]


def said(outputs: list[dict[str, Any]]) -> str:
    """All text of a cell."""
    return "\n".join(str(each.get("text") or each.get("data", {}).get("text/plain", "")) for each in outputs)


def test_a_notebook(server: Any, unique: str, environment: Path, tmp_path: Path) -> None:
    s3 = server.client("s3")
    s3.create_bucket(Bucket=unique)
    s3.put_object(Bucket=unique, Key="in/a.csv", Body=b"carrier,delay\nUA,11\nAA,-3\n")
    shown = SHOW.replace("BUCKET", unique)
    cells = [SETTINGS, FIRST, shown, "%%sql\nselect sum(delay) total from flights", "1 / 0", "flights.count()", "%stop_session"]
    told = run(environment, tmp_path, server.endpoint, cells)
    assert "has been created" in told[1], told
    assert "|-- delay: int" in told[2] and '"carrier": "UA"' in told[2] and '"delay": -3' in told[2], told
    assert "|    8|" in told[3], told
    assert "ZeroDivisionError: division by zero" in told[4], told
    assert told[5].strip() == "2", told
    sessions = [each for each in server.client("glue").list_sessions()["Sessions"] if each["Role"].endswith("role/Notebooks")]
    assert [each["Status"] for each in sessions] in (["STOPPING"], ["STOPPED"])
