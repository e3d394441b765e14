"""Where a catalog request points: account, region, catalog, and the names in them, folded to lower case as Glue stores them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.services.glue.errors import AccessDeniedException, EntityNotFoundException, InvalidInputException
from wheatpaste.store.codec import from_millis
from wheatpaste.wire.paginate import decode_token


def catalog_id(call: Call, req: Mapping[str, Any]) -> str:
    """The catalog a request names: the caller's account, which is the only one that a caller has here."""
    given = req.get("CatalogId") or call.account
    if given == call.account:
        return str(given)
    if given.isdigit() and len(given) == 12:
        raise AccessDeniedException(
            f"User: {call.principal.arn} is not authorized to access catalog {given}: it belongs to another account."
        )
    raise EntityNotFoundException(f"Catalog {given} not found.")


def fold(name: str) -> str:
    """A database's, table's or function's name as it is stored."""
    return name.lower()


def millis(call: Call) -> int:
    """The call's time in epoch milliseconds."""
    return round(call.now.timestamp() * 1000)


def when(stamp: int) -> datetime:
    """Epoch milliseconds as an aware datetime."""
    return from_millis(stamp)


def decoded(req: Mapping[str, Any], bound: str) -> Any:
    """What the request's NextToken holds, or None; InvalidInputException for a token of another request."""
    token = req.get("NextToken")
    return decode_token(token, bound, InvalidInputException) if token else None


def catalog_arn(call: Call, req: Mapping[str, Any] | None = None) -> str:
    """The account's catalog."""
    return arns.arn("glue", call.region, call.account, "catalog")


def database_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The database that a request names."""
    name = req.get("DatabaseName") or req.get("Name") or req.get("DatabaseInput", {}).get("Name", "")
    return arns.arn("glue", call.region, call.account, f"database/{fold(name)}")


def named_table_arn(call: Call, database: str, name: str) -> str:
    """A table by its names."""
    return arns.arn("glue", call.region, call.account, f"table/{fold(database)}/{fold(name)}")


def table_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The table that a request names."""
    name = req.get("TableName") or req.get("Name") or req.get("TableInput", {}).get("Name", "")
    return named_table_arn(call, req["DatabaseName"], name)


def function_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The function that a request names."""
    name = req.get("FunctionName") or req.get("FunctionInput", {}).get("FunctionName", "")
    return arns.arn("glue", call.region, call.account, f"userDefinedFunction/{fold(req['DatabaseName'])}/{fold(name)}")


def connection_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The connection that a request names."""
    name = req.get("ConnectionName") or req.get("Name") or req.get("ConnectionInput", {}).get("Name", "")
    return arns.arn("glue", call.region, call.account, f"connection/{name}")
