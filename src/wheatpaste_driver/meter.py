"""What Spark has counted so far, every few seconds, for the job metrics of a run that asks for them (`--enable-metrics`).

`metrics.json`: `{"seconds": 12.3, "spark": totals, "gauges": …}`, as the report has them at the end. The server publishes what has changed;
it is also all that is known of a run whose process is killed.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

from wheatpaste_driver import measures
from wheatpaste_driver.answers import keep
from wheatpaste_driver.facts import Facts
from wheatpaste_driver.spark import active_context

EVERY = 10.0  # seconds
ASKED = ("--enable-metrics", "--enable-observability-metrics")


class Meter:
    """A thread that ends with the process."""

    def __init__(self, file: Path, facts: Facts) -> None:
        self._file, self._facts = file, facts

    def start(self) -> None:
        threading.Thread(target=self._watch, name="meter", daemon=True).start()

    def _watch(self) -> None:
        from py4j.protocol import Py4JError

        while True:
            time.sleep(EVERY)
            try:
                self._measure()
            except (Py4JError, OSError, AttributeError):  # the context stops meanwhile: what it counted is in the tally by then
                continue

    def _measure(self) -> None:
        context = active_context()
        if getattr(context, "_jsc", None) is None:  # there is none, or it is not made yet
            return
        measures.count(context, self._facts.began, self._facts.tally)
        seconds = (measures.now() - self._facts.began) / 1000
        keep(self._file, {"seconds": seconds, "spark": self._facts.tally.totals(), "gauges": measures.gauges(context) | self._facts.load()})
