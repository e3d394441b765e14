"""How many drivers wait, and when they go: on a Java that starts nothing, so that they never get further than waiting for it."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from wheatpaste.engines.base import RunSpec
from wheatpaste.engines.budget import Budget
from wheatpaste.engines.spark import driver, profiles, versions
from wheatpaste.engines.spark import pool as pools
from wheatpaste.engines.spark.driver import GIB, Size
from wheatpaste.engines.spark.java import Java
from wheatpaste.engines.spark.jvm import Jvm
from wheatpaste.engines.spark.pool import HELD, Pool
from wheatpaste.engines.spark.runtimes import Runtime
from wheatpaste.engines.supervisor import Supervisor

MEMORY = 8 * GIB


@pytest.fixture(scope="module")
def supervisor() -> Iterator[Supervisor]:
    running = Supervisor()
    yield running
    running.close()


@pytest.fixture
def budget() -> Budget:
    return Budget(MEMORY, 4)


@pytest.fixture
def make(supervisor: Supervisor, budget: Budget, tmp_path: Path) -> Iterator[Callable[..., Pool]]:
    made: list[Pool] = []

    def pool(count: int = 1) -> Pool:
        made.append(Pool(supervisor, budget, tmp_path / "waiting", count))
        return made[-1]

    yield pool
    for each in made:
        each.close()


def profile(tmp_path: Path, then: str = "exec sleep 60", **more: object) -> profiles.Profile:
    """A profile whose Java answers Spark's launcher, and then does as it is told."""
    program = tmp_path / "java" / "bin" / "java"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\ncase $* in *launcher.Main*) printf '\\0-Dk=v\\0';; *) {then};; esac\n")
    program.chmod(0o755)
    jvm = Jvm(Java(tmp_path / "java", "17"), tmp_path / "spark", tmp_path / "jars", tmp_path / "cache")
    runtime = Runtime(versions.GLUE_60, Path(sys.executable), tmp_path / "spark")
    run = RunSpec("jr_1", "glueetl", "6.0", "j", Path("/j.py"), Path("/r"), endpoint="http://127.0.0.1:9", **more)  # type: ignore[arg-type]
    found = profiles.profile(run, runtime, None, jvm, Size(GIB, 1), None)
    assert found is not None
    return found


def until(check: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


def processes(supervisor: Supervisor) -> list[str]:
    return sorted(child.tag for child in supervisor.children())


def test_one_is_made_and_taken_before_it_is_ready(make: Callable[..., Pool], budget: Budget, tmp_path: Path) -> None:
    pool, wanted = make(), profile(tmp_path)
    assert pool.take(wanted) is None
    pool.want(wanted)
    until(lambda: any(each.child for each in pool._drivers))
    taken = pool.take(wanted)
    assert taken is not None
    assert not taken.is_ready
    assert budget.free_memory == MEMORY - HELD
    taken.discard()
    assert not taken.directory.exists()


def test_what_a_run_is_told_stays_in_its_error_log(make: Callable[..., Pool], tmp_path: Path) -> None:
    pool, wanted = make(), profile(tmp_path)
    pool.want(wanted)
    until(lambda: any(each.child for each in pool._drivers))
    taken = pool.take(wanted)
    assert taken is not None
    run = replace(wanted.run, directory=tmp_path / "run", conf=(("spark.driver.memory", "400g"),))
    taken.hand_over(run, driver.prepare(run, wanted.runtime, None, wanted.jvm, wanted.size))
    assert run.stderr.read_text().startswith("spark.driver.memory=400g is more than jobs may use here: this one has 1024m.")
    taken.discard()


def test_memory_is_given_back_when_somebody_wants_it(
    make: Callable[..., Pool], budget: Budget, supervisor: Supervisor, tmp_path: Path
) -> None:
    pool = make(2)
    pool.want(profile(tmp_path))
    until(lambda: len(processes(supervisor)) == 2)
    assert budget.free_memory == MEMORY - 2 * HELD
    with budget.reserve(MEMORY, timeout=20):
        assert processes(supervisor) == []
    time.sleep(1.5)
    assert processes(supervisor) == [], "none is made again at once"


def test_they_go_when_nobody_comes(
    make: Callable[..., Pool], budget: Budget, supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "IDLE", 3.0)
    make().want(profile(tmp_path))
    until(lambda: len(processes(supervisor)) == 1)
    until(lambda: processes(supervisor) == [] and budget.free_memory == MEMORY)
    assert (processes(supervisor), budget.free_memory) == ([], MEMORY), "and none is made again"


def test_the_latest_profiles_have_the_places(make: Callable[..., Pool], supervisor: Supervisor, tmp_path: Path) -> None:
    pool, old, new = make(1), profile(tmp_path), profile(tmp_path, region="eu-west-1")
    pool.want(old)
    until(lambda: len(processes(supervisor)) == 1)
    [first] = processes(supervisor)
    pool.want(new)
    until(lambda: len(processes(supervisor)) == 1 and processes(supervisor) != [first])
    assert pool.take(old) is None


def test_what_does_not_start_is_tried_once(
    make: Callable[..., Pool], budget: Budget, supervisor: Supervisor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pool = make(1)
    pool.want(profile(tmp_path, "echo broken >&2; exit 3"))
    until(lambda: "did not get ready" in caplog.text)
    until(lambda: processes(supervisor) == [] and budget.free_memory == MEMORY)
    pool.want(profile(tmp_path))
    time.sleep(1.5)
    assert processes(supervisor) == []


def test_none_wait_when_it_is_turned_off(make: Callable[..., Pool], supervisor: Supervisor, tmp_path: Path) -> None:
    make(0).want(profile(tmp_path))
    time.sleep(0.5)
    assert processes(supervisor) == []


def test_none_is_begun_while_runs_have_the_cores(make: Callable[..., Pool], budget: Budget, supervisor: Supervisor, tmp_path: Path) -> None:
    with budget.reserve(GIB, 3):
        make().want(profile(tmp_path))
        time.sleep(1.5)
        assert processes(supervisor) == []
    until(lambda: len(processes(supervisor)) == 1)
