"""A bucket, a role and jobs of the test's own, and what became of their runs."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

TITLE = "──── run report ────"
OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED")
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def policy(*actions: str, effect: str = "Allow") -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": list(actions), "Resource": "*"}]})


@dataclass
class Bench:
    """Makes jobs of scripts, starts them, and reads how they ended; ``connect(service)`` makes clients."""

    connect: Callable[..., Any]
    name: str
    role: str = "GlueRole"

    def __post_init__(self) -> None:
        self.again(self.connect)
        self.s3.create_bucket(Bucket=self.name)

    def again(self, connect: Callable[..., Any]) -> None:
        """Use another server on the same home."""
        self.s3, self.glue, self.logs, self.iam = (connect(service) for service in ("s3", "glue", "logs", "iam"))

    def put(self, key: str, body: str | bytes) -> str:
        """Put an object into the bucket; its address."""
        self.s3.put_object(Bucket=self.name, Key=key, Body=body.encode() if isinstance(body, str) else body)
        return f"s3://{self.name}/{key}"

    def job(self, script: str | bytes = "", name: str = "", *, command: str = "pythonshell", **members: Any) -> str:
        """Create a job of this script; its name."""
        name = name or self.name
        location = self.put(f"scripts/{name}.py", script)
        shell = {"PythonVersion": "3.9"} if command == "pythonshell" else {}
        asked = {"Name": name, "Role": self.role, "Command": {"Name": command, "ScriptLocation": location, **shell}, **members}
        self.glue.create_job(**asked)
        return name

    def start(self, job: str = "", **members: Any) -> str:
        """Start a run; its id."""
        return str(self.glue.start_job_run(JobName=job or self.name, **members)["JobRunId"])

    def state(self, run: str, job: str = "") -> dict[str, Any]:
        """A run as GetJobRun shows it now."""
        found: dict[str, Any] = self.glue.get_job_run(JobName=job or self.name, RunId=run)["JobRun"]
        return found

    def until(self, run: str, *states: str, job: str = "", seconds: float = 60.0) -> dict[str, Any]:
        """Wait until the run is in one of these states; fails when it ends in another."""
        deadline = time.monotonic() + seconds
        while (found := self.state(run, job))["JobRunState"] not in states:
            assert found["JobRunState"] not in OVER, (found["JobRunState"], found.get("ErrorMessage"))
            assert time.monotonic() < deadline, f"still {found['JobRunState']} after {seconds} s: {self.output(run, 'error')}"
            time.sleep(0.05)
        return found

    def ended(self, run: str, job: str = "", seconds: float = 60.0) -> dict[str, Any]:
        """Wait for the run's end."""
        return self.until(run, *OVER, job=job, seconds=seconds)

    def run(self, script: str | bytes, *, arguments: dict[str, str] | None = None, **members: Any) -> dict[str, Any]:
        """Create a job of this script, run it to its end; the run."""
        self.job(script, **members)
        return self.ended(self.start(Arguments=arguments or {}))

    def output(self, run: str, stream: str = "output", group: str = "/aws-glue/python-jobs") -> list[str]:
        """The lines of a run's log, in order, without the report that closes them."""
        lines = self.whole_output(run, stream, group)
        return lines[: lines.index(TITLE)] if TITLE in lines else lines

    def whole_output(self, run: str, stream: str = "output", group: str = "/aws-glue/python-jobs") -> list[str]:
        """The lines of a run's log, in order."""
        lines: list[str] = []
        token: dict[str, str] = {}
        while True:
            where = {"logGroupName": f"{group}/{stream}", "logStreamName": run, "startFromHead": True}
            page = self.logs.get_log_events(**where, **token)
            lines += [event["message"] for event in page["events"]]
            if page["nextForwardToken"] == token.get("nextToken"):
                return lines
            token = {"nextToken": page["nextForwardToken"]}


@pytest.fixture
def bench(client: Callable[..., Any], unique: str) -> Bench:
    """Jobs on the session's server."""
    return Bench(client, unique)


@pytest.fixture
def glue(client: Callable[..., Any]) -> Any:
    return client("glue")
