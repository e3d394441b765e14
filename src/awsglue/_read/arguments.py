"""What GlueContext's methods are given, made sense of."""

from __future__ import annotations

import os
import re
import site
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyspark import SparkContext
from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from awsglue.dynamicframe import DynamicFrame


def session_of(given: SparkContext | SparkSession | None) -> SparkSession:
    """The session that a GlueContext is made of."""
    if isinstance(given, SparkSession):
        return given
    if given is None or isinstance(given, SparkContext):
        return SparkSession.builder.getOrCreate()
    raise TypeError(f"GlueContext needs a SparkContext or a SparkSession, not {type(given).__name__}")


def tell_workers(sc: SparkContext) -> None:
    """Lets Spark's Python workers import this library from where the driver has it, unless they will find it by themselves.

    On this machine they are of the driver's Python too, unless another is asked for: Spark would take the first `python3` of PATH, which
    is another one where a virtual environment was not activated. Machines of a cluster need not have the driver's.
    """
    asked = "PYSPARK_PYTHON" in os.environ or sc.getConf().contains("spark.pyspark.python")
    if sc.master.startswith("local") and not asked and sc.pythonExec == "python3":  # it is fixed as the context is made
        sc.pythonExec = sys.executable
    here = str(Path(__file__).absolute().parents[2])  # not resolved: what lies beside a linked package is none of a job's business
    theirs = os.environ.get("PYTHONPATH", "").split(os.pathsep) + site.getsitepackages()
    given = sc.environment.get("PYTHONPATH", "")
    if here not in [*theirs, *given.split(os.pathsep)]:
        sc.environment["PYTHONPATH"] = os.pathsep.join(filter(None, [given, here]))


def named_database(database: str | None, name_space: str | None) -> str:
    """The database by its new name or its old one."""
    if database is not None and name_space is not None:
        raise ValueError("Give either database or name_space, not both")
    if database is None and name_space is None:
        raise ValueError("A database is needed")
    return str(database if database is not None else name_space)


def frame_name(options: dict[str, Any]) -> str:
    """The common beginning of the source's paths, or something unique."""
    paths = options.get("paths") or []
    paths = [paths] if isinstance(paths, str) else [str(path) for path in paths]
    if not paths:
        return str(uuid.uuid1()).replace("-", "_")
    low, high = min(paths), max(paths)
    same = next((n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high)))
    return re.sub(r"[:/.]", "", low[:same])


def sampled(frame: DynamicFrame, num: int | None) -> DynamicFrame:
    """The first `num` records."""
    if num is None:
        raise ValueError("A sample needs num, the number of records")
    inner = frame._jdf
    return frame._next(inner.then(inner.df.limit(num), inner.schema))
