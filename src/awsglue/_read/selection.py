"""Which of a source's files are read: not those that are excluded, and with bookmarks only those that no earlier run has read."""

from __future__ import annotations

import logging
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from awsglue import _report
from awsglue._bookmarks import turn
from awsglue._bookmarks.state import window_entry, window_of
from awsglue._bookmarks.window import BAND, Decision, File, Limits, decide
from awsglue._read.listed import Chosen
from awsglue._read.statuses import Statuses

log = logging.getLogger("awsglue")
MOST_LOCATIONS = 20  # that the report keeps, to find the source in Spark's plans


def now() -> int:
    """The time before a listing, in epoch milliseconds: what is newer is left to the next run."""
    return int(time.time() * 1000)


@dataclass
class Selection:
    """A source of files as a script names it, and what was found of it."""

    source: _report.Source
    options: Mapping[str, Any]
    began: int  # `now()` before the listing
    keeps: Callable[[File, str], bool] | None = None  # not excluded; None: nothing is

    def of(self, listings: Sequence[Statuses]) -> list[Chosen]:
        """The files to read, by listing; counted in the report, remembered for job.commit."""
        found = _distinct(listings)
        kept = [self._kept(each) for each in found]
        files = [each.below.files[n] for each in kept for n in each.positions]
        self.source.listed = sum(len(each.positions) for each in found)
        self.source.excluded = self.source.listed - len(files)
        decision = self._decision(files)
        self.source.skipped_by_bookmark, self.source.left_for_later = decision.processed, decision.left
        self.source.read = len(decision.chosen)
        self.source.bytes = sum(files[n].size for n in decision.chosen)
        chosen = _parts(kept, decision.chosen)
        self.source.locations = [each.below.path for each in chosen][:MOST_LOCATIONS]
        self._tell()
        return chosen

    def _kept(self, found: Chosen) -> Chosen:
        keeps, below = self.keeps, found.below
        return found if keeps is None else Chosen(below, [n for n in found.positions if keeps(below.files[n], below.path)])

    def _decision(self, files: Sequence[File]) -> Decision:
        source, ctx = self.source, self.source.transformation_ctx
        limits = Limits(*(_number(self.options, name) for name in ("boundedFiles", "boundedSize", "maxFilesInBand")))
        mine = turn.of_source(ctx, f"the {source.kind} source {source.name}", source.notes)
        if mine is None:
            unbound = Limits(limits.files, limits.size)
            return decide(None, files, max([self.began, *(file.modified for file in files)]), limits=unbound)
        before, until = window_of(mine.before(ctx), ctx), window_of(mine.until(ctx), ctx)
        if mine.ranged and until is None:
            return Decision([], len(files), 0, before or decide(None, [], self.began).window)
        band = _number(self.options, "maxBand") or (BAND if self.options.get("maxBand") is None else 0)
        decision = decide(before, files, self.began, band=band, limits=limits, until=until, run=mine.begun.run)
        mine.remember(ctx, source.name, window_entry(decision.window))
        return decision

    def _tell(self) -> None:
        told = self.source
        log.info("%s: %s listed, %s excluded, %s skipped by bookmark, %s left, %s read",
                 told.name, told.listed, told.excluded, told.skipped_by_bookmark, told.left_for_later, told.read)  # fmt: skip
        if told.read:
            return
        if not told.listed:
            note = f"There are no files under {told.name}: the frame is empty"
        elif told.skipped_by_bookmark:
            read = f"{told.skipped_by_bookmark} of {told.listed} files were read by earlier runs"
            note = f"Nothing under {told.name} is new ({read}): the frame is empty"
        else:
            note = f"No file under {told.name} is left to read ({told.listed} listed, {told.excluded} excluded): the frame is empty"
        told.notes.append(note)
        log.warning(note)


def _distinct(listings: Sequence[Statuses]) -> list[Chosen]:
    """Each listing's files, without those that an earlier listing has: paths may overlap."""
    found: list[Chosen] = []
    seen: set[str] = set()
    for each in listings:
        mine = {file.path: n for n, file in enumerate(each.files) if file.path not in seen}
        found.append(Chosen(each, sorted(mine.values())))
        seen |= mine.keys()
    return found


def _parts(kept: Sequence[Chosen], wanted: Sequence[int]) -> list[Chosen]:
    """Of what was kept the files at some positions in the whole, ascending; not the listings that have none."""
    found: list[Chosen] = []
    begin = 0
    for each in kept:
        end = begin + len(each.positions)
        mine = wanted[bisect_left(wanted, begin) : bisect_left(wanted, end)]
        if mine:
            found.append(Chosen(each.below, [each.positions[n - begin] for n in mine]))
        begin = end
    return found


def _number(options: Mapping[str, Any], name: str) -> int | None:
    given = options.get(name)
    if given is None or given == "":
        return None
    number = int(given)
    if number < 0:
        raise ValueError(f"The option {name} is not negative: {given!r}")
    return number
