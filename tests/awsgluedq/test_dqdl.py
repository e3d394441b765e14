"""The language: what it takes, what it refuses and where, and the text that outcomes repeat. Our own cases."""

from __future__ import annotations

import pytest

pytest.importorskip("lark")

from awsgluedq.dqdl import Composite, DqdlError, Rule, parse

SAME = [  # text that prints as it is
    "RowCount > 0",
    "RowCount between 10 and 20.5",
    "RowCount not between -3 and 3",
    "RowCount in [1,2,3]",
    "RowCount > 5 where \"state = 'NY'\"",
    "RowCount > avg(last(5)) * 0.8",
    "RowCount between (0.9 * avg(last(10))) and (1.1 * avg(last(10)))",
    "RowCount >= index(last(3),1)",
    'IsComplete "order id"',
    "IsComplete order_id",
    "Completeness of city >= 0.98",
    'IsPrimaryKey "a" "b" "c"',
    'Uniqueness "a" "b" > 0.95',
    "ColumnCorrelation of height and weight > 0.8",
    'ColumnValues "size" in ["S","M","L",NULL,EMPTY,WHITESPACES_ONLY]',
    'ColumnValues "size" not in ["XXL"] with ignoreCase = "true"',
    'ColumnValues "n" != NULL',
    'ColumnValues "code" matches "[A-Z]{3}\\d+" with threshold >= 0.9',
    'ColumnValues "code" not matches "x.*"',
    'ColumnValues "day" between "2024-01-01" and (now() + 1 days)',
    'ColumnValues "day" > (now() - 30 minutes)',
    'ColumnValues "said" = "a \\"quoted\\" word"',
    'ColumnDataType "x" = "Integer" where "y > 0" with threshold > 0.5',
    'ColumnNamesMatchPattern "col_.*"',
    'DataFreshness "at" between 2 days and 4 hours',
    'ReferentialIntegrity "a,b" "cities.{x,y}" = 1.0',
    'DatasetMatch "other" "id->key" "v->w" >= 0.9',
    'AggregateMatch "sum(a)" "avg(other.b)" between 0.9 and 1.1',
    'CustomSql "select count(*) from primary" > 10',
    'CustomSql "select id from primary where x > 1" with threshold > 0.3',
    "DetectAnomalies of RowCount",
    'DetectAnomalies of Completeness of "city"',
    'FileFreshness "s3://b/p" > "9:30 AM" with timeZone = "Europe/Berlin" with recentFiles = 1',
    'FileMatch "s3://b/p" in ["abc"] with hashAlgorithm = "MD5"',
    "FileSize between 1 B and 5 GB",
    'FileUniqueness "s3://b/p" > 0.9',
    '(IsComplete "a") AND (IsUnique "a") AND (RowCount > 0)',
    '(IsComplete "a") OR ((IsUnique "b") AND (RowCount > 0))',
    'IsComplete "a" labels=["team"="core", "tier"="1"]',
]


def rule(text: str) -> Rule:
    found = parse(f"Rules = [ {text} ]").rules[0]
    assert isinstance(found, Rule)
    return found


