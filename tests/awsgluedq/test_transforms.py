"""EvaluateDataQuality as scripts use it, without a server: frames in, frames out, options, results in a file and in S3."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsgluedq.dqdl import DqdlError

RULES = 'Rules = [ RowCount >= last() * 1, IsComplete "city", Mean "age" > 30 labels=["k"="v"] ]'


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that keeps results between evaluations."""
    monkeypatch.setenv("WHEATPASTE_QUALITY_FILE", str(tmp_path / "results.jsonl"))
    return tmp_path / "results.jsonl"


@pytest.fixture
def dynamic(glue: Any, people: Any) -> Any:
    from awsglue.dynamicframe import DynamicFrame

    return DynamicFrame.fromDF(people, glue, "people")


def test_the_outcomes_are_a_dynamic_frame(dynamic: Any, kept: Path) -> None:
    from awsgluedq.transforms import EvaluateDataQuality

    options = {
        "dataQualityEvaluationContext": "here",
        "enableDataQualityCloudWatchMetrics": False,
        "enableDataQualityResultsPublishing": True,
    }
    first = EvaluateDataQuality.apply(frame=dynamic, ruleset=RULES, publishing_options=options).toDF()
    assert first.columns == ["Rule", "Outcome", "FailureReason", "EvaluatedMetrics", "EvaluatedRule", "Labels"]
    rows = first.collect()
    assert [row["Outcome"] for row in rows] == ["Passed", "Failed", "Passed"]
    assert (rows[0]["Rule"], rows[0]["EvaluatedRule"]) == ("RowCount >= last() * 1", "RowCount >= 0.0")
    assert rows[1]["FailureReason"] == "Value: 0.75 does not meet the constraint requirement!" and rows[0]["FailureReason"] is None
    assert rows[2]["EvaluatedMetrics"] == {"Column.age.Mean": 35.0} and rows[2]["Labels"] == {"k": "v"}
    second = EvaluateDataQuality.apply(dynamic, RULES, options).toDF().first()
    assert second["EvaluatedRule"] == "RowCount >= 4.0", "the first result is the second's history"
    other = EvaluateDataQuality.apply(dynamic, RULES, {"dataQualityEvaluationContext": "elsewhere"}).toDF().first()
    assert other["EvaluatedRule"] == "RowCount >= 0.0"
    written = [json.loads(line) for line in kept.read_text().splitlines()]
    assert [each["EvaluationContext"] for each in written] == ["here", "here", "elsewhere"]
    assert written[0]["Score"] == pytest.approx(2 / 3)
    assert [each["Result"] for each in written[0]["RuleResults"]] == ["PASS", "FAIL", "PASS"]


def test_a_rule_without_labels_has_no_such_column(people: Any, kept: Path) -> None:
    from awsgluedq.transforms import EvaluateDataQuality

    found = EvaluateDataQuality.apply(people, 'Rules = [ IsComplete "id" ]').toDF()
    assert found.columns == ["Rule", "Outcome", "FailureReason", "EvaluatedMetrics", "EvaluatedRule"]


def test_process_rows(dynamic: Any, people: Any, kept: Path) -> None:
    from awsglue.transforms import SelectFromCollection
    from awsgluedq.transforms import EvaluateDataQuality

    found = EvaluateDataQuality().process_rows(
        frame=dynamic,
        ruleset='Rules = [ ReferentialIntegrity "id" "others.id" = 1.0, IsComplete "city" where "id < 3" labels=["k"="v"] ]',
        publishing_options={"dataQualityEvaluationContext": "rows"},
        additional_options={
            "performanceTuning.caching": "CACHE_INPUT",
            "observations.scope": "ALL",
            "rowLevelConfiguration.filteredRowLabel": "SKIPPED",
            "rowLevelConfiguration.ruleWithLabels": "ENABLED",
        },
        additional_data_sources={"others": people},
    )
    assert sorted(found.keys()) == ["originalData", "rowLevelOutcomes", "ruleOutcomes"]
    assert found["originalData"].count() == 4
    rows = {row["id"]: row for row in SelectFromCollection.apply(dfc=found, key="rowLevelOutcomes").toDF().collect()}
    text = 'IsComplete "city" where "id < 3" labels=["k"="v"]'
    assert rows[1]["DataQualityRulesPass"] == ['ReferentialIntegrity "id" "others.id" = 1.0', text]
    assert rows[4]["DataQualityRulesSkip"] == [text] and rows[4]["DataQualityEvaluationResult"] == "Passed"


def test_studio_s_scripts_fail_the_job_for_failed_rules(dynamic: Any, kept: Path) -> None:
    from awsglue.transforms import SelectFromCollection
    from awsgluedq.transforms import EvaluateDataQuality

    node = EvaluateDataQuality().process_rows(
        frame=dynamic,
        ruleset="Rules = [ RowCount > 3, RowCount > 100 ]",
        publishing_options={"dataQualityEvaluationContext": "node", "enableDataQualityResultsPublishing": True},
        additional_options={"observations.scope": "ALL", "performanceTuning.caching": "CACHE_NOTHING"},
    )
    failed = node[EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY].filter(lambda x: x["Outcome"] == "Failed")
    assert [row["Rule"] for row in failed.toDF().collect()] == ["RowCount > 100"]
    assert SelectFromCollection.apply(dfc=node, key="ruleOutcomes").count() == 2, "the key's value"


