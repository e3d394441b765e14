"""The script of Data Quality runs: it runs inside Spark's driver, in the job's runtime, as the run's role. Its one argument is its order.

It knows PySpark, awsglue and awsgluedq, and nothing of the server: what it finds is a JSON file beside its order.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main(argv: list[str]) -> None:
    """Do what the order says."""
    file = Path(argv[1])
    order = json.loads(file.read_text())
    found = recommend(order) if order["do"] == "recommend" else evaluate(order)
    file.with_name("found.json").write_text(json.dumps(found))


def evaluate(order: dict[str, Any]) -> list[dict[str, Any]]:
    """The result of each ruleset, in the API's shape."""
    from awsgluedq.dqdl import parse
    from awsgluedq.evaluate import Settings
    from awsgluedq.evaluate import evaluate as evaluated
    from awsgluedq.publish import PublishingOptions, publish

    context = glue_context()
    frame = table(context, order["source"])
    others = {alias: table(context, each) for alias, each in order["additional"].items()}
    found = []
    for ruleset in order["rulesets"]:
        evaluation = evaluated(frame, parse(ruleset["text"]), others, settings=Settings(order["composite"]))
        given = {
            "dataQualityEvaluationContext": ruleset["name"],
            "resultsS3Prefix": order["prefix"],
            "enableDataQualityCloudWatchMetrics": order["metrics"],
        }
        found.append(publish(evaluation, PublishingOptions.of(given), Given(ruleset["id"])))
    return found


class Given:
    """Results are the server's own here: it reads them from the run's folder and has given them their ids before."""

    def __init__(self, identity: str) -> None:
        self.identity = identity

    def publish(self, result: Any) -> str:
        return self.identity

    def earlier(self, context: str) -> list[dict[str, float]]:
        return []


def recommend(order: dict[str, Any]) -> dict[str, Any]:
    """Rules that hold for the table as it is."""
    from awsgluedq.recommend import recommended

    return {"ruleset": recommended(table(glue_context(), order["source"]))}


def glue_context() -> Any:
    from pyspark.context import SparkContext

    from awsglue.context import GlueContext

    return GlueContext(SparkContext.getOrCreate())


def table(context: Any, asked: dict[str, str]) -> Any:
    """A table of the catalog as a DataFrame, read as jobs read it."""
    if asked["query"]:
        context.spark_session.sql(f"USE `{asked['database']}`")
        return context.spark_session.sql(asked["query"])
    options = {"catalogPartitionPredicate": asked["predicate"]} if asked["predicate"] else {}
    frame = context.create_dynamic_frame.from_catalog(
        database=asked["database"], table_name=asked["table"], push_down_predicate=asked["pushdown"], additional_options=options
    )
    return frame.toDF()


if __name__ == "__main__":
    main(sys.argv)
