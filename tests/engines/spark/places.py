"""What a user of Glue has: a bucket, a role, a database; and runs of scripts."""

import json
import time
from collections.abc import Callable
from typing import Any

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR")


class Place:
    """One account with a bucket, a role and a database of its own."""

    def __init__(self, server: Any, account: str) -> None:
        self.server, self.account = server, account
        self.s3, self.glue, self.iam = (server.client(service, key=account) for service in ("s3", "glue", "iam"))
        self.bucket = f"own-{account}"
        self.s3.create_bucket(Bucket=self.bucket)
        self.s3.put_object(Bucket=self.bucket, Key="secret", Body=b"secret\n")
        self.iam.create_role(RoleName="jobs", AssumeRolePolicyDocument=json.dumps(TRUST))
        allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        self.iam.put_role_policy(RoleName="jobs", PolicyName="all", PolicyDocument=json.dumps(allowed))
        self.glue.create_database(DatabaseInput={"Name": f"db{account}"})

    def run(self, code: str, *, wait: bool = True, version: str = "6.0", **arguments: str) -> dict[str, Any]:
        name = f"job-{time.time_ns()}"
        self.s3.put_object(Bucket=self.bucket, Key=f"{name}.py", Body=code.encode())
        command = {"Name": "glueetl", "ScriptLocation": f"s3://{self.bucket}/{name}.py"}
        self.glue.create_job(Name=name, Role="jobs", Command=command, GlueVersion=version, WorkerType="G.1X", NumberOfWorkers=10)
        asked = time.time()
        given = {f"--{k.replace('_', '-')}": v for k, v in arguments.items()}
        run_id = self.glue.start_job_run(JobName=name, Arguments=given)["JobRunId"]
        while True:
            run: dict[str, Any] = self.glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]
            if run["JobRunState"] in OVER or not wait:
                folder = self.server.home / "runs" / run_id
                return {**run, "asked": asked, "job": name, "folder": folder}
            time.sleep(0.05)


def until(check: Callable[[], object], seconds: float = 240.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)


def said(run: dict[str, Any]) -> list[str]:
    """The script's own lines: without the run report that the server puts behind them."""
    text: str = (run["folder"] / "stdout").read_text()
    return text.partition("──── run report ────")[0].splitlines()
