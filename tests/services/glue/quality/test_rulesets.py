"""Rulesets through boto3: kept as given, checked when written."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

RULES = 'Rules = [ IsComplete "id", RowCount > 3 ]'


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_ruleset_is_what_it_was_given(glue: Any, unique: str) -> None:
    target = {"DatabaseName": "sales", "TableName": "Orders"}
    asked = {"Name": unique, "Description": "of orders", "Ruleset": RULES, "TargetTable": target}
    assert glue.create_data_quality_ruleset(**asked, Tags={"team": "core"})["Name"] == unique
    found = glue.get_data_quality_ruleset(Name=unique)
    assert {key: found[key] for key in asked} == asked
    assert abs(found["CreatedOn"].timestamp() - time.time()) < 60
    arn = f"arn:aws:glue:us-east-1:123456789012:dataQualityRuleset/{unique}"
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"team": "core"}
    changed = glue.update_data_quality_ruleset(Name=unique, Ruleset="Rules = [ RowCount > 1 ]")
    assert changed["Ruleset"] == "Rules = [ RowCount > 1 ]" and changed["Description"] == "of orders"
    assert glue.get_data_quality_ruleset(Name=unique)["LastModifiedOn"] >= found["LastModifiedOn"]
    glue.delete_data_quality_ruleset(Name=unique)
    with pytest.raises(ClientError) as error:
        glue.get_data_quality_ruleset(Name=unique)
    assert code(error) == "EntityNotFoundException"
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        glue.get_tags(ResourceArn=arn)


@pytest.mark.parametrize("operation", ["create", "update"])
def test_a_ruleset_that_is_no_dqdl_is_refused_with_its_place(glue: Any, unique: str, operation: str) -> None:
    if operation == "update":
        glue.create_data_quality_ruleset(Name=unique, Ruleset=RULES)
    with pytest.raises(ClientError, match=r"line 2, column 3: Rule Type: Completness is not valid") as error:
        getattr(glue, f"{operation}_data_quality_ruleset")(Name=unique, Ruleset='Rules = [\n  Completness "a" > 1 ]')
    assert code(error) == "InvalidInputException"


def test_one_of_a_name(glue: Any, unique: str) -> None:
    glue.create_data_quality_ruleset(Name=unique, Ruleset=RULES, ClientToken="t1")
    glue.create_data_quality_ruleset(Name=unique, Ruleset=RULES, ClientToken="t1")  # asked again
    for members in ({"ClientToken": "t2"}, {}):
        with pytest.raises(ClientError) as error:
            glue.create_data_quality_ruleset(Name=unique, Ruleset=RULES, **members)
        assert code(error) == "AlreadyExistsException"


def test_rulesets_are_listed_and_filtered(glue: Any, unique: str) -> None:
    target = {"DatabaseName": unique, "TableName": "t"}
    for number in range(5):
        extra = {"TargetTable": target, "Tags": {"which": unique}} if number % 2 else {}
        glue.create_data_quality_ruleset(Name=f"{unique}-{number}", Ruleset=RULES, Description=f"the {number}", **extra)

    def names(**asked: Any) -> list[str]:
        asked = {"Filter": {"Name": unique}} | asked
        return [each["Name"][-1] for each in glue.list_data_quality_rulesets(**asked)["Rulesets"]]

    assert names() == ["0", "1", "2", "3", "4"]
    assert names(Filter={"TargetTable": target}) == ["1", "3"]
    assert names(Filter={"Name": unique, "Description": "the 2"}) == ["2"]
    assert names(Tags={"which": unique}) == ["1", "3"]
    assert names(Filter={"Name": unique, "CreatedBefore": 1_000_000_000}) == []
    first = glue.list_data_quality_rulesets(Filter={"Name": unique}, MaxResults=2)
    assert [each["RuleCount"] for each in first["Rulesets"]] == [2, 2]
    rest = glue.list_data_quality_rulesets(Filter={"Name": unique}, NextToken=first["NextToken"])
    assert [each["Name"][-1] for each in rest["Rulesets"]] == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"RulesetNames": ["no-such-ruleset"]}, "no-such-ruleset not found"),
        ({"DataSource": {"GlueTable": {"DatabaseName": "no_such_database", "TableName": "t"}}}, "no_such_database"),
        ({"DataSource": {}}, "Give one of"),
        ({"AdditionalRunOptions": {"RowLevelResults": {"MaxRowsToWrite": 1}}}, "RowLevelResults"),
    ],
)
def test_runs_that_cannot_be(glue: Any, table: dict[str, str], unique: str, members: dict[str, Any], words: str) -> None:
    glue.create_data_quality_ruleset(Name=unique, Ruleset=RULES)
    asked = {"DataSource": {"GlueTable": table}, "Role": "GlueRole", "RulesetNames": [unique]} | members
    with pytest.raises(ClientError, match=words):
        glue.start_data_quality_ruleset_evaluation_run(**asked)
    assert glue.list_data_quality_ruleset_evaluation_runs(Filter={"DataSource": {"GlueTable": table}})["Runs"] == []


def test_dynamic_rules_are_for_jobs(glue: Any, table: dict[str, str], unique: str) -> None:
    glue.create_data_quality_ruleset(Name=unique, Ruleset="Rules = [ (RowCount > 1) and (RowCount > avg(last(3))) ]")
    with pytest.raises(ClientError, match="dynamic rules are supported in Glue jobs only"):
        glue.start_data_quality_ruleset_evaluation_run(DataSource={"GlueTable": table}, Role="GlueRole", RulesetNames=[unique])


def test_results_and_runs_that_are_not_there(glue: Any) -> None:
    assert glue.batch_get_data_quality_result(ResultIds=["dqresult-1"])["ResultsNotFound"] == ["dqresult-1"]
    assert glue.batch_get_data_quality_ruleset_evaluation_run(RunIds=["dqrun-1"])["RunsNotFound"] == ["dqrun-1"]
    for operation, members in (
        ("get_data_quality_result", {"ResultId": "dqresult-1"}),
        ("get_data_quality_ruleset_evaluation_run", {"RunId": "dqrun-1"}),
        ("cancel_data_quality_ruleset_evaluation_run", {"RunId": "dqrun-1"}),
        ("get_data_quality_rule_recommendation_run", {"RunId": "dqrun-1"}),
    ):
        with pytest.raises(ClientError) as error:
            getattr(glue, operation)(**members)
        assert code(error) == "EntityNotFoundException"


def test_a_run_needs_a_worker(glue: Any, table: dict[str, str]) -> None:
    with pytest.raises(glue.exceptions.InvalidInputException, match="NumberOfWorkers must be 1 or more, not 0"):
        glue.start_data_quality_rule_recommendation_run(DataSource={"GlueTable": table}, Role="GlueRole", NumberOfWorkers=0)
