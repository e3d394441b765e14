"""The Data Catalog itself as a source: its databases, tables and partitions as records.

The shape is that of AWS's public migration utility (aws-glue-samples, utilities/Hive_metastore_migration, DATACATALOG_*_SCHEMA): a
row for the database, one for its tables and one for each table's partitions, with `items` named as in the API, in camel case, and
times in milliseconds.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from awsglue._aws import client
from awsglue._frame.frame import Frame
from awsglue._frame.rows import of_data_frame
from awsglue._read.spec import ReadSpec

CONNECTION = "com.amazonaws.services.glue.connections.datacatalogconnection"
OPTIONS = {"catalog.name", "catalog.database", "catalog.region"}
_TEXTS = "map<string,string>"
_COLUMNS = "array<struct<name:string,type:string,comment:string>>"
_STORAGE = (
    f"struct<columns:{_COLUMNS},location:string,inputFormat:string,outputFormat:string,compressed:boolean,numberOfBuckets:int,"
    f"serdeInfo:struct<name:string,serializationLibrary:string,parameters:{_TEXTS}>,bucketColumns:array<string>,"
    f"sortColumns:array<struct<column:string,sortOrder:int>>,parameters:{_TEXTS},skewedInfo:struct<skewedColumnNames:array<string>,"
    f"skewedColumnValues:array<string>,skewedColumnValueLocationMaps:{_TEXTS}>,storedAsSubDirectories:boolean>"
)
_ITEM = (
    f"struct<name:string,description:string,locationUri:string,parameters:{_TEXTS},owner:string,createTime:bigint,updateTime:bigint,"
    f"lastAccessTime:bigint,lastAnalyzedTime:bigint,retention:int,storageDescriptor:{_STORAGE},partitionKeys:{_COLUMNS},"
    "viewOriginalText:string,viewExpandedText:string,tableType:string,createdBy:string,databaseName:string,tableName:string,"
    "namespaceName:string,creationTime:bigint,values:array<string>>"
)
SCHEMA = f"type string, database string, table string, items array<{_ITEM}>"
_MAPS = ("Parameters", "SkewedColumnValueLocationMaps")  # their members are the user's names


def read_catalog_entities(spec: ReadSpec) -> Frame:
    """A database, its tables and their partitions. NotImplementedError for another catalog, LookupError for a database that is none."""
    unknown = sorted(set(spec.options) - OPTIONS)
    if unknown:
        raise NotImplementedError(f"The option {', '.join(unknown)} of a source of the Data Catalog (built: {', '.join(sorted(OPTIONS))})")
    glue, database = catalog_client(spec.options), str(spec.options.get("catalog.database") or "")
    if not database:
        raise ValueError("A source of the Data Catalog needs the option catalog.database")
    return of_data_frame(spec.spark.createDataFrame(list(_rows(glue, database)), SCHEMA))


def catalog_client(options: Mapping[str, Any]) -> Any:
    """The catalog of the region that is named."""
    name = options.get("catalog.name", "datacatalog")
    if name != "datacatalog":
        raise NotImplementedError(f"The catalog.name {name!r} (built: datacatalog)")
    region = options.get("catalog.region")
    return client("glue", str(region) if region else None)


def _rows(glue: Any, database: str) -> Iterator[tuple[str, str | None, str | None, list[dict[str, Any]]]]:
    try:
        found = glue.get_database(Name=database)["Database"]
    except glue.exceptions.EntityNotFoundException as error:
        raise LookupError(f"There is no database {database} in the Data Catalog: {error}") from error
    yield "database", None, None, [_camel(found)]
    pages = glue.get_paginator("get_tables").paginate(DatabaseName=database)
    tables = [table for page in pages for table in page["TableList"]]
    if tables:
        yield "table", database, None, [_camel(table) for table in tables]
    for table in tables:
        given = glue.get_paginator("get_partitions").paginate(DatabaseName=database, TableName=table["Name"])
        for page in given:
            if page["Partitions"]:
                items = [{**_camel(item), "namespaceName": database} for item in page["Partitions"]]
                yield "partition", database, str(table["Name"]), items


def _camel(value: Any, name: str = "") -> Any:
    """A shape of the API with its members' names in camel case."""
    if isinstance(value, dict) and name not in _MAPS:
        return {key[0].lower() + key[1:]: _camel(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_camel(item) for item in value]
    return round(value.timestamp() * 1000) if isinstance(value, datetime.datetime) else value
