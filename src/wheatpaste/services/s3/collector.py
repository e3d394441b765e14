"""The collector: removes blobs that neither a row nor a reader refers to, 15 minutes after they lost their last one.

What it does is decided by looking at the rows again, and a file goes before its note does: it may be interrupted anywhere and be repeated.
"""

import time
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, delete, insert, select
from sqlalchemy.exc import IntegrityError

from wheatpaste.call import Call
from wheatpaste.services.s3 import s3
from wheatpaste.services.s3.schema import garbage, inline, objects, parts, uploads
from wheatpaste.tasks.step import Next, Step

if TYPE_CHECKING:
    from wheatpaste.app import App

GRACE = 15 * 60.0  # seconds
EVERY = 60.0  # seconds between two looks
SWEEP = 3600.0  # seconds between two walks over all files
BATCH = 500


def start(call: Call) -> None:
    """Let the collector run from now on: one task for an account and region, where the first bucket made it."""
    try:
        with call.db.begin_nested():
            call.start("collect", "objects", service="s3")
    except IntegrityError:
        return  # it runs already


@s3.task("collect", again=True)
def collect(step: Step) -> Next:
    """Look at the notes that are old enough; again in a minute, at once while there are many."""
    notes = step.db.read(lambda c: _notes(c, time.time() - GRACE))
    if notes:
        lost = step.db.read(lambda c: unreferenced(c, {note.blob for note in notes}))
        gone = {blob for blob in lost if step.app.blobs.unlink(blob)}
        done = [note for note in notes if note.blob not in lost or note.blob in gone]
        step.db.write(lambda c: _settle(c, done, gone))
    swept = float(step.data.get("swept", time.time()))
    if time.time() - swept > SWEEP:  # what an operation that failed left behind
        sweep(step.app)
        swept = time.time()
    return Next("start", {"swept": swept}, after=0.1 if len(notes) == BATCH else EVERY)


def _notes(db: Connection, before: float) -> list[Row[Any]]:
    query = select(garbage).where(garbage.c.since <= round(before * 1000)).order_by(garbage.c.number).limit(BATCH)
    return list(db.execute(query))


def unreferenced(db: Connection, blobs: set[str]) -> set[str]:
    """Those of ``blobs`` that no object, no part and no upload refers to."""
    left = set(blobs)
    for column in (objects.c.blob, parts.c.blob, uploads.c.upload_id):
        if left:
            left -= set(db.execute(select(column).where(column.in_(left))).scalars())
    return left


def _settle(db: Connection, notes: list[Row[Any]], gone: set[str]) -> None:
    """Remove the notes, the small bytes, and the parts of wholes that went; their blobs are looked at next."""
    blobs = sorted(gone)
    orphans = [blob for blob in db.execute(select(parts.c.blob).where(parts.c.upload_id.in_(blobs))).scalars() if blob]
    if orphans:
        since = round((time.time() - GRACE) * 1000)
        db.execute(insert(garbage), [{"blob": blob, "since": since} for blob in orphans])
    db.execute(delete(parts).where(parts.c.upload_id.in_(blobs)))
    db.execute(delete(inline).where(inline.c.id.in_(blobs)))
    db.execute(delete(garbage).where(garbage.c.number.in_([note.number for note in notes])))


@s3.on_start
def sweep(app: "App") -> None:
    """Unlink the files that were put in place for a row that nobody wrote: the server died, or the operation failed."""
    for batch in _batches(app):
        for blob in app.db.read(partial(unreferenced, blobs=batch)):
            if app.ending.is_set():
                return
            app.blobs.unlink(blob)


def _batches(app: "App") -> Iterator[set[str]]:
    files = app.blobs.files(time.time() - GRACE)
    while batch := set(islice(files, BATCH)):
        yield batch
