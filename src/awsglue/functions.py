"""Column functions."""

from __future__ import annotations

from typing import TypeAlias

from pyspark.sql import Column
from pyspark.sql import functions as F

Columns: TypeAlias = Column | str


def _column(col: Columns) -> Column:
    return F.col(col) if isinstance(col, str) else col


def replaceArrayElement(srcCol: Columns, replaceCol: Columns, idx: int) -> Column:
    """The array with its element at `idx` (from 0) replaced."""
    replacement = _column(replaceCol)
    return F.transform(_column(srcCol), lambda item, at: F.when(at == idx, replacement).otherwise(item))


def namedStruct(*cols: Columns) -> Column:
    """A struct of the columns under their own names."""
    return F.struct(*cols)


def explodeWithIndex(col: Columns) -> Column:
    """A row per element of an array: its position as `index` and itself as `val`."""
    return F.posexplode(_column(col)).alias("index", "val")
