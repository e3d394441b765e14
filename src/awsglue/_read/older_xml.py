"""XML before Spark 4.0, which has none: the package spark-xml reads it, whose successor Spark's own reader is.

Its data source takes one path and nothing else, so its parts are put together here: its input format gives the text of each record of the
chosen files, its parser makes rows of the texts. What is known of a file (partition values, its time) comes to its records by its path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pyspark import __version__
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue._frame.choice import column
from awsglue._read.relation import java_class, java_schema, python_schema, scala_map
from awsglue._read.statuses import as_glob

if TYPE_CHECKING:
    from awsglue._read.listed import ListedFiles

_PACKAGE = "com.databricks.spark.xml"
_TEXT, _FILE, _RECORD, _PATH = "__text", "__file", "__record", "path"
_IN_LISTS = re.compile(r"([\\,])")
_TASK = 64 << 20  # bytes of a task at least, where there are many files


def is_needed() -> bool:
    """Whether this Spark has no XML of its own."""
    return not hasattr(F, "from_xml")


def check(spark: SparkSession) -> None:
    """NotImplementedError where neither Spark nor a package on its class path knows XML."""
    if is_needed() and java_class(spark, f"{_PACKAGE}.XmlInputFormat") is None:
        raise NotImplementedError(
            f"The format xml on Spark {__version__} needs the package spark-xml (com.databricks:spark-xml_2.12:0.18.0)"
        )


def infer(files: ListedFiles, options: Mapping[str, str]) -> st.StructType:
    """The schema of all records, with a column `_corrupt_record` where some are no XML."""
    xml = _package(files.spark)
    return python_schema(xml.util.InferSchema.infer(_texts(files, options), xml.XmlOptions.apply(scala_map(files.spark, options))))


def load(files: ListedFiles, schema: st.StructType, options: Mapping[str, str], facts: DataFrame) -> DataFrame:
    """The columns of `schema` of each record, then those that `facts` has of its file beside `path`."""
    spark, jvm = files.spark, _jvm(files.spark)
    texts = spark._jsparkSession.createDataset(_texts(files, options), jvm.org.apache.spark.sql.Encoders.STRING())
    names = jvm.org.apache.spark.api.python.PythonUtils.toSeq([_TEXT])
    rows = DataFrame(texts.toDF(names), spark).select(_TEXT, F.input_file_name().alias(_FILE))
    rows = rows.select(_FILE, from_xml(spark, F.col(_TEXT), schema, options).alias(_RECORD))
    known = [name for name in facts.columns if name != _PATH]
    if known:
        rows = rows.join(F.broadcast(facts), F.col(_FILE) == F.col(_PATH))
    return rows.select(*[F.col(_RECORD).getField(name).alias(name) for name in schema.names], *map(column, known))


def from_xml(spark: SparkSession, text: Column, schema: st.StructType, options: Mapping[str, str]) -> Column:
    """Texts as records: null where a text is no XML, unless the schema has a column for such texts. Works on every Spark."""
    if not is_needed():
        return F.from_xml(text, schema, dict(options))
    made = _package(spark).functions.from_xml(text._jc, java_schema(spark, schema), scala_map(spark, options))  # type: ignore[attr-defined]
    return Column(made)


def _texts(files: ListedFiles, options: Mapping[str, str]) -> Any:
    """An RDD of the records' texts."""
    spark, jvm, context = files.spark, _jvm(files.spark), files.spark.sparkContext
    chosen, tag = files.files, options["rowTag"]
    conf = spark._jsparkSession.sessionState().newHadoopConf()
    conf.set("mapreduce.input.fileinputformat.inputdir", ",".join(_IN_LISTS.sub(r"\\\1", as_glob(file.path)) for file in chosen))
    conf.set("xmlinput.start", f"<{tag}>")
    conf.set("xmlinput.end", f"</{tag}>")
    conf.set("xmlinput.encoding", options.get("encoding", "UTF-8"))
    names = (f"{_PACKAGE}.XmlInputFormat", "org.apache.hadoop.io.LongWritable", "org.apache.hadoop.io.Text")
    pairs = context._jsc.newAPIHadoopRDD(conf, *(java_class(spark, name) for name in names))
    python, anything = jvm.org.apache.spark.api.python, jvm.scala.reflect.ClassTag.Any()
    converter = python.WritableToJavaConverter(context._jsc.broadcast(jvm.org.apache.spark.util.SerializableConfiguration(conf)))
    strings = python.PythonHadoopUtil.convertRDD(pairs.rdd(), converter, converter)
    tasks = max(2 * context.defaultParallelism, sum(file.size for file in chosen) // _TASK)
    texts = jvm.org.apache.spark.api.java.JavaPairRDD.fromRDD(strings, anything, anything).values().coalesce(tasks).rdd()
    texts.setName(f"xml Location: Files[{files.chosen[0].below.path}]")  # as plans name files: the run's report finds them by that
    return texts


def _package(spark: SparkSession) -> Any:
    check(spark)
    return _jvm(spark).com.databricks.spark.xml


def _jvm(spark: SparkSession) -> Any:
    return spark._jvm
