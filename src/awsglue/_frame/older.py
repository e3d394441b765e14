"""What PySpark 3.3 (Glue 4.0) has no name for; each does there what the later function does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pyspark import __version__
from pyspark.rdd import PythonEvalType
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue._frame.paths import quoted


def nth(items: Column, index: int) -> Column:
    """The element at `index`, counted from 0; null beyond the end. Without ANSI mode, which 3.3 is in, `getItem` is so too."""
    return F.get(items, F.lit(index)) if hasattr(F, "get") else items.getItem(index)


def sql_function(name: str, *columns: Column) -> Column:
    """A function that Spark's SQL has had for longer than its Python."""
    known = getattr(F, name, None)
    if known is not None:
        made: Column = known(*columns)
        return made
    spark: Any = SparkSession.getActiveSession()
    jvm = spark._jvm
    given = jvm.PythonUtils.toSeq([column._jc for column in columns])  # type: ignore[attr-defined]
    return Column(jvm.org.apache.spark.sql.functions.callUDF(name, given))


def unpivot(df: DataFrame, kept: Sequence[Column], turned: Sequence[str], name: str, value: str) -> DataFrame:
    """`DataFrame.unpivot`. ValueError for columns of several types."""
    columns = [F.col(quoted(each)) for each in turned]
    if hasattr(DataFrame, "unpivot"):
        return df.unpivot(list(kept), columns, name, value)
    kinds = {df.schema[each].dataType.simpleString() for each in turned}
    if len(kinds) > 1:
        raise ValueError(f"Columns of several types cannot be one: {', '.join(sorted(kinds))}")
    pairs = [F.struct(F.lit(each).alias(name), column.alias(value)) for each, column in zip(turned, columns, strict=True)]
    return df.select(*kept, sql_function("inline", F.array(*pairs)))


def map_in_arrow(df: DataFrame, function: Callable[..., Any], schema: st.StructType | str) -> DataFrame:
    """`DataFrame.mapInArrow`. That of 3.3 refuses structs within others, though its JVM takes them: its workers are told of a flat type."""
    if not __version__.startswith("3.3."):
        return df.mapInArrow(function, schema)
    from pyspark.sql.udf import _wrap_function  # type: ignore[attr-defined]

    spark: Any = df.sparkSession
    jvm = spark._jvm
    kind = st._parse_datatype_string(schema) if isinstance(schema, str) else schema
    wrapped = _wrap_function(spark.sparkContext, function, st.StructType([st.StructField("any", st.IntegerType())]))
    made = jvm.org.apache.spark.sql.execution.python.UserDefinedPythonFunction(
        "map_in_arrow", wrapped, spark._jsparkSession.parseDataType(kind.json()), PythonEvalType.SQL_MAP_ARROW_ITER_UDF, True
    )
    given = jvm.PythonUtils.toSeq([df[quoted(name)]._jc for name in df.columns])  # type: ignore[attr-defined]
    return DataFrame(df._jdf.pythonMapInArrow(made.apply(given).expr()), spark)
