"""What goes beyond one rule and one frame: rows, composite and dynamic rules, other datasets, files, analyzers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")


class Earlier:
    """A history given by the test: metric → values, newest first."""

    def __init__(self, **values: Sequence[float]) -> None:
        self.values = {name.replace("__", "."): each for name, each in values.items()}

    def last(self, metric: str, count: int) -> Sequence[float]:
        return self.values.get(metric.split(".")[-1], ())[:count]


@pytest.fixture(scope="module")
def cities(spark: Any) -> Any:
    return spark.createDataFrame([("Oslo", "NO", 10), ("Rome", "IT", 20), ("Rome", "IT", 20)], "name string, land string, id int").cache()


@pytest.fixture(scope="module")
def rows(people: Any) -> Callable[..., Any]:
    """The row-level outcomes of rules, by id."""
    from awsgluedq.dqdl import parse
    from awsgluedq.evaluate import evaluate
    from awsgluedq.evaluate.rows import row_outcomes

    def run(rules: str, sources: Any = None, **settings: Any) -> Any:
        frame = row_outcomes(people, evaluate(people, parse(f"Rules = [ {rules} ]"), sources).outcomes, **settings)
        return {row["id"]: row for row in frame.collect()}

    return run


def test_rows_know_the_rules_they_passed_and_failed(rows: Any) -> None:
    found = rows('IsComplete "city", ColumnValues "age" > 25, RowCount > 0')
    assert [name for name in found[1].asDict() if name.startswith("Data")] == [
        "DataQualityRulesPass",
        "DataQualityRulesFail",
        "DataQualityRulesSkip",
        "DataQualityEvaluationResult",
    ]
    assert found[1]["DataQualityRulesPass"] == ['IsComplete "city"', 'ColumnValues "age" > 25']
    assert (found[3]["DataQualityRulesFail"], found[3]["DataQualityEvaluationResult"]) == (['IsComplete "city"'], "Failed")
    assert found[4]["DataQualityRulesFail"] == ['ColumnValues "age" > 25']
    assert {tuple(row["DataQualityRulesSkip"]) for row in found.values()} == {("RowCount > 0",)}
    assert found[1]["DataQualityEvaluationResult"] == "Passed"
    assert found[3]["score"] == 4.0, "the rows' own columns are as they were"


def test_rows_of_which_a_rule_is_not_asked(rows: Any) -> None:
    text = 'IsComplete "city" where "id < 3"'
    assert rows(text)[3]["DataQualityRulesPass"] == [text]
    skipped = rows(text, filtered="SKIPPED")
    assert (skipped[3]["DataQualityRulesPass"], skipped[3]["DataQualityRulesSkip"]) == ([], [text])
    assert skipped[1]["DataQualityRulesPass"] == [text]
    assert skipped[3]["DataQualityEvaluationResult"] == "Passed"


@pytest.mark.parametrize(
    ("rule", "failing"),
    [
        ('IsUnique "city"', {1, 2}),
        ('Uniqueness "city" > 0.9', {1, 2}),
        ('IsPrimaryKey "city"', {1, 2, 3}),
        ('Completeness "score" > 0.5', {4}),
        ('ColumnLength "code" > 1', {3, 4}),
        ('ColumnLength "city" > 0', {3}),
        ('ColumnValues "score" in [1,2]', {3, 4}),
        ('ColumnValues "city" matches "O.*" with threshold > 0.1', {3, 4}),
        ('ColumnDataType "day" = "Date"', {4}),
        ('ReferentialIntegrity "city" "cities.name" > 0.5', {3}),
        ('DatasetMatch "copy" "id" "age" > 0.5', {2}),
        ('CustomSql "select id, city from primary where age < 45"', {3}),
        ('CustomSql "select age from primary where city is null"', {1, 2, 4}),
        ('(IsComplete "city") and (ColumnValues "age" > 25)', {3, 4}),
        ('(IsComplete "city") or (ColumnValues "age" > 45)', set()),
        ('(ReferentialIntegrity "city" "cities.name" > 0.5) and (ColumnValues "age" > 25)', {3, 4}),
    ],
)
def test_which_rows_fail(rows: Any, cities: Any, people: Any, rule: str, failing: set[int]) -> None:
    from pyspark.sql import functions as F

    copy = people.withColumn("age", F.when(F.col("id") == 2, 41).otherwise(F.col("age")))
    found = rows(rule, {"cities": cities, "copy": copy})
    assert len(found) == 4
    assert {key for key, row in found.items() if row["DataQualityRulesFail"]} == failing
    assert all(len(row["DataQualityRulesPass"]) + len(row["DataQualityRulesFail"]) == 1 for row in found.values())


def test_a_rule_that_could_not_be_evaluated_skips_rows(rows: Any) -> None:
    found = rows('IsComplete "height", IsComplete "id"')
    assert found[1]["DataQualityRulesSkip"] == ['IsComplete "height"'] and found[1]["DataQualityEvaluationResult"] == "Passed"


def test_labels_are_in_the_rows_on_request_only(rows: Any) -> None:
    text = 'IsComplete "id" labels=["k"="v"]'
    assert rows(text)[1]["DataQualityRulesPass"] == ['IsComplete "id"']
    assert rows(text, with_labels=True)[1]["DataQualityRulesPass"] == [text]


def test_columns_with_dots_and_blanks(spark: Any, one: Any) -> None:
    frame = spark.createDataFrame([(1, {"x": 2}, 3)], "`a.b` int, s struct<x: int>, `c d` int")
    assert one('ColumnValues "a.b" = 1', frame).passed
    assert one('ColumnValues "s.x" = 2', frame).passed
    assert one('IsUnique "c d" "a.b"', frame).passed
    from awsgluedq.dqdl import parse
    from awsgluedq.evaluate import evaluate
    from awsgluedq.evaluate.rows import row_outcomes

    found = row_outcomes(frame, evaluate(frame, parse('Rules = [ IsComplete "a.b", IsUnique "c d" ]')).outcomes).first()
    assert len(found["DataQualityRulesPass"]) == 2 and found["a.b"] == 1


@pytest.mark.parametrize(
    ("text", "method", "passed"),
    [
        ('(IsComplete "city") and (RowCount = 4)', "COLUMN", False),
        ('(IsComplete "city") or (RowCount = 4)', "COLUMN", True),
        ('(ColumnValues "age" < 35) or (ColumnValues "age" > 35)', "COLUMN", False),  # no column is all below or all above
        ('(ColumnValues "age" < 35) or (ColumnValues "age" > 35)', "ROW", True),  # each row is one of the two
        ('(IsComplete "city") and (RowCount = 4)', "ROW", False),
        ('((IsComplete "city") or (IsComplete "score")) and (RowCount = 4)', "ROW", True),
    ],
)
def test_composite_rules(one: Any, text: str, method: str, passed: bool) -> None:
    assert one(text, composite=method).passed is passed


def test_what_a_composite_rule_says(one: Any) -> None:
    found = one('(IsComplete "city") and (RowCount > 9)')
    assert found.reason == "Value: 0.75 does not meet the constraint requirement!\nValue: 4 does not meet the constraint requirement!"
    assert found.metrics == {"Column.city.Completeness": 0.75, "Dataset.*.RowCount": 4.0}
    by_row = one('(Completeness "city" > 0.1) or (RowCount > 9)', composite="ROW")
    assert by_row.error and "cannot be evaluated row by row" in by_row.reason


@pytest.mark.parametrize(
    ("text", "evaluated", "passed"),
    [
        ("RowCount > avg(last(3))", "RowCount > 3.0", True),
        ("RowCount >= last() * 2", "RowCount >= 4.0", True),
        ("RowCount between min(last(5)) - 1 and max(last(5)) + 1", "RowCount between 1.0 and 5.0", True),
        ("RowCount = index(last(3), 1)", "RowCount = 3.0", False),
        ("RowCount < abs(0 - max(last(3)))", "RowCount < 4.0", False),
        ("RowCount > sum(last(2)) + median(last(3))", "RowCount > 8.0", False),
        ('Completeness "city" > avg(last(9))', 'Completeness "city" > 0.0', True),  # no earlier results: 0.0
        ('ColumnValues "age" > min(last(3)) - 1', 'ColumnValues "age" > 14.0', True),
    ],
)
def test_dynamic_rules(one: Any, text: str, evaluated: str, passed: bool) -> None:
    found = one(text, history=Earlier(RowCount=[2, 3, 4], Minimum=[15, 17]))
    assert (str(found.evaluated), found.passed) == (evaluated, passed)
    assert str(found.rule) == text.replace(", ", ",")


def test_a_dynamic_rule_that_is_a_list_or_no_function(one: Any) -> None:
    history = Earlier(RowCount=[2, 3, 4])
    assert "Use aggregation functions" in one("RowCount > last(3)", history=history).reason
    assert "Unknown function" in one("RowCount > percentile(last(3))", history=history).reason
    assert "counted from 0" in one("RowCount > index(last(3), 7)", history=history).reason


def test_anomalies(one: Any) -> None:
    usual = one("DetectAnomalies of RowCount", history=Earlier(RowCount=[4, 3, 5, 4]))
    assert usual.passed and usual.metrics == {"Dataset.*.RowCount": 4.0}
    unusual = one('DetectAnomalies of Completeness of "city"', history=Earlier(Completeness=[1, 1, 1, 1]))
    assert not unusual.passed and not unusual.error and unusual.reason.startswith("Value: 0.75 is outside of the usual range 0.99 to 1.01")
    assert "there are 2" in one("DetectAnomalies of RowCount", history=Earlier(RowCount=[4, 3])).reason


@pytest.mark.parametrize(
    ("text", "passed", "metric", "value"),
    [
        ('RowCountMatch "cities" > 1.3', True, "Dataset.cities.RowCountMatch", 4 / 3),
        ('SchemaMatch "people" = 1.0', True, "Dataset.people.SchemaMatch", 1),
        ('SchemaMatch "cities" > 0.1', False, "Dataset.cities.SchemaMatch", 0),
        ('ReferentialIntegrity "city" "cities.name" = 0.75', True, "Column.cities.ReferentialIntegrity", 0.75),
        ('ReferentialIntegrity "city,id" "cities.{name,id}" = 0.0', True, "Column.cities.ReferentialIntegrity", 0),
        ('DatasetMatch "people" "id" = 1.0', True, "Dataset.people.DatasetMatch", 1),
        ('DatasetMatch "renamed" "id->key" "age->years" = 1.0', True, "Dataset.renamed.DatasetMatch", 1),
        ('AggregateMatch "sum(age)" "sum(renamed.years)" = 1.0', True, "Column.age,years.AggregateMatch", 1),
        ('AggregateMatch "avg(id)" "sum(cities.id)" = 0.05', True, "Column.id.AggregateMatch", 0.05),
        ('CustomSql "select count(*) from primary p join cities c on p.city = c.name" = 4', True, "Dataset.*.CustomSQL", 4),
        ('CustomSql "select id from primary where age > 25" with threshold > 0.7', True, "Dataset.*.CustomSQL.Compliance", 0.75),
        ('CustomSql "select id from primary where age > 25"', False, "Dataset.*.CustomSQL.Compliance", 0.75),
    ],
)
def test_other_datasets(one: Any, people: Any, cities: Any, text: str, passed: bool, metric: str, value: float) -> None:
    renamed = people.withColumnRenamed("id", "key").withColumnRenamed("age", "years")
    found = one(text, sources={"cities": cities, "people": people, "renamed": renamed})
    assert found.passed is passed, found.reason
    assert found.metrics[metric] == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('DatasetMatch "cities" "city->name" "id" > 0.5', "Comparison keys must be unique"),
        ('DatasetMatch "cities" "id" "age" > 0.5', "not found in the second dataset: age"),
        ('ReferentialIntegrity "city,id" "cities.name" > 0.5', "must equal"),
        ('ReferentialIntegrity "city" "cities.town" > 0.5', "town do not exist in reference"),
        ('CustomSql "select id as other from primary"', "at least one column that matches"),
        ('CustomSql "select id, 1 as other from primary"', "Columns not found: other"),
    ],
)
def test_other_datasets_that_do_not_fit(one: Any, cities: Any, text: str, words: str) -> None:
    found = one(text, sources={"cities": cities})
    assert found.error and words in found.reason


def test_custom_sql_leaves_the_users_views_alone(spark: Any, people: Any, one: Any) -> None:
    spark.range(7).createOrReplaceTempView("primary")
    assert one('CustomSql "select count(*) from primary" = 4').passed
    assert spark.table("primary").count() == 7
    spark.catalog.dropTempView("primary")
    assert one('CustomSql "select count(*) from primary" = 4').passed
    assert not spark.catalog.tableExists("primary")


def test_files(spark: Any, one: Any, tmp_path: Path) -> None:
    for name, text, age in (("a.txt", "x" * 100, 3600), ("b.txt", "y" * 2000, 600_000), ("c.txt", "x" * 100, 60)):
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (NOW_SECONDS - age, NOW_SECONDS - age))
    md5 = [hashlib.md5(text.encode()).hexdigest() for text in ("x" * 100, "y" * 2000)]
    place = f'"{tmp_path}"'
    cases = {
        f"FileSize {place} < 2 KB": True,
        f"FileSize {place} between 100 B and 2 KB": False,
        f"FileSize {place} > 1 KB with threshold > 0.3": True,
        f"FileSize {place} < 1 KB with recentFiles = 2": True,
        f'FileSize {place} > 1 KB with uriRegex = "b.txt"': True,
        f"FileFreshness {place} > (now() - 2 hours)": False,
        f"FileFreshness {place} > (now() - 2 hours) with threshold > 0.5": True,
        f"FileFreshness {place} > (now() - 8 days)": True,
        f"FileFreshness {place} between (now() - 8 days) and now()": True,
        f"FileUniqueness {place} > 0.3": True,
        f"FileUniqueness {place} > 0.5": False,
        f'FileMatch {place} in ["{md5[0]}","{md5[1]}"]': True,
        f'FileMatch {place} in ["{md5[0]}"]': False,
        f"FileMatch {place} {place}": True,
        f'FileMatch "{tmp_path}/a.txt" "{tmp_path}/c.txt"': True,
        f'FileMatch "{tmp_path}/a.txt" "{tmp_path}/c.txt" with matchFileName = "true"': False,
    }
    found = {text: one(text) for text in cases}
    assert {text: each.passed for text, each in found.items()} == cases, [each.reason for each in found.values()]
    frame = spark.read.text(str(tmp_path / "b.txt"))
    assert one("FileSize > 1 KB", frame).passed, "the file that the frame was read from"
    assert not one(f'FileMatch {place} in ["{md5[0]}"]').error


NOW_SECONDS = 1772366400  # conftest.NOW


def test_analyzers(people: Any) -> None:
    from awsgluedq.dqdl import parse
    from awsgluedq.evaluate import evaluate

    found = evaluate(
        people,
        parse('Analyzers = [ RowCount, ColumnValues "age", ColumnLength "code", AllStatistics "city", Mean "city", Distribution "a" ]'),
    )
    assert [dict(each.metrics) for each in found.analyses] == [
        {"Dataset.*.RowCount": 4.0},
        {"Column.age.Minimum": 20.0, "Column.age.Maximum": 50.0},
        {"Column.code.MinimumLength": 1.0, "Column.code.MaximumLength": 3.0},
        {
            "Dataset.*.RowCount": 4.0,
            "Column.city.Completeness": 0.75,
            "Column.city.Uniqueness": pytest.approx(1 / 3),
            "Column.city.MinimumLength": 0.0,
            "Column.city.MaximumLength": 4.0,
        },
        {},
        {},
    ]
    assert "StringType" in (found.analyses[4].reason or "") and "does not include column a" in (found.analyses[5].reason or "")
    assert found.score is None and found.outcomes == []


def test_distributions(people: Any) -> None:
    from awsgluedq.dqdl import parse
    from awsgluedq.evaluate import evaluate

    document = (
        'Analyzers = [ Distribution "age" with bins = 3, Distribution AllColumns, Distribution "city", Distribution "age" with bins = 0 ]'
    )
    age, every, city, none = evaluate(people, parse(document)).analyses
    assert age.distributions == {
        "Column.age.Distribution": {"BinEdges": ["20.0", "30.0", "40.0", "50.0"], "Count": [1, 1, 2], "DataType": "int"}
    }
    assert list(every.distributions) == [f"Column.{name}.Distribution" for name in ("id", "age", "score")]
    assert sum(every.distributions["Column.score.Distribution"]["Count"]) == 3, "NULL is in no bin"
    assert "StringType" in (city.reason or "") and "n from 1 to 1000" in (none.reason or "")


def test_a_frame_without_rows(spark: Any, one: Any) -> None:
    empty = spark.createDataFrame([], "id int, city string")
    assert one("RowCount = 0", empty).passed
    for rule in ('IsComplete "id"', 'IsUnique "id"', 'ColumnValues "id" > 1', 'ColumnValues "city" = "x"', 'Mean "id" > 1'):
        found = one(rule, empty)
        assert found.error and "Empty state" in found.reason, rule
