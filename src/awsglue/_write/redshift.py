"""Redshift: rows staged in S3, then COPY, all in one transaction with the user's actions."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame

from awsglue import gluetypes as gt
from awsglue._frame.frame import Frame
from awsglue._read.drivers import wanted_driver
from awsglue._read.glue_connection import connection_details
from awsglue._write.spec import WriteSpec
from awsglue._write.sql import StatementError, run_transaction, split_statements

_TYPES: dict[type[gt.DataType], str] = {
    gt.BooleanType: "BOOLEAN", gt.ByteType: "SMALLINT", gt.ShortType: "SMALLINT", gt.IntegerType: "INTEGER", gt.LongType: "BIGINT",
    gt.FloatType: "REAL", gt.DoubleType: "DOUBLE PRECISION", gt.DateType: "DATE", gt.TimestampType: "TIMESTAMP",
    gt.TimestampNTZType: "TIMESTAMP", gt.StringType: "VARCHAR(65535)", gt.EnumType: "VARCHAR(65535)",
}  # fmt: skip
_NULL = "@NULL@"


def write_redshift(spark: Any, frame: Frame, spec: WriteSpec, catalog_id: str | None = None) -> None:
    """Stages the rows as CSV in a fresh folder under redshiftTmpDir and copies them into `dbtable`, which is made if missing."""
    options = spec.options
    table, staging = options.get("dbtable"), options.get("redshiftTmpDir")
    if not table:
        raise ValueError("A redshift sink needs the option dbtable")
    if not staging:
        raise ValueError(f"The redshift sink {table} needs redshiftTmpDir (or redshift_tmp_dir), an S3 path for staged files")
    if str(options.get("tempformat", "CSV")).upper() not in ("CSV", "CSV GZIP"):
        raise NotImplementedError(f"tempformat {options['tempformat']} of a redshift sink")
    details = connection_details("redshift", options, catalog_id)
    closed = frame.closed
    columns = [(f.name, sql_type(f)) for f in closed.schema]
    if not columns:
        raise ValueError(f"The frame for the redshift sink {table} has no columns: its source had no data")
    folder = f"{str(staging).rstrip('/')}/{uuid.uuid4()}/"
    null = str(options.get("csvnullstring", _NULL))
    _stage(closed.df, folder, null)
    statements = [
        *split_statements(str(options.get("preactions") or "")),
        create_statement(str(table), columns, options),
        copy_statement(str(table), [name for name, _ in columns], folder, null, options),
        *split_statements(str(options.get("postactions") or "")),
    ]
    try:
        run_transaction(spark, details, statements, wanted_driver(options))
    except StatementError as error:
        raise RuntimeError(f"Redshift did not load {table}: {error}") from error
    _remove(spark, folder)


def sql_type(field: gt.Field) -> str:
    """The Redshift type of a column; NotImplementedError names a column that has none."""
    kind = field.dataType
    if isinstance(kind, gt.DecimalType):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if type(kind) not in _TYPES:
        raise NotImplementedError(f"The column {field.name!r} of type {kind.typeName()} in Redshift: resolve, unnest or cast it first")
    return _TYPES[type(kind)]


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def create_statement(table: str, columns: list[tuple[str, str]], options: Mapping[str, Any]) -> str:
    """The table as the frame's types make it, with the user's distribution and sort keys."""
    parts = ", ".join(f"{_identifier(name)} {kind}" for name, kind in columns)
    extra = [f"DISTSTYLE {options['diststyle']}"] if options.get("diststyle") else []
    extra += [f"DISTKEY ({_identifier(options['distkey'])})"] if options.get("distkey") else []
    extra += [str(options["sortkeyspec"])] if options.get("sortkeyspec") else []
    return " ".join([f"CREATE TABLE IF NOT EXISTS {table} ({parts})", *extra])


def copy_statement(table: str, columns: list[str], folder: str, null: str, options: Mapping[str, Any]) -> str:
    """COPY of the staged files, with the named role or else the job's own credentials."""
    names = ", ".join(_identifier(name) for name in columns)
    source = re.sub(r"^s3[an]://", "s3://", folder)
    format = f"FORMAT AS CSV NULL AS '{null}' DATEFORMAT 'auto' TIMEFORMAT 'auto'"
    text = f"COPY {table} ({names}) FROM '{source}' {_credentials(options)} {format}"
    return f"{text} {options['extracopyoptions']}" if options.get("extracopyoptions") else text


def _credentials(options: Mapping[str, Any]) -> str:
    if options.get("aws_iam_role"):
        return f"IAM_ROLE '{options['aws_iam_role']}'"
    import boto3

    found = boto3.Session().get_credentials()
    if found is None:
        raise ValueError("A redshift sink needs aws_iam_role, or AWS credentials in the environment for COPY to read with")
    keys = found.get_frozen_credentials()
    parts = [f"aws_access_key_id={keys.access_key}", f"aws_secret_access_key={keys.secret_key}"]
    parts += [f"token={keys.token}"] if keys.token else []
    return f"CREDENTIALS '{';'.join(parts)}'"


def _stage(df: DataFrame, folder: str, null: str) -> None:
    df.write.mode("errorifexists").options(
        nullValue=null,
        escape='"',
        quoteAll="false",
        ignoreLeadingWhiteSpace="false",
        ignoreTrailingWhiteSpace="false",
        timestampFormat="yyyy-MM-dd HH:mm:ss.SSSSSS",
        timestampNTZFormat="yyyy-MM-dd HH:mm:ss.SSSSSS",
        **{"mapreduce.fileoutputcommitter.marksuccessfuljobs": "false"},
    ).csv(folder)


def _remove(spark: Any, folder: str) -> None:
    jvm = spark._jvm
    where = jvm.org.apache.hadoop.fs.Path(folder)
    where.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf()).delete(where, True)
