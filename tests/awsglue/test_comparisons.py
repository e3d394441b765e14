"""SplitRows: what is compared with what, on every Spark alike."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import records

from awsglue import _report
from awsglue.dynamicframe import DynamicFrame

DAY, NOON = datetime.date(2026, 3, 1), datetime.datetime(2026, 3, 1, 12)
AGES = "values ('31'), ('n/a'), ('20'), (null), ('31.5'), ('NaN'), (''), (' 40 ') as t(v)"
CASES: list[tuple[str, str, str, Any, list[Any]]] = [
    ("text and a whole number", AGES, ">", 30, ["31", "31.5", " 40 "]),
    ("text and a number", AGES, "<=", 31.2, ["31", "20"]),
    ("text, unequal", AGES, "!=", 20, ["31", "31.5", " 40 "]),
    ("text, to the last digit", "values ('9007199254740993'), ('9007199254740992') as t(v)", "=", 9007199254740993, ["9007199254740993"]),
    ("text beyond whole numbers", "values ('1e30'), ('-1e30') as t(v)", ">", 0, ["1e30"]),
    ("text and text", "values ('a'), ('b'), (null) as t(v)", ">", "a", ["b"]),
    ("text and a truth", "values ('true'), ('n/a'), ('false') as t(v)", "=", True, ["true"]),
    ("text and a day", "values ('2026-03-02'), ('soon'), ('2026-02-28') as t(v)", ">", DAY, ["2026-03-02"]),
    ("numbers and text", "values (31), (20), (null) as t(v)", ">", "30.5", [31]),
    ("whole numbers and a number", "values (31), (20), (null) as t(v)", ">", 20.5, [31]),
    ("decimals and text", "values (1.10), (2.00) as t(v)", "=", "1.1", [1.1]),
    ("a day and text", "values (date'2026-03-02'), (date'2026-02-28') as t(v)", ">", "2026-03-01", ["2026-03-02"]),
    ("a day and no day", "values (date'2026-03-02') as t(v)", ">", "soon", []),
    ("times", "values (timestamp'2026-03-01 13:00:00'), (timestamp'2026-03-01 11:00:00') as t(v)", ">", NOON, ["2026-03-01 13:00:00"]),
    ("truths", "values (true), (false), (null) as t(v)", "!=", True, [False]),
]


@pytest.mark.parametrize(("query", "name", "value", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_holds_is_in_the_first_frame(glue: Any, spark: Any, query: str, name: str, value: Any, wanted: list[Any]) -> None:
    frame = DynamicFrame.fromDF(spark.sql(f"select * from {query}"), glue)
    split = frame.split_rows({"v": {name: value}}, "yes", "no")
    found = [row["v"] for row in records(split["yes"])]
    assert found == wanted
    assert split["no"].count() == frame.count() - len(wanted), "the rest, what cannot be compared among it"


@pytest.mark.parametrize(
    ("query", "value"),
    [("values (31) as t(v)", "n/a"), ("values (31) as t(v)", True), ("values (true) as t(v)", 1), ("values ('a') as t(v)", None)],
)
def test_what_is_never_compared_says_so(glue: Any, spark: Any, query: str, value: Any) -> None:
    split = DynamicFrame.fromDF(spark.sql(f"select * from {query}"), glue).split_rows({"v": {"!=": value}}, "yes", "no")
    assert (split["yes"].count(), split["no"].count()) == (0, 1)
    assert any(f"cannot be compared with {value!r}" in note for note in _report._notes)


def test_a_choice_compares_by_its_alternatives(glue: Any, write: Any) -> None:
    lines = ['{"a": 1}', '{"a": "x"}', '{"a": 5}', '{"a": "7"}', '{"a": {"b": 9}}', '{"a": null}']
    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [write("a.json", "\n".join(lines))]}, "json")
    split = frame.split_rows({"a": {">": 2}}, "yes", "no")
    assert [row["a"] for row in records(split["yes"])] == [5, "7"]
    assert split["no"].count() == 4
    assert [row["a"] for row in records(frame.split_rows({"a": {"=": "x"}}, "yes", "no")["yes"])] == ["x"]


def test_what_has_fields_is_refused(people: DynamicFrame) -> None:
    with pytest.raises(ValueError, match="'home' is struct"):
        people.split_rows({"home": {"=": "Bern"}}, "yes", "no")
    assert people.split_rows({"home.city": {"=": "Bern"}}, "yes", "no")["yes"].count() == 1
