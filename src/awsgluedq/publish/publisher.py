"""Publishing one evaluation as its options say."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from awsgluedq.evaluate.outcome import Evaluation
from awsgluedq.publish.options import PublishingOptions
from awsgluedq.publish.result import result
from awsgluedq.publish.stores import PublishingError, Store

NAMESPACE, PASSED, FAILED = "Glue Data Quality", "glue.data.quality.rules.passed", "glue.data.quality.rules.failed"  # as AWS documents


def note(text: str) -> None:
    """A line in the job's error log."""
    print(f"awsgluedq: {text}", file=sys.stderr, flush=True)


def publish(
    evaluation: Evaluation,
    options: PublishingOptions,
    store: Store | None,
    *,
    observed: Sequence[Mapping[str, Any]] = (),
    best_effort: bool = False,
    client: Any = None,
) -> dict[str, Any]:
    """Publish an evaluation and what was observed; the result as published. `client` makes AWS clients, boto3's by default.

    Raises PublishingError when the results cannot be published, unless `best_effort`: then a note says so. Metrics that CloudWatch does
    not take are a note too: a service that is not there fails no job.
    """
    made = result(evaluation, options.context)
    if observed:
        made["Observations"] = list(observed)
    client = client or _boto3_client
    steps: list[Callable[[], None]] = []
    if options.results:
        steps.append(lambda: _to_store(made, store))
    if options.s3_prefix:
        steps.append(lambda: _to_s3(made, options.s3_prefix, client("s3")))
    for step in steps:
        try:
            step()
        except PublishingError as error:
            if not best_effort:
                raise
            note(f"not published: {error}")
    if options.metrics:
        _to_cloudwatch(made, client)
    for each in observed:
        note(f"observation: {each['Description']}")
    for each in made["AnalyzerResults"]:
        note(f"analyzer {each['Description']}: {json.dumps(each['EvaluatedMetrics'])} {each.get('EvaluationMessage', '')}".rstrip())
    return made


def _boto3_client(service: str) -> Any:
    import boto3

    return boto3.client(service)


def _to_store(made: dict[str, Any], store: Store | None) -> None:
    if store is None:
        note("no platform runs this: the results are in the returned frame and nowhere else")
        return
    made["ResultId"] = store.publish(made)


def _to_s3(made: Mapping[str, Any], prefix: str, s3: Any) -> None:
    """One JSON line per rule, in a folder per day: a table for Athena over them has partitions year, month and day."""
    import botocore.exceptions

    place = urlsplit(prefix)
    day = datetime.fromisoformat(made["StartedOn"])
    folder = "/".join(filter(None, [place.path.strip("/"), f"year={day:%Y}/month={day:%m}/day={day:%d}"]))
    key = f"{folder}/{made.get('ResultId') or uuid.uuid4().hex}.json"
    try:
        s3.put_object(Bucket=place.netloc, Key=key, Body="".join(map(_line, rule_lines(made))).encode(), ContentType="application/json")
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise PublishingError(f"s3://{place.netloc}/{key}: {error}") from error
    note(f"results written to s3://{place.netloc}/{key}")


def _line(body: Mapping[str, Any]) -> str:
    return json.dumps(body) + "\n"


def rule_lines(made: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A result as rows, one per rule, with the columns of the ruleOutcomes frame."""
    common = {
        "resultid": made.get("ResultId"),
        "evaluationcontext": made["EvaluationContext"],
        "evaluationstartedon": made["StartedOn"],
        "evaluationcompletedon": made["CompletedOn"],
    }
    return [
        {
            **common,
            "rule": each["Description"],
            "outcome": "Passed" if each["Result"] == "PASS" else "Failed",
            "failurereason": each.get("EvaluationMessage"),
            "evaluatedmetrics": each["EvaluatedMetrics"],
            "evaluatedrule": each["EvaluatedRule"],
        }
        for each in made["RuleResults"]
    ]


def _to_cloudwatch(made: Mapping[str, Any], client: Callable[[str], Any]) -> None:
    import botocore.exceptions

    dimensions = [{"Name": "EvaluationContext", "Value": made["EvaluationContext"]}]
    values = {PASSED: made["AggregatedMetrics"]["TotalRulesPassed"], FAILED: made["AggregatedMetrics"]["TotalRulesFailed"]}
    data = [{"MetricName": name, "Dimensions": dimensions, "Value": value, "Unit": "Count"} for name, value in values.items()]
    try:
        client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=data)
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        note(f"enableDataQualityCloudWatchMetrics: CloudWatch took no metrics: {error}")
