"""What a run asks under ``/_wheatpaste/v1/quality/<run id>/``: AWS has no public operation by which a job publishes such results.

``POST publish``  ``{"result"}`` → ``{"ResultId"}``
``POST history``  ``{"context", "most"}`` → ``{"metrics": [{name: value}, …]}`` of the job's earlier results, newest first

Authorized by the token with which the run fetches its credentials, in the header ``Authorization``. Errors are ``{"code", "message"}``.
"""

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, select

from wheatpaste.auth.schema import run_tokens
from wheatpaste.auth.sessions import digest
from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.services.glue.jobs.schema import runs as job_runs
from wheatpaste.services.glue.jobs.schema_bookmarks import run_bookmark_tokens
from wheatpaste.services.glue.quality.results import insert_result
from wheatpaste.services.glue.quality.schema import results
from wheatpaste.services.glue.quality.sources import result_id

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.tasks.step import Step

PATH = "/_wheatpaste/v1/quality/"
VARIABLE = "WHEATPASTE_QUALITY"  # by which awsgluedq finds it
MOST = 1000
Answer = tuple[int, dict[str, Any]]


def variables(step: "Step") -> dict[str, str]:
    """The variable by which a run's awsgluedq finds this."""
    return {VARIABLE: f"{step.app.endpoint}{PATH}{step.key}"}


def answer(app: "App", run_id: str, verb: str, token: str, sent: bytes) -> Answer:
    """Status and body of one request."""
    operation = app.operation("glue", "GetDataQualityResult")  # whose service the call below is one of
    if verb not in VERBS:
        return _error(404, "NotFound", f"{PATH}<run id>/{verb} is not served here")
    holder = app.db.read(lambda db: _holder(db, run_id, token))
    if holder is None:
        return _error(403, "InvalidToken", "The run's token is unknown, revoked, or another run's.")
    try:
        asked = json.loads(sent)
        root = app.as_root(holder.account, holder.region)
        return app.transact(root, operation, lambda call: VERBS[verb](call, run_id, asked))
    except (ValueError, KeyError, TypeError) as error:
        return _error(400, "InvalidInput", f"{type(error).__name__}: {error}")


def _error(status: int, code: str, message: str) -> Answer:
    return status, {"code": code, "message": message}


def _holder(db: Connection, run_id: str, token: str) -> Row[Any] | None:
    alive = db.execute(select(run_tokens.c.token).where(run_tokens.c.token == digest(token))).scalar()
    mine = select(run_bookmark_tokens).where(run_bookmark_tokens.c.run_id == run_id, run_bookmark_tokens.c.token == digest(token))
    return db.execute(mine).one_or_none() if alive else None


def _job(call: Call, run_id: str) -> str:
    return str(call.db.execute(select(job_runs.c.job).where(here(call, job_runs, id=run_id))).scalar_one())


def _publish(call: Call, run_id: str, asked: dict[str, Any]) -> Answer:
    job, identity = _job(call, run_id), result_id()
    insert_result(call, identity, {**asked["result"], "JobName": job, "JobRunId": run_id}, job=job, run_id=run_id)
    return 200, {"ResultId": identity}


def _history(call: Call, run_id: str, asked: dict[str, Any]) -> Answer:
    """Of the same job and evaluation context."""
    query = select(results.c.body).where(here(call, results, job=_job(call, run_id), context=str(asked["context"])))
    bodies = call.db.execute(query.order_by(results.c.sequence.desc()).limit(min(int(asked["most"]), MOST))).scalars()
    return 200, {"metrics": [_metrics(body) for body in bodies]}


def _metrics(body: dict[str, Any]) -> dict[str, float]:
    found: dict[str, float] = {}
    for each in (*body.get("AnalyzerResults", ()), *body.get("RuleResults", ())):
        found |= each.get("EvaluatedMetrics") or {}
    return found


VERBS = {"publish": _publish, "history": _history}
