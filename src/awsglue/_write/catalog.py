"""Keeping the Data Catalog up to date with what a job writes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from awsglue import gluetypes as gt
from awsglue import utils
from awsglue._aws import catalog, client
from awsglue._frame.frame import Frame
from awsglue._frame.types import hive_type
from awsglue._write.files import Written, file_format, partitions_of
from awsglue._write.spec import WriteSpec
from awsglue.utils import truth

log = logging.getLogger("awsglue")
_HADOOP, _HIVE = "org.apache.hadoop.mapred", "org.apache.hadoop.hive.ql.io"
_TEXT = (f"{_HADOOP}.TextInputFormat", f"{_HIVE}.HiveIgnoreKeyTextOutputFormat")
_STORAGE: dict[str, tuple[str, str, str]] = {
    "parquet": (
        f"{_HIVE}.parquet.MapredParquetInputFormat",
        f"{_HIVE}.parquet.MapredParquetOutputFormat",
        f"{_HIVE}.parquet.serde.ParquetHiveSerDe",
    ),
    "csv": (*_TEXT, "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"),
    "json": (*_TEXT, "org.openx.data.jsonserde.JsonSerDe"),
    "avro": (
        f"{_HIVE}.avro.AvroContainerInputFormat",
        f"{_HIVE}.avro.AvroContainerOutputFormat",
        "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
    ),
}
_TABLE_INPUT = {
    "Name", "Description", "Owner", "LastAccessTime", "LastAnalyzedTime", "Retention", "StorageDescriptor", "PartitionKeys",
    "ViewOriginalText", "ViewExpandedText", "TableType", "Parameters", "TargetTable",
}  # fmt: skip
_PAGE = 100
"""Partitions that one BatchCreatePartition takes."""


def check_catalog(spec: WriteSpec) -> None:
    """Raises, before anything is written, for a sink whose catalog part cannot be done: files would be there twice after another try."""
    if not (spec.database and spec.table):
        raise ValueError("enableUpdateCatalog needs the table: call setCatalogInfo(catalogDatabase=…, catalogTableName=…)")
    name = file_format(spec)
    if name not in _STORAGE:
        raise NotImplementedError(f"enableUpdateCatalog with the format {name}: Glue updates the catalog for {', '.join(_STORAGE)} only")
    if name == "parquet" and spec.format != "glueparquet" and not truth(spec.format_options.get("useGlueParquetWriter", False)):
        log.warning("AWS updates the catalog for Parquet only with the format glueparquet or useGlueParquetWriter")
    if (table := _existing(spec)) is not None:
        _check_keys(table, spec)
    else:
        _check_database(spec)


def _check_database(spec: WriteSpec) -> None:
    glue = client("glue")
    try:
        glue.get_database(Name=spec.database, **catalog(spec.catalog_id))
    except glue.exceptions.EntityNotFoundException as error:
        raise LookupError(f"Database {spec.database} not found in the Data Catalog: nothing is written") from error


def update_catalog(spark: Any, frame: Frame, spec: WriteSpec, written: Written) -> None:
    """Creates the table if it is missing, merges new columns into it, and registers the partitions just written."""
    schema = frame.closed.schema
    table = _existing(spec)
    if table is None:
        table = _create(schema, spec, written)
    else:
        _check_keys(table, spec)
        if not _merge_columns(table, schema, spec, written):
            return
    if written.keys:
        _add_partitions(table, partitions_of(spark, written), spec)


def _existing(spec: WriteSpec) -> dict[str, Any] | None:
    glue = client("glue")
    try:
        found: dict[str, Any] = glue.get_table(DatabaseName=spec.database, Name=spec.table, **catalog(spec.catalog_id))["Table"]
    except glue.exceptions.EntityNotFoundException:
        return None
    return found


def _columns(schema: gt.StructType, keys: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"Name": f.name.lower(), "Type": hive_type(f.dataType)} for f in schema if f.name not in keys]


def _keys(schema: gt.StructType, keys: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"Name": key.lower(), "Type": hive_type(schema.getField(key).dataType)} for key in keys]


def _create(schema: gt.StructType, spec: WriteSpec, written: Written) -> dict[str, Any]:
    name = file_format(spec)
    reader, writer, serde = _STORAGE[name]
    storage = {
        "Columns": _columns(schema, written.keys),
        "Location": written.path.rstrip("/") + "/",
        "InputFormat": reader,
        "OutputFormat": writer,
        "SerdeInfo": {"SerializationLibrary": serde, "Parameters": _serde_parameters(name, spec)},
        "Compressed": False,
        "StoredAsSubDirectories": False,
    }
    table = {
        "Name": spec.table,
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": storage,
        "PartitionKeys": _keys(schema, written.keys),
        "Parameters": {**_table_parameters(name, spec), **_job_parameters("CreatedByJob", "CreatedByJobRun")},
    }
    client("glue").create_table(DatabaseName=spec.database, TableInput=table, **catalog(spec.catalog_id))
    return table


def _serde_parameters(name: str, spec: WriteSpec) -> dict[str, str]:
    if name == "csv":
        separator = str(spec.format_options.get("separator", ","))
        return {"field.delim": separator, "serialization.format": separator}
    return {"serialization.format": "1"}


def _table_parameters(name: str, spec: WriteSpec) -> dict[str, str]:
    parameters = {"classification": name}
    if name == "csv" and truth(spec.format_options.get("writeHeader", True)):
        parameters["skip.header.line.count"] = "1"
    if name == "parquet":
        parameters["useGlueParquetWriter"] = "true"
    return parameters


def _job_parameters(job: str, run: str) -> dict[str, str]:
    names = {job: utils._global_args.get("JOB_NAME"), run: utils._global_args.get("JOB_RUN_ID")}
    return {key: str(value) for key, value in names.items() if value}


def _check_keys(table: Mapping[str, Any], spec: WriteSpec) -> None:
    theirs = [key["Name"] for key in table.get("PartitionKeys") or []]
    if theirs != [key.lower() for key in spec.partition_keys]:
        raise ValueError(f"partitionKeys {spec.partition_keys} are not those of the table {spec.database}.{spec.table}: {theirs}")


def _merge_columns(table: dict[str, Any], schema: gt.StructType, spec: WriteSpec, written: Written) -> bool:
    """Brings the table's columns up to date; false when that is forbidden (LOG) and needed, and partitions must not be added."""
    theirs = list(table["StorageDescriptor"].get("Columns") or [])
    known = {column["Name"]: column["Type"] for column in theirs}
    changed = {c["Name"]: c["Type"] for c in _columns(schema, written.keys) if known.get(c["Name"]) != c["Type"]}
    if not changed:
        return True
    if spec.update_behavior == "LOG":
        log.warning("The table %s.%s lacks %s and updateBehavior is LOG: it stays as it is", spec.database, spec.table, changed)
        return False
    if not written.keys:
        log.warning("The table %s.%s lacks %s: Glue does not update tables without partitions", spec.database, spec.table, changed)
        return True
    kept = [{**column, "Type": changed.pop(column["Name"], column["Type"])} for column in theirs]
    table["StorageDescriptor"]["Columns"] = kept + [{"Name": name, "Type": kind} for name, kind in changed.items()]
    table["Parameters"] = {**(table.get("Parameters") or {}), **_job_parameters("UPDATED_BY_JOB", "UPDATED_BY_JOB_RUN")}
    wanted = {key: value for key, value in table.items() if key in _TABLE_INPUT}
    client("glue").update_table(DatabaseName=spec.database, TableInput=wanted, **catalog(spec.catalog_id))
    return True


def _add_partitions(table: Mapping[str, Any], partitions: Mapping[tuple[str, ...], str], spec: WriteSpec) -> None:
    storage = table["StorageDescriptor"]
    wanted = [
        {"Values": list(values), "StorageDescriptor": {**storage, "Location": location}, "Parameters": {}}
        for values, location in sorted(partitions.items())
    ]
    for start in range(0, len(wanted), _PAGE):
        answer = client("glue").batch_create_partition(
            DatabaseName=spec.database,
            TableName=spec.table,
            PartitionInputList=wanted[start : start + _PAGE],
            **catalog(spec.catalog_id),
        )
        failed = [e for e in answer.get("Errors") or [] if e["ErrorDetail"]["ErrorCode"] != "AlreadyExistsException"]
        if failed:
            raise RuntimeError(f"Partitions of {spec.database}.{spec.table} could not be registered: {failed[:3]}")
