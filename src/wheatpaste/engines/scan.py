"""What a query reads of a table of the Data Catalog: the files of its partitions, with their values, and how to read them.

The one resolver for every engine: partitions come from the catalog (pruned there by an expression), never from paths, and files from
the object store itself, so that no engine needs to list or to be let in.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wheatpaste.engines.projection import Condition, WrongProjection, enabled, projected

if TYPE_CHECKING:
    from wheatpaste.call import Aws

HIDDEN = ("_", ".")  # Hive skips files and folders whose names begin so
NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"

SERDES = {
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe": "parquet",
    "org.apache.hadoop.hive.ql.io.orc.OrcSerde": "orc",
    "org.apache.hadoop.hive.serde2.avro.AvroSerDe": "avro",
    "org.openx.data.jsonserde.JsonSerDe": "json",
    "org.apache.hive.hcatalog.data.JsonSerDe": "json",
    "org.apache.hadoop.hive.serde2.JsonSerDe": "json",
    "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe": "text",
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": "csv",
    "org.apache.hadoop.hive.serde2.RegexSerDe": "regex",
}


class Unreadable(Exception):
    """The table cannot be read; ``name`` is Athena's name of the error, NOT_SUPPORTED for what is refused."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name, self.message = name, message


@dataclass(frozen=True)
class ScanFile:
    """One object: its URL, the local file with its bytes, its size, and the values of its partition (None: NULL)."""

    url: str
    path: str
    size: int
    values: tuple[str | None, ...]


@dataclass(frozen=True)
class Format:
    """How files are read: parquet, orc, avro, json, text (LazySimpleSerDe), csv (OpenCSVSerde) or regex, with the SerDe's parameters."""

    name: str
    serde: str = ""
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Scan:
    """The files of a table, by format (a partition may differ from its table); ``row_filter`` is Lake Formation's, once it is there."""

    columns: tuple[tuple[str, str], ...]  # names and Hive types
    keys: tuple[tuple[str, str], ...]
    groups: tuple[tuple[Format, tuple[ScanFile, ...]], ...]
    row_filter: str | None = None
    blobs: tuple[Any, ...] = field(default=(), compare=False)

    @property
    def size(self) -> int:
        """Bytes in all files."""
        return sum(file.size for _, files in self.groups for file in files)


