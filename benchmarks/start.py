"""``up`` to first answer, and idle memory; the first start of each, which may write Python's bytecode, is not counted."""

import statistics
import time
from collections.abc import Iterator

from benchmarks import targets
from benchmarks.report import Figure, ratio

TIMES = 5


def measure() -> Iterator[Figure]:
    seconds: dict[str, list[float]] = {"wheatpaste": [], "moto_server": []}
    memory: dict[str, float] = {}
    for turn in range(TIMES + 1):
        for make in (targets.wheatpaste, targets.moto):
            started = time.perf_counter()
            with make() as target:
                if turn:
                    seconds[target.name].append(time.perf_counter() - started)
                time.sleep(0.5)
                memory[target.name] = target.memory()
    for name, taken in seconds.items():
        yield Figure("up to first answer (median of 5)", name, round(statistics.median(taken), 3), "s")
        yield Figure(
            "idle memory",
            name,
            round(memory[name], 1),
            "MB",
            reach="≤ 150 MB" if name == "wheatpaste" else "",
            met=memory[name] <= 150 if name == "wheatpaste" else None,
        )
    yield ratio(
        "up to first answer",
        statistics.median(seconds["wheatpaste"]),
        statistics.median(seconds["moto_server"]),
        "moto_server",
        1.0,
        at_most=True,
    )
