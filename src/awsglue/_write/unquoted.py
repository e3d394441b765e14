"""CSV without quotes (quoteChar -1), for which Spark's writer has no word: told of no quote it puts NUL characters around values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue._frame.choice import column

_NONE = "\ufffe"  # which Unicode keeps out of texts, as it does two more: they stand in no line
_AS_IT_STANDS = {"sep": _NONE, "quote": "\ufdd0", "escape": "\ufdd0", "comment": "\ufdd1"}
_LINE_BREAKS = r"\r\n|\r|\n"
_BLANK = (
    "A csv file without quotes (quoteChar -1) has no way to hold an empty line, as which a record without any value would be written, "
    "or one within a value. Write it with quotes, or in another format"
)


def line(rows: DataFrame, names: Sequence[str], options: Mapping[str, str]) -> Column:
    """A row's values as one line: texts as they are, others as Spark spells them."""
    return F.concat_ws(options["sep"], *[_cell(column(name), rows.schema[name].dataType, options) for name in names])


def _cell(col: Column, kind: st.DataType, options: Mapping[str, str]) -> Column:
    text = col if isinstance(kind, st.StringType) else F.to_csv(F.struct(col), {**options, "sep": _NONE})
    return F.coalesce(text, F.lit(""))


def lines(rows: DataFrame, keys: Sequence[str], options: Mapping[str, str]) -> tuple[DataFrame, dict[str, str]]:
    """A column of whole lines, beside those of `keys`, and the options with which Spark writes it as it stands, under its header.

    A line break in a value is one in the file: such a line is several. An empty line, which Spark's writer leaves out, fails the write.
    """
    names = [name for name in rows.columns if name not in keys]
    parts = F.transform(F.split(line(rows, names, options), _LINE_BREAKS), _not_blank)
    made = F.explode(parts).alias(options["sep"].join(names))
    return rows.select(made, *map(column, keys)), {**options, **_AS_IT_STANDS}


def _not_blank(text: Column) -> Column:
    return F.when(text == "", F.raise_error(F.lit(_BLANK))).otherwise(text)
