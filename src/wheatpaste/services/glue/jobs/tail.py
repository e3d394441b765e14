"""A run's output on its way to CloudWatch Logs: whole lines, in order, while the script runs."""

import codecs
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wheatpaste.wire.errors import AwsError

if TYPE_CHECKING:
    from wheatpaste.tasks.step import Step

READ = 256 * 1024  # bytes looked at together, and of one line at most: as UTF-8 with every byte replaced still one PutLogEvents
EVENTS = 5000  # events of one PutLogEvents
ROUNDS = 16  # readings of one shipment: a script that writes without end must not keep its own stop from being seen
PAUSE = 0.2  # seconds between two shipments: a log that grows fast must not hold the writer


class Tail:
    """One output file and its log stream."""

    def __init__(self, step: "Step", file: Path, group: str, stream: str) -> None:
        self._logs = step.aws.client("logs")
        self._file, self._group, self._stream = file, group, stream
        self._position = 0

    def make(self) -> None:
        """Make the stream, which exists from the run's start though nothing may ever be said."""
        for make, names in (
            ("create_log_group", {"logGroupName": self._group}),
            ("create_log_stream", {"logGroupName": self._group, "logStreamName": self._stream}),
        ):
            try:
                getattr(self._logs, make)(**names)
            except AwsError as error:
                if error.code != "ResourceAlreadyExistsException":
                    raise

    def ship(self, *, rest: bool = False) -> None:
        """Send the lines that are complete; with ``rest`` all there is, also what follows the last of them."""
        rounds = 0
        while (rest or rounds < ROUNDS) and (piece := self._piece(rest)):
            self._send(piece)
            self._position += len(piece)
            rounds += 1

    def _piece(self, rest: bool) -> bytes:
        if not self._file.exists() or self._file.stat().st_size <= self._position:
            return b""
        with self._file.open("rb") as file:
            file.seek(self._position)
            read = file.read(READ)
        if len(read) < READ:
            return read if rest else read[: read.rfind(b"\n") + 1]
        return read[: read.rfind(b"\n") + 1] or read[: _whole(read)]

    def _send(self, piece: bytes) -> None:
        now = int(time.time() * 1000)
        lines = (line.removesuffix(b"\r").decode("utf-8", "replace") for line in piece.split(b"\n"))
        events = [{"timestamp": now, "message": line} for line in lines if line]  # CloudWatch has no empty messages
        for start in range(0, len(events), EVENTS):
            self._put(events[start : start + EVENTS])

    def _put(self, events: list[dict[str, Any]]) -> None:
        where = {"logGroupName": self._group, "logStreamName": self._stream}
        try:
            self._logs.put_log_events(**where, logEvents=events)
        except AwsError as error:
            if error.code != "ResourceNotFoundException":
                raise
            self.make()  # somebody has deleted it while the script runs: what it says from now on goes into a new one
            self._logs.put_log_events(**where, logEvents=events)


def _whole(text: bytes) -> int:
    """Where to cut a line that is too long: not inside a character."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(text)
    return len(text) - len(decoder.getstate()[0])


class Tails:
    """Standard output and standard error of one run, which lie in ``directory``; the latter in a second group and stream too, if asked
    for (the continuous log)."""

    def __init__(self, step: "Step", directory: Path, group: str, continuous: tuple[str, str] | None = None) -> None:
        self._tails = [
            Tail(step, directory / "stdout", f"{group}/output", step.key),
            Tail(step, directory / "stderr", f"{group}/error", step.key),
        ]
        if continuous is not None:
            self._tails.append(Tail(step, directory / "stderr", *continuous))
        self._next = 0.0

    def make(self) -> None:
        """Make the log groups and streams."""
        for tail in self._tails:
            tail.make()

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
