"""What the platform tells of job runs under ``/_wheatpaste/v1/runs``, which AWS has no operations for.

``GET runs/<run id>/report``    the run's report (reports.py); ``?as=text``: in lines
``GET runs/<run id>/progress``  how far a run's Spark is: ``{"done", "total", "running", "stages", "ui"?}``; empty before and after

``?account=`` and ``?region=`` name another place than the server's own. Under ``--auth signed`` the header ``Authorization: Bearer`` has
the token of ``<home>/server.json``. Errors are ``{"code", "message"}`` with status 400, 403 or 404.
"""

import json
import re
from collections.abc import Mapping
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from wheatpaste.services.glue.jobs import report_text, reports, runs
from wheatpaste.services.glue.jobs.schema import LIVE

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.call import Call

RUN_ID = re.compile(r"jr_[0-9a-f]{64}(_attempt_\d{1,6})?")
LARGEST = 64 << 10  # bytes of a progress
PLACES = {"account": r"\d{12}", "region": r"[a-z]{2}(-[a-z]+)+-\d"}
Answer = tuple[int, dict[str, Any] | str]


def answer(app: "App", path: str, query: Mapping[str, str], authorization: str) -> Answer:
    """Status and body (a text or a JSON object) of ``GET /_wheatpaste/v1/runs/<path>``."""
    if app.config.auth == "signed" and not compare_digest(authorization, f"Bearer {app.token}"):
        return _error(403, "AccessDenied", "The header Authorization has not the token of <home>/server.json.")
    run_id, _, what = path.partition("/")
    if not RUN_ID.fullmatch(run_id):
        return _error(400, "InvalidInput", f"{run_id[:100]!r} is no id of a job run")
    if what not in WHAT:
        return _error(404, "NotFound", f"runs/<run id>/{what[:100]} is not served here")
    where = {"account": app.config.account, "region": app.config.region, **query}
    wrong = [name for name, pattern in PLACES.items() if not re.fullmatch(pattern, where[name])]
    if wrong:
        return _error(400, "InvalidInput", f"{wrong[0]} {where[wrong[0]][:100]!r} is none")
    operation, root = app.operation("glue", "GetJobRun"), app.as_root(where["account"], where["region"])
    return app.transact(root, operation, lambda call: WHAT[what](call, app, run_id, where))


def _error(status: int, code: str, message: str) -> Answer:
    return status, {"code": code, "message": message}


def _report(call: "Call", app: "App", run_id: str, query: Mapping[str, str]) -> Answer:
    found = reports.kept(call, run_id)
    if found is None:
        state = runs.find(call, run_id)
        if state is None:
            return _error(404, "EntityNotFoundException", f"Job Run with id {run_id} not found.")
        why = f"{run_id} is {state}: a run has its report when it has ended" if state in LIVE else f"{run_id} has no report"
        return _error(404, "NoReport", why)
    if query.get("as") == "text":
        return 200, "".join(f"{line}\n" for line in report_text.lines(found))
    return 200, found


def _progress(call: "Call", app: "App", run_id: str, query: Mapping[str, str]) -> Answer:
    state = runs.find(call, run_id)
    if state is None:
        return _error(404, "EntityNotFoundException", f"Job Run with id {run_id} not found.")
    file = app.config.home / "runs" / run_id / "progress.json"
    if state not in LIVE or not file.exists() or file.stat().st_size > LARGEST:
        return 200, {}
    found = json.loads(file.read_text())
    return 200, found if isinstance(found, dict) else {}


WHAT = {"report": _report, "progress": _progress}
