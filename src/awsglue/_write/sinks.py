"""Connection types of sinks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from awsglue import _report
from awsglue._frame.frame import Frame, check_limits
from awsglue._write.catalog import check_catalog, update_catalog
from awsglue._write.catalog_entities import write_catalog_entities
from awsglue._write.files import file_format, write_files
from awsglue._write.held import held
from awsglue._write.jdbc import write_jdbc
from awsglue._write.kafka import write_kafka
from awsglue._write.redshift import write_redshift
from awsglue._write.spec import WriteSpec


def _write_s3(spark: Any, frame: Frame, spec: WriteSpec) -> None:
    if spec.updates_catalog:
        check_catalog(spec)
    frame = held(frame, file_format(spec), spec.format_options)
    written = write_files(frame, spec)
    if spec.updates_catalog and written is not None:
        update_catalog(spark, frame, spec, written)


def _write_redshift(spark: Any, frame: Frame, spec: WriteSpec) -> None:
    write_redshift(spark, frame, spec, spec.catalog_id)


def _write_jdbc(spark: Any, frame: Frame, spec: WriteSpec) -> None:
    write_jdbc(spark, frame, spec, spec.catalog_id)


def _write_catalog(spark: Any, frame: Frame, spec: WriteSpec) -> None:
    write_catalog_entities(frame, spec)


_PLACES = ("path", "dbtable", "dbTable", "topic", "topicName")
"""The options that say what a sink writes to."""

SINKS: dict[str, Callable[[Any, Frame, WriteSpec], None]] = {
    "s3": _write_s3,
    "file": _write_s3,
    "parquet": _write_s3,
    "orc": _write_s3,
    "redshift": _write_redshift,
    "postgresql": _write_jdbc,
    "mysql": _write_jdbc,
    "mariadb": _write_jdbc,
    "sqlserver": _write_jdbc,
    "oracle": _write_jdbc,
    "custom.jdbc": _write_jdbc,
    "catalog": _write_catalog,
    "kafka": write_kafka,
}


def write_sink(spark: Any, frame: Frame, spec: WriteSpec) -> None:
    """Writes the frame. NotImplementedError names a connection type that is not built; a transform's error threshold is checked first."""
    kind = spec.connection_type.lower()
    if kind not in SINKS:
        raise NotImplementedError(f"The connection type {spec.connection_type} as a sink (built: {', '.join(sorted(SINKS))})")
    check_limits(frame)
    with _report.writing(_told(spec)):
        SINKS[kind](spark, frame, spec)


def _told(spec: WriteSpec) -> _report.Sink:
    """The sink as the run's report names it."""
    options = spec.options
    name = next((options[each] for each in _PLACES if options.get(each)), spec.connection_type)
    table = f"{spec.database}.{spec.table}" if spec.updates_catalog and spec.database and spec.table else None
    return _report.Sink(str(name), spec.connection_type, spec.format, table)
