"""The durable task of a recommendation run. It only reads: it may be done again after a crash."""

from collections.abc import Mapping
from typing import Any

from wheatpaste.call import Call
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.quality import recommendations, run_rows
from wheatpaste.services.glue.quality.driving import Ended, driven
from wheatpaste.tasks.step import Done, Next, Step


def failed(call: Call, key: str, data: Mapping[str, Any], error: Exception) -> None:
    """End a run whose task failed."""
    run_rows.finish(call, key, "FAILED", f"{type(error).__name__}: {error}")


@glue.task(run_rows.TASKS["recommendation"], again=True, failed=failed)
def quality_recommendation(step: Step) -> Next | Done:
    """Run the driver to its end, then keep what it recommends."""
    ended = driven(step, {"do": "recommend", **step.data["order"]})
    return ended if isinstance(ended, Next) else Done(lambda call: _keep(call, step.key, ended))


def _keep(call: Call, run: str, ended: Ended) -> None:
    if ended.state != "SUCCEEDED":
        run_rows.finish(call, run, ended.state, ended.message)
        return
    ruleset = ended.found["ruleset"]
    refusal = recommendations.keep(call, run, ruleset)
    run_rows.finish(call, run, "FAILED" if refusal else "SUCCEEDED", refusal, RecommendedRuleset=ruleset)
