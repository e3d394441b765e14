"""Frames that become one: joined by keys, unions by name, merges by key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import kinds, records

from awsglue import _report
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import Join, Union


def test_join_keeps_both_keys_and_prefixes_collisions(people: DynamicFrame, orders: DynamicFrame) -> None:
    joined = Join.apply(people.select_fields(["name", "home.city"]), orders, "name", ["name"])
    assert kinds(joined) == "struct<name:string,home:struct<city:string>,.name:string,no:int,total:double>"
    assert sorted(r["no"] for r in records(joined)) == [1, 2]
    assert [field.name for field in joined.drop_fields(["`.name`", "home"]).schema()] == ["name", "no", "total"]


def test_join_by_a_choice_compares_within_types(people: DynamicFrame, orders: DynamicFrame) -> None:
    joined = people.join(["id"], ["no"], orders)
    assert [(r["name"], r["no"]) for r in records(joined)] == [("Ann", 1)]


def test_nested_fields_that_no_joined_record_has_take_no_name(glue: Any, spark: Any) -> None:
    left = spark.sql("select 1 id, cast(null as array<int>) links, array(1) tags union all select 2, array(9), array(2)")
    right = spark.sql("select 1 key, array('x') links, array('y') tags")
    joined = Join.apply(DynamicFrame.fromDF(left, glue), DynamicFrame.fromDF(right, glue), "id", "key")
    assert records(joined) == [{"id": 1, "tags": [1], "key": 1, "links": ["x"], ".tags": ["y"]}]


def test_join_by_keys_that_are_never_equal_says_so(people: DynamicFrame, orders: DynamicFrame) -> None:
    with _report_notes() as notes:
        assert people.join(["name"], ["no"], orders).count() == 0
        assert people.join(["id"], ["no"], orders).count() == 1, "one of the choice's types is that of the other key"
    assert [note.partition(" are never equal")[0] for note in notes] == ["Join: the keys name (string) and no (int)"]


@contextmanager
def _report_notes() -> Iterator[list[str]]:
    """What the run's report learns inside."""
    before, found = set(_report._notes), []
    yield found
    found += [note for note in _report._notes if note not in before]


def test_join_without_such_a_key_is_refused(people: DynamicFrame, orders: DynamicFrame) -> None:
    with pytest.raises(ValueError, match="nope"):
        people.join(["nope"], ["no"], orders)


def test_union_goes_by_name_and_makes_choices(glue: Any, spark: Any) -> None:
    one = DynamicFrame.fromDF(spark.createDataFrame([(1, "a")], "x int, y string"), glue)
    two = DynamicFrame.fromDF(spark.createDataFrame([("b", 2)], "y string, x long"), glue)
    both = Union.apply(one, two)
    assert kinds(both) == "struct<x:struct<int:int,long:bigint>,y:string>"
    assert records(both) == [{"x": 1, "y": "a"}, {"x": 2, "y": "b"}]


def test_merge_replaces_by_key(glue: Any, spark: Any) -> None:
    source = DynamicFrame.fromDF(spark.createDataFrame([(1, "a"), (2, "b"), (2, "bb")], "k int, v string"), glue)
    stage = DynamicFrame.fromDF(spark.createDataFrame([(2, "B"), (3, "C")], "k int, v string"), glue)
    merged = source.mergeDynamicFrame(stage, ["k"])
    assert sorted((r["k"], r["v"]) for r in records(merged)) == [(1, "a"), (2, "B"), (3, "C")]


def test_merge_keeps_records_without_a_key(glue: Any, spark: Any) -> None:
    source = DynamicFrame.fromDF(spark.createDataFrame([(1, "a"), (None, "b")], "k int, v string"), glue)
    stage = DynamicFrame.fromDF(spark.createDataFrame([(1, "A"), (None, "B")], "k int, v string"), glue)
    merged = source.mergeDynamicFrame(stage, ["k"])
    assert sorted(r["v"] for r in records(merged)) == ["A", "B", "b"]
