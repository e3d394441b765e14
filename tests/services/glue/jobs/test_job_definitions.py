"""What CreateJob was given is what GetJob returns, with the values that AWS computes; a second plan must be empty."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.services.glue.jobs.conftest import Bench

SCRIPT = "s3://scripts/job.py"
SPARK = {"Name": "glueetl", "ScriptLocation": SCRIPT, "PythonVersion": "3"}
SHELL = {"Name": "pythonshell", "ScriptLocation": SCRIPT, "PythonVersion": "3.9"}
ONE = {"MaxConcurrentRuns": 1}
WHOLE = {
    "JobMode": "NOTEBOOK",
    "JobRunQueuingEnabled": True,
    "Description": "déscription",
    "LogUri": "s3://logs/",
    "Role": "arn:aws:iam::123456789012:role/service-role/R",
    "ExecutionProperty": {"MaxConcurrentRuns": 3},
    "Command": {**SPARK, "Runtime": "Ray2.4"},
    "DefaultArguments": {"--a": "1", "--empty": "", "plain": "x"},
    "NonOverridableArguments": {"--b": "2"},
    "Connections": {"Connections": ["c1", "c2"]},
    "MaxRetries": 2,
    "Timeout": 60,
    "SecurityConfiguration": "sec",
    "NotificationProperty": {"NotifyDelayAfter": 5},
    "GlueVersion": "5.0",
    "NumberOfWorkers": 3,
    "WorkerType": "G.2X",
    "ExecutionClass": "FLEX",
    "SourceControlDetails": {"Provider": "GITHUB", "Repository": "r", "Owner": "o", "Branch": "b", "Folder": "f"},
    "MaintenanceWindow": "Sun:10",
}
COMPUTED = {
    "spark, nothing given": (
        {"Command": SPARK},
        {"WorkerType": "G.1X", "NumberOfWorkers": 10, "MaxCapacity": 10.0, "AllocatedCapacity": 10, "Timeout": 480, "GlueVersion": "6.0"},
    ),
    "workers": (
        {"Command": SPARK, "WorkerType": "G.2X", "NumberOfWorkers": 4, "GlueVersion": "4.0"},
        {"WorkerType": "G.2X", "NumberOfWorkers": 4, "MaxCapacity": 8.0, "AllocatedCapacity": 8, "Timeout": 2880, "GlueVersion": "4.0"},
    ),
    "quarter workers": (
        {"Command": {**SPARK, "Name": "gluestreaming"}, "WorkerType": "G.025X", "NumberOfWorkers": 2},
        {"WorkerType": "G.025X", "NumberOfWorkers": 2, "MaxCapacity": 0.5, "AllocatedCapacity": 0, "GlueVersion": "6.0"},
    ),
    "capacity": (
        {"Command": SPARK, "MaxCapacity": 5.0, "GlueVersion": "1.0"},
        {"MaxCapacity": 5.0, "AllocatedCapacity": 5, "Timeout": 2880, "GlueVersion": "1.0"},
    ),
    "the old capacity": (
        {"Command": SPARK, "AllocatedCapacity": 5},
        {"MaxCapacity": 5.0, "AllocatedCapacity": 5, "Timeout": 480, "GlueVersion": "6.0"},
    ),
    "shell": (
        {"Command": SHELL, "GlueVersion": "3.0"},
        {"MaxCapacity": 0.0625, "AllocatedCapacity": 0, "Timeout": 2880, "GlueVersion": "3.0"},
    ),
    "a whole shell": (
        {"Command": SHELL, "MaxCapacity": 1.0, "Timeout": 7, "ExecutionProperty": {}, "GlueVersion": "3.0"},
        {"MaxCapacity": 1.0, "AllocatedCapacity": 1, "Timeout": 7, "GlueVersion": "3.0"},
    ),
}
REFUSED = {
    "a command AWS has not": ({"Command": {**SPARK, "Name": "glue"}}, "InvalidInputException", "Command name"),
    "ray": ({"Command": {**SPARK, "Name": "glueray"}}, "NotImplemented", "glueray"),
    "no script": ({"Command": {"Name": "glueetl"}}, "InvalidInputException", "ScriptLocation"),
    "a script on disk": ({"Command": {**SPARK, "ScriptLocation": "/tmp/x.py"}}, "InvalidInputException", "ScriptLocation"),
    "capacity and workers": (
        {"Command": SPARK, "MaxCapacity": 2.0, "WorkerType": "G.1X", "NumberOfWorkers": 2},
        "InvalidInputException",
        "Please do not set Max Capacity",
    ),
    "a type without number": ({"Command": SPARK, "WorkerType": "G.1X"}, "InvalidInputException", "Number of Workers"),
    "no workers": (
        {"Command": SPARK, "WorkerType": "G.1X", "NumberOfWorkers": 0},
        "InvalidInputException",
        "NumberOfWorkers must be 1 or more",
    ),
    "no capacity": ({"Command": SPARK, "MaxCapacity": 0.0}, "InvalidInputException", "MaxCapacity must be more than 0"),
    "a shell of two DPUs": ({"Command": SHELL, "MaxCapacity": 2.0}, "InvalidInputException", "0.0625 or 1.0"),
    "a shell of workers": ({"Command": SHELL, "WorkerType": "G.1X", "NumberOfWorkers": 2}, "InvalidInputException", "pythonshell"),
    "visual": (
        {"Command": SPARK, "CodeGenConfigurationNodes": {"n": {"SelectFields": {"Name": "n", "Inputs": ["i"], "Paths": [["a"]]}}}},
        "NotImplemented",
        "CodeGenConfigurationNodes",
    ),
    "a token": ({"Command": SPARK, "SourceControlDetails": {"AuthToken": "t"}}, "NotImplemented", "SourceControlDetails.AuthToken"),
    "no runs at all": ({"Command": SPARK, "ExecutionProperty": {"MaxConcurrentRuns": 0}}, "InvalidInputException", "MaxConcurrentRuns"),
    "more retries than ten": ({"Command": SPARK, "MaxRetries": 11}, "InvalidInputException", "MaxRetries"),
    "over a week": ({"Command": SPARK, "Timeout": 10081}, "InvalidInputException", "Timeout"),
    "large arguments": ({"Command": SPARK, "DefaultArguments": {"--a": "x" * 261 * 1024}}, "InvalidInputException", "260 KB"),
}


def shown(glue: Any, name: str) -> dict[str, Any]:
    job: dict[str, Any] = glue.get_job(JobName=name)["Job"]
    return {k: v for k, v in job.items() if k not in ("Name", "CreatedOn", "LastModifiedOn")}


def error(operation: Any, **members: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        operation(**members)
    return raised.value.response["Error"]["Code"], raised.value.response["Error"]["Message"]


def test_every_member_comes_back(glue: Any, unique: str) -> None:
    assert glue.create_job(Name=unique, Tags={"t": "1"}, **WHOLE)["Name"] == unique
    assert shown(glue, unique) == {**WHOLE, "MaxCapacity": 6.0, "AllocatedCapacity": 6}
    arn = f"arn:aws:glue:us-east-1:123456789012:job/{unique}"
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"t": "1"}


@pytest.mark.parametrize("case", COMPUTED)
def test_computed_values(glue: Any, unique: str, case: str) -> None:
    given, computed = COMPUTED[case]
    glue.create_job(Name=unique, Role="R", **given)
    common = {"Role": "R", "Command": given["Command"], "JobMode": "SCRIPT", "MaxRetries": 0, "ExecutionProperty": ONE}
    assert shown(glue, unique) == {**common, **computed}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(glue: Any, unique: str, case: str) -> None:
    given, code, words = REFUSED[case]
    found = error(glue.create_job, Name=unique, Role="R", **given)
    assert code in found[0]
    assert words in found[1]
    assert unique in glue.batch_get_jobs(JobNames=[unique])["JobsNotFound"]


@pytest.mark.parametrize("version", ["4.0.1", "abc.def"])
def test_a_version_that_there_is_not_can_be_defined_and_listed(glue: Any, unique: str, version: str) -> None:
    glue.create_job(Name=unique, Role="R", Command=SPARK, GlueVersion=version)
    assert shown(glue, unique)["GlueVersion"] == version
    names = [job["Name"] for page in glue.get_paginator("get_jobs").paginate() for job in page["Jobs"]]
    assert unique in names


def test_a_name_is_taken_once(glue: Any, unique: str) -> None:
    glue.create_job(Name=unique, Role="R", Command=SPARK)
    assert error(glue.create_job, Name=unique, Role="R", Command=SHELL)[0] == "AlreadyExistsException"
    assert shown(glue, unique)["Command"] == SPARK
    glue.create_job(Name=unique.upper(), Role="R", Command=SHELL)


def test_an_update_replaces(glue: Any, unique: str) -> None:
    glue.create_job(Name=unique, Tags={"t": "1"}, **WHOLE)
    before = glue.get_job(JobName=unique)["Job"]
    glue.update_job(JobName=unique, JobUpdate={"Role": "R2", "Command": SHELL})
    computed = {"MaxCapacity": 0.0625, "AllocatedCapacity": 0, "Timeout": 2880, "GlueVersion": "6.0", "JobMode": "SCRIPT", "MaxRetries": 0}
    assert shown(glue, unique) == {"Role": "R2", "Command": SHELL, "ExecutionProperty": ONE, **computed}
    after = glue.get_job(JobName=unique)["Job"]
    assert after["CreatedOn"] == before["CreatedOn"]
    assert after["LastModifiedOn"] > before["LastModifiedOn"]
    assert glue.get_tags(ResourceArn=f"arn:aws:glue:us-east-1:123456789012:job/{unique}")["Tags"] == {"t": "1"}
    assert error(glue.update_job, JobName="no" + unique, JobUpdate={"Role": "R", "Command": SHELL})[0] == "EntityNotFoundException"
    for half in ({"Command": SHELL}, {"Role": "R"}):
        assert error(glue.update_job, JobName=unique, JobUpdate=half)[0] == "InvalidInputException"


def test_lists_are_paged_and_filtered_by_tags(own_server: Any) -> None:
    glue = own_server().client("glue")
    names = [f"j{number:02}" for number in range(7)]
    for name in reversed(names):
        glue.create_job(Name=name, Role="R", Command=SHELL, Tags={"odd": str(int(name[1:]) % 2)} if name != "j06" else {})
    pages = [page["Jobs"] for page in glue.get_paginator("get_jobs").paginate(PaginationConfig={"PageSize": 3})]
    assert [[job["Name"] for job in page] for page in pages] == [names[:3], names[3:6], names[6:]]
    first = glue.list_jobs(MaxResults=4)
    second = glue.list_jobs(MaxResults=4, NextToken=first["NextToken"])
    assert first["JobNames"] + second["JobNames"] == names
    assert "NextToken" not in second
    tagged = glue.list_jobs(MaxResults=2, Tags={"odd": "1"})
    assert tagged["JobNames"] == ["j01", "j03"]
    assert glue.list_jobs(MaxResults=2, Tags={"odd": "1"}, NextToken=tagged["NextToken"])["JobNames"] == ["j05"]
    assert error(glue.get_jobs, NextToken="bent")[0] == "InvalidInputException"


def test_many_at_once(glue: Any, unique: str) -> None:
    for suffix in "ab":
        glue.create_job(Name=unique + suffix, Role="R", Command=SHELL)
    found = glue.batch_get_jobs(JobNames=[unique + "b", unique + "none", unique + "a"])
    assert [job["Name"] for job in found["Jobs"]] == [unique + "b", unique + "a"]
    assert found["JobsNotFound"] == [unique + "none"]


def test_delete(glue: Any, unique: str) -> None:
    glue.create_job(Name=unique, Role="R", Command=SHELL, Tags={"t": "1"})
    for _ in range(2):  # a job that is gone is no error
        assert glue.delete_job(JobName=unique)["JobName"] == unique
    assert error(glue.get_job, JobName=unique) == ("EntityNotFoundException", f"Job {unique} not found.")
    assert error(glue.start_job_run, JobName=unique)[0] == "EntityNotFoundException"
    glue.create_job(Name=unique, Role="R", Command=SHELL)
    assert glue.get_tags(ResourceArn=f"arn:aws:glue:us-east-1:123456789012:job/{unique}")["Tags"] == {}


def test_names_of_any_letters(bench: Bench) -> None:
    name = f"Täglich 日本 / {bench.name} (α) +%"
    bench.job("import sys; print(sys.argv[sys.argv.index('--JOB_NAME') + 1])", name)
    run = bench.start(name)
    assert bench.ended(run, name)["JobRunState"] == "SUCCEEDED"
    assert bench.output(run) == [name]
    assert [each["Id"] for each in bench.glue.get_job_runs(JobName=name)["JobRuns"]] == [run]


def test_jobs_are_of_an_account_and_a_region(client: Any, unique: str) -> None:
    client("glue").create_job(Name=unique, Role="R", Command=SHELL)
    for other in (client("glue", region="eu-west-1"), client("glue", key="210987654321")):
        assert error(other.get_job, JobName=unique)[0] == "EntityNotFoundException"
