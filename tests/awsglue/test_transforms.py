"""Transforms, one table of cases each: what goes in, what is called, what comes out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import kinds, records

from awsglue import gluetypes as gt
from awsglue._frame.types import hive_type
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection, ResolveOption
from awsglue.transforms import (
    ApplyMapping,
    DropFields,
    DropNullFields,
    ErrorsAsDynamicFrame,
    Filter,
    FlatMap,
    Join,
    Map,
    MapToCollection,
    Relationalize,
    RenameField,
    Repartition,
    ResolveChoice,
    SelectFields,
    SelectFromCollection,
    SplitFields,
    SplitRows,
    UnnestFrame,
    get_transform,
)


def test_the_schema_keeps_every_type_that_occurs(people: DynamicFrame, capsys: pytest.CaptureFixture[str]) -> None:
    people.printSchema()
    assert capsys.readouterr().out == (
        "root\n"
        "|-- id: choice\n"
        "|    |-- int\n"
        "|    |-- double\n"
        "|    |-- string\n"
        "|-- name: string\n"
        "|-- home: struct\n"
        "|    |-- city: string\n"
        "|    |-- zip: choice\n"
        "|    |    |-- int\n"
        "|    |    |-- string\n"
        "|-- calls: array\n"
        "|    |-- element: struct\n"
        "|    |    |-- to: string\n"
        "|    |    |-- min: int\n"
        "|-- none: null\n"
        "\n"
    )


def test_show_prints_a_line_of_json_per_record(people: DynamicFrame, capsys: pytest.CaptureFixture[str]) -> None:
    SelectFields.apply(people, ["id", "name"]).show(2)
    assert capsys.readouterr().out == '{"id": 1, "name": "Ann"}\n{"id": "x7", "name": "Bob"}\n'


def test_to_df_makes_a_struct_of_an_unresolved_choice(people: DynamicFrame) -> None:
    df = people.toDF()
    assert df.select("id").dtypes == [("id", "struct<int:int,double:double,string:string>")]
    assert [row.id.asDict() for row in df.orderBy("name").collect()] == [
        {"int": 1, "double": None, "string": None},
        {"int": None, "double": None, "string": "x7"},
        {"int": None, "double": 2.5, "string": None},
    ]


def test_to_df_with_options(people: DynamicFrame) -> None:
    options = [ResolveOption("id", "Project", gt.StringType()), ResolveOption("home.zip", "Cast", gt.LongType())]
    df = people.toDF(options)
    assert df.select("id", "home.zip").dtypes == [("id", "string"), ("zip", "bigint")]
    assert [row.id for row in df.orderBy("name").collect()] == [None, "x7", None]


RESOLVED: list[tuple[str, dict[str, Any], str, list[Any]]] = [
    ("cast", {"specs": [("id", "cast:long")]}, "bigint", [1, None, 2]),
    ("cast a tuple", {"specs": ("id", "cast:string")}, "string", ["1", "x7", "2.5"]),
    ("project", {"specs": [("id", "project:string")]}, "string", [None, "x7", None]),
    (
        "make_struct",
        {"specs": [("id", "make_struct")]},
        "struct<int:int,double:double,string:string>",
        [{"int": 1, "double": None, "string": None}],
    ),
    ("choice cast", {"choice": "cast:double"}, "double", [1.0, None, 2.5]),
    ("choice project", {"choice": "project:int"}, "int", [1, None, None]),
]


@pytest.mark.parametrize(("arguments", "kind", "values"), [case[1:] for case in RESOLVED], ids=[case[0] for case in RESOLVED])
def test_resolve_choice(people: DynamicFrame, arguments: dict[str, Any], kind: str, values: list[Any]) -> None:
    resolved = ResolveChoice.apply(people, **arguments)
    assert hive_type(resolved.schema().getField("id").dataType) == kind
    assert [record["id"] for record in records(resolved)][: len(values)] == values


def test_make_cols_puts_a_column_per_type_in_its_place(people: DynamicFrame) -> None:
    resolved = people.resolveChoice(specs=[("id", "make_cols")])
    assert [field.name for field in resolved.schema()] == ["id_int", "id_double", "id_string", "name", "home", "calls", "none"]
    assert [(r["id_int"], r["id_double"], r["id_string"]) for r in records(resolved)] == [
        (1, None, None),
        (None, None, "x7"),
        (None, 2.5, None),
    ]


def test_a_choice_inside_a_struct_is_resolved_by_its_path(people: DynamicFrame) -> None:
    resolved = people.resolveChoice(specs=[("home.zip", "cast:string")])
    assert [r["home"] and r["home"]["zip"] for r in records(resolved)] == ["3000", "00100", None]


@pytest.mark.parametrize("arguments", [{}, {"specs": [("id", "cast:int")], "choice": "make_cols"}])
def test_resolve_choice_needs_exactly_one_way(people: DynamicFrame, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="specs or choice"):
        people.resolveChoice(**arguments)


@pytest.mark.parametrize("action", ["cast", "cast:nonsense", "make_columns", "match_catalog"])
def test_unknown_actions_are_refused(people: DynamicFrame, action: str) -> None:
    with pytest.raises(ValueError, match=r"action|type"):
        people.resolveChoice(specs=[("id", action)])


def test_a_cast_on_a_plain_column_casts_it(glue: Any, spark: Any) -> None:
    frame = DynamicFrame.fromDF(spark.createDataFrame([("1",), ("x",), ("99999999999",)], "n string"), glue, "n")
    assert [r["n"] for r in records(frame.resolveChoice(specs=[("n", "cast:int")]))] == [1, None, None]


MAPPINGS: list[tuple[str, list[tuple[str, ...]], str, list[Any]]] = [
    (
        "rename and cast",
        [("name", "string", "who", "string"), ("id", "int", "id", "long")],
        "struct<who:string,id:bigint>",
        [{"who": "Ann", "id": 1}],
    ),
    (
        "order is the mappings'",
        [("name", "string", "b", "string"), ("id", "int", "a", "string")],
        "struct<b:string,a:string>",
        [{"b": "Ann", "a": "1"}],
    ),
    ("unnest", [("home.city", "string", "city", "string")], "struct<city:string>", [{"city": "Bern"}, {"city": "Rome"}, {"city": None}]),
    ("nest", [("name", "string", "a.b.c", "string")], "struct<a:struct<b:struct<c:string>>>", [{"a": {"b": {"c": "Ann"}}}]),
    ("literal dots", [("name", "string", "`a.b`", "string")], "struct<a.b:string>", [{"a.b": "Ann"}]),
    ("any case", [("NAME", "string", "n", "string")], "struct<n:string>", [{"n": "Ann"}]),
    ("missing is ignored", [("nope", "int", "n", "int"), ("name", "string", "m", "string")], "struct<m:string>", [{"m": "Ann"}]),
    ("pairs", [("name", "n")], "struct<n:string>", [{"n": "Ann"}]),
    ("triples", [("id", "n", "double")], "struct<n:double>", [{"n": 1.0}, {"n": None}, {"n": 2.5}]),
    (
        "whole array",
        [("calls", "array", "calls", "array")],
        "struct<calls:array<struct<to:string,min:int>>>",
        [{"calls": [{"to": "Bob", "min": 2}]}],
    ),
    ("string of a choice", [("id", "string", "id", "string")], "struct<id:string>", [{"id": "1"}, {"id": "x7"}, {"id": "2.5"}]),
]


@pytest.mark.parametrize(("mappings", "kind", "values"), [case[1:] for case in MAPPINGS], ids=[case[0] for case in MAPPINGS])
def test_apply_mapping(people: DynamicFrame, mappings: list[tuple[str, ...]], kind: str, values: list[Any]) -> None:
    mapped = ApplyMapping.apply(frame=people, mappings=mappings, transformation_ctx="ctx")
    assert kinds(mapped) == kind
    assert records(mapped)[: len(values)] == values


def test_case_sensitive_mapping(people: DynamicFrame) -> None:
    mapped = people.apply_mapping([("NAME", "string", "n", "string")], case_sensitive=True)
    assert [field.name for field in mapped.schema()] == []


@pytest.mark.parametrize(
    ("mapping", "error"), [(["a", "int", "b", "int"], TypeError), (("a",), ValueError), (("a", "b", "c", "d", "e"), ValueError)]
)
def test_bad_mappings_are_refused(people: DynamicFrame, mapping: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="mapping"):
        people.apply_mapping([mapping])


def test_mapping_into_an_array_is_refused(people: DynamicFrame) -> None:
    with pytest.raises(ValueError, match="array"):
        people.apply_mapping([("calls.to", "string", "to", "string")])


FIELDS: list[tuple[str, Callable[[DynamicFrame], DynamicFrame], str]] = [
    ("drop", lambda f: DropFields.apply(f, ["id", "home", "calls", "none", "nope"]), "struct<name:string>"),
    (
        "drop nested",
        lambda f: f.drop_fields(["home.zip", "calls[].min", "id", "none"]),
        "struct<name:string,home:struct<city:string>,calls:array<struct<to:string>>>",
    ),
    ("drop the last of a struct", lambda f: f.drop_fields(["home.zip", "home.city", "id", "none", "calls"]), "struct<name:string>"),
    ("select", lambda f: SelectFields.apply(f, ["name", "nope"]), "struct<name:string>"),
    ("select nested", lambda f: f.select_fields(["name", "home.city"]), "struct<name:string,home:struct<city:string>>"),
    ("rename", lambda f: RenameField.apply(f.select_fields("name"), "name", "who"), "struct<who:string>"),
    ("rename nested", lambda f: f.select_fields(["home.city"]).rename_field("home.city", "home.town"), "struct<home:struct<town:string>>"),
    ("rename to dots", lambda f: f.select_fields(["name"]).rename_field("name", "`a.b`"), "struct<a.b:string>"),
    ("rename onto another", lambda f: f.select_fields(["id", "name"]).rename_field("name", "ID"), "struct<ID:string>"),
    ("rename to itself in another case", lambda f: f.select_fields(["name"]).rename_field("name", "NAME"), "struct<NAME:string>"),
    ("move onto another", lambda f: f.select_fields(["home.city", "name"]).rename_field("home.city", "name"), "struct<name:string>"),
    ("move onto another case", lambda f: f.select_fields(["home.city", "name"]).rename_field("home.city", "NAME"), "struct<NAME:string>"),
    (
        "move below another case",
        lambda f: f.select_fields(["home.city", "name"]).rename_field("name", "HOME.n"),
        "struct<home:struct<city:string,n:string>>",
    ),
    ("move up", lambda f: f.select_fields(["home.city", "name"]).rename_field("home.city", "town"), "struct<name:string,town:string>"),
    ("null fields", lambda f: DropNullFields.apply(f.select_fields(["name", "none"])), "struct<name:string>"),
    ("unnest", lambda f: UnnestFrame.apply(f.select_fields(["home.city", "name"])), "struct<home.city:string,name:string>"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind"), [case[1:] for case in FIELDS], ids=[case[0] for case in FIELDS])
def test_fields(people: DynamicFrame, call: Callable[[DynamicFrame], DynamicFrame], kind: str) -> None:
    made = call(people)
    assert kinds(made) == kind
    assert made.count() == 3


def test_null_fields_are_named(people: DynamicFrame, capsys: pytest.CaptureFixture[str]) -> None:
    DropNullFields.apply(people)
    assert capsys.readouterr().out == "null_fields ['none']\n"


def test_filter_takes_lambdas_on_records(people: DynamicFrame) -> None:
    kept = Filter.apply(people, lambda r: r["home"]["city"] == "Bern")  # a TypeError on the null home means false
    assert [r["name"] for r in records(kept)] == ["Ann"]
    assert kept.errorsCount() == 0


def test_other_errors_in_a_filter_become_error_records(people: DynamicFrame) -> None:
    kept = people.filter(lambda r: r.nope)
    assert (kept.count(), kept.stageErrorsCount()) == (0, 3)


def test_map_changes_records_and_keeps_errors(people: DynamicFrame) -> None:
    def shout(record: Any) -> Any:
        if record["name"] == "Bob":
            raise RuntimeError("no Bob")
        record["name"] = record["name"].upper()
        record["size"] = len(record["name"])
        del record["calls"]
        return record if record["name"] == "ANN" else None

    mapped = Map.apply(people, shout)
    assert [(r["name"], r["size"]) for r in records(mapped)] == [("ANN", 3)]
    assert mapped.stageErrorsCount() == 2
    errors = [r["error"] for r in records(ErrorsAsDynamicFrame.apply(mapped))]
    assert sorted(error["msg"] for error in errors) == ["no Bob", "returned None instead of DynamicRecord"]
    assert any("test_transforms.py" in error["scriptLine"] for error in errors)
    assert sorted(json.loads(error["dynamicRecord"])["name"] for error in errors) == ["Bob", "Cy"]


def test_map_keeps_the_types_of_untouched_fields(glue: Any, spark: Any) -> None:
    df = spark.sql(
        "select 1L big, cast(2 as smallint) small, cast(1.50 as decimal(9,3)) price, date'2020-02-29' day, map('a', 1) m, array(1L) l"
    )
    mapped = DynamicFrame.fromDF(df, glue, "typed").map(lambda r: r)
    assert kinds(mapped) == "struct<big:bigint,small:smallint,price:decimal(9,3),day:date,m:map<string,int>,l:array<bigint>>"
    assert records(mapped) == [{"big": 1, "small": 2, "price": 1.5, "day": "2020-02-29", "m": {"a": 1}, "l": [1]}]


def test_map_partitions(people: DynamicFrame) -> None:
    def number(index: int, elements: Any) -> Any:
        for element in elements:
            bad = element["record"]["name"] == "Bob"
            yield {"record": {"name": element["record"]["name"], "part": index}, "isError": bad, "errorMessage": "no Bob" if bad else ""}

    mapped = people.mapPartitionsWithIndex(number)
    assert [(r["name"], r["part"]) for r in records(mapped)] == [("Ann", 0), ("Cy", 0)]
    assert [r["error"]["msg"] for r in records(mapped.errorsAsDynamicFrame())] == ["no Bob"]
    assert people.mapPartitions(lambda elements: list(elements)[:1]).count() == 1


def test_thresholds_fail_the_sink(glue: Any, people: DynamicFrame, tmp_path: Any) -> None:
    mapped = people.map(lambda r: None, stageThreshold=2)
    with pytest.raises(RuntimeError, match="3 error records"):
        glue.write_dynamic_frame.from_options(mapped, "s3", {"path": str(tmp_path / "out")}, "json")
    assert not (tmp_path / "out").exists()


def test_splits(people: DynamicFrame, orders: DynamicFrame) -> None:
    fields = SplitFields.apply(orders, ["name"])
    assert [kinds(fields[key]) for key in fields.keys()] == ["struct<name:string>", "struct<no:int,total:double>"]  # noqa: SIM118
    rows = SplitRows.apply(orders, {"no": {">": 1}, "name": {"=": "Ann"}}, "yes", "no")
    assert [r["no"] for r in records(SelectFromCollection.apply(rows, "yes"))] == [2]
    assert sorted(r["no"] for r in records(rows["no"])) == [1, 3]  # a null compares to nothing


def test_relationalize(people: DynamicFrame) -> None:
    tables = Relationalize.apply(people.drop_fields(["none", "id"]), staging_path="/tmp/unused", name="root")
    assert list(tables.keys()) == ["root", "root_calls"]
    root = {r["name"]: r for r in records(tables["root"])}
    assert (root["Bob"]["calls"], root["Cy"]["calls"]) == (None, None)
    assert root["Ann"]["home.city"] == "Bern"
    assert records(tables["root_calls"]) == [{"id": root["Ann"]["calls"], "index": 0, "calls.val.min": 2, "calls.val.to": "Bob"}]


def test_relationalize_without_a_path_needs_tempdir(people: DynamicFrame) -> None:
    from awsglue.utils import getResolvedOptions

    getResolvedOptions(["script"], [])
    with pytest.raises(RuntimeError, match="TempDir"):
        Relationalize.apply(people)


def test_collections(glue: Any, orders: DynamicFrame) -> None:
    both = DynamicFrameCollection({"a": orders, "b": orders}, glue)
    assert len(both) == 2
    assert SelectFromCollection.apply(both, "nope").count() == 0
    mapped = MapToCollection.apply(both, lambda frame, ctx: frame.select_fields(["no"]))
    assert kinds(mapped["b"]) == "struct<no:int>"
    flat = FlatMap.apply(both, SelectFields, "frame", paths=["name"])
    assert kinds(flat.select("a")) == "struct<name:string>"
    with pytest.raises(TypeError, match="DynamicFrame"):
        both.map(lambda frame, ctx: "no frame")  # type: ignore[arg-type, return-value]


def test_partitions(orders: DynamicFrame) -> None:
    assert Repartition.apply(orders, 3).getNumPartitions() == 3
    assert orders.repartition(3).coalesce(1).getNumPartitions() == 1


def test_transforms_describe_themselves() -> None:
    assert get_transform("applymapping") is ApplyMapping
    assert repr(Join()) == "<Transform: Join>"
    assert [argument["name"] for argument in SelectFields.describeArgs()][:2] == ["frame", "paths"]
