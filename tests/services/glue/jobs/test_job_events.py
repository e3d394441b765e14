"""What job runs tell EventBridge, and that PassRole and the job's ARN decide: read from an app without a relay."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.conftest import CACHE

from wheatpaste.app import App
from wheatpaste.call import Client
from wheatpaste.config import Config
from wheatpaste.events.outbox import outbox
from wheatpaste.store.db import metadata

ACCOUNT, REGION = "123456789012", "us-east-1"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """Its tasks run; nobody takes its events."""
    made = App(Config(home=tmp_path, cache=CACHE))
    made.db.ensure(list(metadata.tables.values()))
    made.runner.start()
    yield made
    made.ending.set()
    made.runner.stop()
    made.supervisor.close()
    made.db.close()


@pytest.fixture
def glue(app: App) -> Client:
    return app.as_root(ACCOUNT, REGION).client("glue")


@pytest.fixture
def start(app: App, glue: Client) -> Callable[..., str]:
    """``start("name", "script")``: a run of a new job; its id."""
    s3 = app.as_root(ACCOUNT, REGION).client("s3")
    s3.create_bucket(Bucket="scripts")

    def run(name: str, script: str, **members: Any) -> str:
        staged = app.blobs.stage()
        staged.write(script.encode())
        s3.put_object(Bucket="scripts", Key=f"{name}.py", Body=staged.finish())
        command = {"Name": "pythonshell", "ScriptLocation": f"s3://scripts/{name}.py"}
        glue.create_job(Name=name, Role="R", Command=command, **members)
        return str(glue.start_job_run(JobName=name)["JobRunId"])

    return run


def told(app: App, count: int) -> list[dict[str, Any]]:
    """The details of the job events, once there are ``count``."""
    deadline = time.monotonic() + 60
    while True:
        rows = app.db.read(lambda c: list(c.execute(select(outbox.c.envelope).order_by(outbox.c.number)).scalars()))
        found = [row for row in rows if row["detail-type"] == "Glue Job State Change"]
        if len(found) >= count:
            assert all((row["source"], row["account"], row["region"]) == ("aws.glue", ACCOUNT, REGION) for row in found)
            return [row["detail"] for row in found]
        assert time.monotonic() < deadline, rows
        time.sleep(0.05)


def test_success_and_failure(app: App, start: Callable[..., str]) -> None:
    good = start("good", "pass")
    assert told(app, 1) == [
        {"jobName": "good", "severity": "INFO", "state": "SUCCEEDED", "jobRunId": good, "message": "Job run succeeded"},
    ]
    bad = start("bad", "raise ValueError('no')", MaxRetries=1)
    message = "ValueError: no (bad.py, line 1: raise ValueError('no'))"
    assert told(app, 3)[1:] == [
        {"jobName": "bad", "severity": "ERROR", "state": "FAILED", "jobRunId": run, "message": message} for run in (bad, f"{bad}_attempt_1")
    ]


def test_stop(app: App, glue: Client, start: Callable[..., str]) -> None:
    run = start("long", "import time; time.sleep(60)", NotificationProperty={"NotifyDelayAfter": 1})
    glue.batch_stop_job_run(JobName="long", JobRunIds=[run])
    assert told(app, 1) == [{"jobName": "long", "severity": "INFO", "state": "STOPPED", "jobRunId": run, "message": "Job run stopped"}]
