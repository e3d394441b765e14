"""Tables of the Data Catalog."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as st

from awsglue import _report
from awsglue import gluetypes as gt
from awsglue._aws import catalog, client
from awsglue._frame.cast import convert
from awsglue._frame.choice import column
from awsglue._frame.edit import Value
from awsglue._frame.frame import Frame, SourceFrame
from awsglue._frame.types import glue_schema, parse_type, spark_schema
from awsglue._read import csv, json, xml
from awsglue._read.drivers import DRIVERS
from awsglue._read.files import Files
from awsglue._read.jdbc import read_jdbc
from awsglue._read.relation import Partition
from awsglue._read.spec import ReadSpec
from awsglue._read.table_files import files_at, files_of, source_of

log = logging.getLogger("awsglue")
Rows = tuple[DataFrame, list[Value], tuple[DataFrame, ...]]
_OPTIONS = {
    "catalogPartitionPredicate", "exclusions", "excludeStorageClasses", "recurse", "groupFiles", "groupSize", "maxBand", "maxFilesInBand",
    "boundedSize", "boundedFiles", "useS3ListImplementation", "multiLine", "multiline", "optimizePerformance", "jobBookmarkKeys",
    "jobBookmarkKeysSortOrder", "minPartitions", "targetPartitions",
}  # fmt: skip  # additional_options of a table of files
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass
class TableRead:
    """A catalog table to be read, and what of it."""

    spark: SparkSession
    table: Mapping[str, Any]
    predicate: str = ""
    options: Mapping[str, Any] | None = None
    catalog_id: str | None = None
    ctx: str = ""  # transformation_ctx: the name of its bookmark
    partitions: tuple[int, int] | None = None  # how many the catalog gave, and how many of them the predicate skipped

    @property
    def name(self) -> str:
        return f"{self.table['DatabaseName']}.{self.table['Name']}"

    @property
    def storage(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.table.get("StorageDescriptor") or {}
        return found

    @property
    def parameters(self) -> Mapping[str, str]:
        return {**(self.storage.get("Parameters") or {}), **(self.table.get("Parameters") or {})}

    @property
    def inner_keys(self) -> list[str]:
        """Names for the partition columns that no column of the data can have: crawled files often hold their partition's key too."""
        return [f"__partition_{n}" for n in range(len(self.keys))]

    @property
    def keys(self) -> list[Mapping[str, Any]]:
        return list(self.table.get("PartitionKeys") or [])


def columns_of(columns: Iterable[Mapping[str, Any]]) -> gt.StructType:
    """Catalog columns as a schema."""
    return gt.StructType([gt.Field(c["Name"], parse_type(c.get("Type") or "string")) for c in columns])


def table_schema(table: Mapping[str, Any]) -> gt.StructType:
    """All of a table's columns, partition keys last."""
    storage = table.get("StorageDescriptor") or {}
    return columns_of([*(storage.get("Columns") or []), *(table.get("PartitionKeys") or [])])


_CLASSES = {
    "LazySimpleSerDe": "csv", "OpenCSVSerde": "csv", "ParquetHiveSerDe": "parquet", "OrcSerde": "orc", "AvroSerDe": "avro",
    "JsonSerDe": "json",
}  # fmt: skip


def format_of(read: TableRead) -> str:
    """The table's format: its classification, or else what its SerDe reads."""
    classified = read.parameters.get("classification", "").lower()
    if classified:
        return {"tsv": "csv", "glueparquet": "parquet"}.get(classified, classified)
    library = ((read.storage.get("SerdeInfo") or {}).get("SerializationLibrary") or "").rsplit(".", 1)[-1]
    if library not in _CLASSES:
        raise NotImplementedError(f"The table {read.name} has neither a classification nor a SerDe that is known ({library or 'none'})")
    return _CLASSES[library]


