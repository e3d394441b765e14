"""The one place that builds and parses Amazon Resource Names."""

from typing import NamedTuple


class Arn(NamedTuple):
    """``arn:partition:service:region:account:resource``."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return ":".join(("arn", *self))


def arn(service: str, region: str, account: str, resource: str) -> str:
    """The ARN of a resource in the ``aws`` partition; region and account are empty where the service has none."""
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def parse(text: str) -> Arn:
    """The parts of an ARN; ValueError when it is none."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[1] or not parts[2]:
        raise ValueError(f"{text!r} is not an ARN")
    return Arn(*parts[1:])


def role_arn(account: str, role: str) -> str:
    """The ARN of ``role``, which may already be one (services such as Glue accept a role's name)."""
    return role if role.startswith("arn:") else arn("iam", "", account, f"role/{role.lstrip('/')}")
