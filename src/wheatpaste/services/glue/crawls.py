"""Running crawlers: start, stop, schedule, history and metrics."""

from __future__ import annotations

import operator
import statistics
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select, update

from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.crawlers import PAGE, checked_schedule, crawler_arn, crawler_page, crawler_row
from wheatpaste.services.glue.errors import (
    CrawlerNotRunningException,
    CrawlerRunningException,
    CrawlerStoppingException,
    InvalidInputException,
    NoScheduleException,
    SchedulerNotRunningException,
    SchedulerRunningException,
)
from wheatpaste.services.glue.schema_crawlers import crawlers, crawls
from wheatpaste.services.glue.scope import decoded, millis, when
from wheatpaste.wire.errors import NotImplementedByWheatpaste
from wheatpaste.wire.paginate import page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        CrawlerHistory,
        CrawlerMetrics,
        GetCrawlerMetricsRequest,
        GetCrawlerMetricsResponse,
        ListCrawlsRequest,
        ListCrawlsResponse,
        StartCrawlerRequest,
        StartCrawlerResponse,
        StartCrawlerScheduleRequest,
        StartCrawlerScheduleResponse,
        StopCrawlerRequest,
        StopCrawlerResponse,
        StopCrawlerScheduleRequest,
        StopCrawlerScheduleResponse,
        UpdateCrawlerScheduleRequest,
        UpdateCrawlerScheduleResponse,
    )

LOG_GROUP = "/aws-glue/crawlers"
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "GT": operator.gt,
    "GE": operator.ge,
    "LT": operator.lt,
    "LE": operator.le,
    "EQ": operator.eq,
    "NE": operator.ne,
}
FIELDS = {"CRAWL_ID": crawls.c.id, "STATE": crawls.c.state, "START_TIME": crawls.c.started, "END_TIME": crawls.c.ended}


@glue.operation(resource=crawler_arn)
def start_crawler(call: Call, req: StartCrawlerRequest) -> StartCrawlerResponse:
    """Start a crawl."""
    row = crawler_row(call, req["Name"])
    if row.state != "READY":
        raise CrawlerRunningException(f"Crawler with name {row.name} has already started")
    crawl = ids.request_id()
    call.db.execute(update(crawlers).where(here(call, crawlers, name=row.name)).values(state="RUNNING", crawl=crawl))
    started = place(call, id=crawl, crawler=row.name, state="RUNNING", started=millis(call), ended=None, error="", counts={})
    call.db.execute(insert(crawls).values(**started))
    call.start("crawl", row.name, {"crawl": crawl})
    detail = {"accountId": call.account, "crawlerName": row.name, "startTime": call.now.strftime("%Y-%m-%dT%H:%M:%SZ"), "state": "Started"}
    call.emit("Glue Crawler State Change", {**detail, "message": "Crawler Started"})
    return {}


@glue.operation(resource=crawler_arn)
def stop_crawler(call: Call, req: StopCrawlerRequest) -> StopCrawlerResponse:
    """Ask a crawl to stop: what it has written stays."""
    row = crawler_row(call, req["Name"])
    if row.state == "READY":
        raise CrawlerNotRunningException(f"Crawler with name {row.name} isn't running")
    if row.state == "STOPPING":
        raise CrawlerStoppingException(f"Crawler with name {row.name} is stopping")
    call.db.execute(update(crawlers).where(here(call, crawlers, name=row.name)).values(state="STOPPING"))
    call.stop("crawl", row.name)
    return {}


def _set_schedule(call: Call, name: str, **values: Any) -> StartCrawlerScheduleResponse:
    call.db.execute(update(crawlers).where(here(call, crawlers, name=name)).values(updated=millis(call), **values))
    return {}


@glue.operation(resource=crawler_arn, only_stored=True)
def start_crawler_schedule(call: Call, req: StartCrawlerScheduleRequest) -> StartCrawlerScheduleResponse:
    """Switch the schedule on; it is kept and does not start crawls yet."""
    row = crawler_row(call, req["CrawlerName"])
    if not row.schedule:
        raise NoScheduleException(f"Crawler {row.name} has no schedule.")
    if row.schedule_state == "SCHEDULED":
        raise SchedulerRunningException(f"The schedule of crawler {row.name} is already running.")
    return _set_schedule(call, row.name, schedule_state="SCHEDULED")


@glue.operation(resource=crawler_arn, only_stored=True)
def stop_crawler_schedule(call: Call, req: StopCrawlerScheduleRequest) -> StopCrawlerScheduleResponse:
    """Switch the schedule off."""
    row = crawler_row(call, req["CrawlerName"])
    if row.schedule_state != "SCHEDULED":
        raise SchedulerNotRunningException(f"The schedule of crawler {row.name} is not running.")
    return _set_schedule(call, row.name, schedule_state="NOT_SCHEDULED")


