"""Each rule type on four people: what it measures, what it says when it fails."""

from __future__ import annotations

import math
from typing import Any

import pytest

pytest.importorskip("pyspark")

NOT_MET = "does not meet the constraint requirement"
CASES = [  # rule, whether it passes, a metric, its value
    ("RowCount = 4", True, "Dataset.*.RowCount", 4),
    ("RowCount > 4", False, "Dataset.*.RowCount", 4),
    ("RowCount between 3 and 5", True, "Dataset.*.RowCount", 4),
    ("RowCount between 4 and 5", False, "Dataset.*.RowCount", 4),  # between is exclusive
    ("RowCount not between 4 and 5", True, "Dataset.*.RowCount", 4),
    ("RowCount in [1,4]", True, "Dataset.*.RowCount", 4),
    ('RowCount = 2 where "age > 30"', True, "Dataset.*.RowCount", 2),
    ("RowCount = 2 + 1 * 4 / 3", True, "Dataset.*.RowCount", 4),  # from left to right
    ("ColumnCount = 6", True, "Dataset.*.ColumnCount", 6),
    ('Completeness "city" = 0.75', True, "Column.city.Completeness", 0.75),
    ('Completeness "city" > 0.75', False, "Column.city.Completeness", 0.75),
    ('Completeness "city" = 1.0 where "id <> 3"', True, "Column.city.Completeness", 1),
    ('IsComplete "age"', True, "Column.age.Completeness", 1),
    ('IsComplete "city"', False, "Column.city.Completeness", 0.75),
    ('IsComplete "city" where "id = 99"', True, None, None),
    ('Uniqueness "city" between 0.3 and 0.4', True, "Column.city.Uniqueness", 1 / 3),
    ('Uniqueness "city" "id" = 1', True, "Multicolumn.city,id.Uniqueness", 1),
    ('IsUnique "id"', True, "Column.id.Uniqueness", 1),
    ('IsUnique "city"', False, "Column.city.Uniqueness", 1 / 3),
    ('IsUnique "city" where "age > 30"', True, "Column.city.Uniqueness", 1),
    ('IsPrimaryKey "id"', True, "Column.id.Uniqueness", 1),
    ('IsPrimaryKey "city" "id"', False, "Column.city.Completeness", 0.75),
    ('UniqueValueRatio "city" = 0.5', True, "Column.city.UniqueValueRatio", 0.5),
    ('DistinctValuesCount "city" = 3', True, "Column.city.DistinctValuesCount", 3),
    ('DistinctValuesCount "id" = 4', True, "Column.id.DistinctValuesCount", 4),
    ('Entropy "city" > 0.6', True, "Column.city.Entropy", -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3))),
    ('Mean "age" = 35', True, "Column.age.Mean", 35),
    ('Mean "age" = 45 where "id in (2, 3)"', True, "Column.age.Mean", 45),
    ('Sum "score" = 7', True, "Column.score.Sum", 7),
    ('StandardDeviation "age" between 11 and 12', True, "Column.age.StandardDeviation", math.sqrt(125)),
    ('Variance "age" = 125', True, "Column.age.Variance", 125),
    ('ColumnCorrelation "age" "score" > 0.9', True, "Multicolumn.age,score.ColumnCorrelation", 0.9819805060619656),
    ('ColumnExists "Age"', True, "Dataset.Age.ColumnExists", 1),
    ('ColumnExists "height"', False, "Dataset.height.ColumnExists", 0),
    ('ColumnNamesMatchPattern "[a-z]+"', True, "Dataset.*.ColumnNamesPatternMatchRatio", 1),
    ('ColumnNamesMatchPattern "e$"', False, "Dataset.*.ColumnNamesPatternMatchRatio", 3 / 6),
    ('ColumnLength "code" <= 3', True, "Column.code.MaximumLength", 3),
    ('ColumnLength "code" between 0 and 4', True, "Column.code.MinimumLength", 1),
    ('ColumnLength "city" > 3', False, "Column.city.MinimumLength", 0),  # NULL has length 0
    ('ColumnLength "city" in [0,4]', True, "Column.city.LengthCompliance", 1),
    ('ColumnLength "city" = 4 where "city is not null"', True, "Column.city.MaximumLength", 4),
    ('ColumnDataType "day" = "Date"', False, "Column.day.ColumnDataType.Compliance", 0.75),
    ('ColumnDataType "day" = "Date" with threshold > 0.7', True, "Column.day.ColumnDataType.Compliance", 0.75),
    ('ColumnDataType "age" in ["Integer","Boolean"]', True, "Column.age.ColumnDataType.Compliance", 1),
    ('ColumnDataType "code" != "Integer"', True, "Column.code.ColumnDataType.Compliance", 1),
    ('ColumnDataType "day" = "Date" where "day is not null" with format = "yyyy-MM-dd"', True, "Column.day.ColumnDataType.Compliance", 1),
    ('DataFreshness "day" <= 60 days where "day is not null"', True, "Column.day.DataFreshness.Compliance", 1),
    ('DataFreshness "day" <= 60 hours where "day is not null"', False, "Column.day.DataFreshness.Compliance", 1 / 3 * 2),
    ('DataFreshness "day" between 30 hours and 3 days where "id = 1"', True, "Column.day.DataFreshness.Compliance", 1),
]


