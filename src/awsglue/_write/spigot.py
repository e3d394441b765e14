"""Spigot: a sample of the records on their way, written beside the job's own work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame

from awsglue import gluetypes as gt
from awsglue._frame.frame import Frame
from awsglue._write.files import write_files
from awsglue._write.spec import WriteSpec

_TOPK, _PROB = 100, 1.0


def spigot(frame: Frame, path: str, options: Mapping[str, Any] | None) -> Frame:
    """The same records. When they are first needed, up to `topk` of those taken with probability `prob` go to `path` as JSON lines."""
    given = dict(options or {})
    topk, prob = int(given.pop("topk", _TOPK)), float(given.pop("prob", _PROB))
    if given:
        raise ValueError(f"Spigot has no option {', '.join(given)}; there are topk and prob")
    if topk < 0 or not 0 <= prob <= 1:
        raise ValueError(f"Spigot: topk must not be negative and prob lie between 0 and 1, not {topk} and {prob}")

    def rows() -> tuple[DataFrame, gt.StructType]:
        known = frame.known
        df = known.df if prob == 1 else known.df.sample(fraction=prob)
        write_files(known.then(df.limit(topk).coalesce(1), known.schema), WriteSpec("s3", {"path": path}, "json"))
        return known.rows

    return frame.later(rows)
