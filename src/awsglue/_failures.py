"""How many records users' functions failed on, by place, with an example of each, counted by Spark's accumulators on the way. Internal.

The results of `map` and `mapPartitions` are kept, so their functions run once per record and what they tell is added up. `filter` runs
again in every pass over its frame: the pass (a stage of Spark's) that met the most failures at a place counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pyspark import AccumulatorParam, SparkContext

_MOST = 50  # places of one transform: a function may raise another message for each record
_LONGEST = 500  # characters of a message, and of an example
Places = dict[str, tuple[int, str, str]]
"""By place: how many records, the first one's message, and the record."""
Passes = dict[int, Places]
"""By stage."""

_counters: list[Any] = []
_watchers: list[Any] = []


class _Sum(AccumulatorParam[Places]):  # type: ignore[misc]  # pyspark is not looked into
    def zero(self, value: Places) -> Places:
        return {}

    def addInPlace(self, value1: Places, value2: Places) -> Places:
        for place, (count, message, example) in value2.items():
            if place in value1:
                value1[place] = (value1[place][0] + count, *value1[place][1:])
            elif len(value1) < _MOST:
                value1[place] = (count, message, example)
        return value1


class _ByStage(AccumulatorParam[Passes]):  # type: ignore[misc]  # pyspark is not looked into
    def zero(self, value: Passes) -> Passes:
        return {}

    def addInPlace(self, value1: Passes, value2: Passes) -> Passes:
        for stage, places in value2.items():
            value1[stage] = _Sum().addInPlace(value1.get(stage, {}), places)
        return value1


def counter(context: SparkContext) -> Callable[[Sequence[Mapping[str, str]]], None]:
    """What workers call with the error records of a batch."""
    made = context.accumulator({}, _Sum())
    _counters.append(made)
    return lambda failures: made.add(_by_place(failures)) if failures else None


def watcher(context: SparkContext) -> Callable[[int, Places], None]:
    """What workers call with their stage and what `tallied` found, once they have seen all of a partition."""
    made = context.accumulator({}, _ByStage())
    _watchers.append(made)
    return lambda stage, places: made.add({stage: places}) if places else None


def tallied(places: Places, failures: Sequence[Mapping[str, str]]) -> Places:
    """`places` with the error records of a batch."""
    return _Sum().addInPlace(places, _by_place(failures))


def _by_place(failures: Sequence[Mapping[str, str]]) -> Places:
    found: Places = {}
    for each in failures:
        place = f"{each['source']} ({each['scriptLine'].rpartition('/')[2] or each['msg'][:80]})"
        count, message, example = found.get(place, (0, each["msg"][:_LONGEST], each["dynamicRecord"][:_LONGEST]))
        found[place] = (count + 1, message, example)
    return found


def as_json() -> list[dict[str, Any]]:
    """The error records so far."""
    merged: Places = {}
    for places in (*[counter.value for counter in _counters], *[_most(watcher.value) for watcher in _watchers]):
        merged = _Sum().addInPlace(merged, places)
    return [{"place": place, "count": n, "message": message, "example": example} for place, (n, message, example) in merged.items()]


def _most(passes: Passes) -> Places:
    """Each place by the pass that met the most failures there."""
    found: Places = {}
    for places in passes.values():
        for place, failures in places.items():
            if place not in found or failures[0] > found[place][0]:
                found[place] = failures
    return found
