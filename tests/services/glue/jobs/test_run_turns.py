"""Which run starts when: concurrency, queues, retries, timeouts, stops, and what the server's death leaves."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from tests.conftest import Server, wait_for
from tests.services.glue.jobs.conftest import Bench
from tests.services.glue.jobs.test_job_definitions import error

SLEEP = "import time; print('up', flush=True); time.sleep(60)"
UNTIL = """
import boto3, time
s3 = boto3.client("s3")
while s3.list_objects_v2(Bucket="{bucket}", Prefix="go")["KeyCount"] == 0:
    time.sleep(0.05)
"""
TWICE = """
import boto3, sys
s3 = boto3.client("s3")
run = sys.argv[sys.argv.index("--JOB_RUN_ID") + 1]
s3.put_object(Bucket="{bucket}", Key="tries/" + run, Body=sys.argv[sys.argv.index("--x") + 1].encode())
if s3.list_objects_v2(Bucket="{bucket}", Prefix="tries/")["KeyCount"] < {good}:
    raise ValueError("not yet")
"""


@pytest.fixture(scope="module", autouse=True)
def slow(client: Callable[..., Any]) -> Iterator[tuple[Bench, str]]:
    """A run whose Timeout is a minute, the shortest there is; started before the other tests."""
    bench = Bench(client, f"slow{time.time_ns()}")
    bench.job("import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(600)", Timeout=2)
    yield bench, bench.start(Timeout=1)


def stop(bench: Bench, *runs: str) -> dict[str, Any]:
    answer: dict[str, Any] = bench.glue.batch_stop_job_run(JobName=bench.name, JobRunIds=list(runs))
    return answer


def test_one_run_at_a_time(bench: Bench) -> None:
    bench.job(SLEEP)
    run = bench.start()
    assert error(bench.glue.start_job_run, JobName=bench.name) == (
        "ConcurrentRunsExceededException",
        f"Concurrent runs exceeded for {bench.name}",
    )
    stop(bench, run)
    assert bench.ended(run)["JobRunState"] == "STOPPED"
    second = bench.start()
    stop(bench, second)
    assert bench.ended(second)["JobRunState"] == "STOPPED"


def starts_at_once(bench: Bench, job: str, count: int) -> list[str]:
    """Start the job from many threads together; the ids of the runs that were let in."""

    def one(_: int) -> str:
        try:
            return bench.start(job)
        except bench.glue.exceptions.ConcurrentRunsExceededException:
            return ""

    with ThreadPoolExecutor(count) as pool:
        return [run for run in pool.map(one, range(count)) if run]


def test_many_who_start_it_together(bench: Bench) -> None:
    bench.job(SLEEP, ExecutionProperty={"MaxConcurrentRuns": 2})
    runs = starts_at_once(bench, bench.name, 10)
    stop(bench, *runs)
    assert len(runs) == 2
    assert {bench.ended(run)["JobRunState"] for run in runs} == {"STOPPED"}


def test_as_many_as_the_job_says(bench: Bench) -> None:
    bench.job(SLEEP, ExecutionProperty={"MaxConcurrentRuns": 2})
    runs = [bench.start(), bench.start()]
    assert error(bench.glue.start_job_run, JobName=bench.name)[0] == "ConcurrentRunsExceededException"
    for run in runs:
        bench.until(run, "RUNNING")
    stop(bench, *runs)
    assert {bench.ended(run)["JobRunState"] for run in runs} == {"STOPPED"}


def test_queued_runs_start_in_order_and_at_once(bench: Bench) -> None:
    script = "import sys, time; print(time.time(), flush=True); time.sleep(0.5); print(time.time())"
    bench.job(script, JobRunQueuingEnabled=True)
    runs = [bench.start() for _ in range(4)]
    assert [bench.state(run)["JobRunState"] for run in runs[1:]] == ["WAITING"] * 3
    assert "MaxConcurrentRuns" in bench.state(runs[1])["StateDetail"]
    assert error(bench.glue.start_job_run, JobName=bench.name, JobRunQueuingEnabled=False)[0] == "ConcurrentRunsExceededException"
    for run in runs:
        ended = bench.ended(run)
        assert (ended["JobRunState"], ended["JobRunQueuingEnabled"]) == ("SUCCEEDED", True)
        assert "StateDetail" not in ended
    spans = [tuple(map(float, bench.output(run))) for run in runs]
    gaps = [after[0] - before[1] for before, after in pairwise(spans)]
    assert all(0 < gap < 3 for gap in gaps), gaps


def test_more_room_starts_waiting_runs(bench: Bench) -> None:
    bench.job(SLEEP, JobRunQueuingEnabled=True)
    runs = [bench.start() for _ in range(3)]
    bench.until(runs[0], "RUNNING")
    job = bench.glue.get_job(JobName=bench.name)["Job"]
    update = {"Role": job["Role"], "Command": job["Command"], "ExecutionProperty": {"MaxConcurrentRuns": 2}}
    bench.glue.update_job(JobName=bench.name, JobUpdate=update)
    bench.until(runs[1], "RUNNING", seconds=10)
    assert bench.state(runs[2])["JobRunState"] == "WAITING"
    stop(bench, *reversed(runs))
    assert [bench.ended(run)["JobRunState"] for run in runs] == ["STOPPED"] * 3


def test_retries(bench: Bench) -> None:
    bench.job(
        TWICE.format(bucket=bench.name, good=3), MaxRetries=2, DefaultArguments={"--x": "d"}, ExecutionProperty={"MaxConcurrentRuns": 1}
    )
    first = bench.start(Arguments={"--x": "given"})
    assert bench.ended(first)["JobRunState"] == "FAILED"
    third = wait_for(lambda: [r for r in bench.glue.get_job_runs(JobName=bench.name)["JobRuns"] if r["JobRunState"] == "SUCCEEDED"])[0]
    runs = bench.glue.get_job_runs(JobName=bench.name)["JobRuns"]
    assert [run["Id"] for run in runs] == [f"{first}_attempt_2", f"{first}_attempt_1", first]
    assert [run["Attempt"] for run in runs] == [2, 1, 0]
    assert [run.get("PreviousRunId") for run in runs] == [f"{first}_attempt_1", first, None]
    assert third["Id"] == f"{first}_attempt_2"
    assert third["Arguments"] == {"--x": "given"}
    kept = [bench.s3.get_object(Bucket=bench.name, Key=f"tries/{run['Id']}")["Body"].read() for run in runs]
    assert kept == [b"given"] * 3


def test_no_more_retries_than_allowed(bench: Bench) -> None:
    bench.job("raise ValueError('no')", MaxRetries=1)
    first = bench.start()
    assert bench.ended(first)["JobRunState"] == "FAILED"
    assert bench.ended(f"{first}_attempt_1")["JobRunState"] == "FAILED"
    time.sleep(0.5)
    assert len(bench.glue.get_job_runs(JobName=bench.name)["JobRuns"]) == 2


def test_a_retry_that_is_asked_for(bench: Bench) -> None:
    bench.job(TWICE.format(bucket=bench.name, good=3))
    first = bench.start(Arguments={"--x": "given"})
    assert error(bench.glue.start_job_run, JobName=bench.name, JobRunId=first)[0] == "InvalidInputException"
    bench.ended(first)
    for attempt in (1, 2):
        run = bench.start(JobRunId=first)
        assert run == f"{first}_attempt_{attempt}"
        found = bench.ended(run)
        assert (found["PreviousRunId"], found["Attempt"], found["Arguments"]) == (first, attempt, {"--x": "given"})
    assert found["JobRunState"] == "SUCCEEDED"
    assert error(bench.glue.start_job_run, JobName=bench.name, JobRunId="jr_none")[0] == "EntityNotFoundException"


def _stopped(bench: Bench, **members: Any) -> dict[str, Any]:
    """A run that was stopped as soon as it was started: its settings need no Spark."""
    run = bench.start(**members)
    assert stop(bench, run)["SuccessfulSubmissions"]
    return bench.ended(run)


def test_a_runs_own_settings(bench: Bench) -> None:
    location = bench.put("s.py", "print(1)")
    spark = {"Name": "glueetl", "ScriptLocation": location}
    bench.glue.create_job(Name=bench.name, Role="R", Command=spark, GlueVersion="6.0", WorkerType="G.1X", NumberOfWorkers=2, Timeout=9)
    refused = {"WorkerType": "G.1X", "NumberOfWorkers": 2, "MaxCapacity": 2.0}
    assert error(bench.glue.start_job_run, JobName=bench.name, **refused)[0] == "InvalidInputException"
    assert "must be 1 or more, not 0" in error(bench.glue.start_job_run, JobName=bench.name, NumberOfWorkers=0)[1]
    given = {"WorkerType": "G.2X", "NumberOfWorkers": 3, "Timeout": 5, "ExecutionClass": "FLEX", "SecurityConfiguration": "sec"}
    run = _stopped(bench, NotificationProperty={"NotifyDelayAfter": 3}, **given)
    shown = {**given, "MaxCapacity": 6.0, "AllocatedCapacity": 6, "NotificationProperty": {"NotifyDelayAfter": 3}, "GlueVersion": "6.0"}
    assert {name: run[name] for name in shown} == shown
    old = _stopped(bench, MaxCapacity=4.0)
    assert (old["MaxCapacity"], old["AllocatedCapacity"], "WorkerType" in old) == (4.0, 4, False)
    assert bench.glue.get_job(JobName=bench.name)["Job"]["NumberOfWorkers"] == 2
    assert "Timeout" in error(bench.glue.start_job_run, JobName=bench.name, Timeout=10081)[1]


def test_stops_are_answered_one_by_one(bench: Bench) -> None:
    bench.job("print(1)")
    over = bench.start()
    bench.ended(over)
    bench.put(f"scripts/{bench.name}.py", SLEEP)
    run = bench.start()
    bench.until(run, "RUNNING")
    answer = stop(bench, over, "jr_none", run, run)
    assert answer["SuccessfulSubmissions"] == [{"JobName": bench.name, "JobRunId": run}]
    codes = {each["JobRunId"]: each["ErrorDetail"]["ErrorCode"] for each in answer["Errors"]}
    assert codes == {over: "JobRunNotInRunningStateException", "jr_none": "EntityNotFoundException"}
    asked = time.time()
    ended = bench.ended(run)
    assert time.time() - asked < 2.0  # under 1 s on a machine that does nothing else
    assert ended["JobRunState"] == "STOPPED"
    assert "ErrorMessage" not in ended
    assert bench.output(run) == ["up"]


def test_stop_before_and_while_waiting(bench: Bench) -> None:
    bench.job(UNTIL.format(bucket=bench.name), JobRunQueuingEnabled=True, MaxRetries=1)
    first, second, third = (bench.start() for _ in range(3))
    stop(bench, first)  # STARTING, or barely RUNNING
    stop(bench, third)  # WAITING behind the second
    assert bench.ended(first)["JobRunState"] == "STOPPED"
    assert bench.ended(third)["JobRunState"] == "STOPPED"
    bench.put("go", "")
    assert bench.ended(second)["JobRunState"] == "SUCCEEDED"
    assert len(bench.glue.get_job_runs(JobName=bench.name)["JobRuns"]) == 3  # what was stopped is not tried again


def test_runs_of_a_deleted_job_go_on(bench: Bench) -> None:
    bench.job(UNTIL.format(bucket=bench.name), JobRunQueuingEnabled=True)
    runs = [bench.start(), bench.start()]
    bench.glue.delete_job(JobName=bench.name)
    bench.put("go", "")
    assert [bench.ended(run)["JobRunState"] for run in runs] == ["SUCCEEDED"] * 2


def test_runs_are_paged_newest_first(bench: Bench) -> None:
    bench.job("print(1)", JobRunQueuingEnabled=True)
    runs = [bench.start() for _ in range(5)]
    pages = bench.glue.get_paginator("get_job_runs").paginate(JobName=bench.name, PaginationConfig={"PageSize": 2})
    assert [[run["Id"] for run in page["JobRuns"]] for page in pages] == [runs[:2:-1], runs[2:0:-1], runs[:1]]
    token = bench.glue.get_job_runs(JobName=bench.name, MaxResults=2)["NextToken"]
    other = bench.job("print(1)", f"{bench.name}other")
    assert error(bench.glue.get_job_runs, JobName=other, NextToken=token)[0] == "InvalidInputException"
    assert error(bench.glue.get_job_runs, JobName=f"{bench.name}none")[0] == "EntityNotFoundException"
    assert error(bench.glue.get_job_run, JobName=other, RunId=runs[0])[0] == "EntityNotFoundException"
    for run in runs:
        bench.ended(run)


def test_kill_9(own_server: Callable[..., Server], unique: str) -> None:
    """What ran ends FAILED and is tried again; what waited goes on waiting, and runs."""
    server = own_server()
    bench = Bench(server.client, unique)
    script = UNTIL.format(bucket=unique)
    bench.job(script, "tried", MaxRetries=1)
    bench.job(script, "queued", JobRunQueuingEnabled=True)
    tried, running, waiting = bench.start("tried"), bench.start("queued"), bench.start("queued")
    bench.until(tried, "RUNNING", job="tried")
    bench.until(running, "RUNNING", job="queued")
    assert bench.state(waiting, "queued")["JobRunState"] == "WAITING"
    bench.job("print('started')", "starting")
    starting = bench.start("starting")
    server.kill()
    bench.again(own_server(home=server.home).client)
    for run, job in ((tried, "tried"), (running, "queued")):
        ended = bench.ended(run, job=job)
        assert ended["JobRunState"] == "FAILED"
        assert ended["ErrorMessage"].startswith("The control plane restarted while the run was under way")
    bench.until(f"{tried}_attempt_1", "RUNNING", job="tried")
    bench.until(waiting, "RUNNING", job="queued")
    bench.put("go", "")
    assert bench.ended(f"{tried}_attempt_1", job="tried")["JobRunState"] == "SUCCEEDED"
    waited = bench.ended(waiting, job="queued")
    assert waited["JobRunState"] == "SUCCEEDED", waited["ErrorMessage"]
    # killed within a moment of its start: it went on, or, where its process had been spawned, it says so
    last = bench.ended(starting, job="starting")
    assert last["JobRunState"] == "SUCCEEDED" or "control plane restarted" in last["ErrorMessage"]


def test_an_orderly_end_of_the_server(own_server: Callable[..., Server], unique: str) -> None:
    """It does not wait for the script; what was said is in the log, and the next server tells how it ended."""
    server = own_server()
    bench = Bench(server.client, unique)
    bench.job("import time\nprint('up', flush=True)\ntime.sleep(0.5)\nprint('more', flush=True)\ntime.sleep(60)", MaxRetries=0)
    run = bench.start()
    wait_for(lambda: (server.home / "runs" / run / "stdout").exists() and "more" in (server.home / "runs" / run / "stdout").read_text())
    asked = time.time()
    server.stop()
    assert time.time() - asked < 10
    bench.again(own_server(home=server.home).client)
    ended = bench.ended(run)
    assert (ended["JobRunState"], ended["ErrorMessage"][:27]) == ("FAILED", "The control plane restarted")
    assert bench.output(run) == ["up", "more"]


def test_room_on_the_machine(own_server: Callable[..., Server], unique: str) -> None:
    """Memory for one: the second says that it waits, starts when the first ends, and can be stopped meanwhile."""
    bench = Bench(own_server(WHEATPASTE_MEMORY=str(3 << 29)).client, unique)
    bench.job(SLEEP, ExecutionProperty={"MaxConcurrentRuns": 3})
    first = bench.start()
    bench.until(first, "RUNNING")
    second, third = bench.start(), bench.start()
    for run in (second, third):
        wait_for(lambda run=run: "room" in bench.state(run).get("StateDetail", ""))
        assert bench.state(run)["JobRunState"] == "STARTING"
    stop(bench, third)
    assert bench.ended(third, seconds=5)["JobRunState"] == "STOPPED"
    stop(bench, first)
    found = bench.until(second, "RUNNING", seconds=10)
    assert "StateDetail" not in found
    stop(bench, second)
    assert bench.ended(second)["JobRunState"] == "STOPPED"


@pytest.mark.slow
def test_a_timeout(slow: tuple[Bench, str]) -> None:
    """Also of a script that does not hear SIGTERM."""
    bench, run = slow
    ended = bench.ended(run, seconds=90)
    assert (ended["JobRunState"], ended["Timeout"]) == ("TIMEOUT", 1)
    assert "timed out after 60 seconds" in ended["ErrorMessage"]
    assert 60 <= ended["ExecutionTime"] <= 70
    assert bench.output(run) == ["up"]
