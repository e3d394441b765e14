"""Databases: sources over JDBC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame

from awsglue import _report
from awsglue._frame.frame import Frame
from awsglue._frame.types import glue_schema
from awsglue._read.connection import connected, in_its_words, primary_key
from awsglue._read.drivers import Database, reached
from awsglue._read.glue_connection import connection_details
from awsglue._read.new_rows import Table, new_rows
from awsglue._read.spec import ReadSpec
from awsglue._read.splitting import samples, split_predicates
from awsglue.utils import first_of, truth

_RANGE = ("partitionColumn", "lowerBound", "upperBound", "numPartitions")
_OPTIONS = {
    "url", "dbtable", "dbTable", "user", "password", "database", "connectionName", "useConnectionProperties", "secretId", "className",
    "customJdbcDriverS3Path", "customJdbcDriverClassName", "jdbcdriver", "bulkSize", "hashfield", "hashexpression", "hashpartitions",
    "sampleQuery", "query", "enablePartitioningForSampleQuery", "sampleSize", "jobBookmarkKeys", "jobBookmarkKeysSortOrder",
    "jobBookmarksKeysSortOrder", "filterPredicate", *_RANGE,
    # of Redshift, and of UNLOAD, by which it is not read here
    "redshiftTmpDir", "aws_iam_role", "DbUser", "autopushdown", "autopushdown.s3_result_cache", "unload_s3_format", "sse_kms_key",
    "extracopyoptions", "extraunloadoptions", "tempformat", "csvnullstring",
}  # fmt: skip
_AS_THEY_ARE = {"spark.sql.legacy.mysql.bitArrayMapping.enabled": "true", "spark.sql.readSideCharPadding": "false"}


def read_jdbc(spec: ReadSpec) -> Frame:
    """A table or query over JDBC: one partition, unless the options say how to split it."""
    spec.refuse("dataTypeMapping")
    _report.ignored(f"the {spec.connection_type} source", spec.options, _OPTIONS)
    details = connection_details(spec.connection_type, spec.options)
    table = first_of(spec.options, ("dbtable", "dbTable"))
    query = first_of(spec.options, ("sampleQuery", "query"))
    if not table and not query:
        raise ValueError(f"A {spec.connection_type} source needs the option dbtable")
    database = reached(spec.spark, details, spec.options)
    with _as_they_are(spec.spark):
        if query:
            df = _sample(spec, database, str(query))
        else:
            df = new_rows(spec, _table(spec, str(table), _rows(spec, database, str(table)), database))
    return Frame(df, glue_schema(df.schema))


@contextmanager
def _as_they_are(spark: Any) -> Iterator[None]:
    """Spark 4 would fill a CHAR or an ENUM up with blanks, and write a BIT(n) as digits, wrong ones when the first is set."""
    before = {name: spark.conf.get(name, None) for name in _AS_THEY_ARE}
    for name, value in _AS_THEY_ARE.items():
        spark.conf.set(name, value)
    try:
        yield
    finally:
        for name, old in before.items():
            if old is None:
                spark.conf.unset(name)
            else:
                spark.conf.set(name, old)


def _load(spark: Any, database: Database, source: str, **options: str) -> DataFrame:
    given = {**database.properties, "driver": database.driver, "url": database.url, "dbtable": source, **options}
    with in_its_words(f"The database does not answer {source}"):
        found: DataFrame = spark.read.format("jdbc").options(**given).load()
    return found


def _rows(spec: ReadSpec, database: Database, table: str) -> DataFrame:
    """The table's rows, read in as many parts as the options say."""
    options, spark = spec.options, spec.spark
    source = f"(select * from {table} where {options['filterPredicate']}) filtered" if options.get("filterPredicate") else table
    whole = _load(spark, database, source, **_range(options))
    predicates = split_predicates(database.vendor, options, lambda name: _spelt(database, whole, name))
    if not predicates:
        return whole
    properties = {**database.properties, "driver": database.driver}
    found: DataFrame = spark.read.jdbc(database.url, source, predicates=predicates, properties=properties)
    return found


def _range(options: Mapping[str, Any]) -> dict[str, str]:
    """Spark's own way to split, which custom.jdbc has: all four options or none."""
    given = {name: str(options[name]) for name in _RANGE if options.get(name) is not None}
    if given and len(given) < len(_RANGE):
        raise ValueError(f"{', '.join(_RANGE)} go together; {', '.join(name for name in _RANGE if name not in given)} is not given")
    return given


def _spelt(database: Database, rows: DataFrame, name: str) -> str:
    """A column as SQL names it exactly; what is no column is left as it is, for the database to judge."""
    return next((database.quoted(column) for column in rows.columns if column.lower() == name.lower()), name)


def _sample(spec: ReadSpec, database: Database, query: str) -> DataFrame:
    parts = [_load(spec.spark, database, source) for source in samples(database.vendor, query, spec.options)]
    sampled = reduce(DataFrame.union, parts)
    size = spec.options.get("sampleSize")
    if size is None:
        return sampled
    if truth(spec.options.get("enablePartitioningForSampleQuery", False)):
        return sampled.limit(int(size))
    _report.note("sampleSize has no effect without enablePartitioningForSampleQuery, as on AWS: end the sampleQuery with limit")
    return sampled


def _table(spec: ReadSpec, name: str, rows: DataFrame, database: Database) -> Table:
    """The table as bookmarks look at it; a sample query has none."""

    def query(source: str, schema: str | None) -> DataFrame:
        return _load(spec.spark, database, source, **({"customSchema": schema} if schema else {}))

    def key() -> list[str]:
        with connected(spec.spark, database) as connection:
            return primary_key(connection, name)

    return Table(name, rows, query, key, database.quoted, database.escaped)
