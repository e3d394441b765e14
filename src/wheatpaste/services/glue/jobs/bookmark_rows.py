"""A bookmark's life: ``job.init`` begins, ``job.commit`` commits, a reset or a rewind goes back. Each is one transaction.

AWS numbers versions so that of two runs at once the one that began first cannot commit ("Expected version 2 but found version 3").
Beginning and committing may be asked for twice, when an answer was lost: the run's id and the version that it began with decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from wheatpaste.services.glue.jobs.schema import runs
from wheatpaste.services.glue.jobs.schema_bookmarks import bookmarks, commits

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import JobBookmarkEntry

Place = tuple[str, str]
"""Account and region."""


class VersionMismatch(Exception):
    """Another run began, or the bookmark was reset, since this one began."""


class NoSuchRun(Exception):
    """A run that is named is not one of the job's."""


def at(table: Table, place: Place, **keys: Any) -> ColumnElement[bool]:
    """The rows of a place whose columns have these values."""
    return and_(table.c.account == place[0], table.c.region == place[1], *(table.c[name] == value for name, value in keys.items()))


def bookmark_row(db: Connection, place: Place, name: str, *, lock: bool = False) -> Row[Any] | None:
    """The bookmark of that name."""
    query = select(bookmarks).where(at(bookmarks, place, name=name))
    return db.execute(query.with_for_update() if lock else query).one_or_none()


def body(db: Connection, place: Place, name: str, number: int) -> str:
    """What a commit kept, as JSON; nothing for 0."""
    found = db.execute(select(commits.c.body).where(at(commits, place, name=name, number=number))).scalar()
    return found if found is not None else "{}"


def begin(db: Connection, place: Place, name: str, job: str, run_id: str) -> Row[Any]:
    """Begin a run's turn on the bookmark; the row, with the version that its commit must give."""
    row = bookmark_row(db, place, name, lock=True)
    if row is None:
        fresh = {"version": 0, "run": 0, "attempt": 0, "run_id": "", "previous_run_id": "", "open": 0, "state": 0, "commits": 0}
        try:
            with db.begin_nested():
                db.execute(insert(bookmarks).values(account=place[0], region=place[1], name=name, job=job, **fresh))
        except IntegrityError:
            return begin(db, place, name, job, run_id)  # another run was faster, and its row is there now
        row = bookmark_row(db, place, name, lock=True)
    assert row is not None
    if not (row.open and row.run_id == run_id):
        previous = row.previous_run_id if row.run_id == run_id else row.run_id
        begun = {"version": row.version + 1, "run": max(1, row.run), "attempt": row.attempt + row.open, "open": 1}
        db.execute(update(bookmarks).where(at(bookmarks, place, name=name)).values(**begun, run_id=run_id, previous_run_id=previous))
        row = bookmark_row(db, place, name)
        assert row is not None
    return row


def commit(db: Connection, place: Place, name: str, run_id: str, began: int, kept: str, now: float) -> int:
    """Keep what the run that began at version ``began`` found; the new version. Raises VersionMismatch."""
    row = bookmark_row(db, place, name, lock=True)
    done = db.execute(select(commits.c.version).where(at(commits, place, name=name, run_id=run_id, began_version=began))).scalar()
    if done is not None:
        return int(done)
    if row is None or not row.open or row.version != began or row.run_id != run_id:
        found = row.version if row is not None else 0
        raise VersionMismatch(f"Continuation update failed due to version mismatch. Expected version {began} but found version {found}")
    number, version = int(row.commits) + 1, began + 1
    told = {"run_id": run_id, "previous_run_id": row.previous_run_id, "began_version": began, "version": version, "run": row.run + 1}
    told |= {"attempt": row.attempt, "before": row.state, "body": kept, "committed": now}
    db.execute(insert(commits).values(account=place[0], region=place[1], name=name, number=number, **told))
    now_there = {"version": version, "run": row.run + 1, "attempt": 0, "open": 0, "state": number, "commits": number}
    db.execute(update(bookmarks).where(at(bookmarks, place, name=name)).values(**now_there))
    return version


def commit_of(db: Connection, place: Place, name: str, run_id: str) -> Row[Any] | None:
    """A run's last commit."""
    query = select(commits).where(at(commits, place, name=name, run_id=run_id)).order_by(commits.c.number.desc()).limit(1)
    return db.execute(query).one_or_none()


def until_run(db: Connection, place: Place, name: str, run_id: str) -> str:
    """What was processed "until the last successful run before and including the specified run ID", as AWS's documentation has it.

    Raises NoSuchRun for an id that is no run of a job here.
    """
    own = commit_of(db, place, name, run_id)
    if own is not None:
        return str(own.body)
    ended = db.execute(select(func.coalesce(runs.c.completed, runs.c.started)).where(at(runs, place, id=run_id))).scalar()
    if ended is None:
        raise NoSuchRun(f"There is no job run {run_id}")
    earlier = select(commits.c.body).where(at(commits, place, name=name), commits.c.committed <= ended)
    found = db.execute(earlier.order_by(commits.c.number.desc()).limit(1)).scalar()
    return found if found is not None else "{}"


def reset(db: Connection, place: Place, name: str) -> None:
    """Back to the beginning: everything is new to the next run; a run that is under way cannot commit any more."""
    nothing = {"version": 0, "run": 0, "attempt": 0, "run_id": "", "previous_run_id": "", "open": 0, "state": 0}
    db.execute(update(bookmarks).where(at(bookmarks, place, name=name)).values(**nothing))


def rewind(db: Connection, place: Place, row: Row[Any], to: Row[Any]) -> None:
    """Back to what the run of commit ``to`` began with: the next run reads again what that one and all later ones read.

    AWS: "resulting in the subsequent job run reprocessing data only from the bookmarked job run".
    """
    there = {"version": row.version + 1, "run": max(1, to.run - 1), "attempt": 0, "open": 0, "state": to.before}
    values = {**there, "run_id": to.previous_run_id, "previous_run_id": ""}
    db.execute(update(bookmarks).where(at(bookmarks, place, name=row.name)).values(**values))


def forget(db: Connection, place: Place, job: str) -> None:
    """A deleted job's bookmarks go with it."""
    names = select(bookmarks.c.name).where(at(bookmarks, place, job=job))
    db.execute(delete(commits).where(at(commits, place), commits.c.name.in_(names)))
    db.execute(delete(bookmarks).where(at(bookmarks, place, job=job)))


def entry(row: Row[Any], kept: str) -> JobBookmarkEntry:
    """A JobBookmarkEntry."""
    shape = {"JobName": row.name, "Version": row.version, "Run": row.run, "Attempt": row.attempt, "JobBookmark": kept}
    given = {"PreviousRunId": row.previous_run_id, "RunId": row.run_id}
    return cast("JobBookmarkEntry", shape | {name: value for name, value in given.items() if value})
