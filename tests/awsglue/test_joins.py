"""Frames that become one: joined by keys, unions by name, merges by key."""

from __future__ import annotations

import importlib
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


def test_names_that_are_taken_get_another_dot(glue: Any, spark: Any) -> None:
    def of(name: str, *ids: int) -> DynamicFrame:
        return DynamicFrame.fromDF(spark.createDataFrame([(one, f"{name}{one}") for one in ids], f"id int, {name} string"), glue, name)

    ab = Join.apply(of("a", 1, 2), of("b", 1, 2), "id", "id")
    abc = Join.apply(ab, of("c", 2, 3), "id", "id")
    assert records(abc) == [{"id": 2, "a": "a2", ".id": 2, "b": "b2", "..id": 2, "c": "c2"}]
    assert records(Join.apply(abc, of("d", 2), "..id", "id").select_fields(["...id", "d"])) == [{"...id": 2, "d": "d2"}]
    turned = Join.apply(of("c", 2), ab, "id", ".id")
    assert records(turned) == [{"id": 2, "c": "c2", "..id": 2, "a": "a2", ".id": 2, "b": "b2"}]


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


@pytest.fixture
def void(glue: Any, tmp_path: Any) -> DynamicFrame:
    """What a source without files gives, as the second run of a job with bookmarks."""
    frame: DynamicFrame = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path)]}, "json")
    return frame


def test_merge_with_a_side_without_data_is_the_other_side(glue: Any, spark: Any, void: DynamicFrame) -> None:
    frame = DynamicFrame.fromDF(spark.createDataFrame([(1, "a"), (1, "b")], "k int, v string"), glue)
    for merged in (frame.mergeDynamicFrame(void, ["k"]), void.mergeDynamicFrame(frame, ["k"])):
        assert kinds(merged) == "struct<k:int,v:string>"
        assert [(r["k"], r["v"]) for r in records(merged)] == [(1, "a"), (1, "b")]
    assert kinds(void.mergeDynamicFrame(void, ["k"])) == "struct<>"
    with pytest.raises(ValueError, match="nope"):
        frame.mergeDynamicFrame(void, ["nope"])


def test_transforms_of_a_source_without_data_give_none(glue: Any, spark: Any, void: DynamicFrame) -> None:
    importlib.import_module("gs_derived")
    split = void.split_rows({"a": {">": 1}}, "yes", "no")
    derived = void.gs_derived(colName="b", expr="a + 1")  # type: ignore[attr-defined]
    for frame in (split["yes"], split["no"], void.unbox("a", "json"), derived):
        assert (kinds(frame), frame.count()) == ("struct<>", 0)
    with pytest.raises(TypeError, match="colour"):
        void.gs_derived(colName="b", expr="a", colour="red")  # type: ignore[attr-defined]
    rows = DynamicFrame.fromDF(spark.range(2).select(), glue)
    for call in (lambda: rows.split_rows({"a": {">": 1}}, "yes", "no"), lambda: rows.unbox("a", "json")):
        with pytest.raises(ValueError, match="'a'"):
            call()
    with pytest.raises(Exception, match=r"\ba\b.* cannot be resolved|'a'"):
        rows.gs_derived(colName="b", expr="a + 1")  # type: ignore[attr-defined]
