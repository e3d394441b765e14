"""Jobs where the state is in PostgreSQL: the queue, retries and lists on its transactions."""

from collections.abc import Callable

import pytest
from tests.conftest import Server
from tests.services.glue.jobs.conftest import Bench
from tests.services.glue.jobs.test_bookmarks import HOLD, entry, held, race
from tests.services.glue.jobs.test_job_definitions import error
from tests.services.glue.jobs.test_run_turns import starts_at_once


@pytest.fixture
def bench(own_server: Callable[..., Server], unique: str, empty_postgres: Callable[[], str]) -> Bench:
    return Bench(own_server(WHEATPASTE_DATABASE_URL=empty_postgres()).client, unique)


def test_jobs_on_postgres(bench: Bench) -> None:
    bench.job("print(1)", "queued", JobRunQueuingEnabled=True, ExecutionProperty={"MaxConcurrentRuns": 2}, Tags={"team": "a"})
    runs = [bench.start("queued") for _ in range(6)]
    assert {bench.ended(run, job="queued")["JobRunState"] for run in runs} == {"SUCCEEDED"}
    begun = [run["Id"] for run in bench.glue.get_job_runs(JobName="queued", MaxResults=4)["JobRuns"]]
    assert begun == runs[:1:-1]
    bench.job("raise ValueError('no')", "failing", MaxRetries=1, Tags={"team": "b"})
    first = bench.start("failing")
    assert bench.ended(first, job="failing")["JobRunState"] == "FAILED"
    assert bench.ended(f"{first}_attempt_1", job="failing")["ErrorMessage"].startswith("ValueError: no")
    assert bench.glue.list_jobs(Tags={"team": "a"})["JobNames"] == ["queued"]
    assert error(bench.glue.create_job, Name="queued", Role="R", Command={"Name": "pythonshell", "ScriptLocation": "s3://b/k"})[0] == (
        "AlreadyExistsException"
    )
    bench.job("import time; time.sleep(60)", "long")
    [long] = starts_at_once(bench, "long", 8)
    bench.until(long, "RUNNING", job="long")
    assert error(bench.glue.start_job_run, JobName="long")[0] == "ConcurrentRunsExceededException"
    bench.glue.batch_stop_job_run(JobName="long", JobRunIds=[long])
    assert bench.ended(long, job="long")["JobRunState"] == "STOPPED"


def test_bookmarks_on_postgres(bench: Bench) -> None:
    bench.job(HOLD, ExecutionProperty={"MaxConcurrentRuns": 2})
    ids = [bench.start() for _ in range(2)]
    holders = [held(bench, run) for run in ids]
    committed = race(holders, bench.name)
    assert entry(bench.glue, bench.name)["JobBookmark"] == f'{{"n":{committed}}}'
    bench.glue.reset_job_bookmark(JobName=bench.name)
    assert holders[0].begin(bench.name)["state"] == {}
    bench.glue.delete_job(JobName=bench.name)
    assert error(bench.glue.get_job_bookmark, JobName=bench.name)[0] == "EntityNotFoundException"
    bench.glue.batch_stop_job_run(JobName=bench.name, JobRunIds=ids)
    assert {bench.ended(run)["JobRunState"] for run in ids} == {"STOPPED"}
