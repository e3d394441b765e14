"""Job bookmarks as AWS's API shows them: read and reset. They are written by runs alone (bookmark_endpoint.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from wheatpaste.call import Call
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import EntityNotFoundException
from wheatpaste.services.glue.jobs import bookmark_rows as rows
from wheatpaste.services.glue.jobs.definitions import named_arn

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        GetJobBookmarkRequest,
        GetJobBookmarkResponse,
        ResetJobBookmarkRequest,
        ResetJobBookmarkResponse,
    )


def _place(call: Call) -> rows.Place:
    return call.account, call.region


def _row(call: Call, name: str, *, lock: bool = False) -> Row[Any]:
    row = rows.bookmark_row(call.db, _place(call), name, lock=lock)
    if row is None:
        raise EntityNotFoundException(f"Continuation for job {name} not found")
    return row


def _commit(call: Call, name: str, run_id: str) -> Row[Any]:
    found = rows.commit_of(call.db, _place(call), name, run_id)
    if found is None:
        raise EntityNotFoundException(f"Continuation for job {name} with run id {run_id} not found")
    return found


@glue.operation(reads=True, resource=named_arn)
def get_job_bookmark(call: Call, req: GetJobBookmarkRequest) -> GetJobBookmarkResponse:
    """The bookmark as the next run will find it, or with ``RunId`` as that run committed it."""
    name = req["JobName"]
    row = _row(call, name)
    if req.get("RunId"):
        found = _commit(call, name, req["RunId"])
        return {"JobBookmarkEntry": rows.entry(found, found.body)}
    return {"JobBookmarkEntry": rows.entry(row, rows.body(call.db, _place(call), name, row.state))}


@glue.operation(resource=named_arn)
def reset_job_bookmark(call: Call, req: ResetJobBookmarkRequest) -> ResetJobBookmarkResponse:
    """Forget what was processed, or with ``RunId`` what that run and those after it processed; targets are not cleaned."""
    name = req["JobName"]
    row = _row(call, name, lock=True)
    if req.get("RunId"):
        rows.rewind(call.db, _place(call), row, _commit(call, name, req["RunId"]))
    else:
        rows.reset(call.db, _place(call), name)
    row = _row(call, name)
    return {"JobBookmarkEntry": rows.entry(row, rows.body(call.db, _place(call), name, row.state))}
