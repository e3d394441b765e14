"""Crawler definitions: what CreateCrawler was given is what GetCrawler returns, with AWS's defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste import arn as arns
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.crawl.definition import check_crawler, check_schedule, normalized_targets
from wheatpaste.services.glue.errors import AlreadyExistsException, CrawlerRunningException, EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.schema_crawlers import classifiers, crawlers, crawls, folders
from wheatpaste.services.glue.scope import decoded, millis, when
from wheatpaste.services.glue.tags import delete_tags, put_tags, tags_of
from wheatpaste.wire.errors import NotImplementedByWheatpaste
from wheatpaste.wire.paginate import page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        BatchGetCrawlersRequest,
        BatchGetCrawlersResponse,
        Crawler,
        CreateCrawlerRequest,
        CreateCrawlerResponse,
        DeleteCrawlerRequest,
        DeleteCrawlerResponse,
        GetCrawlerRequest,
        GetCrawlerResponse,
        GetCrawlersRequest,
        GetCrawlersResponse,
        ListCrawlersRequest,
        ListCrawlersResponse,
        UpdateCrawlerRequest,
        UpdateCrawlerResponse,
    )

PAGE = 100
DEFAULTS: Shape = {
    "Classifiers": [],
    "RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVERYTHING"},
    "SchemaChangePolicy": {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "DEPRECATE_IN_DATABASE"},
    "LineageConfiguration": {"CrawlerLineageSettings": "DISABLE"},
    "LakeFormationConfiguration": {"UseLakeFormationCredentials": False, "AccountId": ""},
}
KINDS = ("S3Targets", "JdbcTargets", "MongoDBTargets", "DynamoDBTargets", "CatalogTargets", "DeltaTargets", "IcebergTargets", "HudiTargets")
STORED = [
    "LineageConfiguration",
    "CrawlerSecurityConfiguration",
    "Description",
    "Schedule",
    "Targets.S3Targets[].ConnectionName",
    "Targets.IcebergTargets[].ConnectionName",
    "LakeFormationConfiguration",
]
REFUSED = [
    "Targets.S3Targets[].EventQueueArn",
    "Targets.S3Targets[].DlqEventQueueArn",
    "Targets.JdbcTargets",
    "Targets.MongoDBTargets",
    "Targets.DynamoDBTargets",
    "Targets.DeltaTargets",
    "Targets.HudiTargets",
    "Targets.CatalogTargets[].ConnectionName",
    "Targets.CatalogTargets[].EventQueueArn",
    "Targets.CatalogTargets[].DlqEventQueueArn",
]


def crawler_arn(call: Call, req: Mapping[str, Any]) -> str:
    """The crawler that a request names."""
    return arns.arn("glue", call.region, call.account, f"crawler/{req.get('Name') or req.get('CrawlerName')}")


def crawler_row(call: Call, name: str) -> Row[Any]:
    """The crawler's row; EntityNotFoundException when there is none."""
    row = call.db.execute(select(crawlers).where(here(call, crawlers, name=name))).one_or_none()
    if row is None:
        raise EntityNotFoundException(f"Crawler entry with name {name} does not exist")
    return row


def definition(row: Row[Any]) -> Shape:
    """A crawler's own members, with AWS's defaults for what was not given."""
    body = row.body
    policy = {**DEFAULTS["SchemaChangePolicy"], **(body.get("SchemaChangePolicy") or {})}
    targets = {kind: [] for kind in KINDS} | normalized_targets(body["Targets"])
    return {**DEFAULTS, **body, "Targets": targets, "SchemaChangePolicy": policy, "Name": row.name}


def crawler_shape(call: Call, row: Row[Any]) -> Crawler:
    """A ``Crawler``."""
    running = 0
    if row.crawl:
        started = call.db.execute(select(crawls.c.started).where(here(call, crawls, id=row.crawl))).scalar()
        running = millis(call) - started if started else 0
    shape = {**definition(row), "State": row.state, "CrawlElapsedTime": running, "Version": row.version}
    shape.update(CreationTime=when(row.created), LastUpdated=when(row.updated))
    if row.schedule:
        shape["Schedule"] = {"ScheduleExpression": row.schedule, "State": row.schedule_state}
    return cast("Crawler", {**shape, "LastCrawl": row.last} if row.last else shape)


