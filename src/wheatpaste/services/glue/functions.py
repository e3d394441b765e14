"""User-defined functions: definitions that engines read; Glue itself runs none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, and_, delete, select, true, tuple_, update

from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.databases import database_row
from wheatpaste.services.glue.errors import AlreadyExistsException, EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.rows import insert_new
from wheatpaste.services.glue.schema import functions
from wheatpaste.services.glue.scope import catalog_arn, catalog_id, decoded, fold, function_arn, millis, when
from wheatpaste.services.glue.table_reads import name_pattern
from wheatpaste.wire.paginate import page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        CreateUserDefinedFunctionRequest,
        CreateUserDefinedFunctionResponse,
        DeleteUserDefinedFunctionRequest,
        DeleteUserDefinedFunctionResponse,
        GetUserDefinedFunctionRequest,
        GetUserDefinedFunctionResponse,
        GetUserDefinedFunctionsRequest,
        GetUserDefinedFunctionsResponse,
        UpdateUserDefinedFunctionRequest,
        UpdateUserDefinedFunctionResponse,
        UserDefinedFunction,
    )

_KEPT = ("ClassName", "OwnerName", "FunctionType", "OwnerType", "ResourceUris", "ArtifactLocation", "GovernanceMode")
STORED = [f"FunctionInput.{member}" for member in _KEPT]


def _where(call: Call, req: Mapping[str, Any]) -> Any:
    names = {"database": fold(req["DatabaseName"]), "name": fold(req["FunctionName"])}
    return here(call, functions, catalog=catalog_id(call, req), **names)


def function_shape(row: Row[Any]) -> UserDefinedFunction:
    """A function as GetUserDefinedFunction shows it."""
    computed = {"FunctionName": row.name, "DatabaseName": row.database, "CreateTime": when(row.created), "CatalogId": row.catalog}
    return cast("UserDefinedFunction", {**row.body, **computed})


def _body(wanted: Mapping[str, Any]) -> Shape:
    return {k: v for k, v in wanted.items() if k != "FunctionName"}


@glue.operation(resource=function_arn, stored=STORED)
def create_user_defined_function(call: Call, req: CreateUserDefinedFunctionRequest) -> CreateUserDefinedFunctionResponse:
    """Add a function to a database."""
    database, wanted = database_row(call, req, req["DatabaseName"]), req["FunctionInput"]
    if not wanted.get("FunctionName"):
        raise InvalidInputException("FunctionName is required.")
    keys = {"catalog": database.catalog, "database": database.name, "name": fold(wanted["FunctionName"])}
    if not insert_new(call, functions, [place(call, **keys, body=_body(wanted), created=millis(call))]):
        raise AlreadyExistsException("Function already exists.")
    return {}


@glue.operation(reads=True, resource=function_arn)
def get_user_defined_function(call: Call, req: GetUserDefinedFunctionRequest) -> GetUserDefinedFunctionResponse:
    """One function."""
    database_row(call, req, req["DatabaseName"])
    row = call.db.execute(select(functions).where(_where(call, req))).one_or_none()
    if row is None:
        raise EntityNotFoundException("Cannot find function.")
    return {"UserDefinedFunction": function_shape(row)}


@glue.operation(reads=True, resource=catalog_arn)
def get_user_defined_functions(call: Call, req: GetUserDefinedFunctionsRequest) -> GetUserDefinedFunctionsResponse:
    """The functions whose names match a pattern, of one database or of all."""
    accepts, limit = name_pattern(req["Pattern"]), req.get("MaxResults") or 100
    keys = {"catalog": catalog_id(call, req)}
    if req.get("DatabaseName"):
        keys["database"] = database_row(call, req, req["DatabaseName"]).name
    after = decoded(req, req["Pattern"])
    order = (functions.c.database, functions.c.name)
    beyond = true() if after is None else tuple_(*order) > tuple_(*after)
    rows = call.db.execute(select(functions).where(and_(here(call, functions, **keys), beyond)).order_by(*order))
    kind = req.get("FunctionType")
    wanted = [row for row in rows if accepts(row.name) and kind in (None, row.body.get("FunctionType", "REGULAR_FUNCTION"))]
    shown, token = page(wanted, limit, lambda row: [row.database, row.name], req["Pattern"])
    return {"UserDefinedFunctions": [function_shape(row) for row in shown], "NextToken": token}


@glue.operation(resource=function_arn, stored=STORED)
def update_user_defined_function(call: Call, req: UpdateUserDefinedFunctionRequest) -> UpdateUserDefinedFunctionResponse:
    """Replace a function."""
    database_row(call, req, req["DatabaseName"])
    if fold(req["FunctionInput"].get("FunctionName") or req["FunctionName"]) != fold(req["FunctionName"]):
        raise InvalidInputException("A function cannot be renamed.")
    if call.db.execute(update(functions).where(_where(call, req)).values(body=_body(req["FunctionInput"]))).rowcount == 0:
        raise EntityNotFoundException("Cannot find function.")
    return {}


@glue.operation(resource=function_arn)
def delete_user_defined_function(call: Call, req: DeleteUserDefinedFunctionRequest) -> DeleteUserDefinedFunctionResponse:
    """Delete a function."""
    database_row(call, req, req["DatabaseName"])
    if call.db.execute(delete(functions).where(_where(call, req))).rowcount == 0:
        raise EntityNotFoundException("Cannot find function.")
    return {}
