"""kill -9 of the server in the middle of everything: what was acknowledged is there, nothing is half visible, no process is left."""

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from tests.conftest import Server, wait_for

SLEEPER = b"import time\nprint('begun', flush=True)\ntime.sleep(600)\n"
FINAL = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "CANCELLED")


def content(number: int) -> bytes:
    """An object's bytes: small ones live in the database, large ones in files."""
    return hashlib.sha256(str(number).encode()).digest() * (40 if number % 2 else 40_000)


def upload(server: Server, bucket: str, acknowledged: list[int], stop: threading.Event, worker: int) -> None:
    s3 = server.client("s3")
    number = worker
    while not stop.is_set():
        try:
            s3.put_object(Bucket=bucket, Key=f"k/{number}", Body=content(number))
        except (BotoCoreError, ClientError):
            return
        acknowledged.append(number)
        number += 4


def tagged(home: Path) -> list[str]:
    """Processes that carry a run of this home, or were started from it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if str(home) in command and str(os.getpid()) != process.name:
            found.append(f"{process.name} {command[:150]}")
    return found


@pytest.mark.slow
def test_kill_9_in_the_middle_of_everything(own_server: Callable[..., Server]) -> None:
    server = own_server()
    s3, glue, athena = server.client("s3"), server.client("glue"), server.client("athena")
    for bucket in ("data", "scripts", "results"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="scripts", Key="sleep.py", Body=SLEEPER)
    for day in range(1, 40):
        s3.put_object(Bucket="data", Key=f"sales/day={day:02}/a.csv", Body="id,amount\n" + "".join(f"{i},{i * 2}\n" for i in range(500)))
    glue.create_database(DatabaseInput={"Name": "lake"})
    glue.create_crawler(Name="c", Role="r", DatabaseName="lake", Targets={"S3Targets": [{"Path": "s3://data/sales/"}]})
    glue.create_job(Name="j", Role="r", Command={"Name": "pythonshell", "PythonVersion": "3.9", "ScriptLocation": "s3://scripts/sleep.py"})
    run = glue.start_job_run(JobName="j")["JobRunId"]
    wait_for(lambda: glue.get_job_run(JobName="j", RunId=run)["JobRun"]["JobRunState"] == "RUNNING", seconds=240)
    wait_for(lambda: (server.home / "runs" / run / "stdout").exists(), seconds=60)

    acknowledged: list[int] = []
    stop = threading.Event()
    writers = [threading.Thread(target=upload, args=(server, "data", acknowledged, stop, i)) for i in range(4)]
    for writer in writers:
        writer.start()
    multipart = s3.create_multipart_upload(Bucket="data", Key="half")
    s3.upload_part(Bucket="data", Key="half", UploadId=multipart["UploadId"], PartNumber=1, Body=b"x" * (5 << 20))
    wait_for(lambda: len(acknowledged) > 40)
    glue.start_crawler(Name="c")
    query = athena.start_query_execution(
        QueryString="SELECT count(*) FROM no_such_table",
        QueryExecutionContext={"Database": "lake"},
        ResultConfiguration={"OutputLocation": "s3://results/"},
    )
    server.kill()
    stop.set()
    for writer in writers:
        writer.join()
    wait_for(lambda: not tagged(server.home / "runs"), seconds=20)

    server.start()
    s3, glue, athena = server.client("s3"), server.client("glue"), server.client("athena")
    for number in acknowledged:
        assert s3.get_object(Bucket="data", Key=f"k/{number}")["Body"].read() == content(number), number
    keys = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket="data", Prefix="k/") for o in page.get("Contents", [])]
    assert len(keys) - len(acknowledged) <= 4  # at most one object a writer was committed but not acknowledged
    for key in keys:
        assert s3.get_object(Bucket="data", Key=key)["Body"].read() == content(int(key[2:]))
    assert "Contents" not in s3.list_objects_v2(Bucket="data", Prefix="half")
    assert len(s3.list_parts(Bucket="data", Key="half", UploadId=multipart["UploadId"])["Parts"]) == 1

    ended = wait_for(lambda: _ended(lambda: glue.get_job_run(JobName="j", RunId=run)["JobRun"], "JobRunState"))
    assert ended["JobRunState"] == "FAILED" and "control plane restarted" in ended["ErrorMessage"].lower()
    crawler = wait_for(lambda: _crawled(glue), seconds=120)
    assert crawler["LastCrawl"]["Status"] == "SUCCEEDED", crawler["LastCrawl"]
    partitions = glue.get_partitions(DatabaseName="lake", TableName="sales")["Partitions"]
    assert len({tuple(p["Values"]) for p in partitions}) == len(partitions) == 39
    status = wait_for(
        lambda: _ended(lambda: athena.get_query_execution(QueryExecutionId=query["QueryExecutionId"])["QueryExecution"]["Status"], "State")
    )
    assert status["State"] == "FAILED" and "no_such_table" in status["StateChangeReason"]
    server.stop()
    wait_for(lambda: not tagged(server.home), seconds=20)


def _ended(look: Callable[[], Any], member: str) -> Any:
    found = look()
    return found if found[member] in FINAL else None


def _crawled(glue: Any) -> Any:
    crawler = glue.get_crawler(Name="c")["Crawler"]
    return crawler if crawler["State"] == "READY" and "LastCrawl" in crawler else None


@pytest.mark.slow
def test_a_full_disk_is_an_error_and_loses_nothing(own_server: Callable[..., Server], tmp_path: Path) -> None:
    """A home on a file system of 24 MiB: writes end in a 5xx, what was acknowledged stays, and the server serves on."""
    import subprocess

    home = tmp_path / "small"
    home.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(home)], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small file system")
    try:
        server = own_server(home=home)
        s3 = server.client("s3")
        s3.create_bucket(Bucket="data")
        acknowledged = []
        error = None
        for number in range(200):
            try:
                s3.put_object(Bucket="data", Key=str(number), Body=os.urandom(1 << 20))
            except ClientError as refused:
                error = refused
                break
            acknowledged.append(number)
        assert error is not None and error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
        assert acknowledged
        for number in acknowledged:
            assert len(s3.get_object(Bucket="data", Key=str(number))["Body"].read()) == 1 << 20
        keys = [o["Key"] for o in s3.list_objects_v2(Bucket="data")["Contents"]]
        assert sorted(keys) == sorted(map(str, acknowledged))
        server.stop()
    finally:
        time.sleep(0.2)
        subprocess.run(["umount", "-l", str(home)], check=False)