def _checked(call: Call, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body of a crawler that can run; InvalidInputException, with the reason, for another."""
    if (body.get("RecrawlPolicy") or {}).get("RecrawlBehavior") == "CRAWL_EVENT_MODE":
        raise NotImplementedByWheatpaste(f"glue:{call.operation.name}", "RecrawlPolicy.RecrawlBehavior=CRAWL_EVENT_MODE")
    try:
        check_crawler(body)
    except ValueError as error:
        raise InvalidInputException(str(error)) from None
    for name in body.get("Classifiers") or []:
        if call.db.execute(select(classifiers.c.name).where(here(call, classifiers, name=name))).first() is None:
            raise EntityNotFoundException(f"Classifier not found: {name}.")
    return body


def checked_schedule(expression: str) -> str:
    """A cron expression as given; InvalidInputException for a malformed one."""
    if expression:
        try:
            check_schedule(expression)
        except ValueError as error:
            raise InvalidInputException(f"Invalid schedule expression: {error}") from None
    return expression


@glue.operation(resource=crawler_arn, stored=STORED, refused=[*REFUSED, "CatalogId"])
def create_crawler(call: Call, req: CreateCrawlerRequest) -> CreateCrawlerResponse:
    """Add a crawler; its schedule is kept and does not start crawls yet."""
    body = _checked(call, {k: v for k, v in req.items() if k not in ("Name", "Tags", "Schedule")})
    cron = checked_schedule(req.get("Schedule") or "")
    now = millis(call)
    values = place(call, name=req["Name"], body=body, schedule=cron, schedule_state="SCHEDULED" if cron else "NOT_SCHEDULED")
    values |= {"state": "READY", "version": 1, "crawl": "", "last": None, "created": now, "updated": now}
    try:
        with call.db.begin_nested():
            call.db.execute(insert(crawlers).values(**values))
    except IntegrityError:
        raise AlreadyExistsException(f"Crawler already exists: {req['Name']}") from None
    put_tags(call, crawler_arn(call, req), req.get("Tags") or {})
    return {}


@glue.operation(resource=crawler_arn, stored=STORED, refused=[*REFUSED, "CatalogId"])
def update_crawler(call: Call, req: UpdateCrawlerRequest) -> UpdateCrawlerResponse:
    """Change the members that are given."""
    row = crawler_row(call, req["Name"])
    if row.state != "READY":
        raise CrawlerRunningException(f"Crawler with name {row.name} has already started")
    body = _checked(call, {**row.body, **{k: v for k, v in req.items() if k not in ("Name", "Schedule")}})
    values = {"body": body, "version": row.version + 1, "updated": millis(call)}
    if "Schedule" in req:
        cron = checked_schedule(req["Schedule"])
        values |= {"schedule": cron, "schedule_state": "SCHEDULED" if cron else "NOT_SCHEDULED"}
    call.db.execute(update(crawlers).where(here(call, crawlers, name=row.name)).values(**values))
    return {}


@glue.operation(resource=crawler_arn)
def delete_crawler(call: Call, req: DeleteCrawlerRequest) -> DeleteCrawlerResponse:
    """Delete a crawler with its history; not while it runs. Its tables stay."""
    row = crawler_row(call, req["Name"])
    if row.state != "READY":
        raise CrawlerRunningException(f"Crawler with name {row.name} has already started")
    call.db.execute(delete(crawls).where(here(call, crawls, crawler=row.name)))
    call.db.execute(delete(folders).where(here(call, folders, crawler=row.name)))
    call.db.execute(delete(crawlers).where(here(call, crawlers, name=row.name)))
    delete_tags(call, crawler_arn(call, req))
    return {}


@glue.operation(reads=True, resource=crawler_arn)
def get_crawler(call: Call, req: GetCrawlerRequest) -> GetCrawlerResponse:
    """One crawler."""
    return {"Crawler": crawler_shape(call, crawler_row(call, req["Name"]))}


def crawler_page(call: Call, req: Mapping[str, Any], bound: str, where: Any = True) -> tuple[list[Row[Any]], str | None]:
    """A page of crawlers by name, and its token."""
    after, limit = decoded(req, bound) or "", req.get("MaxResults") or PAGE
    query = select(crawlers).where(here(call, crawlers), crawlers.c.name > after, where).order_by(crawlers.c.name).limit(limit + 1)
    rows, token = page(list(call.db.execute(query)), limit, lambda row: row.name, bound)
    return list(rows), token


@glue.operation(reads=True)
def get_crawlers(call: Call, req: GetCrawlersRequest) -> GetCrawlersResponse:
    """A page of crawlers."""
    rows, token = crawler_page(call, req, "GetCrawlers")
    return {"Crawlers": [crawler_shape(call, row) for row in rows], "NextToken": token}


@glue.operation(reads=True)
def list_crawlers(call: Call, req: ListCrawlersRequest) -> ListCrawlersResponse:
    """A page of crawlers' names; with ``Tags``, of those that have them all."""
    rows, token = crawler_page(call, req, "ListCrawlers")
    wanted = (req.get("Tags") or {}).items()
    names = [row.name for row in rows if not wanted or wanted <= tags_of(call, crawler_arn(call, {"Name": row.name})).items()]
    return {"CrawlerNames": names, "NextToken": token}


@glue.operation(reads=True)
def batch_get_crawlers(call: Call, req: BatchGetCrawlersRequest) -> BatchGetCrawlersResponse:
    """The crawlers of these names, and the names that have none."""
    rows = list(call.db.execute(select(crawlers).where(here(call, crawlers), crawlers.c.name.in_(req["CrawlerNames"]))))
    found = {row.name for row in rows}
    missing = [name for name in req["CrawlerNames"] if name not in found]
    return {"Crawlers": [crawler_shape(call, row) for row in rows], "CrawlersNotFound": missing}
