"""The metastore's calls on functions, and the few on itself."""

from __future__ import annotations

from typing import Any

from pymetastore.hive_metastore import ttypes as hive

from wheatpaste.engines.metastore.catalog import Catalog, Shape, pages
from wheatpaste.engines.metastore.databases import glob, in_database
from wheatpaste.engines.metastore.shapes import seconds

OWNERS = {"USER": hive.PrincipalType.USER, "ROLE": hive.PrincipalType.ROLE, "GROUP": hive.PrincipalType.GROUP}
RESOURCES = {"JAR": hive.ResourceType.JAR, "FILE": hive.ResourceType.FILE, "ARCHIVE": hive.ResourceType.ARCHIVE}


class Functions:
    catalog: Catalog

    def get_functions(self, database: str, pattern: str) -> list[str]:
        operation = self.catalog.glue.get_user_defined_functions
        wanted = glob(pattern)
        found = in_database(database, pages(operation, "UserDefinedFunctions", DatabaseName=database, Pattern="*"))
        return [function["FunctionName"] for function in found if wanted.fullmatch(function["FunctionName"])]

    def get_function(self, database: str, name: str) -> Any:
        found = self.catalog.glue.get_user_defined_function(DatabaseName=database, FunctionName=name)["UserDefinedFunction"]
        return function_to_hive(database, found)

    def get_all_functions(self) -> Any:
        found = pages(self.catalog.glue.get_user_defined_functions, "UserDefinedFunctions", Pattern="*")
        return hive.GetAllFunctionsResponse(functions=[function_to_hive(each["DatabaseName"], each) for each in found])

    def create_function(self, function: Any) -> None:
        self.catalog.glue.create_user_defined_function(DatabaseName=function.dbName, FunctionInput=function_to_glue(function))

    def alter_function(self, database: str, name: str, function: Any) -> None:
        given = function_to_glue(function)
        self.catalog.glue.update_user_defined_function(DatabaseName=database, FunctionName=name, FunctionInput=given)

    def drop_function(self, database: str, name: str) -> None:
        self.catalog.glue.delete_user_defined_function(DatabaseName=database, FunctionName=name)

    # -- of the metastore itself

    def set_ugi(self, user: str, groups: list[str]) -> list[str]:
        return groups or []

    def get_config_value(self, name: str, default: str) -> str:
        return default

    def getMetaConf(self, key: str) -> str:
        return ""

    def getName(self) -> str:
        return "wheatpaste"

    def shutdown(self) -> None:
        """A client may say so; the listener ends with its run."""


def function_to_hive(database: str, shape: Shape) -> Any:
    uris = [hive.ResourceUri(resourceType=RESOURCES[uri["ResourceType"]], uri=uri["Uri"]) for uri in shape.get("ResourceUris") or ()]
    return hive.Function(
        functionName=shape["FunctionName"],
        dbName=database,
        className=shape.get("ClassName"),
        ownerName=shape.get("OwnerName"),
        ownerType=OWNERS.get(shape.get("OwnerType", "USER")),
        createTime=seconds(shape.get("CreateTime")),
        functionType=hive.FunctionType.JAVA,
        resourceUris=uris,
    )


def function_to_glue(function: Any) -> Shape:
    kinds = {number: name for name, number in RESOURCES.items()}
    owners = {number: name for name, number in OWNERS.items()}
    return {
        "FunctionName": function.functionName,
        "ClassName": function.className,
        "OwnerName": function.ownerName or "spark",
        "OwnerType": owners.get(function.ownerType, "USER"),
        "ResourceUris": [{"ResourceType": kinds[uri.resourceType], "Uri": uri.uri} for uri in function.resourceUris or ()],
    }
