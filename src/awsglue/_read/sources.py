"""Connection types of sources."""

from __future__ import annotations

from collections.abc import Callable

from awsglue._frame.frame import Frame
from awsglue._read.catalog_entities import CONNECTION, read_catalog_entities
from awsglue._read.jdbc import read_jdbc
from awsglue._read.s3 import read_paths
from awsglue._read.spec import ReadSpec
from awsglue._read.streams import STREAMS, StreamSpec, read_whole

SOURCES: dict[str, Callable[[ReadSpec], Frame]] = {
    "s3": read_paths,
    "file": read_paths,
    "parquet": read_paths,
    "orc": read_paths,
    "postgresql": read_jdbc,
    "mysql": read_jdbc,
    "mariadb": read_jdbc,
    "sqlserver": read_jdbc,
    "oracle": read_jdbc,
    "redshift": read_jdbc,
    "custom.jdbc": read_jdbc,
    CONNECTION: read_catalog_entities,
}


def read_source(spec: ReadSpec) -> Frame:
    """The frame of a source. NotImplementedError names a connection type that is not built."""
    kind = spec.connection_type.lower()
    if kind in STREAMS:
        return read_whole(StreamSpec(spec.spark, kind, spec.options, spec.format, spec.format_options))
    if kind not in SOURCES:
        raise NotImplementedError(f"The connection type {spec.connection_type} as a source (built: {', '.join(sorted(SOURCES))})")
    if kind in ("parquet", "orc"):
        spec.format = kind
    return SOURCES[kind](spec)
