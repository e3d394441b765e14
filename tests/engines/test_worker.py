"""A worker answers many calls at once, tells what went wrong, and its death is told too."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wheatpaste.engines.supervisor import Supervisor
from wheatpaste.engines.worker import Worker, WorkerDied, WorkerError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def supervisor() -> Iterator[Supervisor]:
    supervisor = Supervisor()
    yield supervisor
    supervisor.close()


@pytest.fixture
def worker(supervisor: Supervisor, tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(supervisor, "tests.engines.echo_worker", tag="w", env={"PYTHONPATH": str(ROOT)}, log=tmp_path / "log")
    yield worker
    worker.close()


@pytest.mark.parametrize("value", [None, 1.5, "é", [1, {"a": [b"\0\xff", {"b": b""}]}], b"x" * 5_000_000, {"bytes:": 1}])
def test_what_is_sent_comes_back(worker: Worker, value: Any) -> None:
    assert worker.call("echo", value=value) == value


def test_it_starts_with_the_first_call(worker: Worker) -> None:
    assert worker.pid is None
    worker.call("echo", value=1)
    assert worker.alive
    assert worker.pid


def test_an_exception_is_told(worker: Worker) -> None:
    with pytest.raises(WorkerError, match="LookupError: no table t") as raised:
        worker.call("fail", message="no table t")
    assert (raised.value.kind, raised.value.message, raised.value.detail) == ("LookupError", "no table t", {"Code": "Missing"})


@pytest.mark.parametrize(("method", "kind"), [("nothing", "KeyError"), ("unsayable", "TypeError")])
def test_bad_calls_and_answers_are_errors(worker: Worker, method: str, kind: str) -> None:
    with pytest.raises(WorkerError) as raised:
        worker.call(method)
    assert raised.value.kind == kind
    assert worker.call("echo", value=1) == 1


def test_unsayable_parameters_are_refused(worker: Worker) -> None:
    with pytest.raises(TypeError, match="object cannot be sent"):
        worker.call("echo", value=object())
    assert worker.call("echo", value=1) == 1


def test_calls_run_at_once(worker: Worker) -> None:
    worker.call("echo", value=1)
    before = time.monotonic()
    calls = [worker.start("nap", seconds=0.5) for _ in range(4)]
    assert len({call.result(10) for call in calls}) == 4
    assert time.monotonic() - before < 1.5


def test_many_threads_call(worker: Worker) -> None:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda n=n: answers.append(worker.call("echo", value=n))) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(50))


def test_cancel_interrupts(worker: Worker) -> None:
    call = worker.start("until_cancelled")
    time.sleep(0.2)
    call.cancel()
    with pytest.raises(WorkerError, match="InterruptedError: stopped"):
        call.result(10)


def test_cancel_of_a_call_that_waits_for_a_thread(worker: Worker) -> None:
    naps = [worker.start("nap", seconds=0.5) for _ in range(4)]
    waiting = worker.start("nap", seconds=30)
    waiting.cancel()
    with pytest.raises(WorkerError, match="Cancelled"):
        waiting.result(10)
    assert all(nap.result(10) for nap in naps)


def test_a_crash_is_told_to_every_call(worker: Worker) -> None:
    waiting = worker.start("nap", seconds=30)
    with pytest.raises(WorkerDied, match=f"signal {int(signal.SIGABRT)}"):
        worker.call("crash")
    with pytest.raises(WorkerDied):
        waiting.result(10)
    with pytest.raises(WorkerDied):
        worker.call("echo", value=1)
    assert not worker.alive


def test_a_module_that_does_not_start_says_why(supervisor: Supervisor, tmp_path: Path) -> None:
    worker = Worker(supervisor, "no_such_module", tag="none", log=tmp_path / "log")
    with pytest.raises(WorkerDied, match="No module named no_such_module") as died:
        worker.call("echo", value=1)
    assert died.value.exit is not None
    assert died.value.exit.status == 1


def test_memory_is_limited(supervisor: Supervisor) -> None:
    worker = Worker(supervisor, "tests.engines.echo_worker", tag="small", env={"PYTHONPATH": str(ROOT)}, memory=1 << 30)
    with pytest.raises(WorkerError, match="MemoryError"):
        worker.call("grow", size=2 << 30)
    worker.close()


def test_nothing_of_the_servers_environment(worker: Worker) -> None:
    os.environ["AWS_SECRET_ACCESS_KEY"] = "the server's"
    try:
        assert "AWS_SECRET_ACCESS_KEY" not in worker.call("environment")
    finally:
        del os.environ["AWS_SECRET_ACCESS_KEY"]


def test_close_lets_it_finish(worker: Worker, tmp_path: Path) -> None:
    worker.call("leave", file=str(tmp_path / "closed"))
    worker.close()
    assert (tmp_path / "closed").exists()


def test_a_call_is_quick(worker: Worker) -> None:
    worker.call("echo", value=1)
    before = time.monotonic()
    for _ in range(200):
        worker.call("echo", value=1)
    assert (time.monotonic() - before) / 200 < 0.01