@glue.operation(resource=crawler_arn, only_stored=True)
def update_crawler_schedule(call: Call, req: UpdateCrawlerScheduleRequest) -> UpdateCrawlerScheduleResponse:
    """Replace the schedule; an empty one removes it."""
    row = crawler_row(call, req["CrawlerName"])
    cron = checked_schedule(req.get("Schedule") or "")
    return _set_schedule(call, row.name, schedule=cron, schedule_state="SCHEDULED" if cron else "NOT_SCHEDULED")


def history_shape(row: Row[Any]) -> CrawlerHistory:
    """A ``CrawlerHistory``."""
    shape: CrawlerHistory = {
        "CrawlId": row.id,
        "State": row.state,
        "StartTime": when(row.started),
        "LogGroup": LOG_GROUP,
        "LogStream": row.crawler,
        "MessagePrefix": row.id,
    }
    if row.ended:
        shape["EndTime"] = when(row.ended)
    if row.error:
        shape["ErrorMessage"] = row.error
    changed = {name: count for name, count in row.counts.items() if count}
    return {**shape, "Summary": ", ".join(f"{name}: {count}" for name, count in changed.items()) or "No changes"} if row.ended else shape


@glue.operation(reads=True, resource=crawler_arn)
def list_crawls(call: Call, req: ListCrawlsRequest) -> ListCrawlsResponse:
    """A crawler's crawls, the newest first; times in filters are epoch milliseconds."""
    name = crawler_row(call, req["CrawlerName"]).name
    query = select(crawls).where(here(call, crawls, crawler=name), *map(_condition, req.get("Filters") or []))
    after, limit = decoded(req, "ListCrawls"), req.get("MaxResults") or 20
    if after:
        query = query.where((crawls.c.started < after[0]) | ((crawls.c.started == after[0]) & (crawls.c.id < after[1])))
    query = query.order_by(crawls.c.started.desc(), crawls.c.id.desc()).limit(limit + 1)
    rows, token = page(list(call.db.execute(query)), limit, lambda row: [row.started, row.id], "ListCrawls")
    return {"Crawls": [history_shape(row) for row in rows], "NextToken": token}


def _condition(wanted: Mapping[str, Any]) -> Any:
    field, value = wanted.get("FieldName", ""), wanted.get("FieldValue", "")
    if field == "DPU_HOUR":
        raise NotImplementedByWheatpaste("glue:ListCrawls", "Filters[].FieldName=DPU_HOUR")
    if field not in FIELDS or wanted.get("FilterOperator") not in OPERATORS:
        raise InvalidInputException(f"A filter needs a FieldName of {', '.join(FIELDS)}, a FilterOperator and a FieldValue.")
    if field in ("START_TIME", "END_TIME"):
        if not value.isdigit():
            raise InvalidInputException(f"The filter on {field} needs a time in epoch milliseconds, not {value!r}.")
        value = int(value)
    elif wanted["FilterOperator"] not in ("EQ", "NE"):
        raise InvalidInputException(f"{field} can be compared with EQ and NE only.")
    return OPERATORS[wanted["FilterOperator"]](FIELDS[field], value)


@glue.operation(reads=True)
def get_crawler_metrics(call: Call, req: GetCrawlerMetricsRequest) -> GetCrawlerMetricsResponse:
    """Run times and changes of crawlers."""
    names = req.get("CrawlerNameList")
    rows, token = crawler_page(call, req, "GetCrawlerMetrics", crawlers.c.name.in_(names) if names else True)
    return {"CrawlerMetricsList": [_metrics(call, row) for row in rows], "NextToken": token}


def _metrics(call: Call, row: Row[Any]) -> CrawlerMetrics:
    done = select(crawls).where(here(call, crawls, crawler=row.name), crawls.c.ended.is_not(None))
    past = list(call.db.execute(done.order_by(crawls.c.started.desc()).limit(PAGE)))
    times = [(each.ended - each.started) / 1000 for each in past]
    counts = past[0].counts if past else {}
    median = statistics.median(times) if times else 0.0
    left = max(0.0, median - _running(call, row)) if row.crawl else 0.0
    return {
        "CrawlerName": row.name,
        "TimeLeftSeconds": left,
        "StillEstimating": bool(row.crawl and not times),
        "LastRuntimeSeconds": times[0] if times else 0.0,
        "MedianRuntimeSeconds": median,
        "TablesCreated": counts.get("TablesCreated", 0),
        "TablesUpdated": counts.get("TablesUpdated", 0),
        "TablesDeleted": counts.get("TablesDeleted", 0),
    }


def _running(call: Call, row: Row[Any]) -> float:
    started = call.db.execute(select(crawls.c.started).where(here(call, crawls, id=row.crawl))).scalar_one()
    return float(millis(call) - started) / 1000
