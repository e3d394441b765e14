"""Drivers that wait for runs, so that a run's script begins at once: as many as the machine has room for, none when nobody comes.

A driver is made for a profile that a run had (or that was asked for), is used once, and its successor is made when the machine has
cores to spare. It holds memory of the budget and gives it back as soon as somebody finds no room, or after ten idle minutes. A run
also gets a driver that is not ready yet: it is ahead of one that would be started now.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from pathlib import Path
from secrets import token_hex

from wheatpaste.engines.budget import Budget
from wheatpaste.engines.spark.profiles import Profile
from wheatpaste.engines.spark.waiting import NotReady, Waiting
from wheatpaste.engines.supervisor import Supervisor

log = logging.getLogger(__name__)
AUTO = -1
IDLE = 600.0  # seconds that a profile is kept warm after its last run
HELD = 1 << 30  # bytes that a waiting driver takes: measured 0.7 to 0.8 GiB
QUIET = 5.0  # seconds after somebody found no room until a driver is made again
CORES = 2  # that must be free for a driver to be begun: running jobs come first
LOOK = 1.0


class Pool:
    """`count`: how many drivers wait at most (AUTO: one for four cores; 0: none ever)."""

    def __init__(self, supervisor: Supervisor, budget: Budget, folder: Path, count: int = AUTO) -> None:
        self.count = max(1, min(4, int(budget.cores) // 4)) if count == AUTO else count
        self._supervisor, self._budget, self._folder = supervisor, budget, folder
        self._drivers: list[Waiting] = []
        self._wanted: dict[Profile, float] = {}  # and when a run last had it, the latest last
        self._useless: set[Profile] = set()  # a driver of it did not get ready: one attempt per profile and server
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closed = False
        self._keeper = threading.Thread(target=self._keep, name="waiting drivers", daemon=True)
        self._started = False

    def want(self, profile: Profile) -> None:
        """See to it that drivers of this profile wait from now on; returns at once."""
        with self._lock:
            if self.count <= 0 or self._closed:
                return
            self._wanted.pop(profile, None)
            self._wanted[profile] = time.monotonic()
            if not self._started:
                self._started = True
                shutil.rmtree(self._folder, ignore_errors=True)  # of a server that was killed
                self._budget.on_wanted.append(self._wake.set)
                self._keeper.start()
        self._wake.set()

    def take(self, profile: Profile) -> Waiting | None:
        """A driver for a run of this profile; it belongs to the caller now."""
        with self._lock:
            fitting = [each for each in self._drivers if each.profile == profile and each.child is not None and not _ended(each)]
            found = max(fitting, key=lambda each: each.is_ready, default=None)
            if found is not None:
                self._drivers.remove(found)
        return found

    def give_back(self, driver: Waiting) -> None:
        """The run could not begin: the driver waits on."""
        with self._lock:
            self._drivers.append(driver)

    def ready(self) -> int:
        """How many drivers wait."""
        with self._lock:
            return sum(each.is_ready for each in self._drivers)

    def close(self) -> None:
        """End all that wait."""
        with self._lock:
            self._closed = True
            drivers, self._drivers = self._drivers, []
            if self._started:
                self._budget.on_wanted.remove(self._wake.set)
        self._wake.set()
        for each in drivers:
            self._discard(each)

    # -- the keeper

    def _keep(self) -> None:
        while not self._closed:
            try:
                self._look()
            except Exception:
                log.exception("waiting drivers could not be looked after")
            self._wake.wait(LOOK if self._wanted else None)
            self._wake.clear()

    def _look(self) -> None:
        now = time.monotonic()
        with self._lock:
            for profile in [each for each, used in self._wanted.items() if now - used > IDLE]:
                del self._wanted[profile]
            full = now - self._budget.wanted < QUIET
            wanted = self._places()
            leaving = [
                each for each in self._drivers if full or each.profile not in wanted or each.profile in self._useless or _ended(each)
            ]
            self._drivers = [each for each in self._drivers if each not in leaving]
        for each in leaving:
            self._discard(each)
        if not full:
            self._fill()

    def _places(self) -> list[Profile]:
        """For which profiles drivers shall wait: the latest ones, the very latest taking what is left."""
        latest = [each for each in reversed(self._wanted) if each not in self._useless][: self.count]
        return latest + latest[:1] * (self.count - len(latest))

    def _fill(self) -> None:
        with self._lock:
            missing = self._places()
            for each in self._drivers:
                if each.profile in missing:
                    missing.remove(each.profile)
        for profile in missing:
            if self._budget.free_cores < min(CORES, self._budget.cores):
                return
            memory = self._budget.spare(min(HELD, profile.size.memory))
            if memory is None:
                return
            driver = Waiting(profile, self._folder, f"warm-{token_hex(6)}", memory)
            with self._lock:
                if self._closed:
                    memory.release()
                    return
                self._drivers.append(driver)
            threading.Thread(target=self._make, args=(driver,), name=driver.directory.name, daemon=True).start()

    def _make(self, driver: Waiting) -> None:
        try:
            driver.start(self._supervisor)
            driver.get_ready()
        except (NotReady, OSError, RuntimeError) as error:
            if not driver.is_discarded and not self._closed:
                self._useless.add(driver.profile)
                log.warning("runs of this kind start without a waiting driver: %s", error)
        self._wake.set()

    def _discard(self, driver: Waiting) -> None:
        try:
            driver.discard()
        except Exception:
            log.exception("a waiting driver could not be ended")


def _ended(driver: Waiting) -> bool:
    return driver.child is not None and driver.child.poll() is not None
