"""A run's output on its way to CloudWatch Logs: whole lines, while the script runs."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from wheatpaste.engines.base import RunSpec
from wheatpaste.wire.errors import AwsError

if TYPE_CHECKING:
    from wheatpaste.tasks.step import Step

LINE = 200 * 1024  # bytes of one event at most
BATCH = 512 * 1024  # bytes of one PutLogEvents
EVENTS = 5000  # events of one PutLogEvents
PAUSE = 0.5  # seconds between two shipments: a log that grows fast must not hold the writer


class Tail:
    """One output file and its log stream."""

    def __init__(self, step: "Step", file: Path, group: str, stream: str) -> None:
        self._logs = step.aws.client("logs")
        self._file, self._group, self._stream = file, group, stream
        self._position = 0
        self._make()  # the stream exists from the run's start, though nothing may ever be said

    def ship(self, *, rest: bool = False) -> None:
        """Send the lines that are complete; with ``rest`` also what follows the last of them."""
        while self._file.exists() and self._file.stat().st_size > self._position:
            with self._file.open("rb") as file:
                file.seek(self._position)
                read = file.read(BATCH)
            end = len(read) if rest and len(read) < BATCH else read.rfind(b"\n") + 1
            if not end:
                end = LINE if len(read) >= LINE else 0
            if not end:
                return
            self._send(read[:end].decode("utf-8", "replace").splitlines())
            self._position += end

    def _send(self, lines: list[str]) -> None:
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": line} for line in lines if line]
        for start in range(0, len(events), EVENTS):
            self._logs.put_log_events(logGroupName=self._group, logStreamName=self._stream, logEvents=events[start : start + EVENTS])

    def _make(self) -> None:
        for make, names in (
            ("create_log_group", {"logGroupName": self._group}),
            ("create_log_stream", {"logGroupName": self._group, "logStreamName": self._stream}),
        ):
            try:
                getattr(self._logs, make)(**names)
            except AwsError as error:
                if error.code != "ResourceAlreadyExistsException":
                    raise


class Tails:
    """Standard output and standard error of one run."""

    def __init__(self, step: "Step", spec: RunSpec) -> None:
        base = "/aws-glue/python-jobs" if spec.kind == "pythonshell" else "/aws-glue/jobs"
        self._tails = [Tail(step, spec.stdout, f"{base}/output", spec.run_id), Tail(step, spec.stderr, f"{base}/error", spec.run_id)]
        self._next = 0.0

    def ship(self) -> None:
        """Send what is new, at most every ``PAUSE`` seconds."""
        if time.monotonic() >= self._next:
            for tail in self._tails:
                tail.ship()
            self._next = time.monotonic() + PAUSE

    def close(self) -> None:
        """Send the rest."""
        for tail in self._tails:
            tail.ship(rest=True)
