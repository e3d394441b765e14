"""States as AWS writes them into a JobBookmarkEntry: JSON by `transformation_ctx`.

AWS documents the entry's member JobBookmark only as "the bookmark itself". The shape for files is the one that GetJobBookmark shows
(seen in 2024, Glue 4.0): `{"jsonClass": "HadoopDataSourceJobBookmarkState", "timestamps": {"RUN", "HIGH_BAND", …}}`. That for databases is
ours, in the same manner.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from awsglue._bookmarks.keys import Keys
from awsglue._bookmarks.window import Window

FILES, ROWS = "HadoopDataSourceJobBookmarkState", "JdbcDataSourceJobBookmarkState"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Entry = Mapping[str, Any]


class UnknownStateError(Exception):
    """A state that this library did not write, or that belongs to another kind of source."""


def window_entry(window: Window) -> dict[str, Any]:
    """A source of files."""
    times = {
        "RUN": str(window.run),
        "HIGH_BAND": str(window.band),
        "CURR_LATEST_PARTITION": "0",
        "CURR_LATEST_PARTITIONS": "",
        "CURR_RUN_START_TIME": _text(window.end),
        "INCLUDE_LIST": ",".join(sorted(window.listed)),
    }
    return {"jsonClass": FILES, "timestamps": times}


def window_of(entry: Entry | None, ctx: str) -> Window | None:
    """What `window_entry` wrote; None for nothing. Raises UnknownStateError."""
    if entry is None:
        return None
    _check(entry, FILES, ctx)
    times = entry["timestamps"]
    listed = frozenset(each for each in times["INCLUDE_LIST"].split(",") if each)
    return Window(_millis(times["CURR_RUN_START_TIME"]), int(times["HIGH_BAND"]), listed, int(times["RUN"]))


def keys_entry(keys: Keys, run: int) -> dict[str, Any]:
    """A source of rows."""
    told = {"RUN": str(run), "SORT_ORDER": keys.order}
    return {"jsonClass": ROWS, "timestamps": told, "keys": [[name, kind, value] for name, kind, value in keys.values]}


def keys_of(entry: Entry | None, ctx: str) -> Keys | None:
    """What `keys_entry` wrote; None for nothing. Raises UnknownStateError."""
    if entry is None:
        return None
    _check(entry, ROWS, ctx)
    return Keys(entry["timestamps"]["SORT_ORDER"], tuple((name, kind, value) for name, kind, value in entry["keys"]))


def _check(entry: Entry, kind: str, ctx: str) -> None:
    if entry.get("jsonClass") != kind:
        raise UnknownStateError(
            f"The bookmark of transformation_ctx {ctx!r} is a {entry.get('jsonClass')}, where a {kind} is needed: "
            "the context was another source's. Give this source a context of its own, or reset the bookmark"
        )


def _text(millis: int) -> str:
    when = EPOCH + timedelta(milliseconds=millis)
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}Z"


def _millis(text: str) -> int:
    return round((datetime.fromisoformat(text) - EPOCH) / timedelta(milliseconds=1))
