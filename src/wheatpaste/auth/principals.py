"""Who a request comes from."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from wheatpaste import arn as arns


@dataclass(frozen=True)
class Principal:
    """An identity: the account's root, an IAM user, a role's session, nobody (``anonymous``) or an AWS service."""

    kind: Literal["root", "user", "role", "anonymous", "service"]
    account: str
    arn: str
    user_id: str
    access_key: str = ""
    role_arn: str = ""  # of a role session


def root(account: str, access_key: str = "") -> Principal:
    """The account's root."""
    return Principal("root", account, arns.arn("iam", "", account, "root"), account, access_key)


@lru_cache(100)
def anonymous(account: str) -> Principal:
    """Nobody: an unsigned request."""
    return Principal("anonymous", account, "", "", "")


def assumed_role(account: str, role: str, session: str, role_id: str = "", access_key: str = "") -> Principal:
    """A session of a role, given by ARN or by name in ``account``."""
    role_arn = arns.role_arn(account, role)
    parsed = arns.parse(role_arn)
    name = parsed.resource.rsplit("/", 1)[-1]
    session_arn = arns.arn("sts", "", parsed.account, f"assumed-role/{name}/{session}")
    return Principal("role", parsed.account, session_arn, f"{role_id or name}:{session}", access_key, role_arn)
