"""What a run asks under ``/_wheatpaste/v1/bookmarks/<run id>/``: AWS has no public API by which a bookmark is written.

``POST begin``   ``{"name", "option", "from"?, "to"?}`` → ``{"version", "run", "attempt", "state", "until"?}``
``POST commit``  ``{"name", "version", "state"}`` → ``{"version"}``

Authorized by the token with which the run fetches its credentials, in the header ``Authorization``. Both may be asked again when an answer
was lost. Errors are ``{"code", "message"}`` with status 400, 403, 404 or 409.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, delete, insert, select

from wheatpaste.auth.schema import run_tokens
from wheatpaste.auth.sessions import digest
from wheatpaste.services.glue.jobs import bookmark_rows as rows
from wheatpaste.services.glue.jobs.schema import runs
from wheatpaste.services.glue.jobs.schema_bookmarks import run_bookmark_tokens

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.tasks.step import Step

PATH = "/_wheatpaste/v1/bookmarks/"
VARIABLE = "WHEATPASTE_BOOKMARKS"  # by which awsglue finds it
ENABLE, PAUSE = "job-bookmark-enable", "job-bookmark-pause"
Answer = tuple[int, dict[str, Any]]


@contextmanager
def allowed(step: "Step", token: str) -> Iterator[dict[str, str]]:
    """Lets the run that holds ``token`` keep bookmarks until it is over; the variables by which awsglue finds out where."""
    holder = {"account": step.account, "region": step.region, "run_id": step.key}
    mine = rows.at(run_bookmark_tokens, (step.account, step.region), run_id=step.key)

    def grant(db: Connection) -> None:
        db.execute(delete(run_bookmark_tokens).where(mine))  # of an earlier server, which ended without a word
        db.execute(insert(run_bookmark_tokens).values(**holder, token=digest(token)))

    step.db.write(grant)
    try:
        yield {VARIABLE: f"{step.app.endpoint}{PATH}{step.key}"}
    finally:
        step.db.write(lambda db: db.execute(delete(run_bookmark_tokens).where(mine)) and None)


def answer(app: "App", run_id: str, verb: str, token: str, sent: bytes) -> Answer:
    """Status and body of one request."""
    app.service("glue")
    if verb not in VERBS:
        return _error(404, "NotFound", f"{PATH}<run id>/{verb} is not served here")
    try:
        asked = json.loads(sent)
        return app.db.write(lambda db: _authorized(db, run_id, verb, token, asked))
    except (ValueError, KeyError, TypeError) as error:
        return _error(400, "InvalidInput", f"{type(error).__name__}: {error}")
    except rows.VersionMismatch as error:
        return _error(409, "VersionMismatchException", str(error))
    except rows.NoSuchRun as error:
        return _error(404, "EntityNotFoundException", str(error))


def _error(status: int, code: str, message: str) -> Answer:
    return status, {"code": code, "message": message}


def _authorized(db: Connection, run_id: str, verb: str, token: str, asked: dict[str, Any]) -> Answer:
    alive = db.execute(select(run_tokens.c.token).where(run_tokens.c.token == digest(token))).scalar()
    allowed = select(run_bookmark_tokens).where(run_bookmark_tokens.c.run_id == run_id, run_bookmark_tokens.c.token == digest(token))
    row = db.execute(allowed).one_or_none() if alive else None
    if row is None:
        return _error(403, "InvalidToken", "The run's token is unknown, revoked, or another run's.")
    return VERBS[verb](db, row, asked)


def _begin(db: Connection, holder: Row[Any], asked: dict[str, Any]) -> Answer:
    place, name = (holder.account, holder.region), str(asked["name"])
    if asked["option"] == PAUSE:
        return 200, _paused(db, place, name, asked.get("from"), asked.get("to"))
    if asked["option"] != ENABLE:
        raise ValueError(f"no such option: {asked['option']}")
    job = db.execute(select(runs.c.job).where(rows.at(runs, place, id=holder.run_id))).scalar_one()
    row = rows.begin(db, place, name, job, holder.run_id)
    return 200, {**_numbers(row), "state": json.loads(rows.body(db, place, name, row.state))}


def _numbers(row: Row[Any] | None) -> dict[str, int]:
    return {name: getattr(row, name) if row is not None else 0 for name in ("version", "run", "attempt")}


def _paused(db: Connection, place: rows.Place, name: str, begin: str | None, end: str | None) -> dict[str, Any]:
    """Nothing is written: the state as it is, or between two runs."""
    row = rows.bookmark_row(db, place, name)
    if not (begin and end):
        kept = rows.body(db, place, name, row.state) if row is not None else "{}"
        return {**_numbers(row), "state": json.loads(kept)}
    low, high = (json.loads(rows.until_run(db, place, name, run_id)) for run_id in (begin, end))
    return {**_numbers(row), "state": low, "until": high}


def _commit(db: Connection, holder: Row[Any], asked: dict[str, Any]) -> Answer:
    place, state = (holder.account, holder.region), asked["state"]
    if not isinstance(state, dict):
        raise TypeError("state is no object")
    kept = json.dumps(state, separators=(",", ":"))
    return 200, {"version": rows.commit(db, place, str(asked["name"]), holder.run_id, int(asked["version"]), kept, time.time())}


VERBS = {"begin": _begin, "commit": _commit}