def read_table(read: TableRead) -> Frame:
    """The table's rows: columns as the catalog declares them, then the partition keys."""
    if "VIRTUAL_VIEW" in (read.table.get("TableType") or ""):
        raise NotImplementedError(f"{read.name} is a view; read it with spark.sql")
    lake = read.parameters.get("table_type") or read.parameters.get("spark.sql.sources.provider") or ""
    if lake.lower() in ("iceberg", "delta", "hudi"):
        raise NotImplementedError(f"{read.name} is a table of a lake format; read it with spark.sql or spark.table")
    name = format_of(read)
    if name in DRIVERS:
        return _read_database(read, name)
    if name not in _READERS:
        raise NotImplementedError(f"The table {read.name} is classified as {name} (built: {', '.join(sorted(_READERS))})")
    _report.ignored("additional_options of from_catalog", read.options or {}, _OPTIONS)
    files = _files(read)
    columns = columns_of(read.storage.get("Columns") or [])
    df, values, errors = _READERS[name](read, files, columns)
    partition_values = _partition_values(read)
    taken = {field.lower() for field, _, _ in partition_values}
    values = [*[value for value in values if value[0].lower() not in taken], *partition_values]
    made = SourceFrame(df, values, errors)
    if name != "json" or files is None:
        return made
    return made.lacking(json.absent_fields(files, [field for field, _, _ in values if field.lower() not in taken]))


def _read_database(read: TableRead, vendor: str) -> Frame:
    """A table that a crawler found in a database: its location is database.schema.table."""
    connection, location = read.parameters.get("connectionName"), str(read.storage.get("Location") or "")
    if not connection:
        raise ValueError(f"The table {read.name} has no parameter connectionName")
    hashing = {key: value for key, value in read.parameters.items() if key.startswith("hash")}
    options = {**hashing, **(read.options or {}), "connectionName": connection, "dbtable": location.partition(".")[2]}
    return read_jdbc(ReadSpec(read.spark, vendor, options, ctx=read.ctx))


def _files(read: TableRead) -> Files | None:
    """Where the rows are; None when there are none."""
    location = read.storage.get("Location") or ""
    if not location:
        raise ValueError(f"The table {read.name} has no location")
    if not read.keys:
        return files_at(read, location)
    partitions = chosen_partitions(read)
    if not partitions:
        told = source_of(read)
        told.notes.append(f"No partition of {told.partitions} is left to read (predicate: {read.predicate or 'none'}): the frame is empty")
    return files_of(read, partitions) if partitions else None


# --- partitions ------------------------------------------------------------------------------------------------------


def chosen_partitions(read: TableRead) -> list[Partition]:
    """The table's partitions that the predicates leave."""
    request: dict[str, Any] = {"DatabaseName": read.table["DatabaseName"], "TableName": read.table["Name"], **catalog(read.catalog_id)}
    server_side = (read.options or {}).get("catalogPartitionPredicate")
    if server_side:
        request["Expression"] = server_side
    pages = client("glue").get_paginator("get_partitions").paginate(**request, ExcludeColumnSchema=True)
    found = [_partition(read, item) for page in pages for item in page["Partitions"]]
    kept = _pruned(read, found) if read.predicate else found
    read.partitions = (len(found), len(found) - len(kept))
    log.info("%s: %d of %d partitions are read", read.name, len(kept), len(found))
    if not kept:
        log.warning("The table %s: no partition of %d is left to read (predicate: %s)", read.name, len(found), read.predicate or "none")
    return kept


def _partition(read: TableRead, item: Mapping[str, Any]) -> Partition:
    storage = item.get("StorageDescriptor") or {}
    values = tuple(None if value == NO_VALUE else value for value in item["Values"])
    location = storage.get("Location")
    if not location:
        raise ValueError(f"The partition {item['Values']} of {read.name} has no location")
    theirs, ours = _library(storage), _library(read.storage)
    if theirs and ours and theirs != ours:
        raise NotImplementedError(f"The partition {item['Values']} of {read.name} is stored by {theirs}, the table by {ours}")
    created = item.get("CreationTime")
    return Partition(values, location, 0 if created is None else round(created.timestamp() * 1000))


def _library(storage: Mapping[str, Any]) -> str:
    return ((storage.get("SerdeInfo") or {}).get("SerializationLibrary") or "").rsplit(".", 1)[-1]


