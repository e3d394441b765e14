"""Workgroups; ``primary`` is always there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape, chosen
from wheatpaste.services.athena import athena
from wheatpaste.services.athena.errors import InvalidRequestException
from wheatpaste.services.athena.schema import executions, named_queries, prepared_statements, workgroups
from wheatpaste.services.athena.scope import PRIMARY, after, millis, paged, workgroup_arn
from wheatpaste.services.athena.tags import delete_tags, put_tags
from wheatpaste.store.codec import from_millis

if TYPE_CHECKING:
    from wheatpaste.services.athena.shapes_generated import (
        CreateWorkGroupInput,
        CreateWorkGroupOutput,
        DeleteWorkGroupInput,
        DeleteWorkGroupOutput,
        EngineVersion,
        GetWorkGroupInput,
        GetWorkGroupOutput,
        ListEngineVersionsInput,
        ListEngineVersionsOutput,
        ListWorkGroupsInput,
        ListWorkGroupsOutput,
        UpdateWorkGroupInput,
        UpdateWorkGroupOutput,
        WorkGroup,
        WorkGroupSummary,
    )

VERSION = "Athena engine version 3"
ENGINE: EngineVersion = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": VERSION}
DEFAULTS: Shape = {"EnforceWorkGroupConfiguration": True, "PublishCloudWatchMetricsEnabled": False, "RequesterPaysEnabled": False}
OTHERS = (
    "ManagedQueryResultsConfiguration AdditionalConfiguration ExecutionRole MonitoringConfiguration EngineConfiguration "
    "CustomerContentEncryptionConfiguration EnableMinimumEncryptionConfiguration IdentityCenterConfiguration "
    "QueryResultsS3AccessGrantsConfiguration SystemTableStatuses"
)
NOT_BUILT = OTHERS.split()
KEPT = (
    "PublishCloudWatchMetricsEnabled",
    "RequesterPaysEnabled",
    "ResultConfiguration.EncryptionConfiguration",
    "ResultConfiguration.ExpectedBucketOwner",
    "ResultConfiguration.AclConfiguration",
)
REMOVALS = {
    "RemoveOutputLocation": "OutputLocation",
    "RemoveEncryptionConfiguration": "EncryptionConfiguration",
    "RemoveExpectedBucketOwner": "ExpectedBucketOwner",
    "RemoveAclConfiguration": "AclConfiguration",
}


def configuration(given: Mapping[str, Any]) -> Shape:
    """A configuration with Athena's defaults; raises for an engine that is not there."""
    version = (given.get("EngineVersion") or {}).get("SelectedEngineVersion") or "AUTO"
    if version not in ("AUTO", VERSION):
        raise InvalidRequestException(f"Selected engine version is not available: {version}")
    return {**DEFAULTS, **given, "EngineVersion": {"SelectedEngineVersion": version, "EffectiveEngineVersion": VERSION}}


def find(call: Call, name: str) -> WorkGroup:
    """A workgroup as ``{Name, State, Configuration, …}``; raises InvalidRequestException when there is none."""
    row = call.db.execute(select(workgroups).where(here(call, workgroups, name=name))).one_or_none()
    if row is not None:
        return shape(row)
    if name == PRIMARY:
        primary: Any = configuration({"EnforceWorkGroupConfiguration": False, "ResultConfiguration": {}})
        return {"Name": PRIMARY, "State": "ENABLED", "Configuration": primary, "CreationTime": call.app.started}
    raise InvalidRequestException(f"WorkGroup is not found.: {name}", AthenaErrorCode="INVALID_INPUT")


def shape(row: Row[Any]) -> WorkGroup:
    """A workgroup's row as AWS shows it."""
    return {"Name": row.name, "State": row.state, **row.body, "CreationTime": from_millis(row.created)}


@athena.operation(
    resource=workgroup_arn, stored=[f"Configuration.{name}" for name in KEPT], refused=[f"Configuration.{name}" for name in NOT_BUILT]
)
def create_work_group(call: Call, req: CreateWorkGroupInput) -> CreateWorkGroupOutput:
    """Make a workgroup."""
    name = req["Name"]
    body = {
        "Configuration": configuration(req.get("Configuration") or {}),
        **({"Description": req["Description"]} if req.get("Description") else {}),
    }
    try:
        if name == PRIMARY:
            raise InvalidRequestException("WorkGroup is already created")
        call.db.execute(insert(workgroups).values(**place(call, name=name, state="ENABLED", body=body, created=millis(call))))
    except IntegrityError:
        raise InvalidRequestException("WorkGroup is already created") from None
    put_tags(call, arns.arn("athena", call.region, call.account, f"workgroup/{name}"), req.get("Tags") or [])
    return {}


