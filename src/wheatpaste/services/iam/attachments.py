"""Managed policies attached to users, groups and roles: kept, not evaluated yet."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.iam import entity, iam
from wheatpaste.services.iam.errors import NoSuchEntityException
from wheatpaste.services.iam.policies import AWS_MANAGED, policy_row
from wheatpaste.services.iam.schema import attachments


def _register(kind: str) -> None:
    """The three operations of one kind of owner (AttachRolePolicy, DetachRolePolicy, ListAttachedRolePolicies …)."""
    owner = f"{kind.capitalize()}Name"

    def attach(call: Call, req: Mapping[str, Any]) -> Shape:
        row = entity.find(call, kind, req[owner])
        if not req["PolicyArn"].startswith(AWS_MANAGED):
            policy_row(call, req["PolicyArn"])
        try:
            with call.db.begin_nested():
                call.db.execute(
                    insert(attachments).values(account=call.account, kind=kind, name_key=row.name_key, policy_arn=req["PolicyArn"])
                )
        except IntegrityError:
            return {}  # AWS answers success for a policy that is attached already
        return {}

    def detach(call: Call, req: Mapping[str, Any]) -> Shape:
        row = entity.find(call, kind, req[owner])
        where = entity.of(call, attachments, kind, row.name) & (attachments.c.policy_arn == req["PolicyArn"])
        if not call.db.execute(delete(attachments).where(where)).rowcount:
            raise NoSuchEntityException(f"Policy {req['PolicyArn']} was not found.")
        return {}

    def attached(call: Call, req: Mapping[str, Any]) -> Shape:
        row = entity.find(call, kind, req[owner])
        found = call.db.execute(
            select(attachments.c.policy_arn).where(entity.of(call, attachments, kind, row.name)).order_by(attachments.c.policy_arn)
        )
        return {
            "AttachedPolicies": [{"PolicyName": p.policy_arn.rsplit("/", 1)[-1], "PolicyArn": p.policy_arn} for p in found],
            "IsTruncated": False,
        }

    for name, fn, reads in (
        (f"attach_{kind}_policy", attach, False),
        (f"detach_{kind}_policy", detach, False),
        (f"list_attached_{kind}_policies", attached, True),
    ):
        fn.__name__ = name
        iam.operation(reads=reads, only_stored=True, stored=["PathPrefix", "Marker", "MaxItems"] if reads else [])(fn)


for _kind in ("role", "user", "group"):
    _register(_kind)
