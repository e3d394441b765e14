"""One budget of the machine's memory and cores: an engine reserves before it starts, and what does not fit waits its turn."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType


class NoRoom(Exception):
    """What was asked for did not become free in time."""


def machine_memory() -> int:
    """Bytes of memory this process may use: the machine's, or its control group's where that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        with open("/sys/fs/cgroup/memory.max") as file:
            limit = file.read().strip()
    except OSError:  # not Linux, or no control groups
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def machine_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Reservation:
    """A part of the budget, until `release`, which may be called again without harm. Usable in `with`."""

    def __init__(self, budget: Budget, memory: int, cores: float) -> None:
        self.memory, self.cores = memory, cores
        self._budget: Budget | None = budget
        self._lock = threading.Lock()

    def release(self) -> None:
        with self._lock:
            budget, self._budget = self._budget, None
        if budget is not None:
            budget._give_back(self)

    def __enter__(self) -> Reservation:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


class Budget:
    """`memory` in bytes (0: three quarters of the machine's), `cores` (0: all). First come, first served: nothing large is starved."""

    def __init__(self, memory: int = 0, cores: float = 0) -> None:
        self.memory = memory or machine_memory() * 3 // 4
        self.cores = cores or machine_cores()
        self.free_memory, self.free_cores = self.memory, self.cores
        self._changed = threading.Condition()
        self.wanted = float("-inf")  # monotonic time when somebody last found no memory
        self.on_wanted: list[Callable[[], None]] = []  # told at once then; they must return at once, and may give back what they can spare
        self._queue: deque[object] = deque()
        self._closed = False

    def reserve(self, memory: int, cores: float = 0, timeout: float | None = None) -> Reservation:
        """Raises NoRoom after `timeout` seconds (None: never); what is more than the whole machine gets the whole machine."""
        memory, cores = min(memory, self.memory), min(cores, self.cores)
        deadline = None if timeout is None else time.monotonic() + timeout
        turn = object()
        with self._changed:
            self._queue.append(turn)
            try:
                while not (self._queue[0] is turn and memory <= self.free_memory and cores <= self.free_cores):
                    left = None if deadline is None else deadline - time.monotonic()
                    if memory > self.free_memory:
                        self._want()
                    if self._closed or (left is not None and left <= 0):
                        raise NoRoom(f"{memory >> 20} MiB and {cores:g} cores are not free: {self}")
                    self._changed.wait(left)
                self.free_memory -= memory
                self.free_cores -= cores
            finally:
                self._queue.remove(turn)
                self._changed.notify_all()
        return Reservation(self, memory, cores)

    def spare(self, memory: int, cores: float = 0) -> Reservation | None:
        """A part that nobody waits for, for what can be given back at any time; None when there is none."""
        with self._changed:
            if self._closed or self._queue or memory > self.free_memory or cores > self.free_cores:
                return None
            self.free_memory -= memory
            self.free_cores -= cores
        return Reservation(self, memory, cores)

    def _want(self) -> None:
        self.wanted = time.monotonic()
        for tell in self.on_wanted:
            tell()

    def close(self) -> None:
        """Whoever waits is told NoRoom, now and from now on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _give_back(self, part: Reservation) -> None:
        with self._changed:
            self.free_memory += part.memory
            self.free_cores += part.cores
            self._changed.notify_all()

    def __str__(self) -> str:
        return f"{self.free_memory >> 20} of {self.memory >> 20} MiB and {self.free_cores:g} of {self.cores:g} cores are free"
