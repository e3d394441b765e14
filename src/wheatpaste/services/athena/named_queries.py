"""Named queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, delete, insert, select, update

from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape
from wheatpaste.services.athena import athena
from wheatpaste.services.athena.errors import InvalidRequestException
from wheatpaste.services.athena.schema import named_queries
from wheatpaste.services.athena.scope import PRIMARY, after, paged, workgroup_arn
from wheatpaste.services.athena.workgroups import find

if TYPE_CHECKING:
    from wheatpaste.services.athena.shapes_generated import (
        BatchGetNamedQueryInput,
        BatchGetNamedQueryOutput,
        CreateNamedQueryInput,
        CreateNamedQueryOutput,
        DeleteNamedQueryInput,
        DeleteNamedQueryOutput,
        GetNamedQueryInput,
        GetNamedQueryOutput,
        ListNamedQueriesInput,
        ListNamedQueriesOutput,
        NamedQuery,
        UnprocessedNamedQueryId,
        UpdateNamedQueryInput,
        UpdateNamedQueryOutput,
    )


def _row(call: Call, query: str) -> Row[Any]:
    row = call.db.execute(select(named_queries).where(here(call, named_queries, id=query))).one_or_none()
    if row is None:
        raise InvalidRequestException(f"NamedQuery {query} was not found")
    return row


def _shape(row: Row[Any]) -> Shape:
    return {**row.body, "NamedQueryId": row.id, "WorkGroup": row.workgroup}


@athena.operation(resource=workgroup_arn)
def create_named_query(call: Call, req: CreateNamedQueryInput) -> CreateNamedQueryOutput:
    """Keep a query under an id; a ClientRequestToken makes the id, so that a repeated call answers the same one."""
    group = find(call, req.get("WorkGroup") or PRIMARY)["Name"]
    token = req.get("ClientRequestToken")
    body = {name: req[name] for name in ("Name", "Description", "Database", "QueryString") if req.get(name) is not None}
    if token:
        for row in call.db.execute(select(named_queries).where(here(call, named_queries, workgroup=group))):
            if row.body.get("ClientRequestToken") == token:
                return {"NamedQueryId": row.id}
        body["ClientRequestToken"] = token
    query = ids.request_id()
    call.db.execute(insert(named_queries).values(**place(call, id=query, workgroup=group, body=body)))
    return {"NamedQueryId": query}


@athena.operation(reads=True)
def get_named_query(call: Call, req: GetNamedQueryInput) -> GetNamedQueryOutput:
    """A named query."""
    return {"NamedQuery": _public(_shape(_row(call, req["NamedQueryId"])))}


def _public(found: Mapping[str, Any]) -> NamedQuery:
    return cast("NamedQuery", {name: value for name, value in found.items() if name != "ClientRequestToken"})


@athena.operation(reads=True)
def batch_get_named_query(call: Call, req: BatchGetNamedQueryInput) -> BatchGetNamedQueryOutput:
    """Several named queries; those that are not there are named."""
    wanted = req["NamedQueryIds"]
    rows = {row.id: row for row in call.db.execute(select(named_queries).where(here(call, named_queries), named_queries.c.id.in_(wanted)))}
    missing: list[UnprocessedNamedQueryId] = [
        {"NamedQueryId": each, "ErrorCode": "INVALID_INPUT", "ErrorMessage": f"NamedQuery {each} was not found"}
        for each in wanted
        if each not in rows
    ]
    return {"NamedQueries": [_public(_shape(rows[each])) for each in wanted if each in rows], "UnprocessedNamedQueryIds": missing}


@athena.operation(reads=True, resource=workgroup_arn)
def list_named_queries(call: Call, req: ListNamedQueriesInput) -> ListNamedQueriesOutput:
    """The ids of a workgroup's named queries."""
    group = find(call, req.get("WorkGroup") or PRIMARY)["Name"]
    limit, start = req.get("MaxResults") or 50, after(req, "ListNamedQueries")
    query = select(named_queries).where(here(call, named_queries, workgroup=group)).order_by(named_queries.c.id)
    if start is not None:
        query = query.where(named_queries.c.id > start)
    rows, token = paged(list(call.db.execute(query.limit(limit + 1))), limit, lambda row: row.id, "ListNamedQueries")
    return {"NamedQueryIds": [row.id for row in rows], "NextToken": token}


@athena.operation()
def update_named_query(call: Call, req: UpdateNamedQueryInput) -> UpdateNamedQueryOutput:
    """Replace a named query's name, description and text."""
    row = _row(call, req["NamedQueryId"])
    body = {**row.body, **{name: req[name] for name in ("Name", "Description", "QueryString") if req.get(name) is not None}}
    call.db.execute(update(named_queries).where(here(call, named_queries, id=row.id)).values(body=body))
    return {}


@athena.operation()
def delete_named_query(call: Call, req: DeleteNamedQueryInput) -> DeleteNamedQueryOutput:
    """Delete a named query."""
    _row(call, req["NamedQueryId"])
    call.db.execute(delete(named_queries).where(here(call, named_queries, id=req["NamedQueryId"])))
    return {}
