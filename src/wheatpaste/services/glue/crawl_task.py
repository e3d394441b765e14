"""The task of a crawl, and what its end leaves: history, LastCrawl, the event."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Row, insert, select, update

from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.service import Shape
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.classifiers import classifier_shape
from wheatpaste.services.glue.crawl.journal import GROUP, Journal
from wheatpaste.services.glue.crawl.reading import Inspector, StoppedError
from wheatpaste.services.glue.crawl.run import Crawl, CrawlFailedError
from wheatpaste.services.glue.crawl.writing import COUNTS, WriteFailedError
from wheatpaste.services.glue.crawlers import definition
from wheatpaste.services.glue.schema_crawlers import classifiers, crawlers, crawls, folders
from wheatpaste.services.glue.scope import millis, when
from wheatpaste.tasks.step import Done, Next, Step
from wheatpaste.wire.errors import AwsError

CONSOLE = "https://console.aws.amazon.com/cloudwatch/home"
STATES = {"COMPLETED": "SUCCEEDED", "FAILED": "FAILED", "STOPPED": "CANCELLED"}  # of a crawl, and of LastCrawl
LONGEST = 2048  # characters of an ErrorMessage


def _failed(call: Call, key: str, data: Mapping[str, Any], error: Exception) -> None:
    finish(
        call, key, data["crawl"], "FAILED", f"Internal Service Exception: {type(error).__name__}: {error}", dict.fromkeys(COUNTS, 0), set()
    )


@glue.task("crawl", again=True, failed=_failed)
def crawl(step: Step) -> Next | Done:
    """Run the whole crawl: it is one state, since all of it may be repeated."""
    row, custom, missing, seen = step.db.read(lambda c: _inputs(c, step))
    shape = definition(row)
    journal = Journal(step.aws, row.name, step.data["crawl"])
    aws = step.aws.as_role(shape["Role"], "AWS-Crawler")
    inspector = Inspector(step.app, aws, step.data["crawl"], custom, journal)
    running = Crawl(shape, aws, journal, inspector, step.stopping, seen)
    state, error = "COMPLETED", ""
    journal.write("BENCHMARK", f"Running Start Crawl for Crawler {row.name}")
    try:
        if missing:
            raise CrawlFailedError(f"Classifier not found: {', '.join(missing)}.")
        running.run()
    except StoppedError:
        if step.app.ending.is_set():
            raise  # the server ends: the next one runs the crawl again
        state = "STOPPED"
    except (AwsError, CrawlFailedError, WriteFailedError) as failure:
        state, error = "FAILED", str(getattr(failure, "message", "") or failure)
        journal.write("ERROR", error)
    finally:
        inspector.close()
        journal.write("BENCHMARK", "Crawler has finished running and is in state READY")
        journal.close()
    counts, new = running.counts, running.folders - seen if state == "COMPLETED" else set()
    return Done(lambda call: finish(call, row.name, step.data["crawl"], state, error, counts, new))


def _inputs(db: Any, step: Step) -> tuple[Row[Any], list[Shape], list[str], frozenset[str]]:
    """The crawler, its classifiers in their order, the names of those that are gone, and the folders that it has seen."""

    def mine(table: Any) -> Any:
        return (table.c.account == step.account) & (table.c.region == step.region)

    row = db.execute(select(crawlers).where(mine(crawlers), crawlers.c.name == step.key)).one()
    named = {each.name: classifier_shape(each) for each in db.execute(select(classifiers).where(mine(classifiers)))}
    missing = [name for name in row.body.get("Classifiers") or [] if name not in named]
    found = [named[name] for name in row.body.get("Classifiers") or [] if name in named]
    custom = [{kind: _plain(cast("Mapping[str, Any]", body)) for kind, body in each.items()} for each in found]
    seen = db.execute(select(folders.c.location).where(mine(folders), folders.c.crawler == step.key)).scalars()
    return row, custom, missing, frozenset(seen)


def _plain(body: Mapping[str, Any]) -> Shape:
    """A classifier without its times: what goes to the inspector is JSON."""
    return {name: value for name, value in body.items() if name not in ("CreationTime", "LastUpdated", "Version")}


def finish(call: Call, crawler: str, crawl_id: str, state: str, error: str, counts: dict[str, int], seen: set[str]) -> None:
    """Write a crawl's end."""
    error = error[:LONGEST]
    row = call.db.execute(select(crawls).where(here(call, crawls, id=crawl_id))).one()
    call.db.execute(
        update(crawls).where(here(call, crawls, id=crawl_id)).values(state=state, ended=millis(call), error=error, counts=counts)
    )
    last: Shape = {
        "Status": STATES[state],
        "LogGroup": GROUP,
        "LogStream": crawler,
        "MessagePrefix": crawl_id,
        "StartTime": when(row.started),
    }
    if error:
        last["ErrorMessage"] = error
    call.db.execute(update(crawlers).where(here(call, crawlers, name=crawler)).values(state="READY", crawl="", last=last))
    if seen:
        call.db.execute(insert(folders), [place(call, crawler=crawler, location=location) for location in sorted(seen)])
    if state != "STOPPED":
        _emit(call, crawler, state, error, counts, (millis(call) - row.started) // 1000)


def _emit(call: Call, crawler: str, state: str, error: str, counts: dict[str, int], seconds: int) -> None:
    link = f"{CONSOLE}?region={call.region}#logEventViewer:group={GROUP};stream={crawler}"
    detail: Shape = {"accountId": call.account, "crawlerName": crawler, "cloudWatchLogLink": link}
    if state == "FAILED":
        detail |= {"errorMessage": error, "state": "Failed", "message": "Crawler Failed"}
    else:
        changes = {name[0].lower() + name[1:]: str(count) for name, count in counts.items()}
        times = {"runningTime (sec)": str(seconds), "completionDate": call.now.strftime("%Y-%m-%dT%H:%M:%SZ")}
        detail |= {**changes, **times, "warningMessage": "N/A", "state": "Succeeded", "message": "Crawler Succeeded"}
    call.emit("Glue Crawler State Change", detail)
