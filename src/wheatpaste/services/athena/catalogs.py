"""Data catalogs, and the databases and tables in them as Athena shows them; ``AwsDataCatalog`` is the account's Glue Data Catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape, chosen
from wheatpaste.services.athena import athena, workgroups
from wheatpaste.services.athena.errors import InvalidRequestException, MetadataException
from wheatpaste.services.athena.schema import data_catalogs
from wheatpaste.services.athena.scope import after, catalog_arn, paged
from wheatpaste.services.athena.tags import delete_tags, put_tags
from wheatpaste.wire.errors import AwsError, NotImplementedByWheatpaste

if TYPE_CHECKING:
    from wheatpaste.services.athena.shapes_generated import (
        Column,
        CreateDataCatalogInput,
        CreateDataCatalogOutput,
        Database,
        DataCatalog,
        DeleteDataCatalogInput,
        DeleteDataCatalogOutput,
        GetDatabaseInput,
        GetDatabaseOutput,
        GetDataCatalogInput,
        GetDataCatalogOutput,
        GetTableMetadataInput,
        GetTableMetadataOutput,
        ListDatabasesInput,
        ListDatabasesOutput,
        ListDataCatalogsInput,
        ListDataCatalogsOutput,
        ListTableMetadataInput,
        ListTableMetadataOutput,
        TableMetadata,
        UpdateDataCatalogInput,
        UpdateDataCatalogOutput,
    )

DEFAULT = "AwsDataCatalog"


@athena.operation(resource=catalog_arn)
def create_data_catalog(call: Call, req: CreateDataCatalogInput) -> CreateDataCatalogOutput:
    """Name the account's Glue catalog once more; Lambda and Hive connectors and federated catalogs are refused."""
    parameters = req.get("Parameters") or {}
    if req["Type"] != "GLUE" or parameters.get("catalog-id", call.account) != call.account:
        raise NotImplementedByWheatpaste("athena:CreateDataCatalog", f"Type {req['Type']} with {parameters}")
    body = {name: req[name] for name in ("Name", "Description", "Type", "Parameters") if req.get(name) is not None}
    try:
        if req["Name"].lower() == DEFAULT.lower():
            raise InvalidRequestException(f"Data catalog {req['Name']} already exists")
        call.db.execute(insert(data_catalogs).values(**place(call, name=req["Name"], body=body)))
    except IntegrityError:
        raise InvalidRequestException(f"Data catalog {req['Name']} already exists") from None
    put_tags(call, arns.arn("athena", call.region, call.account, f"datacatalog/{req['Name']}"), req.get("Tags") or [])
    return {}


def find(call: Call, name: str) -> DataCatalog:
    """A data catalog; raises InvalidRequestException when there is none."""
    if name.lower() == DEFAULT.lower():
        return {"Name": DEFAULT, "Type": "GLUE", "Parameters": {"catalog-id": call.account}}
    row = call.db.execute(select(data_catalogs).where(here(call, data_catalogs, name=name))).one_or_none()
    if row is None:
        raise InvalidRequestException(f"Data catalog {name} was not found")
    found: DataCatalog = row.body
    return found


@athena.operation(resource=catalog_arn, reads=True)
def get_data_catalog(call: Call, req: GetDataCatalogInput) -> GetDataCatalogOutput:
    """A data catalog."""
    _own_workgroup(call, req)
    return {"DataCatalog": find(call, req["Name"])}


@athena.operation(resource=catalog_arn)
def update_data_catalog(call: Call, req: UpdateDataCatalogInput) -> UpdateDataCatalogOutput:
    """Change a data catalog."""
    found = find(call, req["Name"])
    if req["Name"].lower() == DEFAULT.lower() or req["Type"] != "GLUE":
        raise InvalidRequestException(f"Data catalog {req['Name']} cannot be changed so")
    body = {**found, **chosen(req, ("Description", "Parameters"))}
    call.db.execute(update(data_catalogs).where(here(call, data_catalogs, name=req["Name"])).values(body=body))
    return {}


@athena.operation(resource=catalog_arn, refused=["DeleteCatalogOnly"])
def delete_data_catalog(call: Call, req: DeleteDataCatalogInput) -> DeleteDataCatalogOutput:
    """Forget a data catalog."""
    found = find(call, req["Name"])
    if req["Name"].lower() == DEFAULT.lower():
        raise InvalidRequestException(f"Data catalog {DEFAULT} cannot be deleted")
    call.db.execute(delete(data_catalogs).where(here(call, data_catalogs, name=req["Name"])))
    delete_tags(call, arns.arn("athena", call.region, call.account, f"datacatalog/{req['Name']}"))
    return {"DataCatalog": {**found, "Status": "DELETE_COMPLETE"}}


