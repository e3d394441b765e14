"""A run's report: what its driver wrote down, how it ended, what can be done about it, and what it cost.

Every run has one, also one that was killed before its driver could write. It lies beside the run as ``report.json`` and in the database.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from wheatpaste.call import Call
from wheatpaste.engines.base import RunResult
from wheatpaste.scope import here, place
from wheatpaste.services.glue.jobs import job_metrics, material, publishing, report_text
from wheatpaste.services.glue.jobs.advice import advice
from wheatpaste.services.glue.jobs.arguments import event_logs
from wheatpaste.services.glue.jobs.capacity import capacity, is_shell, runtime_version
from wheatpaste.services.glue.jobs.schema_reports import run_reports

if TYPE_CHECKING:
    from wheatpaste.tasks.step import Step

Report = dict[str, Any]
LARGEST = 4 << 20  # bytes of what a driver wrote: the script could have written anything
NOTHING: Report = {"version": 1, "error": None, "job": None, "sources": [], "sinks": [], "columns": [], "error_records": [], "notes": []}
NOTHING |= {"spark": None, "memory": {}, "gauges": {}, "applications": []}


def complete(step: "Step", result: RunResult) -> Report:
    """Write the report of a run that has ended beside it, and at the end of its output."""
    folder = material.directory(step)
    facts = written(folder / "report.json", folder / "metrics.json")
    found = assembled(facts, result, run_of(step, result))
    draft = folder / "report.part"
    draft.write_text(json.dumps(found, indent=1))
    draft.replace(folder / "report.json")
    lines = report_text.closing(found)
    if lines:
        with (folder / "stdout").open("a") as file:
            file.write("".join(f"{line}\n" for line in lines))
    return found


def written(file: Path, measured: Path) -> Report:
    """What the driver wrote, or what it had measured until its process was killed; what it did not write is said in ``notes``."""
    if not file.exists():
        began = file.with_name("run.json").exists()  # the order of its driver
        notes = ["The run's process ended before it could tell what it had done."] if began else []
        return {**NOTHING, **(publishing.written(measured) or {}), "notes": notes}
    if file.stat().st_size > LARGEST:
        return {**NOTHING, "notes": [f"What the driver wrote is larger than {LARGEST} bytes and is not shown."]}
    try:
        found = json.loads(file.read_text())
    except ValueError as error:
        return {**NOTHING, "notes": [f"What the driver wrote is no JSON: {error}"]}
    return {**NOTHING, **found} if isinstance(found, dict) else {**NOTHING, "notes": ["What the driver wrote is no report."]}


def run_of(step: "Step", result: RunResult) -> Report:
    """The run itself, as the report names it."""
    definition = step.data["definition"]
    units = float(capacity(definition)["MaxCapacity"])
    return {
        "id": step.key,
        "job": step.data["job"],
        "state": result.state,
        "message": result.message,
        "seconds": round(result.seconds, 3),
        "glue_version": runtime_version(definition),
        "dpu": units,
        "dpu_seconds": round(units * result.seconds, 1),
        "event_logs": event_logs(step.data["arguments"]),
        "kind": "pythonshell" if is_shell(definition) else "spark",
    }


def assembled(facts: Mapping[str, Any], result: RunResult, run: Mapping[str, Any]) -> Report:
    """The whole report (pure)."""
    failed = result.state not in ("SUCCEEDED", "STOPPED")
    memory = {**(facts["memory"] or {}), "largest_process": result.peak_memory or None}
    notes = [*facts["notes"], *(_without_commit(facts["job"] or {}) if result.state == "SUCCEEDED" else [])]
    return {
        **facts,
        "run": dict(run),
        "memory": memory,
        "notes": notes,
        "advice": advice(result.message, facts["error"]) if failed else [],
        "metrics": {each.name: each.value for each in job_metrics.measures(facts) if each.name.startswith(job_metrics.DRIVER)},
    }


def _without_commit(job: Mapping[str, Any]) -> list[str]:
    if not job.get("began") or job.get("committed"):
        return []
    if job.get("bookmarks"):
        return ["The script ended without job.commit(): its bookmark was not moved, the next run reads the same again."]
    return ["The script called job.init() and ended without job.commit(): with bookmarks enabled, nothing would be remembered."]


def keep(call: Call, run_id: str, report: Report) -> None:
    """Keep it with the run's row."""
    call.db.execute(delete(run_reports).where(here(call, run_reports, id=run_id)))
    row = place(call, id=run_id, body=json.dumps(report), written=call.now.timestamp())
    call.db.execute(insert(run_reports).values(row))


def kept(call: Call, run_id: str) -> Report | None:
    """The report of a run that has ended."""
    text = call.db.execute(select(run_reports.c.body).where(here(call, run_reports, id=run_id))).scalar()
    found: Report | None = json.loads(text) if text is not None else None
    return found
