"""What users, groups, roles, policies and instance profiles have in common."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import quote

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.services.iam.errors import (
    EntityAlreadyExistsException,
    MalformedPolicyDocumentException,
    NoSuchEntityException,
    ValidationError,
)
from wheatpaste.services.iam.schema import entities
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.services.iam.shapes_generated import Tag

PREFIXES = {"user": "AIDA", "group": "AGPA", "role": "AROA", "policy": "ANPA", "profile": "AIPA"}
TITLES = {"user": "user", "group": "group", "role": "role", "policy": "policy", "profile": "Instance Profile"}
RESOURCES = {"user": "user", "group": "group", "role": "role", "policy": "policy", "profile": "instance-profile"}


def when(seconds: float) -> datetime:
    """Epoch seconds as an aware datetime, whole seconds as IAM gives them."""
    return datetime.fromtimestamp(int(seconds), UTC)


def of(call: Call, table: Any, kind: str, name: str) -> Any:
    """The WHERE clause of one entity in ``table``."""
    return (table.c.account == call.account) & (table.c.kind == kind) & (table.c.name_key == name.lower())


def create(call: Call, kind: str, name: str, path: str, body: Mapping[str, Any], tags: Sequence[Tag]) -> Row[Any]:
    """Insert an entity; EntityAlreadyExists when the name is taken."""
    path = path or "/"
    row = {
        "account": call.account,
        "kind": kind,
        "name_key": name.lower(),
        "name": name,
        "path": path,
        "id": ids.iam_id(PREFIXES[kind]) if kind != "user" else ids.iam_id("AIDA"),
        "arn": arns.arn("iam", "", call.account, f"{RESOURCES[kind]}{path}{name}"),
        "body": body,
        "tags": {t["Key"]: t["Value"] for t in tags},
        "created": call.now.timestamp(),
    }
    try:
        with call.db.begin_nested():
            call.db.execute(insert(entities).values(**row))
    except IntegrityError:
        raise EntityAlreadyExistsException(f"{TITLES[kind].capitalize()} with name {name} already exists.") from None
    return find(call, kind, name)


def find(call: Call, kind: str, name: str) -> Row[Any]:
    """The entity's row; NoSuchEntity when there is none."""
    row = call.db.execute(select(entities).where(of(call, entities, kind, name))).one_or_none()
    if row is None:
        raise NoSuchEntityException(f"The {TITLES[kind]} with name {name} cannot be found.")
    return row


def change(call: Call, row: Row[Any], **values: Any) -> None:
    """Update an entity's columns."""
    call.db.execute(update(entities).where(of(call, entities, row.kind, row.name)).values(**values))


def remove(call: Call, kind: str, name: str, *tables: Any) -> None:
    """Delete an entity, and what ``tables`` hold of it."""
    for table in (*tables, entities):
        call.db.execute(delete(table).where(of(call, table, kind, name)))


class Page(TypedDict, total=False):
    """What a list's answer says of the rest."""

    IsTruncated: bool
    Marker: str


def page(call: Call, kind: str, req: Mapping[str, Any], *conditions: Any) -> tuple[list[Row[Any]], Page]:
    """A page of entities under ``PathPrefix``, by name."""
    limit = req.get("MaxItems") or 100
    query = select(entities).where(entities.c.account == call.account, entities.c.kind == kind, *conditions)
    if req.get("PathPrefix"):
        query = query.where(entities.c.path.startswith(req["PathPrefix"], autoescape=True))
    if req.get("Marker"):
        query = query.where(entities.c.name_key > marker(req))
    rows = list(call.db.execute(query.order_by(entities.c.name_key).limit(limit + 1)))
    if len(rows) <= limit:
        return rows, {"IsTruncated": False}
    return rows[:limit], {"IsTruncated": True, "Marker": encode_token(rows[limit - 1].name_key, "iam:name")}


def marker(req: Mapping[str, Any]) -> str:
    """The name that a ``Marker`` holds."""
    return str(decode_token(req["Marker"], "iam:name", ValidationError))


def tag_list(tags: Mapping[str, Any]) -> list[Tag]:
    """Tags as IAM lists them."""
    return [{"Key": k, "Value": v} for k, v in tags.items()]


def checked_document(document: str) -> str:
    """A policy document that is JSON with statements; MalformedPolicyDocument for any other."""
    try:
        parsed = json.loads(document)
    except ValueError as error:
        raise MalformedPolicyDocumentException(f"This policy contains invalid Json: {error}") from None
    if not isinstance(parsed, dict) or "Statement" not in parsed:
        raise MalformedPolicyDocumentException("Syntax errors in policy: Missing required field Statement")
    for statement in parsed["Statement"] if isinstance(parsed["Statement"], list) else [parsed["Statement"]]:
        if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
            raise MalformedPolicyDocumentException("Syntax errors in policy: Effect must be Allow or Deny")
    return document


def shown_document(document: str) -> str:
    """A document as IAM gives it back: URL-encoded (RFC 3986), which botocore decodes."""
    return quote(document, safe="")