@pytest.mark.parametrize(("text", "passed", "metric", "value"), CASES, ids=[case[0] for case in CASES])
def test_a_rule(one: Any, text: str, passed: bool, metric: str | None, value: float | None) -> None:
    outcome = one(text)
    assert outcome.passed is passed, outcome.reason
    assert not outcome.error
    if metric is not None:
        assert outcome.metrics[metric] == pytest.approx(value)
    if not passed and not text.startswith(("ColumnNames", "DataFresh")):
        assert NOT_MET in outcome.reason


VALUES = [
    ('"age" > 19', True),
    ('"age" > 20', False),
    ('"age" >= 20', True),
    ('"age" between 19 and 51', True),
    ('"age" between 20 and 50', False),
    ('"age" not between 20 and 20', True),
    ('"age" in [20,30,40,50]', True),
    ('"age" not in [60]', True),
    ('"age" != 30', False),
    ('"score" > 0', False),  # a NULL is no number above 0
    ('"score" != 3', True),  # and is not 3
    ('"score" in [1,2,4]', False),
    ('"score" in [1,2,4,NULL]', True),
    ('"score" not in [3,NULL]', False),
    ('"score" = NULL', False),
    ('"age" != NULL', True),
    ('"score" > 0 with threshold >= 0.75', True),
    ('"score" > 0 with threshold > 0.75', False),
    ('"score" > 0 where "score is not null"', True),
    ('"city" in ["Oslo","Rome"]', False),
    ('"city" in ["Oslo","Rome",NULL]', True),
    ('"city" not in ["Bern"]', True),
    ('"city" = "oslo" where "id = 1"', False),
    ('"city" = "oslo" where "id = 1" with ignoreCase = "true"', True),
    ('"code" != EMPTY', True),
    ('"code" != WHITESPACES_ONLY', False),
    ('"code" = WHITESPACES_ONLY where "id = 4"', True),
    ('"code" matches "[A-C]\\d*" where "id < 4"', True),
    ('"code" matches "[A-C]" where "id < 4"', False),  # the whole value
    ('"code" not matches "D.*"', True),
    ('"city" not matches "D.*"', False),  # NULL matches nothing and is no match either
    ('"code" in ["O\'Neill","A1"] where "id = 1"', True),
    ('"day" > "2025-12-31" where "day is not null"', True),
    ('"day" > "2026-01-01" where "day is not null"', False),
    ('"day" in ["2026-02-28","2026-02-27","2026-01-01",NULL]', True),
    ('"day" < now() where "day is not null"', True),
    ('"day" > (now() - 3 days) where "id < 3"', True),
    ('"day" > (now() - 40 hours) where "id = 2"', False),
    ('"day" between (now() - 60 days) and "12:00" where "day is not null"', True),
]


