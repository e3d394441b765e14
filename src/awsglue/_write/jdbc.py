"""Databases over JDBC: rows appended to a table."""

from __future__ import annotations

from typing import Any

from awsglue import gluetypes as gt
from awsglue._frame.frame import Frame
from awsglue._read.connection import in_its_words
from awsglue._read.drivers import reached
from awsglue._read.glue_connection import connection_details
from awsglue._write.spec import WriteSpec

_NESTED = (gt.StructType, gt.MapType, gt.ArrayType)
_REDSHIFTS = ("preactions", "postactions")


def write_jdbc(spark: Any, frame: Frame, spec: WriteSpec, catalog_id: str | None = None) -> None:
    """Appends to `dbtable`; Spark makes the table if it is missing."""
    options = spec.options
    table = options.get("dbtable") or options.get("dbTable")
    if not table:
        raise ValueError(f"A {spec.connection_type} sink needs the option dbtable")
    for name in _REDSHIFTS:
        if options.get(name):
            raise NotImplementedError(f"{name} is an option of redshift sinks: the {spec.connection_type} sink {table} would not run it")
    database = reached(spark, connection_details(spec.connection_type, options, catalog_id), options)
    closed = frame.closed
    _check_columns(closed, spec, str(table), database.vendor)
    properties = {**database.properties, "driver": database.driver}
    if options.get("bulkSize"):
        properties["batchsize"] = str(options["bulkSize"])
    with in_its_words(f"The {spec.connection_type} sink {table}"):
        closed.df.write.mode("append").jdbc(database.url, str(table), properties=properties)


def _check_columns(frame: Frame, spec: WriteSpec, table: str, vendor: str) -> None:
    """Raises for a column that no database has a type for; PostgreSQL has arrays of simple values."""
    for field in frame.schema:
        kind = field.dataType
        simple = vendor == "postgresql" and isinstance(kind, gt.ArrayType) and not isinstance(kind.elementType, _NESTED)
        if isinstance(kind, _NESTED) and not simple:
            what = f"The column {field.name!r} of type {kind.typeName()} in the {spec.connection_type} sink {table}"
            raise NotImplementedError(f"{what}: relationalize, unnest or cast it first")
