"""Bookmarks: what a run may write, what the API shows of it, and how far back one can go.

The runs here only hold their tokens; the test speaks for them.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
from tests.conftest import wait_for
from tests.services.glue.jobs.conftest import Bench
from tests.services.glue.jobs.test_job_definitions import error

HOLD = """
import os, time
print(os.environ["WHEATPASTE_BOOKMARKS"], os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"], flush=True)
time.sleep(300)
"""
ENABLE = "job-bookmark-enable"


class Refused(Exception):
    """Status, code and message."""


class Run(NamedTuple):
    """A run that lives, and the way to its bookmark."""

    id: str
    url: str
    token: str

    def ask(self, verb: str, token: str | None = None, **body: Any) -> dict[str, Any]:
        headers = {"Authorization": self.token if token is None else token}
        request = urllib.request.Request(f"{self.url}/{verb}", json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request) as answer:
                found: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as failure:
            told = json.load(failure)
            raise Refused(failure.code, told["code"], told["message"]) from None
        return found

    def begin(self, name: str, **more: str) -> dict[str, Any]:
        return self.ask("begin", name=name, option=ENABLE, **more)

    def paused(self, name: str, **more: str) -> dict[str, Any]:
        return self.ask("begin", name=name, option="job-bookmark-pause", **more)

    def commit(self, name: str, version: int, state: Any) -> int:
        return int(self.ask("commit", name=name, version=version, state=state)["version"])

    def turn(self, name: str, state: Any) -> None:
        self.commit(name, self.begin(name)["version"], state)


def held(bench: Bench, run: str) -> Run:
    """The run once it has said where its bookmark is."""
    bench.until(run, "RUNNING")
    return Run(run, *wait_for(lambda: bench.output(run))[0].split())


@pytest.fixture(scope="module")
def holders(client: Any) -> Iterator[list[Run]]:
    """Three runs that are under way together."""
    import uuid

    bench = Bench(client, "t" + uuid.uuid4().hex[:12])
    bench.job(HOLD, ExecutionProperty={"MaxConcurrentRuns": 3})
    ids = [bench.start() for _ in range(3)]
    yield [held(bench, run) for run in ids]
    bench.glue.batch_stop_job_run(JobName=bench.name, JobRunIds=ids)
    assert {bench.ended(run)["JobRunState"] for run in ids} == {"STOPPED"}


def entry(glue: Any, name: str, **more: str) -> dict[str, Any]:
    found: dict[str, Any] = glue.get_job_bookmark(JobName=name, **more)["JobBookmarkEntry"]
    return found


def numbers(found: dict[str, Any]) -> tuple[int, int, int]:
    return found["Version"], found["Run"], found["Attempt"]


def test_numbers_are_those_that_aws_shows(glue: Any, holders: list[Run], unique: str) -> None:
    first, second, _ = holders
    first.turn(unique, {"a": {"n": 1}})
    assert entry(glue, unique) == {
        "JobName": unique, "Version": 2, "Run": 2, "Attempt": 0, "RunId": first.id, "JobBookmark": '{"a":{"n":1}}',
    }  # fmt: skip
    assert second.begin(unique) == {"version": 3, "run": 2, "attempt": 0, "state": {"a": {"n": 1}}}
    assert second.commit(unique, 3, {"a": {"n": 2}}) == 4
    found = entry(glue, unique)
    assert (*numbers(found), found["RunId"], found["PreviousRunId"]) == (4, 3, 0, second.id, first.id)
    assert entry(glue, unique, RunId=first.id)["JobBookmark"] == '{"a":{"n":1}}'


def test_a_run_without_commit_changes_nothing_but_the_attempt(glue: Any, holders: list[Run], unique: str) -> None:
    holders[0].turn(unique, {"a": 1})
    holders[1].begin(unique)
    assert numbers(entry(glue, unique)) == (3, 2, 0)
    assert holders[2].begin(unique) == {"version": 4, "run": 2, "attempt": 1, "state": {"a": 1}}
    assert entry(glue, unique)["JobBookmark"] == '{"a":1}'
    holders[2].commit(unique, 4, {"a": 2})
    assert numbers(entry(glue, unique)) == (5, 3, 0)


def test_of_two_runs_at_once_one_fails_by_name(glue: Any, holders: list[Run], unique: str) -> None:
    first, second, _ = holders
    early, late = first.begin(unique)["version"], second.begin(unique)["version"]
    with pytest.raises(Refused) as refused:
        first.commit(unique, early, {"a": "first"})
    told = "Continuation update failed due to version mismatch. Expected version 1 but found version 2"
    assert refused.value.args == (409, "VersionMismatchException", told)
    second.commit(unique, late, {"a": "second"})
    with pytest.raises(Refused, match="Expected version 1 but found version 3"):
        first.commit(unique, early, {"a": "first"})
    assert entry(glue, unique)["JobBookmark"] == '{"a":"second"}'


def test_what_was_asked_before_gets_the_same_answer(glue: Any, holders: list[Run], unique: str) -> None:
    run = holders[0]
    assert run.begin(unique) == run.begin(unique)
    assert [run.commit(unique, 1, {"a": 1}) for _ in range(3)] == [2, 2, 2]
    assert numbers(entry(glue, unique)) == (2, 2, 0)


def test_a_run_may_commit_more_than_once(glue: Any, holders: list[Run], unique: str) -> None:
    for n in (1, 2, 3):
        holders[0].turn(unique, {"a": n})
    assert (numbers(entry(glue, unique)), entry(glue, unique)["JobBookmark"]) == ((6, 4, 0), '{"a":3}')


def test_reset_to_the_beginning(glue: Any, holders: list[Run], unique: str) -> None:
    first, second, _ = holders
    first.turn(unique, {"a": 1})
    late = second.begin(unique)["version"]
    reset = glue.reset_job_bookmark(JobName=unique)["JobBookmarkEntry"]
    assert reset == {"JobName": unique, "Version": 0, "Run": 0, "Attempt": 0, "JobBookmark": "{}"}
    with pytest.raises(Refused, match="version mismatch"):
        second.commit(unique, late, {"a": 2})
    assert first.begin(unique)["state"] == {}


def test_rewind_to_before_a_run(glue: Any, holders: list[Run], unique: str) -> None:
    for n, run in enumerate(holders, 1):
        run.turn(unique, {"a": n})
    rewound = glue.reset_job_bookmark(JobName=unique, RunId=holders[1].id)["JobBookmarkEntry"]
    assert (rewound["JobBookmark"], rewound["Run"], rewound["RunId"]) == ('{"a":1}', 2, holders[0].id)
    begun = holders[2].begin(unique)
    assert begun["state"] == {"a": 1} and begun["version"] > 6
    holders[2].commit(unique, begun["version"], {"a": 4})
    assert glue.reset_job_bookmark(JobName=unique, RunId=holders[0].id)["JobBookmarkEntry"]["JobBookmark"] == "{}"


def test_pause_reads_and_writes_nothing(glue: Any, holders: list[Run], unique: str) -> None:
    assert holders[0].paused(unique) == {"version": 0, "run": 0, "attempt": 0, "state": {}}
    assert error(glue.get_job_bookmark, JobName=unique)[0] == "EntityNotFoundException"
    for n, run in enumerate(holders, 1):
        run.turn(unique, {"a": n})
    before = entry(glue, unique)
    assert holders[0].paused(unique)["state"] == {"a": 3}
    between = holders[0].paused(unique, **{"from": holders[0].id, "to": holders[1].id})
    assert (between["state"], between["until"]) == ({"a": 1}, {"a": 2})
    assert entry(glue, unique) == before
    with pytest.raises(Refused, match="no job run jr_none"):
        holders[0].paused(unique, **{"from": "jr_none", "to": holders[1].id})


def test_a_run_speaks_for_itself_only(glue: Any, holders: list[Run], unique: str) -> None:
    for token in ("", "nonsense", holders[1].token):
        with pytest.raises(Refused) as refused:
            holders[0].ask("begin", token, name=unique, option=ENABLE)
        assert refused.value.args[:2] == (403, "InvalidToken")
    for status, verb, body in (
        (404, "end", {}),
        (400, "begin", {"option": ENABLE}),
        (400, "commit", {"name": unique, "version": 1, "state": 3}),
    ):
        with pytest.raises(Refused) as refused:
            holders[0].ask(verb, **body)
        assert refused.value.args[0] == status
    assert error(glue.get_job_bookmark, JobName=unique) == ("EntityNotFoundException", f"Continuation for job {unique} not found")


def test_a_bookmark_that_is_not_there(glue: Any, holders: list[Run], unique: str) -> None:
    for operation in (glue.get_job_bookmark, glue.reset_job_bookmark):
        assert error(operation, JobName=unique)[0] == "EntityNotFoundException"
    holders[0].turn(unique, {})
    for operation in (glue.get_job_bookmark, glue.reset_job_bookmark):
        assert error(operation, JobName=unique, RunId="jr_none")[0] == "EntityNotFoundException"


def race(runs: list[Run], name: str) -> int:
    """Every run tries to take ten turns, all at once; how many were committed. Each adds one to what it found."""

    def turns(run: Run) -> int:
        committed = 0
        for _ in range(10):
            begun = run.begin(name)
            try:
                run.commit(name, begun["version"], {"n": begun["state"].get("n", 0) + 1})
            except Refused as refused:
                assert refused.args[1] == "VersionMismatchException"
            else:
                committed += 1
        return committed

    with ThreadPoolExecutor(len(runs)) as pool:
        return sum(pool.map(turns, runs))


def test_of_many_turns_at_once_none_is_lost(glue: Any, holders: list[Run], unique: str) -> None:
    committed = race(holders, unique)
    assert 0 < committed <= 30
    assert entry(glue, unique)["JobBookmark"] == f'{{"n":{committed}}}'


def test_a_deleted_job_takes_its_bookmarks_along(bench: Bench) -> None:
    bench.job(HOLD)
    run = bench.start()
    holder = held(bench, run)
    for name in (bench.name, f"{bench.name}-other"):
        holder.turn(name, {"a": 1})
        assert entry(bench.glue, name)["RunId"] == run
    bench.glue.delete_job(JobName=bench.name)
    for name in (bench.name, f"{bench.name}-other"):
        assert error(bench.glue.get_job_bookmark, JobName=name)[0] == "EntityNotFoundException"
    bench.glue.batch_stop_job_run(JobName=bench.name, JobRunIds=[run])
    bench.ended(run)
    with pytest.raises(Refused) as refused:
        holder.begin(bench.name)
    assert refused.value.args[0] == 403


def test_a_bookmark_outlives_the_server(own_server: Any, unique: str) -> None:
    server = own_server()
    bench = Bench(server.client, unique)
    bench.job(HOLD, MaxRetries=0)
    run = bench.start()
    holder = held(bench, run)
    holder.turn(unique, {"a": {"kept": True}})
    holder.begin(unique)
    server.kill()
    server.start()
    bench.again(server.client)
    found = entry(bench.glue, unique)
    assert (found["JobBookmark"], numbers(found)) == ('{"a":{"kept":true}}', (3, 2, 0))
    assert bench.ended(run)["JobRunState"] == "FAILED"
