"""What differs between the Sparks of Glue 4.0 (3.3) and 6.0 (4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

try:
    from pyspark.errors import PySparkException
except ImportError:  # before 3.4
    from pyspark.sql.utils import CapturedException as PySparkException

if TYPE_CHECKING:
    from pyspark.sql import Column


def first_line(error: Exception) -> str:
    """What Spark says, without its plan and its stack."""
    text = str(error).strip()
    return text.split("\n")[0].split(";\n")[0] if text else type(error).__name__


def tried_timestamp(text: Column, form: str) -> Column:
    """The text read by a pattern; null where it is none. Before 3.5 that is what Spark does anyway, without ANSI mode."""
    if hasattr(F, "try_to_timestamp"):
        return F.try_to_timestamp(text, F.lit(form))
    return F.to_timestamp(text, form)


__all__ = ["PySparkException", "first_line", "tried_timestamp"]