@athena.operation(
    resource=workgroup_arn,
    stored=[f"ConfigurationUpdates.{name.replace('ResultConfiguration', 'ResultConfigurationUpdates')}" for name in KEPT],
    refused=[f"ConfigurationUpdates.{name}" for name in NOT_BUILT] + ["ConfigurationUpdates.ManagedQueryResultsConfigurationUpdates"],
)
def update_work_group(call: Call, req: UpdateWorkGroupInput) -> UpdateWorkGroupOutput:
    """Change a workgroup; the first change of the primary one writes its row."""
    found = find(call, req["WorkGroup"])
    body: dict[str, Any] = {"Configuration": _updated(found["Configuration"], dict(req.get("ConfigurationUpdates") or {}))}
    description = req.get("Description", found.get("Description"))
    if description is not None:
        body["Description"] = description
    values = {"state": req.get("State") or found["State"], "body": body}
    where = here(call, workgroups, name=req["WorkGroup"])
    if not call.db.execute(update(workgroups).where(where).values(**values)).rowcount:
        call.db.execute(insert(workgroups).values(**place(call, name=req["WorkGroup"], created=millis(call), **values)))
    return {}


def _updated(old: Mapping[str, Any], updates: dict[str, Any]) -> Shape:
    changes = dict(updates.pop("ResultConfigurationUpdates", None) or {})
    results = dict(old.get("ResultConfiguration") or {})
    for flag, member in REMOVALS.items():
        if changes.pop(flag, False):
            results.pop(member, None)
    new = {**old, "ResultConfiguration": {**results, **changes}}
    if updates.pop("RemoveBytesScannedCutoffPerQuery", False):
        new.pop("BytesScannedCutoffPerQuery", None)
    return configuration({**new, **updates})


@athena.operation(resource=workgroup_arn, reads=True)
def get_work_group(call: Call, req: GetWorkGroupInput) -> GetWorkGroupOutput:
    """A workgroup."""
    return {"WorkGroup": find(call, req["WorkGroup"])}


@athena.operation(reads=True)
def list_work_groups(call: Call, req: ListWorkGroupsInput) -> ListWorkGroupsOutput:
    """The workgroups by name."""
    limit, start = req.get("MaxResults") or 50, after(req, "ListWorkGroups")
    query = select(workgroups).where(here(call, workgroups), workgroups.c.name != PRIMARY).order_by(workgroups.c.name)
    if start is not None:
        query = query.where(workgroups.c.name > start)
    rows, token = paged(list(call.db.execute(query.limit(limit + 1))), limit, lambda row: row.name, "ListWorkGroups")
    found = ([find(call, PRIMARY)] if start is None else []) + [shape(row) for row in rows]
    return {"WorkGroups": [_summary(each) for each in found], "NextToken": token}


def _summary(found: WorkGroup) -> WorkGroupSummary:
    kept = chosen(found, ("Name", "State", "Description", "CreationTime"))
    return cast("WorkGroupSummary", {**kept, "EngineVersion": found["Configuration"]["EngineVersion"]})


@athena.operation(resource=workgroup_arn)
def delete_work_group(call: Call, req: DeleteWorkGroupInput) -> DeleteWorkGroupOutput:
    """Delete a workgroup; one with queries only with RecursiveDeleteOption."""
    name = req["WorkGroup"]
    if name == PRIMARY:
        raise InvalidRequestException("The primary workgroup cannot be deleted")
    find(call, name)
    owned = (executions, named_queries, prepared_statements)
    used = any(call.db.execute(select(exists().where(here(call, table, workgroup=name)))).scalar() for table in owned)
    if used and not req.get("RecursiveDeleteOption"):
        raise InvalidRequestException(f"WorkGroup {name} is not empty")
    for table in owned:
        call.db.execute(delete(table).where(here(call, table, workgroup=name)))
    call.db.execute(delete(workgroups).where(here(call, workgroups, name=name)))
    delete_tags(call, arns.arn("athena", call.region, call.account, f"workgroup/{name}"))
    return {}


@athena.operation(reads=True)
def list_engine_versions(call: Call, req: ListEngineVersionsInput) -> ListEngineVersionsOutput:
    """The one engine."""
    after(req, "ListEngineVersions")
    versions: list[EngineVersion] = [ENGINE, {"SelectedEngineVersion": VERSION, "EffectiveEngineVersion": VERSION}]
    return {"EngineVersions": versions[: req.get("MaxResults") or 10]}
