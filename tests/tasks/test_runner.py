"""The task runner, on a real App and both kinds of leases."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from tests.conftest import wait_for

from wheatpaste import service as registry
from wheatpaste.app import App
from wheatpaste.call import Call
from wheatpaste.config import Config
from wheatpaste.service import Operation
from wheatpaste.tasks import runner, table
from wheatpaste.tasks.step import Done, Next, Step

STEPS: dict[str, Callable[[Step], Next | Done]] = {}
HOOKS: dict[str, Callable[[Call], None]] = {}
FAILED: list[tuple[str, str]] = []


def failed(call: Call, key: str, data: Any, error: Exception) -> None:
    if key in HOOKS:
        HOOKS[key](call)
    FAILED.append((key, str(error)))


@pytest.fixture(scope="module", autouse=True)
def kind() -> Iterator[None]:
    """A task kind of the test's own, on a service that exists."""
    service = registry.load("sts")
    assert service is not None
    service.task("test", failed=failed)(lambda step: STEPS[step.key](step))
    yield
    del service.tasks["test"]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    running = App(Config(home=tmp_path))
    running.start()
    yield running
    running.close()


def start(app: App, key: str, step: Callable[[Step], Next | Done], **options: Any) -> None:
    STEPS[key] = step
    aws = app.as_root("123456789012", "us-east-1")
    operation = Operation("sts", "test", lambda call, req: {}, False, (), (), None, "executed")
    app.service("sts")
    app.transact(aws, operation, lambda call: call.start("test", key, {"n": 0}, **options))


def left(app: App) -> list[str]:
    return app.db.read(lambda c: list(c.execute(select(table.tasks.c.key)).scalars()))


def test_states_follow_each_other_and_the_row_goes(app: App) -> None:
    seen: list[tuple[str, int]] = []

    def step(s: Step) -> Next | Done:
        seen.append((s.state, s.data["n"]))
        return Next("more", {"n": s.data["n"] + 1}) if s.data["n"] < 3 else Done()

    start(app, "chain", step)
    wait_for(lambda: not left(app))
    assert seen == [("start", 0), ("more", 1), ("more", 2), ("more", 3)]


def test_a_commit_and_the_move_are_one_transaction(app: App) -> None:
    attempts: list[bool] = []

    def commit(call: Call) -> None:
        attempts.append(True)
        call.start("test", "made by the commit", {})
        raise OperationalError("COMMIT", None, Exception("the disk is full"))

    start(app, "stuck", lambda s: Done(commit))
    wait_for(lambda: attempts)
    time.sleep(0.2)
    assert left(app) == ["stuck"]


def test_a_commit_that_raises_ends_the_task_through_its_failed_hook(app: App) -> None:
    ran: list[bool] = []

    def commit(call: Call) -> None:
        call.start("test", "made by the commit", {})
        raise RuntimeError("the commit fails")

    def step(s: Step) -> Next | Done:
        ran.append(s.again)
        return Done(commit)

    start(app, "uncommitted", step)
    wait_for(lambda: not left(app))
    assert ran == [False]
    assert ("uncommitted", "the commit fails") in FAILED


@pytest.mark.parametrize("hook_fails", [False, True])
def test_what_the_database_did_not_take_is_committed_later_without_the_step(
    app: App, monkeypatch: pytest.MonkeyPatch, hook_fails: bool
) -> None:
    monkeypatch.setattr(runner, "RETRY", 0.1)
    ran: list[bool] = []
    full: list[Exception] = [OperationalError("COMMIT", None, Exception("the disk is full"))] * 3

    def commit(call: Call) -> None:
        if full:
            raise full.pop()

    def step(s: Step) -> Next | Done:
        ran.append(s.again)
        if hook_fails:
            HOOKS[s.key] = commit
            raise ValueError("the true reason")
        return Done(commit)

    key = f"full {hook_fails}"
    start(app, key, step)
    wait_for(lambda: not left(app))
    assert ran == [False] and not full
    assert [error for name, error in FAILED if name == key] == ["the true reason"] * hook_fails


def test_an_exception_ends_the_task_through_its_failed_hook(app: App) -> None:
    def step(s: Step) -> Next | Done:
        raise ValueError("no such thing")

    start(app, "broken", step)
    wait_for(lambda: not left(app))
    assert ("broken", "no such thing") in FAILED


def test_a_task_waits_for_its_time_and_holds_nobody_up(app: App) -> None:
    ran: list[float] = []
    start(app, "later", lambda s: (ran.append(time.time()), Done())[1], run_at=time.time() + 0.6)
    begun = time.time()
    wait_for(lambda: ran)
    assert 0.5 < ran[0] - begun < 3


def test_a_stop_reaches_a_running_step(app: App) -> None:
    begun = threading.Event()

    def step(s: Step) -> Next | Done:
        begun.set()
        wait_for(s.stopping, seconds=10)
        return Done()

    start(app, "endless", step)
    assert begun.wait(10)
    aws = app.as_root("123456789012", "us-east-1")
    operation = Operation("sts", "test", lambda call, req: {}, False, (), (), None, "executed")
    assert app.transact(aws, operation, lambda call: call.stop("test", "endless"))
    wait_for(lambda: not left(app))


def test_a_long_step_is_never_claimed_twice(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "LEASE", 0.1)
    ran: list[bool] = []

    def step(s: Step) -> Next | Done:
        ran.append(s.again)
        time.sleep(1.0)
        app.runner._wake.set()
        return Done()

    start(app, "long", step)
    wait_for(lambda: not left(app))
    assert ran == [False]


def test_the_next_server_learns_that_a_step_was_under_way(tmp_path: Path) -> None:
    first = App(Config(home=tmp_path))
    first.start()
    begun = threading.Event()
    again: list[bool] = []

    def step(s: Step) -> Next | Done:
        again.append(s.again)
        begun.set()
        if not s.again:
            wait_for(s.stopping, seconds=10)
            raise RuntimeError("the server ends")
        return Done()

    start(first, "interrupted", step)
    assert begun.wait(10)
    first.close()
    second = App(Config(home=tmp_path))
    second.start()
    wait_for(lambda: not left(second))
    second.close()
    assert again == [False, True]