@pytest.mark.parametrize(
    ("members", "error", "words"),
    [
        ({"ruleset": "Rules = [ Oops ]"}, DqdlError, "line 1, column 11: Rule Type: Oops is not valid"),
        ({"publishing_options": {"colour": "red"}}, ValueError, "publishing_options: unknown colour"),
        ({"publishing_options": {"resultsS3Prefix": "/tmp"}}, ValueError, "no s3:// path"),
        ({"publishing_options": {"enableDataQualityResultsPublishing": "perhaps"}}, ValueError, "True or False"),
        ({"additional_options": {"x": 1}}, ValueError, "additional_options: unknown x"),
        ({"additional_options": {"performanceTuning.caching": "ALWAYS"}}, ValueError, "CACHE_NOTHING, CACHE_INPUT"),
    ],
)
def test_what_is_no_option_is_refused(people: Any, kept: Path, members: Any, error: type[Exception], words: str) -> None:
    from awsgluedq.transforms import EvaluateDataQuality

    with pytest.raises(error, match=words):
        EvaluateDataQuality().process_rows(**{"frame": people, "ruleset": "Rules = [ RowCount > 0 ]", **members})
    assert not kept.exists()


def test_without_a_platform_a_note_says_so(people: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from awsgluedq.transforms import EvaluateDataQuality

    for name in ("WHEATPASTE_QUALITY", "WHEATPASTE_QUALITY_FILE"):
        monkeypatch.delenv(name, raising=False)
    EvaluateDataQuality.apply(people, "Rules = [ RowCount > 0 ]")
    assert "no platform runs this" in capsys.readouterr().err


def test_a_platform_that_does_not_answer_fails_the_script_unless_best_effort(people: Any, monkeypatch: Any, capsys: Any) -> None:
    from awsgluedq.publish.stores import PublishingError
    from awsgluedq.transforms import EvaluateDataQuality

    monkeypatch.setenv("WHEATPASTE_QUALITY", "http://127.0.0.1:9/nobody")
    with pytest.raises(PublishingError, match="does not answer"):
        EvaluateDataQuality.apply(people, "Rules = [ RowCount > 0 ]")
    found = EvaluateDataQuality().process_rows(
        people, "Rules = [ RowCount > 0 ]", {}, {"dataQualityResultsPublishing.strategy": "BEST_EFFORT"}
    )
    assert found["ruleOutcomes"].toDF().first()["Outcome"] == "Passed"
    assert "not published" in capsys.readouterr().err


def test_unusual_metrics_are_observed(people: Any, kept: Path, capsys: Any) -> None:
    from awsgluedq.transforms import EvaluateDataQuality

    document = 'Rules = [ RowCount > 0 ] Analyzers = [ RowCount, Mean "age" ]'
    for rows in (4, 4, 4):
        EvaluateDataQuality.apply(people.limit(rows), document)
    EvaluateDataQuality().process_rows(people.limit(1), document, {}, {"observations.scope": "NONE"})
    EvaluateDataQuality().process_rows(people.where("id = 1"), document, {}, {"observations.scope": "ALL"})
    written = [json.loads(line) for line in kept.read_text().splitlines()]
    assert ["Observations" in each for each in written] == [False, False, False, False, False], "one result of 1 row makes 1 usual"
    kept.write_text("".join(json.dumps(each) + "\n" for each in written[:3]))
    EvaluateDataQuality().process_rows(people.where("id = 3"), document, {}, {"observations.scope": "ALL"})
    (rows_seen, mean) = json.loads(kept.read_text().splitlines()[-1])["Observations"]
    assert rows_seen["MetricBasedObservation"]["MetricName"] == "Dataset.*.RowCount"
    assert rows_seen["MetricBasedObservation"]["MetricValues"] == {
        "ActualValue": 1.0, "ExpectedValue": 4.0, "LowerLimit": pytest.approx(3.96), "UpperLimit": pytest.approx(4.04),
    }  # fmt: skip
    assert mean["MetricBasedObservation"]["MetricValues"]["ActualValue"] == 50.0
    assert "observation: Dataset.*.RowCount of 1.0 is outside" in capsys.readouterr().err


def test_results_go_to_s3(people: Any, aws: Any, unique: str, kept: Path) -> None:
    from awsgluedq.transforms import EvaluateDataQuality

    s3 = aws.client("s3")
    s3.create_bucket(Bucket=unique)
    EvaluateDataQuality.apply(people, RULES, {"resultsS3Prefix": f"s3://{unique}/dq/"})
    (listed,) = s3.list_objects_v2(Bucket=unique)["Contents"]
    assert listed["Key"].startswith("dq/year=20") and listed["Key"].endswith(".json")
    lines = [json.loads(line) for line in s3.get_object(Bucket=unique, Key=listed["Key"])["Body"].read().splitlines()]
    assert [(line["rule"], line["outcome"]) for line in lines][1] == ('IsComplete "city"', "Failed")


def test_recommended_rules_hold(people: Any, spark: Any, one: Any) -> None:
    from awsgluedq.dqdl import parse
    from awsgluedq.evaluate import evaluate
    from awsgluedq.recommend import recommended

    text = recommended(people)
    found = evaluate(people, parse(text))
    assert [str(each.rule) for each in found.outcomes if not each.passed] == []
    for rule in (
        'IsComplete "id"',
        'IsUnique "id"',
        'Completeness "city" >= 0.75',
        'ColumnValues "age" <= 50',
        'ColumnValues "city" in ["Oslo","Rome",NULL]',
    ):
        assert rule in text
    nothing = spark.createDataFrame([], "a int, b array<int>")
    assert recommended(nothing) == 'Rules = [\n    ColumnCount = 2,\n    ColumnExists "a"\n]'
