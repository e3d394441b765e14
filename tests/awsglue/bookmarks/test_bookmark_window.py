"""Which files are new, as a table of runs over a listing. Times are in minutes; the band is 15."""

from __future__ import annotations

from typing import Any

import pytest

from awsglue._bookmarks.state import UnknownStateError, keys_of, window_entry, window_of
from awsglue._bookmarks.window import File, Limits, Window, decide, mark

MINUTE = 60_000


def file(name: str, minute: float, size: int = 1, etag: str = "") -> File:
    return File(f"s3://b/{name}", size, int(minute * MINUTE), etag)


def names(files: list[File], positions: list[int]) -> str:
    return " ".join(sorted(files[n].path.removeprefix("s3://b/") for n in positions))


# Each step: (the minute of the listing, name → minute of modification, what is read)
Step = tuple[float, dict[str, float], str]
RUNS: list[tuple[str, list[Step]]] = [
    ("the first run reads everything", [(100, {"a": 1, "b": 99}, "a b")]),
    ("nothing new", [(100, {"a": 1, "b": 99}, "a b"), (101, {"a": 1, "b": 99}, "")]),
    ("a later file", [(100, {"a": 1}, "a"), (200, {"a": 1, "b": 150}, "b")]),
    ("a file that was changed", [(100, {"a": 1}, "a"), (200, {"a": 120}, "a"), (300, {"a": 120}, "")]),
    ("changed within the band", [(100, {"a": 99}, "a"), (101, {"a": 99.5}, "a"), (102, {"a": 99.5}, "")]),
    # AWS's figure: F3', F4', F5' show up late in the band of the first listing
    ("late in the band", [(100, {"f3": 90, "f4": 95}, "f3 f4"), (200, {"f3": 90, "f3'": 91, "f4": 95, "f4'": 96}, "f3' f4'")]),
    ("late, but before the band: taken for read", [(100, {"a": 99}, "a"), (200, {"a": 99, "b": 84}, "")]),
    ("at the band's beginning: before it", [(100, {"a": 99}, "a"), (200, {"a": 99, "b": 85}, "")]),
    ("just within the band", [(100, {"a": 99}, "a"), (200, {"a": 99, "b": 85.1}, "b")]),
    ("newer than the listing: the next run's", [(100, {"a": 99, "b": 100.5}, "a"), (101, {"a": 99, "b": 100.5}, "b")]),
    ("at the listing's own moment", [(100, {"a": 100}, "a"), (101, {"a": 100}, "")]),
    ("out of the band, still read", [(100, {"a": 99}, "a"), (200, {"a": 99}, ""), (300, {"a": 99}, "")]),
    ("deleted and back as it was, within the band", [(100, {"a": 99}, "a"), (101, {}, ""), (102, {"a": 99}, "a")]),
    ("a clock that goes back", [(100, {"a": 99}, "a"), (90, {"a": 99, "b": 89}, "b"), (101, {"a": 99, "b": 89}, "")]),
]


@pytest.mark.parametrize("steps", [case[1] for case in RUNS], ids=[case[0] for case in RUNS])
def test_runs(steps: list[Step]) -> None:
    window: Window | None = None
    for run, (minute, found, wanted) in enumerate(steps, 1):
        files = [file(name, at) for name, at in found.items()]
        decision = decide(window, files, int(minute * MINUTE), run=run)
        assert names(files, decision.chosen) == wanted, f"run {run}"
        assert len(decision.chosen) + decision.processed + decision.left == len(files)
        window = window_of(window_entry(decision.window), "ctx")  # as it travels
        assert window == decision.window


@pytest.mark.parametrize("changed", [file("a", 99, size=2), file("a", 99.01), file("a", 99, etag="e2")])
def test_a_file_is_its_size_time_and_etag(changed: File) -> None:
    before = decide(None, [file("a", 99, etag="e1")], 100 * MINUTE).window
    assert before.processed(file("a", 99, etag="e1"))
    assert decide(before, [changed], 101 * MINUTE).chosen == [0]


