"""CSV without quotes (quoteChar -1), for which Spark's writer has no word: told of no quote it puts NUL characters around values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue._frame.choice import column

_NONE = "\ufffe"  # which Unicode keeps out of texts: as a separator it stands in no line
_LINE_BREAKS = r"\r\n|\r|\n"


def line(fields: Column, options: Mapping[str, str]) -> Column:
    """A struct's fields as one line, as Spark spells them."""
    return F.translate(F.to_csv(fields, dict(options)), "\0", "")


def lines(rows: DataFrame, keys: Sequence[str], options: Mapping[str, str]) -> tuple[DataFrame, dict[str, str]]:
    """A column of whole lines, beside those of `keys`, and the options with which Spark writes it as it stands, under its header.

    A line break in a value is one in the file: such a line is several.
    """
    names = [name for name in rows.columns if name not in keys]
    text = line(F.struct(*map(column, names)), options)
    made = F.explode(F.split(text, _LINE_BREAKS)).alias(options["sep"].join(names))
    return rows.select(made, *map(column, keys)), {**options, "sep": _NONE}
