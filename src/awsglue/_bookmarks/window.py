"""Which files are new: AWS's algorithm for S3 sources, over plain values.

A file is new when it was modified after the last run's listing began. A listing may miss files that were modified shortly before it, so the
files of its last `band` milliseconds are remembered one by one, and in that band a file is new when it is not among them.
Source: AWS Glue developer guide, "Tracking files using modification timestamps".

A file is remembered with its size, time and etag: one that is written again within the band is new again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

BAND = 900_000
"""maxBand: milliseconds."""


class File(NamedTuple):
    """A file of a listing."""

    path: str
    size: int
    modified: int  # epoch milliseconds
    etag: str = ""


Mark = Callable[[File], str]


@dataclass(frozen=True)
class Window:
    """What was processed: everything modified until `end` that is older than the band, and in the band what is `listed`."""

    end: int  # epoch milliseconds
    band: int = BAND
    listed: frozenset[str] = field(default_factory=frozenset)  # marks
    run: int = 1

    def processed(self, file: File) -> bool:
        """Whether the file, as it is now, was processed."""
        return not self.unprocessed([file], mark)

    def unprocessed(self, files: Sequence[File], mark_of: Mark) -> list[int]:
        """The positions of the files that were not processed as they are now."""
        start, end, listed = self.end - self.band, self.end, self.listed
        return [n for n, file in enumerate(files) if file.modified > start and (file.modified > end or mark_of(file) not in listed)]

    def within(self, file: File) -> bool:
        """Whether the file was modified in the window's band."""
        return self.end - self.band < file.modified <= self.end


@dataclass(frozen=True)
class Limits:
    """How much one run takes; the rest is left to the next. None: all of it."""

    files: int | None = None  # boundedFiles
    size: int | None = None  # boundedSize: bytes; one file is taken even if it is larger, or nothing ever would be
    in_band: int | None = None  # maxFilesInBand: of those modified in the last `band` milliseconds


class Decision(NamedTuple):
    """Which files to read, by their position in the listing, and what the next run must know."""

    chosen: list[int]
    processed: int  # how many earlier runs have read
    left: int  # how many are left to the next run
    window: Window


def mark(file: File) -> str:
    """What is remembered of a file."""
    told = f"{file.path}\0{file.size}\0{file.modified}\0{file.etag}"
    return hashlib.md5(told.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _once(mark_of: Mark) -> Mark:
    """`mark_of`, asked once for each file: a long listing's files are looked at by several windows."""
    known: dict[File, str] = {}

    def of(file: File) -> str:
        found = known.get(file)
        if found is None:
            found = known[file] = mark_of(file)
        return found

    return of


def decide(
    before: Window | None,
    files: Sequence[File],
    now: int,
    *,
    band: int = BAND,
    limits: Limits = Limits(),
    until: Window | None = None,
    run: int = 1,
) -> Decision:
    """The files to read of a listing that began at `now`; with `until` only those that were processed then (pause from … to)."""
    mark_of = _once(mark)
    new = list(range(len(files))) if before is None else before.unprocessed(files, mark_of)
    later = set(until.unprocessed(files, mark_of)) if until else {n for n in new if files[n].modified > now}
    seen = [n for n in new if n not in later]
    taken = _limited(seen, files, now - band, limits)
    left = len(new) - len(taken)
    if left and len(taken) < len(seen):
        window = _as_far_as(before, [files[n] for n in taken], [files[n] for n in seen], band)
    else:
        window = Window(max(now, before.end if before else 0), band)
    not_done = set(new).difference(taken)
    kept = frozenset(mark_of(file) for n, file in enumerate(files) if window.within(file) and n not in not_done)
    return Decision(sorted(taken), len(files) - len(new), left, replace(window, listed=kept, run=run))


def _limited(seen: list[int], files: Sequence[File], band_start: int, limits: Limits) -> list[int]:
    """As many as the limits allow, the oldest first."""
    if limits == Limits():
        return seen
    taken: list[int] = []
    size = in_band = 0
    for n in sorted(seen, key=lambda n: (files[n].modified, files[n].path)):
        size += files[n].size
        in_band += files[n].modified > band_start
        too_large = limits.size is not None and size > limits.size and taken
        if too_large or len(taken) == limits.files or (limits.in_band is not None and in_band > limits.in_band):
            break
        taken.append(n)
    return taken


def _as_far_as(before: Window | None, taken: list[File], seen: list[File], band: int) -> Window:
    """The window that ends where the limits stopped: what was left must be new to the next run."""
    wide = max(band, before.band) if before else band
    last = max((file.modified for file in taken), default=min(file.modified for file in seen) - 1)
    return Window(max(last, before.end if before else last), wide)
