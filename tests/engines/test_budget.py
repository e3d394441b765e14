"""What does not fit waits, in order, and is told when it waited too long."""

import threading
import time

import pytest

from wheatpaste.engines.budget import Budget, NoRoom, machine_cores, machine_memory


def test_the_machine_has_both() -> None:
    budget = Budget()
    assert 0 < budget.memory < machine_memory()
    assert budget.cores == machine_cores() >= 1


def test_what_fits_is_given_and_given_back() -> None:
    budget = Budget(100, 2)
    with budget.reserve(60, 1):
        assert (budget.free_memory, budget.free_cores) == (40, 1)
    assert (budget.free_memory, budget.free_cores) == (100, 2)


@pytest.mark.parametrize(("memory", "cores"), [(50, 0), (0, 2)])
def test_what_does_not_fit_is_refused_after_its_time(memory: int, cores: int) -> None:
    budget = Budget(100, 2)
    held = budget.reserve(60, 1)
    with pytest.raises(NoRoom):
        budget.reserve(memory, cores, timeout=0.05)
    held.release()
    held.release()
    assert budget.free_memory == 100


def test_more_than_the_machine_gets_the_machine() -> None:
    assert Budget(100, 2).reserve(10**9, 64, timeout=0).memory == 100


def test_a_large_request_is_not_overtaken() -> None:
    budget = Budget(100, 4)
    held = budget.reserve(60)
    order: list[int] = []

    def want(memory: int) -> None:
        part = budget.reserve(memory, timeout=10)
        order.append(memory)
        time.sleep(0.05)
        part.release()

    large = threading.Thread(target=want, args=(90,))
    large.start()
    time.sleep(0.1)
    small = threading.Thread(target=want, args=(20,))  # would fit at once
    small.start()
    time.sleep(0.1)
    held.release()
    large.join()
    small.join()
    assert order == [90, 20]


def test_close_tells_those_who_wait() -> None:
    budget = Budget(100, 4)
    budget.reserve(100)
    threading.Timer(0.1, budget.close).start()
    with pytest.raises(NoRoom):
        budget.reserve(1)


def test_what_can_be_spared_is_only_what_nobody_waits_for() -> None:
    budget = Budget(100, 4)
    told: list[int] = []
    budget.on_wanted.append(lambda: told.append(1))
    part = budget.spare(60)
    assert part is not None
    assert budget.spare(60) is None
    assert (told, budget.wanted) == ([], float("-inf"))
    with pytest.raises(NoRoom):
        budget.reserve(60, timeout=0)
    assert told == [1]
    assert budget.wanted > 0
    waiting = threading.Thread(target=lambda: budget.reserve(60).release())
    waiting.start()
    time.sleep(0.1)
    assert budget.spare(10) is None, "somebody waits for it"
    part.release()
    waiting.join()
    assert budget.spare(100) is not None
