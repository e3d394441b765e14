"""Where a request points: the rows of its account and region, ARNs, pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.services.athena.errors import InvalidRequestException
from wheatpaste.wire.paginate import decode_token, page

PRIMARY = "primary"


def millis(call: Call) -> int:
    """The call's time in epoch milliseconds."""
    return round(call.now.timestamp() * 1000)


def workgroup_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The workgroup that a request names, or the primary one."""
    name = req.get("WorkGroup") or (req.get("Name") if "Configuration" in req or "Description" in req else None) or PRIMARY
    return arns.arn("athena", call.region, call.account, f"workgroup/{name}")


def catalog_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The data catalog that a request names."""
    return arns.arn("athena", call.region, call.account, f"datacatalog/{req.get('CatalogName') or req.get('Name')}")


def after(req: Mapping[str, Any], bound: str) -> Any:
    """What the request's NextToken holds, or None."""
    return decode_token(req["NextToken"], bound, InvalidRequestException) if req.get("NextToken") else None


def paged(rows: Sequence[Row[Any]], limit: int, key: Callable[[Row[Any]], Any], bound: str) -> tuple[Sequence[Row[Any]], str | None]:
    """A page of rows (of ``limit + 1`` that were fetched), and the answer's NextToken, if any."""
    return page(rows, limit, key, bound)
