"""Which rows of a database are read: with bookmarks only those beyond the keys that earlier runs have read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import _report
from awsglue._bookmarks import turn
from awsglue._bookmarks.keys import Keys, extreme_query, order_of
from awsglue._bookmarks.state import keys_entry, keys_of
from awsglue._bookmarks.store import BookmarkError
from awsglue._frame.choice import column
from awsglue._frame.older import sql_function
from awsglue._frame.paths import quoted
from awsglue._read.spec import ReadSpec
from awsglue.utils import first_of

_SORT = ("jobBookmarkKeysSortOrder", "jobBookmarksKeysSortOrder")  # AWS's own samples write both
_TIME = "timestamp"  # kept in microseconds since the epoch
_UNORDERED = (st.ArrayType, st.BinaryType, st.BooleanType, st.MapType, st.StructType)


@dataclass
class Table:
    """A table of a database and ways to read it."""

    name: str
    rows: DataFrame
    query: Callable[[str, str | None], DataFrame]  # what the database answers, of these types if they are given
    primary_key: Callable[[], list[str]]
    quoted: Callable[[str], str]  # a column as SQL names it
    escaped: Callable[[str], str]  # a text that a column is compared with

    def one_zone(self) -> bool:
        """Whether Spark's session has the time zone of its JVM, which drivers read times in."""
        spark = self.rows.sparkSession
        return str(spark.conf.get("spark.sql.session.timeZone")) == str(spark._jvm.java.util.TimeZone.getDefault().getID())  # type: ignore[union-attr]


def new_rows(spec: ReadSpec, table: Table) -> DataFrame:
    """The table's rows that no earlier run has read; all of them without bookmarks. Remembered for job.commit."""
    source = _report.add(_report.Source(table.name, spec.connection_type, None, spec.ctx))
    mine = turn.of_source(spec.ctx, f"the {spec.connection_type} source {table.name}", source.notes)
    if mine is None:
        return table.rows
    before, until = keys_of(mine.before(spec.ctx), spec.ctx), keys_of(mine.until(spec.ctx), spec.ctx)
    if mine.ranged and until is None:
        return table.rows.limit(0)
    order = order_of(first_of(spec.options, _SORT))
    names = _names(spec, table, before, source)
    if not names:
        return table.rows
    _check_same(before, names, order, spec.ctx)
    last = until if mine.ranged else _last(table, names, order)
    reached = last or before
    if reached is not None:
        mine.remember(spec.ctx, table.name, keys_entry(reached, mine.begun.run))
    source.notes.append(f"rows by {', '.join(names)} {order}, beyond {_told(before)} up to {_told(last)}")
    return table.rows.where(_between(table, before, last)) if last is not None else table.rows.limit(0)


def _told(keys: Keys | None) -> str:
    return "nothing" if keys is None else ", ".join(value for _, _, value in keys.values)


def _names(spec: ReadSpec, table: Table, before: Keys | None, source: _report.Source) -> list[str]:
    """The key columns as the table spells them; none, which is said, when there is no usable key."""
    given = spec.options.get("jobBookmarkKeys")
    names = [given] if isinstance(given, str) else list(given or [])
    if not names:
        names = table.primary_key()
        reason = _unusable(table, names) if before is None else ""
        if reason:
            text = f"the table {table.name} {reason}: it has no bookmark and is read whole. Name its keys with jobBookmarkKeys"
            source.notes.append(text)
            turn.say(text)
            return []
    spelt = {field.name.lower(): field for field in table.rows.schema.fields}
    for name in names:
        field = spelt.get(str(name).lower())
        if field is None:
            raise ValueError(f"The bookmark key {name!r} is no column of {table.name}, which has {', '.join(table.rows.columns)}")
        if isinstance(field.dataType, _UNORDERED):
            raise ValueError(
                f"The bookmark key {name!r} of {table.name} is of the type {field.dataType.simpleString()}, which has no order"
            )
    return [spelt[str(name).lower()].name for name in names]


def _unusable(table: Table, names: Sequence[str]) -> str:
    """Why a primary key is no bookmark key by itself: AWS takes one that is sequential, without gaps."""
    if not names:
        return "has no primary key"
    if len(names) > 1:
        return f"has a primary key of several columns ({', '.join(names)})"
    kind = next((f.dataType for f in table.rows.schema.fields if f.name.lower() == names[0].lower()), None)
    if not isinstance(kind, (st.ByteType, st.ShortType, st.IntegerType, st.LongType, st.DecimalType)):
        return f"has a primary key ({names[0]}) that is no whole number"
    name = table.quoted(names[0])
    asked = f"select count(*) as n, min({name}) as low, max({name}) as high from {table.name}"
    count, low, high = table.query(f"({asked}) counted", None).collect()[0]
    return f"has gaps in its primary key {names[0]}" if count and high - low + 1 != count else ""


def _check_same(before: Keys | None, names: list[str], order: str, ctx: str) -> None:
    if before is not None and (before.names != names or before.order != order):
        raise BookmarkError(
            f"The bookmark of transformation_ctx {ctx!r} was kept by {', '.join(before.names)} {before.order}, and is now asked for by "
            f"{', '.join(names)} {order}: reset it, or use another context"
        )


def _last(table: Table, names: list[str], order: str) -> Keys | None:
    """How far the table goes now; None when it has no rows."""
    # Of the columns' own types: a database forgets the precision of what it computes.
    declared = ", ".join(f"{quoted(name)} {table.rows.schema[name].dataType.simpleString()}" for name in names)
    found = table.query(f"({extreme_query(table.name, names, order, table.quoted)}) reached", declared)
    kinds = [field.dataType.simpleString() for field in found.schema.fields]
    values = [_micros(name) if kind == _TIME else column(name) for name, kind in zip(found.columns, kinds, strict=True)]
    rows = found.select(*[value.cast("string").alias(f"k{n}") for n, value in enumerate(values)]).collect()
    if not rows or rows[0][len(names) - 1] is None:
        return None
    return Keys(order, tuple(zip(names, kinds, rows[0], strict=True)))


def _between(table: Table, low: Keys | None, high: Keys) -> Column:
    """Beyond `low`, and not beyond `high`: rows that come while the run reads are the next run's."""
    reached = ~_beyond(table, high)
    if low is not None:
        return _beyond(table, low) & reached
    unknown: Any = reduce(or_, [column(name).isNull() for name in high.names])
    return reached | unknown  # rows without a key are in no later run


def _beyond(table: Table, keys: Keys) -> Column:
    """Whether a row's key comes after these values, the columns compared in order."""
    sides = [_sides(table, *each) for each in keys.values]
    cases: list[Column] = []
    for n, (own, value) in enumerate(sides):
        same = [other == its for other, its in sides[:n]]
        cases.append(reduce(and_, [*same, own > value if keys.order == "asc" else own < value]))
    return reduce(or_, cases)


def _sides(table: Table, name: str, kind: str, text: str) -> tuple[Column, Column]:
    """A key column and the value it is compared with. The database compares, in its own order.

    But for times when Spark would spell them for the database in another zone than it reads them in: then Spark does.
    """
    if kind == "string":
        return column(name), F.lit(table.escaped(text))
    if kind != _TIME:
        return column(name), F.lit(text).cast(kind)
    if table.one_zone():
        return column(name), sql_function("timestamp_micros", F.lit(int(text)))
    return _micros(name), F.lit(int(text))


def _micros(name: str) -> Column:
    return sql_function("unix_micros", column(name))
