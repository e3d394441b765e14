"""This process's job, from job.init to job.commit: its option, what was processed before it, and what it will have processed."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from awsglue import _report
from awsglue._bookmarks.store import Begun, Store, store_of

ENABLE, PAUSE, DISABLE = "job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable"


@dataclass
class Turn:
    """One job.init with bookmarks."""

    name: str
    option: str
    store: Store
    begun: Begun
    found: dict[str, Any] = field(default_factory=dict)  # by context: what the next run must know
    sources: dict[str, str] = field(default_factory=dict)  # by context: what was read under it

    def before(self, ctx: str) -> Any:
        """The context's state as earlier runs left it; None when there is none."""
        return self.begun.state.get(ctx)

    def until(self, ctx: str) -> Any:
        """With pause from … to: the context's state as it was at the end of `to`."""
        return None if self.begun.until is None else self.begun.until.get(ctx)

    @property
    def ranged(self) -> bool:
        """Whether the run reads what was processed between two others."""
        return self.begun.until is not None

    def remember(self, ctx: str, source: str, entry: Mapping[str, Any]) -> None:
        """Keep what the next run must know of a source, until job.commit."""
        other = self.sources.setdefault(ctx, source)
        if other != source:
            say(
                f"the transformation_ctx {ctx!r} is used by {other} and by {source}: they share one bookmark, and data of one will be "
                "taken for the other's. Give each source a context of its own"
            )
        self.found[ctx] = dict(entry)

    def commit(self) -> None:
        """Write what was remembered, with what earlier runs left of contexts that this one did not use. A paused run writes nothing."""
        if self.option == ENABLE:
            self.store.commit(self.name, self.begun.version, {**self.begun.state, **self.found})


_current: Turn | None = None


def current() -> Turn | None:
    """The job's turn; None without bookmarks."""
    return _current


def begin(name: str, args: Mapping[str, Any]) -> None:
    """What job.init does about bookmarks."""
    global _current
    _current = None
    option = _given(args, "job-bookmark-option") or DISABLE
    if option == DISABLE:
        _say_if_forgotten()
        return
    if option not in (ENABLE, PAUSE):
        raise ValueError(f"--job-bookmark-option is {ENABLE}, {PAUSE} or {DISABLE}, not {option!r}")
    store = store_of(os.environ, str(_given(args, "JOB_RUN_ID") or ""))
    if store is None:
        say(
            f"--job-bookmark-option {option} is set, but nothing keeps bookmarks here: EVERYTHING is read, and nothing is remembered. "
            "Run the job on a platform, or set WHEATPASTE_BOOKMARK_FILE to a file's path"
        )
        return
    begun = store.begin(name, option, _given(args, "job-bookmark-from"), _given(args, "job-bookmark-to"))
    _current = Turn(name, option, store, begun)
    _report.job(bookmarks=option == ENABLE)


def commit() -> None:
    """What job.commit does about bookmarks: the turn ends when its state is written, and only then."""
    global _current
    if _current is not None:
        _current.commit()
    _current = None


def of_source(ctx: str, source: str, notes: list[str]) -> Turn | None:
    """The turn that a source's bookmark belongs to. A source without a context has none, which is said and noted."""
    if _current is not None and not ctx:
        note = f"{source} has no transformation_ctx: bookmarks are on, but this source has none and is read whole"
        notes.append(note)
        say(note)
    return _current if ctx else None


def say(text: str) -> None:
    """One line for whoever reads the run's error log, and its report."""
    _report.note(text)
    print(f"awsglue: {text}", file=sys.stderr, flush=True)


def _given(args: Mapping[str, Any], name: str) -> Any:
    return args.get(name.replace("-", "_")) or args.get(name)


def _say_if_forgotten() -> None:
    if any(word == "--job-bookmark-option" and value in (ENABLE, PAUSE) for word, value in pairwise(sys.argv)):
        say("--job-bookmark-option is set, but job.init was not given it: call job.init(name, args) with what getResolvedOptions returned")


@atexit.register
def _say_if_open() -> None:
    if _current is not None and _current.option == ENABLE and _current.found:
        told = f"the bookmark of {_current.name} was not moved, the next run reads the same again"
        say(f"the script ended without job.commit() having succeeded: {told}")