@pytest.mark.parametrize(("text", "passed"), VALUES, ids=[case[0] for case in VALUES])
def test_column_values(one: Any, text: str, passed: bool) -> None:
    outcome = one(f"ColumnValues {text}")
    assert outcome.passed is passed, (outcome.reason, outcome.metrics)
    assert not outcome.error


def test_what_a_failed_rule_says(one: Any) -> None:
    assert one('Completeness "city" > 0.9').reason == "Value: 0.75 does not meet the constraint requirement!"
    assert one("RowCount > 9").reason == "Value: 4 does not meet the constraint requirement!"
    assert one('Mean "age" > 99').reason == "Value: 35.0 does not meet the constraint requirement!"
    both = one('ColumnValues "score" > 1')
    assert both.reason == ("Value: 1.0 does not meet the constraint requirement!\nValue: NULL does not meet the constraint requirement!")
    assert both.metrics == {"Column.score.Minimum": 1.0}
    assert one('ColumnNamesMatchPattern "e$"').reason == "Columns that do not match the pattern: id, city, day"
    assert one('DataFreshness "day" <= 60 hours where "day is not null"').reason == "66.67% of rows passed"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('IsComplete "height"', "Input data does not include column height!"),
        ('Mean "city" > 1', "Expected type of column city to be one of"),
        ('Mean "city" > 1', "but found StringType instead!"),
        ('ColumnValues "city" > 1', "StringType"),
        ('Sum "score" > 1 where "id = 4"', "Empty state"),
        ('RowCount > 1 where "no such thing"', "where clause is invalid"),
        ('RowCount > 1 where "height > 3"', "where clause is invalid"),
        ('ColumnDataType "age" = "Colour"', "Unrecognized data type: Colour"),
        ('ColumnDataType "day" = "Date" with format = "yy"', "Unsupported date format: yy"),
        ('ColumnValues "age" > NULL', "NULL has no order"),
        ('ColumnNamesMatchPattern "["', "Invalid regex pattern"),
        ('SchemaMatch "other" > 0.5', "other not found in additional sources"),
        ('CustomSql "select nothing from primary" > 1', "Error executing SQL statement"),
        ('CustomSql "select id from primary" > 1', "exactly one row"),
        ('AggregateMatch "median(age)" "sum(age)" > 1', "is no aggregate"),
        ("RowCount > 1 / 0", "Division by zero"),
        ("DetectAnomalies of RowCount", "there are 0"),
        ("FileSize > 1 B", "frames that were read from files"),
        ('FileSize "/no/such/place" > 1 B', "FileSize"),
        ('FileSize "/tmp" > 1 B with colour = "red"', "takes no tag colour"),
    ],
)
def test_a_rule_that_cannot_be_evaluated_says_why(one: Any, text: str, words: str) -> None:
    outcome = one(text)
    assert (outcome.passed, outcome.error) == (False, True)
    assert words in outcome.reason, outcome.reason


def test_a_rule_that_fails_in_spark_spoils_no_other(people: Any) -> None:
    from awsgluedq.dqdl import parse
    from awsgluedq.evaluate import evaluate

    ruleset = parse('Rules = [ RowCount = 4, IsComplete "age" where "cast(city as int) > 1", Mean "age" = 35 ]')
    first, second, third = evaluate(people, ruleset).outcomes
    assert first.passed and third.passed
    assert second.error and "CAST_INVALID_INPUT" in second.reason


def test_many_rules_are_one_query(people: Any) -> None:
    from awsgluedq.dqdl import parse
    from awsgluedq.evaluate import evaluate

    rules = [case[0] for case in CASES if case[0].split()[0] in ("RowCount", "Completeness", "Mean", "Sum", "ColumnLength", "Variance")]
    found = evaluate(people, parse(f"Rules = [ {', '.join(rules)} ] Analyzers = [ AllStatistics age ]"))
    assert len(rules) > 15
    assert found.jobs == 2, "one aggregation, and one grouping for the analyzer's Uniqueness"
