"""Runs on a real Spark driver: rulesets on a catalog table, recommended rules, and jobs that publish. What AWS's API then shows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.services.glue.jobs.conftest import Bench
from tests.services.glue.quality.conftest import people

pytestmark = [pytest.mark.spark, pytest.mark.slow]
OVER = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")
RULES = """Rules = [
    RowCount = 4,
    IsComplete "age",
    ColumnValues "city" in ["Oslo","Bern","Rome"],
    (IsUnique "id") and (ReferentialIntegrity "id" "others.id" = 1.0),
    IsComplete "height"
]
Analyzers = [ Mean "age" ]"""


def ended(ask: Callable[[], Any], seconds: float = 240) -> Any:
    deadline = time.monotonic() + seconds
    while (found := ask())["Status"] not in OVER:
        assert time.monotonic() < deadline, found
        time.sleep(0.3)
    return found


def test_rulesets_are_evaluated_on_a_table(client: Callable[..., Any], glue: Any, table: dict[str, str], unique: str) -> None:
    source = {"GlueTable": table}
    glue.create_data_quality_ruleset(Name=unique, Ruleset=RULES, TargetTable=table)
    glue.create_data_quality_ruleset(Name=f"{unique}-2", Ruleset='Rules = [ ColumnLength "city" <= 4 labels=["k"="v"] ]')
    asked = {
        "DataSource": source,
        "Role": "GlueRole",
        "RulesetNames": [unique, f"{unique}-2"],
        "AdditionalDataSources": {"others": source},
        "AdditionalRunOptions": {"ResultsS3Prefix": f"s3://{unique}/quality", "CloudWatchMetricsEnabled": True},
        "ClientToken": unique,
    }
    run = glue.start_data_quality_ruleset_evaluation_run(**asked)["RunId"]
    assert glue.start_data_quality_ruleset_evaluation_run(**asked)["RunId"] == run, "the same token is the same run"
    found = ended(lambda: glue.get_data_quality_ruleset_evaluation_run(RunId=run))
    assert found["Status"] == "SUCCEEDED", found.get("ErrorString")
    assert (found["NumberOfWorkers"], found["Timeout"], found["RulesetNames"]) == (5, 2880, asked["RulesetNames"])
    first, second = (glue.get_data_quality_result(ResultId=each) for each in found["ResultIds"])
    assert [rule["Result"] for rule in first["RuleResults"]] == ["PASS", "FAIL", "PASS", "PASS", "ERROR"]
    assert first["RuleResults"][1]["EvaluationMessage"] == "Value: 0.75 does not meet the constraint requirement!"
    assert first["RuleResults"][0] == {
        "Name": "Rule_0",
        "Description": "RowCount = 4",
        "EvaluatedRule": "RowCount = 4",
        "Result": "PASS",
        "EvaluatedMetrics": {"Dataset.*.RowCount": 4.0},
    }
    assert first["AnalyzerResults"][0]["EvaluatedMetrics"] == {"Column.age.Mean": 30.0}
    assert (first["Score"], first["RulesetName"], first["RulesetEvaluationRunId"], first["DataSource"]) == (0.6, unique, run, source)
    assert second["Score"] == 1.0 and second["RuleResults"][0]["Labels"] == {"k": "v"}
    check_lists(glue, source, run, found["ResultIds"], unique)
    check_files(client("s3"), unique, found["ResultIds"])
    metrics = client("cloudwatch").list_metrics(Namespace="Glue Data Quality", RecentlyActive="PT3H")["Metrics"]
    assert {each["MetricName"] for each in metrics} == {"glue.data.quality.rules.passed", "glue.data.quality.rules.failed"}


def check_lists(glue: Any, source: Any, run: str, ids: list[str], ruleset: str) -> None:
    listed = glue.list_data_quality_results(Filter={"DataSource": source})["Results"]
    assert [each["ResultId"] for each in listed] == ids[::-1]
    page = glue.list_data_quality_results(Filter={"DataSource": source}, MaxResults=1)
    rest = glue.list_data_quality_results(Filter={"DataSource": source}, NextToken=page["NextToken"])
    assert [each["ResultId"] for each in (*page["Results"], *rest["Results"])] == ids[::-1]
    assert [each["ResultId"] for each in glue.batch_get_data_quality_result(ResultIds=ids)["Results"]] == ids
    asked = {"Filter": {"DataSource": source, "RulesetName": ruleset}}
    assert [(each["RunId"], each["Status"]) for each in glue.list_data_quality_ruleset_evaluation_runs(**asked)["Runs"]] == [
        (run, "SUCCEEDED")
    ]
    assert glue.batch_get_data_quality_ruleset_evaluation_run(RunIds=[run])["Runs"][0]["ResultIds"] == ids


def check_files(s3: Any, bucket: str, ids: list[str]) -> None:
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket, Prefix="quality/year=")["Contents"]]
    assert sorted(key.rsplit("/", 1)[-1] for key in keys) == sorted(f"{each}.json" for each in ids)
    key = next(each for each in keys if ids[0] in each)
    lines = [json.loads(line) for line in s3.get_object(Bucket=bucket, Key=key)["Body"].read().splitlines()]
    assert [line["outcome"] for line in lines] == ["Passed", "Failed", "Passed", "Passed", "Failed"]
    assert lines[4]["failurereason"] == "Input data does not include column height!"


def test_rules_are_recommended_and_hold(glue: Any, table: dict[str, str], unique: str) -> None:
    source = {"DataQualityGlueTable": {**table, "PreProcessingQuery": "select id, city, age, 'x' as kind from people where id < 4"}}
    run = glue.start_data_quality_rule_recommendation_run(DataSource=source, Role="GlueRole", CreatedRulesetName=unique)["RunId"]
    found = ended(lambda: glue.get_data_quality_rule_recommendation_run(RunId=run))
    assert found["Status"] == "SUCCEEDED", found.get("ErrorString")
    kept = glue.get_data_quality_ruleset(Name=unique)
    assert kept["Ruleset"] == found["RecommendedRuleset"] and kept["RecommendationRunId"] == run
    assert 'IsComplete "id"' in kept["Ruleset"] and 'Completeness "age" >= 0.66' in kept["Ruleset"]
    assert 'ColumnValues "kind" in ["x"]' in kept["Ruleset"]
    second = glue.start_data_quality_ruleset_evaluation_run(DataSource=source, Role="GlueRole", RulesetNames=[unique])["RunId"]
    result = ended(lambda: glue.get_data_quality_ruleset_evaluation_run(RunId=second))["ResultIds"][0]
    assert glue.get_data_quality_result(ResultId=result)["Score"] == 1.0


def test_a_table_that_cannot_be_read_fails_the_run_with_the_reason(client: Any, glue: Any, table: dict[str, str], unique: str) -> None:
    glue.create_data_quality_ruleset(Name=unique, Ruleset="Rules = [ RowCount > 0 ]")
    source = {"DataQualityGlueTable": {**table, "PreProcessingQuery": "select nothing from people"}}
    run = glue.start_data_quality_ruleset_evaluation_run(DataSource=source, Role="GlueRole", RulesetNames=[unique])["RunId"]
    found = ended(lambda: glue.get_data_quality_ruleset_evaluation_run(RunId=run))
    assert found["Status"] == "FAILED" and "nothing" in found["ErrorString"]
    assert "ResultIds" not in found


def test_a_run_is_cancelled(glue: Any, table: dict[str, str], unique: str) -> None:
    glue.create_data_quality_ruleset(Name=unique, Ruleset="Rules = [ RowCount > 0 ]")
    run = glue.start_data_quality_ruleset_evaluation_run(DataSource={"GlueTable": table}, Role="GlueRole", RulesetNames=[unique])["RunId"]
    glue.cancel_data_quality_ruleset_evaluation_run(RunId=run)
    assert ended(lambda: glue.get_data_quality_ruleset_evaluation_run(RunId=run))["Status"] == "STOPPED"
    with pytest.raises(glue.exceptions.InvalidInputException, match="is STOPPED"):
        glue.cancel_data_quality_ruleset_evaluation_run(RunId=run)


def test_a_run_outlives_its_server(own_server: Callable[..., Any], unique: str) -> None:
    """It only reads: the next server does it again, and there is one result."""
    server = own_server()
    source = {"GlueTable": people(server.client, unique)}
    glue = server.client("glue")
    glue.create_data_quality_ruleset(Name=unique, Ruleset="Rules = [ RowCount = 4 ]")
    run = glue.start_data_quality_ruleset_evaluation_run(DataSource=source, Role="GlueRole", RulesetNames=[unique])["RunId"]
    deadline = time.monotonic() + 120
    while glue.get_data_quality_ruleset_evaluation_run(RunId=run)["Status"] != "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    server.kill()
    server.start()
    glue = server.client("glue")
    found = ended(lambda: glue.get_data_quality_ruleset_evaluation_run(RunId=run))
    assert found["Status"] == "SUCCEEDED", found.get("ErrorString")
    assert [each["ResultId"] for each in glue.list_data_quality_results()["Results"]] == found["ResultIds"]


JOB = """
import sys
from awsglue.context import GlueContext
from awsglue.transforms import SelectFromCollection
from awsglue.utils import getResolvedOptions
from awsgluedq.transforms import EvaluateDataQuality
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "database"])
glue = GlueContext(SparkContext())
people = glue.create_dynamic_frame.from_catalog(database=args["database"], table_name="people", transformation_ctx="people")
rules = 'Rules = [ RowCount >= last(), IsComplete "age", ColumnValues "id" < 4 ]'
outcomes = EvaluateDataQuality.apply(frame=people, ruleset=rules, publishing_options={"dataQualityEvaluationContext": "people"})
outcomes.toDF().show(truncate=False)
assert outcomes.toDF().columns == ["Rule", "Outcome", "FailureReason", "EvaluatedMetrics", "EvaluatedRule"]
collection = EvaluateDataQuality().process_rows(
    frame=people,
    ruleset=rules,
    publishing_options={"dataQualityEvaluationContext": "people", "enableDataQualityResultsPublishing": True},
    additional_options={"performanceTuning.caching": "CACHE_NOTHING", "observations.scope": "ALL"},
)
print("keys", sorted(collection.keys()))
evaluated = [row["EvaluatedRule"] for row in SelectFromCollection.apply(dfc=collection, key="ruleOutcomes").toDF().collect()]
print("evaluated", evaluated[0])
rows = SelectFromCollection.apply(dfc=collection, key="rowLevelOutcomes").toDF()
print("failed", sorted(row["id"] for row in rows.where("DataQualityEvaluationResult = 'Failed'").collect()))
"""


def test_a_job_publishes_and_remembers(client: Callable[..., Any], glue: Any, table: dict[str, str], unique: str) -> None:
    bench = Bench(client, f"{unique}-job")
    members = {"command": "glueetl", "GlueVersion": "6.0", "DefaultArguments": {"--database": table["DatabaseName"]}}
    bench.job(JOB, **members)
    run = bench.start()
    found = bench.ended(run, seconds=240)
    assert found["JobRunState"] == "SUCCEEDED", found.get("ErrorMessage")
    said = bench.output(run, group="/aws-glue/jobs")
    assert "keys ['originalData', 'rowLevelOutcomes', 'ruleOutcomes']" in said
    assert "evaluated RowCount >= 4.0" in said, "the first evaluation is the second's history"
    assert "failed [3, 4]" in said
    listed = glue.list_data_quality_results(Filter={"JobName": bench.name})["Results"]
    assert [each["JobRunId"] for each in listed] == [run, run]
    result = glue.get_data_quality_result(ResultId=listed[0]["ResultId"])
    assert (result["JobName"], result["EvaluationContext"]) == (bench.name, "people")
    assert [rule["Result"] for rule in result["RuleResults"]] == ["PASS", "FAIL", "FAIL"]
    assert glue.list_data_quality_results(Filter={"JobName": bench.name, "StartedBefore": 1_000_000_000})["Results"] == []
