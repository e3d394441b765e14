"""The account's catalog: itself, its encryption settings, its import status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.databases import DEFAULT_PERMISSIONS
from wheatpaste.services.glue.errors import EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.schema import databases, settings
from wheatpaste.services.glue.scope import catalog_arn, catalog_id

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        Catalog,
        DataCatalogEncryptionSettings,
        GetCatalogImportStatusRequest,
        GetCatalogImportStatusResponse,
        GetCatalogRequest,
        GetCatalogResponse,
        GetCatalogsRequest,
        GetCatalogsResponse,
        GetDataCatalogEncryptionSettingsRequest,
        GetDataCatalogEncryptionSettingsResponse,
        PutDataCatalogEncryptionSettingsRequest,
        PutDataCatalogEncryptionSettingsResponse,
    )

UNENCRYPTED: DataCatalogEncryptionSettings = {
    "EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"},
    "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": False},
}


def _root(call: Call) -> Catalog:
    """The catalog that every account has."""
    return {
        "CatalogId": call.account,
        "Name": call.account,
        "ResourceArn": catalog_arn(call),
        "Parameters": {},
        "CreateTableDefaultPermissions": DEFAULT_PERMISSIONS,
        "CreateDatabaseDefaultPermissions": DEFAULT_PERMISSIONS,
        "AllowFullTableExternalDataAccess": "True",
    }


@glue.operation(reads=True, resource=catalog_arn)
def get_catalog(call: Call, req: GetCatalogRequest) -> GetCatalogResponse:
    """The account's catalog, the only one there is."""
    catalog_id(call, req)
    return {"Catalog": _root(call)}


@glue.operation(reads=True, resource=catalog_arn, stored=["Recursive"])  # no catalog here has another inside
def get_catalogs(call: Call, req: GetCatalogsRequest) -> GetCatalogsResponse:
    """The catalogs inside a catalog: none; with IncludeRoot the account's own."""
    parent, limit = req.get("ParentCatalogId") or call.account, req.get("MaxResults") or 1000
    if parent != call.account:
        raise EntityNotFoundException(f"Catalog {parent} not found.")
    if req.get("NextToken"):
        raise InvalidInputException("The pagination token is invalid")
    wanted = bool(req.get("IncludeRoot"))
    if wanted and req.get("HasDatabases") is not None:
        some = call.db.execute(select(databases.c.name).where(here(call, databases)).limit(1)).first() is not None
        wanted = some == req["HasDatabases"]
    return {"CatalogList": [_root(call)][:limit] if wanted else []}


@glue.operation(reads=True, resource=catalog_arn)
def get_catalog_import_status(call: Call, req: GetCatalogImportStatusRequest) -> GetCatalogImportStatusResponse:
    """Whether Athena's own catalog of before 2017 was taken over: there never was one here."""
    catalog_id(call, req)
    return {"ImportStatus": {"ImportCompleted": True}}


@glue.operation(only_stored=True, resource=catalog_arn)
def put_data_catalog_encryption_settings(
    call: Call, req: PutDataCatalogEncryptionSettingsRequest
) -> PutDataCatalogEncryptionSettingsResponse:
    """Keep the settings; what is on disk here is encrypted, or not, whatever they say (see docs/services/glue-catalog.md)."""
    keys: dict[str, Any] = {"catalog": catalog_id(call, req)}
    call.db.execute(delete(settings).where(here(call, settings, **keys)))
    call.db.execute(insert(settings), place(call, **keys, encryption=req["DataCatalogEncryptionSettings"]))
    return {}


@glue.operation(reads=True, only_stored=True, resource=catalog_arn)
def get_data_catalog_encryption_settings(
    call: Call, req: GetDataCatalogEncryptionSettingsRequest
) -> GetDataCatalogEncryptionSettingsResponse:
    """The settings as they were put; not encrypted at first."""
    row = call.db.execute(select(settings.c.encryption).where(here(call, settings, catalog=catalog_id(call, req)))).one_or_none()
    return {"DataCatalogEncryptionSettings": {**UNENCRYPTED, **(row.encryption if row else {})}}
