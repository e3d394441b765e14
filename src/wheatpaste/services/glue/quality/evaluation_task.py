"""The durable task of an evaluation run. It reads, and its results have their ids before it starts: it may be done again after a crash."""

from collections.abc import Mapping
from typing import Any

from wheatpaste.call import Call
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.quality import run_rows
from wheatpaste.services.glue.quality.driving import Ended, driven
from wheatpaste.services.glue.quality.results import insert_result
from wheatpaste.tasks.step import Done, Next, Step


def failed(call: Call, key: str, data: Mapping[str, Any], error: Exception) -> None:
    """End a run whose task failed."""
    run_rows.finish(call, key, "FAILED", f"{type(error).__name__}: {error}")


@glue.task(run_rows.TASKS["evaluation"], again=True, failed=failed)
def quality_evaluation(step: Step) -> Next | Done:
    """Run the driver to its end, then keep what it found."""
    ended = driven(step, {"do": "evaluate", **step.data["order"]})
    if isinstance(ended, Next):
        return ended
    return Done(lambda call: _keep(call, step, ended))


def _keep(call: Call, step: Step, ended: Ended) -> None:
    if ended.state != "SUCCEEDED":
        run_rows.finish(call, step.key, ended.state, ended.message)
        return
    source = run_rows.run_row(call, "evaluation", step.key).body["DataSource"]
    for ruleset, result in zip(step.data["order"]["rulesets"], ended.found, strict=True):
        known = {"DataSource": source, "RulesetName": ruleset["name"], "RulesetEvaluationRunId": step.key}
        insert_result(call, ruleset["id"], {**result, **known}, run_id=step.key)
    run_rows.finish(call, step.key, "SUCCEEDED", ResultIds=[each["id"] for each in step.data["order"]["rulesets"]])