def _pruned(read: TableRead, partitions: list[Partition]) -> list[Partition]:
    """`push_down_predicate`: Spark SQL on the partition columns, evaluated on the values alone."""
    if not partitions:
        return []
    schema = st.StructType([st.StructField(name, st.StringType()) for name in [*read.inner_keys, "__n"]])
    values = read.spark.createDataFrame([(*part.values, str(n)) for n, part in enumerate(partitions)], schema)
    typed = values.select(*[col.alias(name) for name, _, col in _partition_values(read)], F.col("__n"))
    return [partitions[int(row["__n"])] for row in typed.where(read.predicate).select("__n").collect()]


def _partition_values(read: TableRead) -> list[Value]:
    """The partition keys' values, typed as declared; they take the place of the data's columns of the same name."""
    kinds = [parse_type(key.get("Type") or "string") for key in read.keys]
    texts = [column(inner) for inner in read.inner_keys]
    return [(key["Name"], kind, convert(text, gt.StringType(), kind)) for key, kind, text in zip(read.keys, kinds, texts, strict=True)]


# --- formats ---------------------------------------------------------------------------------------------------------


def _no_rows(read: TableRead, columns: gt.StructType) -> Rows:
    """A table without files has its declared columns all the same, so that scripts can go on."""
    whole = gt.StructType([*columns, *[gt.Field(inner, gt.StringType()) for inner in read.inner_keys]])
    df = read.spark.createDataFrame([], spark_schema(whole))
    return df, [(field.name, field.dataType, column(field.name)) for field in columns], ()


def _read_csv(read: TableRead, files: Files | None, columns: gt.StructType) -> Rows:
    if files is None:
        return _no_rows(read, columns)
    options = csv.declared_options(read.parameters, read.storage.get("SerdeInfo") or {})
    df, values = csv.read_declared(files, columns, options)
    return df, values, ()


def _read_json(read: TableRead, files: Files | None, columns: gt.StructType) -> Rows:
    parameters = (read.storage.get("SerdeInfo") or {}).get("Parameters") or {}
    renamed = [name for name in parameters if name.startswith("mapping.")]
    if renamed or read.parameters.get("jsonPath", "$") not in ("$", "$[*]"):
        raise NotImplementedError(f"The table {read.name} maps JSON names ({', '.join(renamed) or 'jsonPath'})")
    found = None if files is None else json.read_records(files, json.spark_options(read.options or {}), columns)
    if found is None:
        return _no_rows(read, columns)
    df, values, errors = found
    there = {name.lower() for name, _, _ in values}
    missing = [(f.name, f.dataType, F.lit(None).cast(spark_schema(gt.StructType([f])).fields[0].dataType)) for f in columns]
    places = {field.name.lower(): n for n, field in enumerate(columns)}
    every = [*values, *[value for value in missing if value[0].lower() not in there]]
    return df, sorted(every, key=lambda value: places.get(value[0].lower(), len(places))), errors  # others behind the declared ones


def _read_columnar(name: str) -> Callable[[TableRead, Files | None, gt.StructType], Rows]:
    def rows(read: TableRead, files: Files | None, columns: gt.StructType) -> Rows:
        if files is None:
            return _no_rows(read, columns)
        df = files.load(name, spark_schema(columns), {})
        kinds = glue_schema(df.schema)
        return df, [(f.name, kinds.getField(f.name).dataType, column(f.name)) for f in columns], ()

    return rows


def _read_xml(read: TableRead, files: Files | None, columns: gt.StructType) -> Rows:
    if files is None:
        return _no_rows(read, columns)
    tag = read.parameters.get("xmlRowTag") or read.parameters.get("rowTag")
    if not tag:
        raise ValueError(f"The xml table {read.name} has no parameter rowTag")
    return xml.declared_rows(files, columns, xml.spark_options({"rowTag": tag}))


_READERS: dict[str, Callable[[TableRead, Files | None, gt.StructType], Rows]] = {
    "csv": _read_csv,
    "json": _read_json,
    "parquet": _read_columnar("parquet"),
    "orc": _read_columnar("orc"),
    "avro": _read_columnar("avro"),
    "xml": _read_xml,
}
