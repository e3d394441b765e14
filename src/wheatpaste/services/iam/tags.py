"""Tags of users, roles, policies and instance profiles."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.iam import entity, iam
from wheatpaste.services.iam.policies import policy_row


def _row(call: Call, kind: str, req: Mapping[str, Any]) -> Row[Any]:
    if kind == "policy":
        return policy_row(call, req["PolicyArn"])
    return entity.find(call, kind, req["InstanceProfileName" if kind == "profile" else f"{kind.capitalize()}Name"])


def _register(kind: str, name: str) -> None:
    """The three operations of one kind (TagRole, UntagRole, ListRoleTags …)."""

    def tag(call: Call, req: Mapping[str, Any]) -> Shape:
        row = _row(call, kind, req)
        entity.change(call, row, tags={**row.tags, **{t["Key"]: t["Value"] for t in req["Tags"]}})
        return {}

    def untag(call: Call, req: Mapping[str, Any]) -> Shape:
        row = _row(call, kind, req)
        entity.change(call, row, tags={k: v for k, v in row.tags.items() if k not in req["TagKeys"]})
        return {}

    def tags(call: Call, req: Mapping[str, Any]) -> Shape:
        return {"Tags": entity.tag_list(_row(call, kind, req).tags), "IsTruncated": False}

    for operation, fn, reads in ((f"tag_{name}", tag, False), (f"untag_{name}", untag, False), (f"list_{name}_tags", tags, True)):
        fn.__name__ = operation
        iam.operation(reads=reads, stored=["Marker", "MaxItems"] if reads else [])(fn)


for _kind, _name in (("role", "role"), ("user", "user"), ("policy", "policy"), ("profile", "instance_profile")):
    _register(_kind, _name)