LIMITS: list[tuple[str, Limits, list[str]]] = [
    ("files", Limits(files=2), ["a b", "c d", "e", ""]),
    ("size", Limits(size=20), ["a b", "c", "d", "e", ""]),
    ("a file that is larger than the bound", Limits(size=1), ["a", "b", "c", "d", "e", ""]),
    ("both", Limits(files=2, size=1000), ["a b", "c d", "e", ""]),
    ("files of the band", Limits(in_band=1), ["a b c", "d", "e", ""]),
    ("nothing", Limits(files=0), ["", ""]),
]
FILES = [file("a", 10, 10), file("b", 20, 10), file("c", 95, 20), file("d", 95, 30), file("e", 99, 1)]


@pytest.mark.parametrize(("limits", "wanted"), [case[1:] for case in LIMITS], ids=[case[0] for case in LIMITS])
def test_what_is_left_is_the_next_runs(limits: Limits, wanted: list[str]) -> None:
    window: Window | None = None
    for run, expected in enumerate(wanted):
        decision = decide(window, FILES, 100 * MINUTE, limits=limits, run=run)
        assert names(FILES, decision.chosen) == expected
        window = decision.window


def test_limits_never_read_twice_what_came_late() -> None:
    first = decide(None, [file("a", 99)], 100 * MINUTE).window
    files = [file("a", 99), file("b", 91), file("c", 92), file("d", 93)]
    read: list[str] = []
    window = first
    for minute in (101, 102, 103, 104):
        decision = decide(window, files, minute * MINUTE, limits=Limits(files=1))
        read += names(files, decision.chosen).split()
        window = decision.window
    assert read == ["b", "c", "d"]


def test_between_two_runs() -> None:
    """Pause: what `from` had read is left out, what came after `to` too."""
    files = [file("a", 10), file("b", 110), file("b2", 195), file("c", 210), file("d", 310)]
    low = decide(None, files[:1], 100 * MINUTE).window
    middle = decide(low, files[:3], 200 * MINUTE).window
    assert names(files, decide(low, files, 400 * MINUTE, until=middle).chosen) == "b b2"
    assert names(files, decide(None, files, 400 * MINUTE, until=low).chosen) == "a"
    assert names(files, decide(middle, files, 400 * MINUTE, until=middle).chosen) == ""


def test_a_wider_band_of_a_later_run() -> None:
    files = [file("a", 50), file("b", 99)]
    window = decide(None, files, 100 * MINUTE, band=1 * MINUTE).window
    assert names(files, decide(window, [*files, file("late", 90)], 101 * MINUTE, band=60 * MINUTE).chosen) == ""
    assert window.listed == {mark(files[1])} or window.listed == set()


def test_the_entry_is_as_aws_writes_it() -> None:
    window = Window(1_730_079_165_613, 900_000, frozenset({"b" * 32, "a" * 32}), 1)
    assert window_entry(window) == {
        "jsonClass": "HadoopDataSourceJobBookmarkState",
        "timestamps": {
            "RUN": "1", "HIGH_BAND": "900000", "CURR_LATEST_PARTITION": "0", "CURR_LATEST_PARTITIONS": "",
            "CURR_RUN_START_TIME": "2024-10-28T01:32:45.613Z", "INCLUDE_LIST": "a" * 32 + "," + "b" * 32,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("read", "entry"), [(window_of, {"jsonClass": "JdbcDataSourceJobBookmarkState"}), (keys_of, {"jsonClass": "other"})]
)
def test_a_context_of_another_source_is_named(read: Any, entry: dict[str, Any]) -> None:
    with pytest.raises(UnknownStateError, match="'here' is a"):
        read(entry, "here")
    assert read(None, "here") is None


def test_a_hundred_thousand_files_are_decided_in_no_time() -> None:
    import time

    files = [file(f"day={n % 365}/part-{n}", 90 + n / 20_000) for n in range(100_000)]
    started = time.process_time()
    decision = decide(None, files, 100 * MINUTE)
    again = decide(window_of(window_entry(decision.window), "c"), files, 101 * MINUTE)
    assert (len(decision.chosen), again.chosen) == (100_000, [])
    assert time.process_time() - started < 5
