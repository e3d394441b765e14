"""Rulesets: DQDL documents by name, checked when they are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import chosen
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import AlreadyExistsException, EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.jobs.definitions import when
from wheatpaste.services.glue.quality.schema import rulesets
from wheatpaste.services.glue.schema import tags
from wheatpaste.services.glue.scope import catalog_id, decoded, fold
from wheatpaste.services.glue.tags import delete_tags, put_tags
from wheatpaste.wire.paginate import page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        CreateDataQualityRulesetRequest,
        CreateDataQualityRulesetResponse,
        DataQualityRulesetListDetails,
        DeleteDataQualityRulesetRequest,
        DeleteDataQualityRulesetResponse,
        GetDataQualityRulesetRequest,
        GetDataQualityRulesetResponse,
        ListDataQualityRulesetsRequest,
        ListDataQualityRulesetsResponse,
        UpdateDataQualityRulesetRequest,
        UpdateDataQualityRulesetResponse,
    )

PAGE = 100
SHOWN = ("Description", "Ruleset", "TargetTable", "DataQualitySecurityConfiguration", "RecommendationRunId")


def ruleset_arn(call: Call, name: str) -> str:
    """A ruleset's ARN."""
    return arns.arn("glue", call.region, call.account, f"dataQualityRuleset/{name}")


def named_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The ruleset that a request names."""
    return ruleset_arn(call, req["Name"])


def ruleset_row(call: Call, name: str) -> Row[Any]:
    """The ruleset's row; EntityNotFoundException when there is none."""
    row = call.db.execute(select(rulesets).where(here(call, rulesets, name=name))).one_or_none()
    if row is None:
        raise EntityNotFoundException(f"Data quality ruleset {name} not found.")
    return row


def parsed(text: str) -> Any:
    """The document as awsgluedq reads it; InvalidInputException with line and column for one that is none."""
    from awsgluedq.dqdl import DqdlError, parse

    try:
        return parse(text)
    except DqdlError as error:
        raise InvalidInputException(f"Ruleset is not valid DQDL: {error}") from None


def exists(call: Call, name: str) -> bool:
    """Whether there is a ruleset of that name."""
    return call.db.execute(select(rulesets.c.name).where(here(call, rulesets, name=name))).scalar() is not None


def keep(call: Call, name: str, body: Mapping[str, Any]) -> None:
    """Write a new ruleset; IntegrityError when there is one of that name."""
    now = call.now.timestamp()
    values = place(call, name=name, body=body, rules=len(parsed(body["Ruleset"]).rules), created=now, modified=now)
    with call.db.begin_nested():
        call.db.execute(insert(rulesets).values(**values))


@glue.operation(resource=named_arn, stored=["DataQualitySecurityConfiguration"])
def create_data_quality_ruleset(call: Call, req: CreateDataQualityRulesetRequest) -> CreateDataQualityRulesetResponse:
    """Add a ruleset; asked again with the same ClientToken and ruleset, it is there already."""
    name, body = req["Name"], {key: value for key, value in req.items() if key not in ("Name", "Tags") and value is not None}
    if body.get("TargetTable"):
        catalog_id(call, req["TargetTable"])
    try:
        keep(call, name, body)
    except IntegrityError:
        if not req.get("ClientToken") or ruleset_row(call, name).body != body:
            raise AlreadyExistsException(f"Data quality ruleset {name} already exists.") from None
    else:
        put_tags(call, ruleset_arn(call, name), req.get("Tags") or {})
    return {"Name": name}


@glue.operation(reads=True, resource=named_arn)
def get_data_quality_ruleset(call: Call, req: GetDataQualityRulesetRequest) -> GetDataQualityRulesetResponse:
    """One ruleset."""
    row = ruleset_row(call, req["Name"])
    shown = cast("GetDataQualityRulesetResponse", {key: row.body[key] for key in SHOWN if key in row.body})
    return {"Name": row.name, "CreatedOn": when(row.created), "LastModifiedOn": when(row.modified), **shown}


@glue.operation(resource=named_arn)
def update_data_quality_ruleset(call: Call, req: UpdateDataQualityRulesetRequest) -> UpdateDataQualityRulesetResponse:
    """Change the description and the rules that are given."""
    row = ruleset_row(call, req["Name"])
    body = {**row.body, **{key: req[key] for key in ("Description", "Ruleset") if req.get(key) is not None}}
    values = {"body": body, "rules": len(parsed(body["Ruleset"]).rules), "modified": call.now.timestamp()}
    call.db.execute(update(rulesets).where(here(call, rulesets, name=row.name)).values(**values))
    return {"Name": row.name, "Description": body.get("Description"), "Ruleset": body["Ruleset"]}


@glue.operation(resource=named_arn)
def delete_data_quality_ruleset(call: Call, req: DeleteDataQualityRulesetRequest) -> DeleteDataQualityRulesetResponse:
    """Delete a ruleset; its results stay."""
    if not call.db.execute(delete(rulesets).where(here(call, rulesets, name=req["Name"]))).rowcount:
        raise EntityNotFoundException(f"Data quality ruleset {req['Name']} not found.")
    delete_tags(call, ruleset_arn(call, req["Name"]))
    return {}


@glue.operation(reads=True)
def list_data_quality_rulesets(call: Call, req: ListDataQualityRulesetsRequest) -> ListDataQualityRulesetsResponse:
    """A page of rulesets, by name."""
    after, limit = decoded(req, "ListDataQualityRulesets") or "", req.get("MaxResults") or PAGE
    query = select(rulesets).where(here(call, rulesets), rulesets.c.name > after).order_by(rulesets.c.name)
    for tag, value in (req.get("Tags") or {}).items():
        tagged = select(tags.c.arn).where(here(call, tags, tag=tag, value=value))
        query = query.where((f"{ruleset_arn(call, '')}" + rulesets.c.name).in_(tagged))
    matching = [row for row in call.db.execute(query) if _matches(row, req.get("Filter") or {})]
    rows, token = page(matching, limit, lambda row: row.name, "ListDataQualityRulesets")
    return {"Rulesets": [_listed(row) for row in rows], "NextToken": token}


def _matches(row: Row[Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a ruleset is what a Filter asks for; Name and Description are found anywhere in the text."""
    target, given = wanted.get("TargetTable"), row.body.get("TargetTable") or {}
    tests = [
        wanted.get("Name", "") in row.name,
        wanted.get("Description", "") in row.body.get("Description", ""),
        "CreatedBefore" not in wanted or when(row.created) < wanted["CreatedBefore"],
        "CreatedAfter" not in wanted or when(row.created) > wanted["CreatedAfter"],
        "LastModifiedBefore" not in wanted or when(row.modified) < wanted["LastModifiedBefore"],
        "LastModifiedAfter" not in wanted or when(row.modified) > wanted["LastModifiedAfter"],
        target is None or all(fold(target[name]) == fold(given.get(name, "")) for name in ("DatabaseName", "TableName")),
    ]
    return all(tests)


def _listed(row: Row[Any]) -> DataQualityRulesetListDetails:
    shown = cast("DataQualityRulesetListDetails", chosen(row.body, ("Description", "TargetTable", "RecommendationRunId")))
    return {"Name": row.name, "CreatedOn": when(row.created), "LastModifiedOn": when(row.modified), "RuleCount": row.rules, **shown}
