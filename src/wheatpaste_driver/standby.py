"""A Spark session that is up before its run is known: made and heated first, given to the script when it asks for one.

The JVM cannot be told its settings twice, but nearly all of what differs between runs is read when it is needed: Hadoop's and SQL's
settings, the environment, system properties. They are set at the hand-over; a script that asks for anything else gets a new context.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from tempfile import TemporaryDirectory
from typing import Any

HADOOP, SQL, NAME = "spark.hadoop.", "spark.sql.", "spark.app.name"
LOADED = ("boto3", "awsglue.context", "awsglue.dynamicframe", "awsglue.job", "awsglue.transforms", "awsglue.utils")
"""What most scripts import, besides pyspark."""


class Standby:
    """The waiting context and session of this process."""

    def __init__(self, is_awaited: Callable[[], bool]) -> None:
        from pyspark.sql import SparkSession

        session = SparkSession.builder.getOrCreate()
        heat(session, is_awaited)
        self._jvm: Any = session._jvm
        self._session, self._context = session._jsparkSession, session.sparkContext._jsc
        hide(session.sparkContext)
        self.environment({"WHEATPASTE_STANDBY": "1"})  # a Java that does not let us is seen now, not by a run

    def environment(self, values: Mapping[str, str]) -> None:
        """Set variables in the JVM, for itself and for the processes that it starts. Java has no such call: its map is written to."""
        system, kind = self._jvm.java.lang.System, self._jvm.java.lang.Class
        field = kind.forName("java.util.Collections$UnmodifiableMap").getDeclaredField("m")
        field.setAccessible(True)
        variables = field.get(system.getenv())
        for name, value in values.items():
            if variables.get(name) != value:
                variables.put(name, value)
        wrong = [name for name, value in values.items() if system.getenv(name) != value]
        if wrong:
            raise RuntimeError(f"this Java does not let its environment be set: {', '.join(wrong)}")

    def settings(self, conf: Mapping[str, str]) -> None:
        """Set them everywhere where Spark keeps a copy."""
        for name, value in conf.items():
            self._jvm.java.lang.System.setProperty(name, value)
            self._context.sc().conf().set(name, value)
            self._shared().conf().set(name, value)
            if name.startswith(HADOOP):
                self._hadoop(name.removeprefix(HADOOP), value)
            elif name.startswith(SQL):
                self._session.sessionState().conf().setConfString(name, value)

    def wait(self) -> None:
        """Give it to the script's first SparkContext, unless that one wants what cannot be changed any more."""
        from pyspark import SparkContext

        usual = SparkContext._initialize_context

        def initialize(context: Any, jconf: Any) -> Any:
            SparkContext._initialize_context = usual
            changes = self._changes(jconf)
            if all(map(self._can_change, changes)):
                self.settings(changes)
                return self._context
            self._context.stop()
            return usual(context, jconf)

        SparkContext._initialize_context = initialize

    def _shared(self) -> Any:
        return self._session.sharedState()

    def _hadoop(self, name: str, value: str) -> None:
        for conf in (self._context.hadoopConfiguration(), self._shared().hadoopConf()):
            conf.set(name, value)

    def _changes(self, jconf: Any) -> dict[str, str]:
        own = {pair._1(): pair._2() for pair in self._context.sc().conf().getAll()}
        wanted = {pair._1(): pair._2() for pair in jconf.getAll()}
        return {name: value for name, value in wanted.items() if own.get(name) != value}

    def _can_change(self, name: str) -> bool:
        if name.startswith(SQL):
            return not self._jvm.org.apache.spark.sql.internal.SQLConf.isStaticConfigKey(name)
        return name == NAME or name.startswith(HADOOP)


def hide(context: Any) -> None:
    """pyspark forgets its context and session; the JVM keeps them."""
    from pyspark.sql import SparkSession

    context._accumulatorServer.shutdown()
    type(context)._active_spark_context = None
    SparkSession._instantiatedSession = None


def heat(spark: Any, is_awaited: Callable[[], bool]) -> None:
    """Load what a script's first lines would wait for, until somebody waits for us."""
    spark.sparkContext.environment["WHEATPASTE_STANDBY"] = "1"  # Python workers are kept by their environment: the run's are others
    with TemporaryDirectory() as folder:
        for step in (libraries, queries, files, store, workers):
            if not is_awaited():
                step(spark, folder)
    sys.stdout.flush()


def libraries(spark: Any, folder: str) -> None:
    for name in LOADED:
        __import__(name)


def queries(spark: Any, folder: str) -> None:
    from pyspark.sql import functions as f

    frame = spark.range(5).selectExpr("id", "cast(id as string) name", "id * 1.5 value")
    frame.groupBy("name").agg(f.sum("value"), f.count("*")).orderBy("name").collect()
    frame.join(spark.range(5), "id").withColumn("x", f.upper("name")).count()


def files(spark: Any, folder: str) -> None:
    frame = spark.range(5).selectExpr("id", "cast(id as string) name")
    for form in ("parquet", "json", "csv"):
        frame.write.format(form).save(f"file:{folder}/{form}")
        spark.read.format(form).load(f"file:{folder}/{form}").count()


def store(spark: Any, folder: str) -> None:
    address = spark._jvm.java.net.URI("s3a://none/")  # opens no connection: the probe of buckets is off
    spark._jvm.org.apache.hadoop.fs.FileSystem.newInstance(address, spark._jsc.hadoopConfiguration()).close()


def workers(spark: Any, folder: str) -> None:
    from pyspark.sql import functions as f

    spark.createDataFrame([(1, "a"), (2, "b")], ["id", "name"]).withColumn("x", f.udf(str.upper)("name")).count()
    spark._jvm.java.lang.System.gc()
