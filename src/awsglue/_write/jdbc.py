"""Databases over JDBC: rows appended to a table."""

from __future__ import annotations

from typing import Any

from awsglue._frame.frame import Frame
from awsglue._read.jdbc import connection_details, driver_class, usable_url, wanted_driver
from awsglue._write.redshift import database_details
from awsglue._write.spec import WriteSpec


def write_jdbc(spark: Any, frame: Frame, spec: WriteSpec, catalog_id: str | None = None) -> None:
    """Appends to `dbtable`; Spark makes the table if it is missing."""
    options = spec.options
    table = options.get("dbtable") or options.get("dbTable")
    if not table:
        raise ValueError(f"A {spec.connection_type} sink needs the option dbtable")
    if options.get("database"):
        details = database_details(options, catalog_id)
    else:
        details = connection_details(spec.connection_type, options, catalog_id)
    driver = driver_class(spark, details["url"], wanted_driver(options))
    properties = {"driver": driver, **{key: str(details[key]) for key in ("user", "password") if details[key] is not None}}
    if options.get("bulkSize"):
        properties["batchsize"] = str(options["bulkSize"])
    frame.closed.df.write.mode("append").jdbc(usable_url(details["url"], driver), str(table), properties=properties)
