"""XML written before Spark 4.0: by the package spark-xml, which writes one folder at a time, and that only where nothing is yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue._frame.choice import column
from awsglue._read import older_xml

_TIMES = ("timestamp", "timestamp_ntz")


def writer(rows: DataFrame, keys: Sequence[str], options: Mapping[str, str]) -> Callable[[str], None]:
    """What writes the rows below a folder that is not there, in Hive's layout by `keys`. Each partition is a pass over the rows."""
    older_xml.check(rows.sparkSession)
    if options.get("encoding", "UTF-8").upper() != "UTF-8":
        raise NotImplementedError("The format option encoding of an xml sink on Spark 3: the package spark-xml writes UTF-8")
    times = options.get("timestampFormat", "")
    whole = [_timed(column(field.name), field.dataType, times).alias(field.name) for field in rows.schema if field.name not in keys]
    # As one value: of attributes beside elements spark-xml 0.18 puts values into the wrong elements; those within a value are right.
    value = F.struct(*whole).alias(options.get("valueTag", "_VALUE"))

    def save(chosen: DataFrame, folder: str) -> None:
        chosen.select(value).write.format("com.databricks.spark.xml").options(**options).save(folder)

    def save_all(folder: str) -> None:
        if not keys:
            save(rows, folder)
            return
        kept = rows.persist()
        try:
            for condition, place in _partitions(kept, keys):
                save(kept.where(condition), f"{folder}/{place}")
        finally:
            kept.unpersist()

    return save_all


def _partitions(rows: DataFrame, keys: Sequence[str]) -> list[tuple[Column, str]]:
    """For each partition the condition of its rows, and its folder as Spark names it."""
    jvm: Any = rows.sparkSession._jvm
    named = jvm.org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils.getPartitionPathString
    texts = [column(key).cast("string") for key in keys]
    found = []
    for values in rows.select(*[text.alias(str(n)) for n, text in enumerate(texts)]).distinct().collect():
        condition = F.lit(True)
        for text, value in zip(texts, values, strict=True):
            condition = condition & text.eqNullSafe(F.lit(value))
        found.append((condition, "/".join(named(key, value) for key, value in zip(keys, values, strict=True))))
    return found


def _timed(col: Column, kind: st.DataType, pattern: str) -> Column:
    """A value with its timestamps as text: the package does not know the session's time zone, nor times without one."""
    if kind.typeName() in _TIMES:
        return F.date_format(col, pattern)
    if isinstance(kind, st.StructType):
        return F.when(col.isNotNull(), F.struct(*[_timed(col.getField(f.name), f.dataType, pattern).alias(f.name) for f in kind]))
    if isinstance(kind, st.ArrayType):
        inner = kind.elementType
        return F.transform(col, lambda item: _timed(item, inner, pattern))
    return col
