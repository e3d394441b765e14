"""Inline policies of users, groups and roles: kept, not evaluated yet."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.iam import entity, iam
from wheatpaste.services.iam.errors import NoSuchEntityException
from wheatpaste.services.iam.schema import inline_policies

Function = Callable[[Call, Shape], Shape]


def _register(kind: str) -> None:
    """The four operations of one kind of owner; their names differ only in it (PutRolePolicy, PutUserPolicy …)."""
    title = kind.capitalize()
    owner = f"{title}Name"

    def where(call: Call, req: Mapping[str, Any]) -> Any:
        return entity.of(call, inline_policies, kind, req[owner]) & (inline_policies.c.policy == req["PolicyName"])

    def put(call: Call, req: Mapping[str, Any]) -> Shape:
        row = entity.find(call, kind, req[owner])
        document = entity.checked_document(req["PolicyDocument"])
        call.db.execute(delete(inline_policies).where(where(call, req)))
        call.db.execute(
            insert(inline_policies).values(
                account=call.account, kind=kind, name_key=row.name_key, policy=req["PolicyName"], document=document
            )
        )
        return {}

    def get(call: Call, req: Mapping[str, Any]) -> Shape:
        entity.find(call, kind, req[owner])
        row = call.db.execute(select(inline_policies).where(where(call, req))).one_or_none()
        if row is None:
            raise NoSuchEntityException(f"The {kind} policy with name {req['PolicyName']} cannot be found.")
        return {owner: req[owner], "PolicyName": row.policy, "PolicyDocument": entity.shown_document(row.document)}

    def remove(call: Call, req: Mapping[str, Any]) -> Shape:
        entity.find(call, kind, req[owner])
        if not call.db.execute(delete(inline_policies).where(where(call, req))).rowcount:
            raise NoSuchEntityException(f"The {kind} policy with name {req['PolicyName']} cannot be found.")
        return {}

    def names(call: Call, req: Mapping[str, Any]) -> Shape:
        entity.find(call, kind, req[owner])
        rows = call.db.execute(
            select(inline_policies.c.policy).where(entity.of(call, inline_policies, kind, req[owner])).order_by(inline_policies.c.policy)
        )
        return {"PolicyNames": [row.policy for row in rows], "IsTruncated": False}

    for verb, fn, reads in (("put", put, False), ("get", get, True), ("delete", remove, False), ("list", names, True)):
        fn.__name__ = f"{verb}_{kind}_policy" if verb != "list" else f"list_{kind}_policies"
        iam.operation(reads=reads, only_stored=True, stored=["Marker", "MaxItems"] if verb == "list" else [])(fn)


for _kind in ("role", "user", "group"):
    _register(_kind)