@athena.operation(reads=True)
def list_data_catalogs(call: Call, req: ListDataCatalogsInput) -> ListDataCatalogsOutput:
    """The data catalogs by name."""
    _own_workgroup(call, req)
    limit, start = req.get("MaxResults") or 50, after(req, "ListDataCatalogs")
    query = select(data_catalogs).where(here(call, data_catalogs)).order_by(data_catalogs.c.name)
    if start is not None:
        query = query.where(data_catalogs.c.name > start)
    rows, token = paged(list(call.db.execute(query.limit(limit + 1))), limit, lambda row: row.name, "ListDataCatalogs")
    names = ([DEFAULT] if start is None else []) + [row.name for row in rows]
    return {"DataCatalogsSummary": [{"CatalogName": name, "Type": "GLUE"} for name in names], "NextToken": token}


def _own_workgroup(call: Call, req: Mapping[str, Any]) -> None:
    """A WorkGroup must be there; it decides nothing else (its Identity Center application would, and there is none)."""
    if req.get("WorkGroup"):
        workgroups.find(call, req["WorkGroup"])


# -- what is in them


def _glue(call: Call, req: Mapping[str, Any], operation: str, **members: Any) -> Shape:
    _own_workgroup(call, req)
    find(call, req["CatalogName"])
    try:
        found: Shape = getattr(call.aws("glue"), operation)(**{name: value for name, value in members.items() if value is not None})
    except AwsError as error:
        raise MetadataException(error.message) from error
    return found


def _database(found: Mapping[str, Any]) -> Database:
    return cast("Database", chosen(found, ("Name", "Description", "Parameters")))


@athena.operation(resource=catalog_arn, reads=True)
def get_database(call: Call, req: GetDatabaseInput) -> GetDatabaseOutput:
    """A database."""
    return {"Database": _database(_glue(call, req, "get_database", Name=req["DatabaseName"])["Database"])}


@athena.operation(resource=catalog_arn, reads=True, refused=["AttributesToGet"])
def list_databases(call: Call, req: ListDatabasesInput) -> ListDatabasesOutput:
    """The databases by name."""
    answer = _glue(call, req, "get_databases", NextToken=req.get("NextToken"), MaxResults=req.get("MaxResults") or 50)
    token = answer.get("NextToken")
    return {"DatabaseList": [_database(each) for each in answer["DatabaseList"]], "NextToken": token}


def _columns(columns: Sequence[Mapping[str, Any]]) -> list[Column]:
    return [cast("Column", chosen(column, ("Name", "Type", "Comment"))) for column in columns]


def table_metadata(table: Mapping[str, Any]) -> TableMetadata:
    """A Glue table as Athena's TableMetadata: the SerDe's particulars are among the parameters."""
    descriptor = table.get("StorageDescriptor") or {}
    serde = descriptor.get("SerdeInfo") or {}
    named = {
        "location": descriptor.get("Location"),
        "inputformat": descriptor.get("InputFormat"),
        "outputformat": descriptor.get("OutputFormat"),
        "serde.serialization.lib": serde.get("SerializationLibrary"),
    }
    parameters = {**(table.get("Parameters") or {}), **{name: value for name, value in named.items() if value}}
    parameters |= {f"serde.param.{name}": value for name, value in (serde.get("Parameters") or {}).items()}
    known = cast("TableMetadata", chosen(table, ("Name", "CreateTime", "LastAccessTime", "TableType")))
    return {
        **known,
        "Columns": _columns(descriptor.get("Columns") or []),
        "PartitionKeys": _columns(table.get("PartitionKeys") or []),
        "Parameters": parameters,
    }


@athena.operation(resource=catalog_arn, reads=True)
def get_table_metadata(call: Call, req: GetTableMetadataInput) -> GetTableMetadataOutput:
    """A table."""
    found = _glue(call, req, "get_table", DatabaseName=req["DatabaseName"], Name=req["TableName"])
    return {"TableMetadata": table_metadata(found["Table"])}


@athena.operation(resource=catalog_arn, reads=True, refused=["AttributesToGet"])
def list_table_metadata(call: Call, req: ListTableMetadataInput) -> ListTableMetadataOutput:
    """A database's tables; ``Expression`` is a regular expression on their names."""
    answer = _glue(
        call,
        req,
        "get_tables",
        DatabaseName=req["DatabaseName"],
        Expression=req.get("Expression"),
        NextToken=req.get("NextToken"),
        MaxResults=req.get("MaxResults") or 50,
    )
    token = answer.get("NextToken")
    return {"TableMetadataList": [table_metadata(each) for each in answer["TableList"]], "NextToken": token}
