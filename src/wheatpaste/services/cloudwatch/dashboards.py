"""Dashboards: kept and given back. They belong to no region."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, select

from wheatpaste import arn as arns
from wheatpaste.call import GLOBAL
from wheatpaste.services.cloudwatch import cloudwatch
from wheatpaste.services.cloudwatch.errors import DashboardInvalidInput, DashboardNotFound, InvalidParameterValue
from wheatpaste.services.cloudwatch.schema import dashboards
from wheatpaste.store.codec import from_millis
from wheatpaste.store.upsert import INSERTS
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.call import Call
    from wheatpaste.services.cloudwatch.shapes_generated import (
        DeleteDashboardsInput,
        DeleteDashboardsOutput,
        GetDashboardInput,
        GetDashboardOutput,
        ListDashboardsInput,
        ListDashboardsOutput,
        PutDashboardInput,
        PutDashboardOutput,
    )

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
LARGEST = 1 << 20  # bytes of a body
PAGE = 500


def _arn(call: Call, name: str) -> str:
    return arns.arn("cloudwatch", "", call.account, f"dashboard/{name}")


def _rows(call: Call) -> Any:
    return (dashboards.c.account == call.account) & (dashboards.c.region == GLOBAL)


def _invalid(path: str, message: str) -> DashboardInvalidInput:  # type: ignore[valid-type]
    return DashboardInvalidInput(
        "The dashboard is invalid: " + message, dashboardValidationMessages=[{"DataPath": path, "Message": message}]
    )


@cloudwatch.operation(only_stored=True, refused=["Tags"])
def put_dashboard(call: Call, req: PutDashboardInput) -> PutDashboardOutput:
    """Make or replace a dashboard; its widgets are not looked at."""
    name, body = req["DashboardName"], req["DashboardBody"]
    if not NAME.fullmatch(name):
        raise _invalid("/DashboardName", "a name has 1 to 255 of A-Z, a-z, 0-9, - and _")
    if len(body.encode()) > LARGEST:
        raise _invalid("/DashboardBody", f"a body has at most {LARGEST} bytes")
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _invalid("/DashboardBody", "The field DashboardBody must be a valid JSON object")
    row = {"account": call.account, "region": GLOBAL, "name": name, "body": body, "modified": round(call.now.timestamp() * 1000)}
    insert = INSERTS[call.db.dialect.name](dashboards).values(row)
    changed = {column: insert.excluded[column] for column in ("body", "modified")}
    call.db.execute(insert.on_conflict_do_update(index_elements=list(dashboards.primary_key), set_=changed))
    return {"DashboardValidationMessages": []}


@cloudwatch.operation(reads=True, only_stored=True)
def get_dashboard(call: Call, req: GetDashboardInput) -> GetDashboardOutput:
    """A dashboard as it was put."""
    name = req["DashboardName"]
    body = call.db.execute(select(dashboards.c.body).where(_rows(call), dashboards.c.name == name)).scalar()
    if body is None:
        raise DashboardNotFound(f"Dashboard {name} does not exist")
    return {"DashboardArn": _arn(call, name), "DashboardBody": body, "DashboardName": name}


@cloudwatch.operation(reads=True, only_stored=True)
def list_dashboards(call: Call, req: ListDashboardsInput) -> ListDashboardsOutput:
    """Dashboards by the beginning of their names."""
    query = select(dashboards).where(_rows(call)).order_by(dashboards.c.name).limit(PAGE + 1)
    if prefix := req.get("DashboardNamePrefix"):
        query = query.where(dashboards.c.name.startswith(prefix, autoescape=True))
    if token := req.get("NextToken"):
        query = query.where(dashboards.c.name > decode_token(token, "cloudwatch:dashboards", InvalidParameterValue))
    rows: list[Row[Any]] = list(call.db.execute(query))
    shown = rows[:PAGE]
    return {
        "DashboardEntries": [
            {
                "DashboardName": row.name,
                "DashboardArn": _arn(call, row.name),
                "LastModified": from_millis(row.modified),
                "Size": len(row.body.encode()),
            }
            for row in shown
        ],
        "NextToken": encode_token(shown[-1].name, "cloudwatch:dashboards") if len(rows) > PAGE else None,
    }


@cloudwatch.operation(only_stored=True)
def delete_dashboards(call: Call, req: DeleteDashboardsInput) -> DeleteDashboardsOutput:
    """Delete all of them, or none when one does not exist."""
    names = list(dict.fromkeys(req["DashboardNames"]))
    if not names:
        raise InvalidParameterValue("The parameter DashboardNames is required.")
    gone = call.db.execute(delete(dashboards).where(_rows(call), dashboards.c.name.in_(names)).returning(dashboards.c.name)).scalars().all()
    missing = [name for name in names if name not in gone]
    if missing:
        raise DashboardNotFound(f"Dashboards {', '.join(missing)} do not exist")  # which takes the deletion back
    return {}
