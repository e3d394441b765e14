"""A local script as a Glue job: its files in a bucket, its role, its definition, a run of it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wheatpaste.cli import CommandError
from wheatpaste.cli.platform import Platform

ROLE = "wheatpaste-run"
TRUST = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"""
RESERVED = ("--debug", "--endpoint")  # AWS: "never set these"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


@dataclass(frozen=True)
class Local:
    """What is to be run: files of this machine, the job's settings, and what the script is given."""

    script: Path
    name: str
    version: str
    worker_type: str
    workers: int
    py_files: tuple[Path, ...] = ()
    arguments: dict[str, str] = field(default_factory=dict)

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file whose change matters."""
        return (self.script, *self.py_files)


def job_arguments(words: Sequence[str]) -> dict[str, str]:
    """``--name value``, ``--name=value`` and ``--flag`` as StartJobRun takes them. CommandError for what no script would get."""
    found: dict[str, str] = {}
    name = ""
    for word in words:
        if word.startswith("--") and len(word) > 2:
            name, given, value = word.partition("=")
            if name in RESERVED:
                raise CommandError(f"{name} is one of AWS Glue's own arguments, which no script gets: take another name")
            found[name] = value
            name = "" if given else name
        elif name:
            found[name], name = word, ""
        else:
            raise CommandError(f"{word!r} is the value of no argument: give the script's arguments as --NAME VALUE")
    return found


def submit(platform: Platform, local: Local) -> str:
    """Put the files where the run finds them, make or change the job, and start a run; its id. CommandError in AWS's words."""
    from botocore.exceptions import ClientError

    try:
        places = _upload(platform, local)
        _provide_role(platform)
        _define(platform, local, places)
        started = platform.client("glue").start_job_run(JobName=local.name, Arguments=local.arguments)
    except ClientError as error:
        raise CommandError(error.response["Error"]["Message"]) from None
    return str(started["JobRunId"])


def _upload(platform: Platform, local: Local) -> list[str]:
    """The addresses of the script and of the further files."""
    s3, bucket = platform.client("s3"), f"wheatpaste-run-{platform.settings.account}"
    region = platform.settings.region
    where: dict[str, Any] = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=bucket, **where)
    keys = [f"{local.name}/{local.script.name}", *(f"{local.name}/{n}/{file.name}" for n, file in enumerate(local.py_files))]
    for file, key in zip(local.files, keys, strict=True):
        with file.open("rb") as body:
            s3.put_object(Bucket=bucket, Key=key, Body=body)
    return [f"s3://{bucket}/{key}" for key in keys]


def _provide_role(platform: Platform) -> None:
    iam = platform.client("iam")
    try:
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=TRUST, Description="of jobs that `wheatpaste run` makes")
    except iam.exceptions.EntityAlreadyExistsException:
        return
    iam.put_role_policy(RoleName=ROLE, PolicyName="everything", PolicyDocument=POLICY)


def _define(platform: Platform, local: Local, places: Sequence[str]) -> None:
    glue = platform.client("glue")
    members: dict[str, Any] = {
        "Role": ROLE,
        "Command": {"Name": "glueetl", "ScriptLocation": places[0], "PythonVersion": "3"},
        "GlueVersion": local.version,
        "WorkerType": local.worker_type,
        "NumberOfWorkers": local.workers,
        "ExecutionProperty": {"MaxConcurrentRuns": 10},
        "DefaultArguments": {"--extra-py-files": ",".join(places[1:])} if places[1:] else {},
    }
    try:
        glue.create_job(Name=local.name, **members)
    except glue.exceptions.AlreadyExistsException:
        glue.update_job(JobName=local.name, JobUpdate=members)
