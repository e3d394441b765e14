"""Sinks that a catalog table or a Glue connection describes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from awsglue._read.catalog import TableRead, format_of
from awsglue._read.drivers import DRIVERS
from awsglue._read.streams import table_stream
from awsglue._write.spec import WriteSpec

log = logging.getLogger("awsglue")
_NEEDED = {"parquet": "glueparquet"}


def catalog_sink(table: Mapping[str, Any], redshift_tmp_dir: str, options: Mapping[str, Any], catalog_id: str | None) -> WriteSpec:
    """The sink of a catalog table: files at its location in its format, or the database table or stream behind it."""
    read = TableRead(None, table, options=options)
    stream = table_stream(read)
    if stream is not None:
        described = {name: value for name, value in stream.options.items() if name != "schema"}
        return WriteSpec(stream.connection_type, described)
    name = format_of(read)
    location = read.storage.get("Location") or ""
    if name in DRIVERS:
        connection = read.parameters.get("connectionName")
        if not connection:
            raise ValueError(f"The table {read.name} has no parameter connectionName")
        database, _, rest = location.partition(".")
        return jdbc_sink(name, connection, {"dbtable": rest, "database": database, **options}, redshift_tmp_dir, catalog_id)
    if not location:
        raise ValueError(f"The table {read.name} has no location to write to")
    keys = [key["Name"] for key in read.keys]
    if keys and not options.get("partitionKeys"):
        log.warning("%s has the partition keys %s but the sink was given no partitionKeys: files go to its root", read.name, keys)
    serde = (read.storage.get("SerdeInfo") or {}).get("Parameters") or {}
    format_options: dict[str, Any] = {}
    if name == "csv":
        separator = serde.get("field.delim") or serde.get("separatorChar") or read.parameters.get("delimiter") or ","
        format_options = {"separator": separator, "writeHeader": read.parameters.get("skip.header.line.count") == "1"}
    if name == "avro":
        format_options = {"version": "1.8"}  # the table says of which type a column is
    given = {"path": location, **options}
    return WriteSpec("s3", given, _NEEDED.get(name, name), format_options, table["DatabaseName"], table["Name"], catalog_id)


def jdbc_sink(vendor: str, connection: str, options: Mapping[str, Any], redshift_tmp_dir: str, catalog_id: str | None) -> WriteSpec:
    """The sink of a database that a Glue connection names."""
    given = {"connectionName": connection, **options}
    if redshift_tmp_dir:
        given["redshiftTmpDir"] = redshift_tmp_dir
    return WriteSpec(vendor, given, catalog_id=catalog_id)