@pytest.mark.parametrize("text", SAME)
def test_a_rule_prints_as_it_was_written(text: str) -> None:
    assert [str(each) for each in parse(f"Rules = [ {text} ]").rules] == [text]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('ColumnValues "a" > 3', "number"),
        ('ColumnValues "a" = "x"', "string"),
        ('ColumnValues "a" = NULL', "number"),
        ('ColumnValues "a" = EMPTY', "string"),
        ('ColumnValues "a" = "2024-02-29"', "date"),
        ('ColumnValues "a" in ["2024-02-29",NULL]', "date"),
        ('ColumnValues "a" > "21:45"', "date"),
        ('ColumnValues "a" <= now()', "date"),
        ("FileSize > 5", "size"),
        ('DataFreshness "a" < 3 days', "duration"),
    ],
)
def test_a_conditions_kind_is_what_its_rule_takes(text: str, kind: str) -> None:
    condition = rule(text).condition
    assert condition is not None and condition.kind == kind


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("Rules = [ Completness 'a' > 1 ]", 1, 23, '"\'" is not expected here'),
        ('Rules = [ Completness "a" > 1 ]', 1, 11, "Rule Type: Completness is not valid"),
        ('Rules = [\n  IsComplete "a"\n  IsUnique "b" > 3\n]', 2, 3, "IsComplete takes 1, 3 given; is a comma missing before IsUnique?"),
        ('Rules = [\n  RowCount > 1\n  IsUnique "b"\n]', 3, 3, "IsUnique is not expected here; is a comma missing before it?"),
        ('Rules = [\n  ColumnValues "a" matches "("\n]', 2, 3, "Error Parsing Regular Expression: '(': missing )"),
        ('Rules = [\n  ColumnValues "a" not matches "*x"\n]', 2, 3, "Error Parsing Regular Expression: '*x': nothing to repeat"),
        ('Rules = [\n  IsComplete "a",\n  IsUnique "b" > 3\n]', 3, 3, "Unexpected condition for rule of type IsUnique: > 3"),
        ("Rules = [ RowCount > ", 1, 22, "the end of the text is not expected here"),
        ("Rules = [ RowCount ~ 3 ]", 1, 20, "'~' is not expected here"),
        ('Rules = [ Completeness "a" ]', 1, 11, "Completeness needs a condition (a number condition)"),
        ('Rules = [ ColumnCorrelation "a" > 1 ]', 1, 11, "ColumnCorrelation takes 2, 1 given"),
        ('Rules = [ ColumnValues "a" in [1,"2"] ]', 1, 11, "it takes"),
        ('Rules = [ ColumnValues "a" > "abc" ]', 1, 11, "Unexpected condition"),
        ('Rules = [ ColumnValues "a" > "25:00" ]', 1, 11, "Error Parsing Date"),
        ('Rules = [ ColumnValues "a" = "2023-02-29" ]', 1, 11, "Error Parsing Date"),
        ('Rules = [ DataFreshness "a" < 3 weeks ]', 1, 33, "weeks is not expected here"),
        ('Rules = [ DataFreshness "a" < 1.5 days ]', 1, 31, "only whole numbers have a unit"),
        ('Rules = [ SchemaMatch "a" > 1 where "x" ]', 1, 11, "Where clause is not supported"),
        ('Rules = [ IsComplete "a" where "" ]', 1, 11, "Empty where condition"),
        ("Rules = [ RowCount > 1 with threshold > 0.5 ]", 1, 11, "Threshold condition not supported"),
        ('Rules = [ ColumnValues "a" > 1 with threshold > 0 with threshold > 1 ]', 1, 11, "Only one threshold"),
        ('Rules = [ FileSize > 1 KB with x != "y" ]', 1, 11, "equality"),
        ('Rules = [ FileFreshness > "9:30 AM" with timeZone = "Mars/North" ]', 1, 11, "Error Parsing Time Zone: Mars/North"),
        ('Rules = [ IsComplete "a" labels=["k"="1","k"="2"] ]', 1, 11, "Duplicate label key"),
        ('Rules = [ IsComplete "a" labels=["k"=""] ]', 1, 11, "cannot be empty"),
        ("Rules = [ ColumnValues a in $sizes ]", 1, 11, "Variable not found: sizes"),
        ('sizes = ["S"]\nsizes = ["M"]\nRules = [ RowCount > 1 ]', 2, 1, "already defined"),
        ('_a = "x"\nRules = [ RowCount > 1 ]', 1, 1, "cannot start with"),
        ('sql = ["a","b"]\nRules = [ CustomSql $sql ]', 2, 11, "one string"),
        ("Rules = [ AllStatistics a ]", 1, 11, "not supported in rules section"),
        ("Rules = [ RowCount > 1 ] Analyzers = [ IsComplete a ]", 1, 40, "Analyzer Type: IsComplete is not supported"),
        ("Rules = []", None, None, "No rules or analyzers provided"),
        ('Metadata = { "Author": "me" } Rules = [ RowCount > 1 ]', None, None, "Unsupported key"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, line: int | None, column: int | None, words: str) -> None:
    with pytest.raises(DqdlError) as found:
        parse(text)
    assert (found.value.line, found.value.column) == (line, column), str(found.value)
    assert words in str(found.value)


@pytest.mark.parametrize("pattern", [r"\p{L}+(?<n>x)", r"[a-z&&[^b]]++", r"\Q(\E", r"a{2}{3}", r"(?i)\h*"])
def test_patterns_of_java_are_not_called_wrong(pattern: str) -> None:
    assert len(parse(f'Rules = [ ColumnValues "a" matches "{pattern}" ]').rules) == 1


def test_what_could_have_stood_there_is_named() -> None:
    with pytest.raises(DqdlError, match=r"expected .*now\(\)"):
        parse("Rules = [ RowCount > ]")


def test_a_whole_document() -> None:
    document = parse(
        """
        Metadata = { "Version": "1.0" }   # nothing reads it
        DataSources = { "Primary": "orders", "AdditionalDataSources": [ "cities", "people" ] }
        sizes = ["S", "M"]
        query = "select count(*) from primary"
        DefaultLabels = ["team"="core"]
        Rules = [
            ColumnValues "size" in $sizes,
            CustomSql $query > 0 labels=["team"="other"],
            (RowCount > 1) and (IsComplete "a")   # the end
        ]
        Analyzers = [ RowCount, Completeness of "a", AllStatistics "b" ]"""
    )
    assert (document.metadata, document.primary, document.additional) == ({"Version": "1.0"}, "orders", ("cities", "people"))
    values, sql, both = document.rules
    assert str(values) == 'ColumnValues "size" in ["S","M"]' and str(sql).startswith("CustomSql $query > 0")
    assert isinstance(sql, Rule) and sql.values == ["select count(*) from primary"]
    assert [each.labels for each in document.rules] == [{"team": "core"}, {"team": "other"}, {"team": "core"}]
    assert isinstance(both, Composite) and both.operator == "AND"
    assert [str(each) for each in document.analyzers] == ["RowCount", 'Completeness of "a"', 'AllStatistics "b"']


def test_and_binds_closer_than_or_and_needs_no_parentheses_after_a_condition() -> None:
    found = parse('Rules = [ RowCount > 0 OR IsComplete "a" where "b > 0" AND RowCount < 9 ]').rules[0]
    assert str(found) == '(RowCount > 0) OR ((IsComplete "a" where "b > 0") AND (RowCount < 9))'


def test_labels_of_parentheses_are_the_rules_own() -> None:
    found = parse('Rules = [ (IsComplete "a") labels=["k"="v"] ]').rules[0]
    assert found.labels == {"k": "v"} and str(found) == 'IsComplete "a" labels=["k"="v"]'
