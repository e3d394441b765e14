"""Clients of the public AWS API. Endpoint, region and credentials are the environment's business."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def client(service: str, region: str | None = None) -> Any:
    """A boto3 client; boto3 is imported only by jobs that need it."""
    try:
        import boto3
    except ImportError as error:
        raise ImportError(f"awsglue needs boto3 to talk to {service}: pip install boto3") from error
    return boto3.client(service, region_name=region)


def catalog(catalog_id: str | None) -> dict[str, str]:
    """The CatalogId member of a Glue request, if one was named."""
    return {"CatalogId": catalog_id} if catalog_id else {}


def get_table(database: str, table: str, catalog_id: str | None = None) -> dict[str, Any]:
    """The catalog's table; LookupError naming it when there is none."""
    glue = client("glue")
    try:
        found: dict[str, Any] = glue.get_table(DatabaseName=database, Name=table, **catalog(catalog_id))["Table"]
    except glue.exceptions.EntityNotFoundException as error:
        raise LookupError(f"There is no table {database}.{table} in the Data Catalog: {error}") from error
    return found


def get_connection(name: str, catalog_id: str | None = None) -> dict[str, Any]:
    """A Glue connection with its password; LookupError naming it when there is none."""
    glue = client("glue")
    try:
        found: dict[str, Any] = glue.get_connection(Name=name, HidePassword=False, **catalog(catalog_id))["Connection"]
    except glue.exceptions.EntityNotFoundException as error:
        raise LookupError(f"There is no connection {name!r} in the Data Catalog: {error}") from error
    return found
