"""Small files read together: the options groupFiles and groupSize.

https://docs.aws.amazon.com/glue/latest/dg/grouping-input-files.html. Without a groupSize Spark's own packing does what AWS's default is
for: as many tasks as there are cores, with several files in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from awsglue._frame.frame import Frame

_VALUES = ("inPartition", "acrossPartition", "none")


def groups(options: Mapping[str, Any], size: int) -> int | None:
    """How many groups `size` bytes make; None where no size of a group is given. ValueError for another groupFiles."""
    how, given = options.get("groupFiles"), options.get("groupSize")
    if how and how not in _VALUES:
        raise ValueError(f"groupFiles is one of {', '.join(_VALUES)}, not {how!r}")
    if not given or how == "none":
        return None
    wanted = int(given)
    if wanted <= 0:
        raise ValueError(f"groupSize is a number of bytes, not {given!r}")
    return max(1, ceil(size / wanted))


def in_groups(frame: Frame, most: int | None) -> Frame:
    """The frame in at most so many partitions, a task each; never more than Spark makes by itself."""
    if most is None:
        return frame
    df, schema = frame.rows
    return frame.of(df.coalesce(most), schema)