def named(columns: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """The names and types of a catalog's columns."""
    return tuple((column["Name"], column.get("Type") or "string") for column in columns)


def scan(aws: "Aws", table: Mapping[str, Any], predicate: str = "", conditions: Sequence[Condition] = ()) -> Scan:
    """Resolve a table (as ``GetTable`` gives it); raises Unreadable.

    ``predicate`` is a GetPartitions expression; ``conditions`` are for partitions that are projected.
    """
    refuse_kinds(table)
    descriptor = table.get("StorageDescriptor") or {}
    keys = named(table.get("PartitionKeys") or [])
    groups: dict[Format, list[ScanFile]] = {}
    blobs: list[Any] = []
    for part, values in _places(aws, table, keys, predicate, conditions):
        format_ = format_of(part, table.get("Parameters") or {})
        for url, blob, size in list_files(aws, part.get("Location") or ""):
            groups.setdefault(format_, []).append(ScanFile(url, str(aws.app.blobs.path(blob)), size, values))
            blobs.append(blob)
    found = tuple((format_, tuple(files)) for format_, files in groups.items())
    return Scan(named(descriptor.get("Columns") or []), keys, found, blobs=tuple(blobs))


def _places(
    aws: "Aws", table: Mapping[str, Any], keys: Sequence[tuple[str, str]], predicate: str, conditions: Sequence[Condition]
) -> Iterator[tuple[Mapping[str, Any], tuple[str | None, ...]]]:
    """The storage descriptor and the key values of each partition (of the table itself when it has no keys)."""
    descriptor = table.get("StorageDescriptor") or {}
    parameters = table.get("Parameters") or {}
    if not keys:
        yield descriptor, ()
        return
    if enabled(parameters):
        try:
            for found, location in projected(parameters, keys, descriptor.get("Location") or "", conditions):
                yield {**descriptor, "Location": location}, found
        except WrongProjection as error:
            raise Unreadable(error.name, error.message) from error
        return
    for partition in partitions(aws, table, predicate):
        values = tuple(None if value == NULL_PARTITION else value for value in partition["Values"])
        yield {**descriptor, **(partition.get("StorageDescriptor") or {})}, values


def partitions(aws: "Aws", table: Mapping[str, Any], predicate: str = "") -> Iterator[Mapping[str, Any]]:
    """A table's partitions in the catalog, those that the expression selects."""
    request: dict[str, Any] = {
        "DatabaseName": table["DatabaseName"],
        "TableName": table["Name"],
        "CatalogId": table.get("CatalogId") or aws.account,
    }
    if predicate:
        request["Expression"] = predicate
    while True:
        answer = aws.call("glue", "GetPartitions", request)
        yield from answer.get("Partitions") or []
        if not answer.get("NextToken"):
            return
        request["NextToken"] = answer["NextToken"]


def refuse_kinds(table: Mapping[str, Any]) -> None:
    """Raise Unreadable for tables that are no Hive tables."""
    parameters = {key.lower(): str(value) for key, value in (table.get("Parameters") or {}).items()}
    kind = parameters.get("table_type", "").upper() or parameters.get("spark.sql.sources.provider", "").upper()
    if kind in ("ICEBERG", "DELTA", "HUDI"):
        raise Unreadable("NOT_SUPPORTED", f"wheatpaste refuses {kind} tables: {table['DatabaseName']}.{table['Name']}")


READ = re.compile(
    r"(field|serialization\.null|collection|colelction|mapkey|escape)\.(delim|format)|serialization\.format"
    r"|skip\.(header|footer)\.line\.count"
    r"|(separator|quote|escape)Char|ignore\.malformed\.json|mapping\..+|case\.insensitive|dots\.in\.keys|timestamp\.formats|strip\.outer\.array"
    r"|input\.regex(\.case\.insensitive)?"
)
"""The parameters that say how files are read."""


def format_of(descriptor: Mapping[str, Any], table: Mapping[str, Any]) -> Format:
    """The format that a storage descriptor and its table's parameters say; raises Unreadable for one that is not read."""
    info = descriptor.get("SerdeInfo") or {}
    serde, reader = info.get("SerializationLibrary") or "", descriptor.get("InputFormat") or ""
    if not serde:
        raise Unreadable("HIVE_INVALID_METADATA", "Table descriptor StorageDescriptor is null or has no SerDe")
    if "SymlinkTextInputFormat" in reader or "SequenceFile" in reader or serde not in SERDES:
        raise Unreadable("NOT_SUPPORTED", f"wheatpaste refuses the SerDe {serde} with {reader or 'no input format'}")
    given = {**table, **(descriptor.get("Parameters") or {}), **(info.get("Parameters") or {})}
    parameters = {key: str(value) for key, value in given.items() if READ.fullmatch(key)}
    for key, usual in (("case.insensitive", "true"), ("dots.in.keys", "false"), ("timestamp.formats", ""), ("strip.outer.array", "false")):
        if parameters.pop(key, usual).lower() != usual:
            raise Unreadable("NOT_SUPPORTED", f"wheatpaste refuses the SerDe's parameter {key}")
    return Format(SERDES[serde], serde, tuple(sorted(parameters.items())))


def split_url(url: str) -> tuple[str, str]:
    """Bucket and key of an ``s3://`` URL (also ``s3a``, ``s3n``); raises Unreadable for any other."""
    parts = urlsplit(url)
    if parts.scheme not in ("s3", "s3a", "s3n") or not parts.netloc:
        raise Unreadable("HIVE_INVALID_METADATA", f"Table location is not an S3 location: {url!r}")
    return parts.netloc, url.split(parts.netloc, 1)[1].lstrip("/")


def list_files(aws: "Aws", location: str) -> Iterator[tuple[str, Any, int]]:
    """URL, blob and size of the objects under a location, in the order of their keys; hidden and empty ones left out."""
    bucket, prefix = split_url(location)
    if prefix and not prefix.endswith("/"):
        prefix += "/"
    request: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix}
    while True:
        answer = aws.call("s3", "ListObjectsV2", request)
        for entry in answer.get("Contents") or []:
            names = entry["Key"][len(prefix) :].split("/")
            if entry["Size"] and not any(name.startswith(HIDDEN) for name in names):
                yield f"s3://{bucket}/{entry['Key']}", entry["Blob"], entry["Size"]
        if not answer.get("NextContinuationToken"):
            return
        request["ContinuationToken"] = answer["NextContinuationToken"]
