"""Catalog tables of the lake formats, as Spark DataFrames: Iceberg, Delta, Hudi, with the jars of --datalake-formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from awsglue._read.catalog import TableRead

FORMATS = ("iceberg", "delta", "hudi")


def lake_format(read: TableRead) -> str:
    """The table's lake format; empty for other tables."""
    named = read.parameters.get("table_type") or read.parameters.get("spark.sql.sources.provider") or read.parameters.get("classification")
    return str(named).lower() if str(named).lower() in FORMATS else ""


def read_lake(read: TableRead) -> DataFrame:
    """The table's rows: Iceberg through a Spark catalog that is configured for Glue, Delta and Hudi from the table's location."""
    name = lake_format(read)
    options = {key: str(value) for key, value in (read.options or {}).items()}
    if name == "iceberg":
        df: DataFrame = read.spark.read.options(**options).table(_iceberg_name(read.spark, read.table))
    else:
        df = read.spark.read.format(name).options(**options).load(_location(read))
    return df.where(read.predicate) if read.predicate else df


def write_lake(read: TableRead, frame: DataFrame) -> None:
    """Appends the rows to the table. Hudi needs its own options (hoodie.…) among the additional options."""
    name = lake_format(read)
    options = {key: str(value) for key, value in (read.options or {}).items()}
    if name == "iceberg":
        frame.writeTo(_iceberg_name(read.spark, read.table)).options(**options).append()
    else:
        frame.write.format(name).options(**options).mode("append").save(_location(read))


def _location(read: TableRead) -> str:
    location = str(read.storage.get("Location") or "")
    if not location:
        raise ValueError(f"The table {read.name} has no location")
    return location


def _iceberg_name(spark: SparkSession, table: Mapping[str, Any]) -> str:
    settings = {str(key): str(value) for key, value in spark.sparkContext.getConf().getAll()}
    catalogs = [key.split(".")[3] for key, value in settings.items() if key.startswith("spark.sql.catalog.") and "iceberg" in value]
    catalogs = [name for name in catalogs if name != "spark_catalog"] or catalogs
    if not catalogs:
        raise NotImplementedError(
            f"{table['DatabaseName']}.{table['Name']} is an Iceberg table, and no Spark catalog for Iceberg is configured: "
            "start the job with --datalake-formats iceberg and a --conf spark.sql.catalog.glue_catalog=…SparkCatalog"
        )
    return f"`{catalogs[0]}`.`{table['DatabaseName']}`.`{table['Name']}`"
