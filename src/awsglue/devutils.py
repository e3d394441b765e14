"""Legacy helpers around boto3's job API: a job's definition as an object, uploaded with its script."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from awsglue._aws import client


class _Described:
    def as_dict(self) -> dict[str, Any]:
        """The members that are set, under the names of the Glue API."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.as_dict()})"


class ExecutionProperty(_Described):
    """How many runs of a job may be under way."""

    def __init__(self, maxConcurrentRuns: int = 1) -> None:
        self.maxConcurrentRuns = maxConcurrentRuns

    def as_dict(self) -> dict[str, Any]:
        return {"MaxConcurrentRuns": self.maxConcurrentRuns}


class Command(_Described):
    """What a job runs."""

    def __init__(self, name: str, scriptLocation: str) -> None:
        self.name, self.scriptLocation = name, scriptLocation

    def as_dict(self) -> dict[str, Any]:
        return {"Name": self.name, "ScriptLocation": self.scriptLocation}


class Connections(_Described):
    """The connections that a job uses."""

    def __init__(self, connections: list[str] = []) -> None:  # noqa: B006 - the published signature; never mutated
        self.connections = connections

    def as_dict(self) -> dict[str, Any]:
        return {"Connections": list(self.connections)}


_MEMBERS = {
    "name": "Name", "description": "Description", "logUri": "LogUri", "role": "Role", "executionProperty": "ExecutionProperty",
    "command": "Command", "defaultArguments": "DefaultArguments", "connections": "Connections", "maxRetries": "MaxRetries",
    "allocatedCapacity": "AllocatedCapacity",
}  # fmt: skip


class Job(_Described):
    """A job's definition; its attributes are the API's members in lower camel case."""

    def __init__(self) -> None:
        for attribute in _MEMBERS:
            setattr(self, attribute, None)

    def as_dict(self) -> dict[str, Any]:
        values = {member: getattr(self, attribute) for attribute, member in _MEMBERS.items()}
        return {m: v.as_dict() if isinstance(v, _Described) else v for m, v in values.items() if v is not None}

    def as_job_create_dict(self) -> dict[str, Any]:
        """The members of CreateJob."""
        return self.as_dict()

    def as_job_update_dict(self) -> dict[str, Any]:
        """The members of UpdateJob."""
        given = self.as_dict()
        return {"JobName": given.pop("Name"), "JobUpdate": given}


class GlueJobUtils:
    """Reads and writes job definitions; a local script is put where the job's command looks for it."""

    def __init__(self, glue_context: Any) -> None:
        self._glue_context = glue_context

    def _glue_job_response_to_job(self, response_job: dict[str, Any]) -> Job:
        job = Job()
        for attribute, member in _MEMBERS.items():
            setattr(job, attribute, response_job.get(member))
        return job

    def get_jobs(self, nextToken: str = "") -> list[Job]:
        """The jobs of a page."""
        page = client("glue").get_jobs(**({"NextToken": nextToken} if nextToken else {}))
        return [self._glue_job_response_to_job(job) for job in page["Jobs"]]

    def get_job(self, jobName: str) -> Job:
        return self._glue_job_response_to_job(client("glue").get_job(JobName=jobName)["Job"])

    def _get_bucket_prefix_from_s3_url(self, s3_url: str) -> tuple[str, str]:
        url = urlsplit(s3_url)
        return url.netloc, url.path.lstrip("/")

    def _upload_file_to_s3(self, s3_url: str, file: str) -> None:
        bucket, key = self._get_bucket_prefix_from_s3_url(s3_url)
        client("s3").put_object(Bucket=bucket, Key=key, Body=Path(file).read_bytes())

    def create_job(self, job: Job, file: str = "") -> Any:
        """Makes the job; `file` is uploaded as its script."""
        self._upload(job, file)
        return client("glue").create_job(**job.as_job_create_dict())

    def update_job(self, job: Job, file: str = "") -> Any:
        """Changes the job; `file` is uploaded as its script."""
        self._upload(job, file)
        return client("glue").update_job(**job.as_job_update_dict())

    def _upload(self, job: Job, file: str) -> None:
        if file:
            self._upload_file_to_s3(job.as_dict()["Command"]["ScriptLocation"], file)

    def delete_job(self, jobName: str) -> Any:
        return client("glue").delete_job(JobName=jobName)
