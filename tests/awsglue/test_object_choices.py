"""Fields that hold objects or lists in some records of JSON and other values in others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsglue.dynamicframe import DynamicFrame

LINES = """\
{"i": 1, "a": {"b": 1, "c": "x"}}
{"i": 2, "a": "text"}
{"i": 3, "a": [1, "q", {"z": 1}]}
{"i": 4, "a": {"b": "t", "k": {"m": 1.5}}}
{"i": 5, "a": 7}
{"i": 6}
"""
OBJECT = "struct<b:struct<int:int,string:string>,c:string,k:struct<m:double>>"
LIST = "array<struct<int:int,string:string,struct:struct<z:int>>>"
Read = Callable[[str], DynamicFrame]


@pytest.fixture
def read(glue: Any, tmp_path: Path) -> Read:
    def made(lines: str) -> DynamicFrame:
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / "a.json").write_text(lines)
        frame: DynamicFrame = glue.create_dynamic_frame.from_options("s3", {"paths": [f"{tmp_path}/in"]}, "json")
        return frame

    return made


def values(frame: DynamicFrame, name: str = "a") -> dict[int, Any]:
    rows = [json.loads(row) for row in frame.toDF().toJSON().collect()]
    return {row["i"]: row.get(name) for row in rows}


def kind(frame: DynamicFrame, name: str = "a") -> str:
    return str(frame.toDF().schema[name].dataType.simpleString())


def test_each_kind_of_value_is_an_alternative(read: Read) -> None:
    frame = read(LINES)
    assert kind(frame) == f"struct<int:int,string:string,struct:{OBJECT},array:{LIST}>"
    assert values(frame) == {
        1: {"struct": {"b": {"int": 1}, "c": "x"}},
        2: {"string": "text"},
        3: {"array": [{"int": 1}, {"string": "q"}, {"struct": {"z": 1}}]},
        4: {"struct": {"b": {"string": "t"}, "k": {"m": 1.5}}},
        5: {"int": 7},
        6: None,
    }


def test_make_cols(read: Read) -> None:
    frame = read(LINES).resolveChoice(choice="make_cols")
    assert frame.toDF().columns == ["i", "a_int", "a_string", "a_struct", "a_array"]
    assert values(frame, "a_string") == {1: None, 2: "text", 3: None, 4: None, 5: None, 6: None}
    assert values(frame, "a_struct")[4] == {"b_string": "t", "k": {"m": 1.5}}


@pytest.mark.parametrize(
    ("action", "wanted"),
    [
        ("cast:string", {1: '{"b":1,"c":"x"}', 2: "text", 3: '[1,"q",{"z":1}]', 4: '{"b":"t","k":{"m":1.5}}', 5: "7"}),
        ("project:string", {2: "text"}),
        ("project:struct", {1: {"b": {"int": 1}, "c": "x"}, 4: {"b": {"string": "t"}, "k": {"m": 1.5}}}),
        ("project:struct<c:string>", {1: {"c": "x"}, 4: {}}),
        ("project:array", {3: [{"int": 1}, {"string": "q"}, {"struct": {"z": 1}}]}),
        ("cast:int", {5: 7}),
    ],
)
def test_resolving_one_field(read: Read, action: str, wanted: dict[int, Any]) -> None:
    found = values(read(LINES).resolveChoice(specs=[("a", action)]))
    assert found == {**dict.fromkeys(range(1, 7)), **wanted}


def test_mappings(read: Read) -> None:
    mapped = read(LINES).apply_mapping([("i", "int", "i", "int"), ("a", "string", "text", "string")])
    assert values(mapped, "text") == {1: '{"b":1,"c":"x"}', 2: "text", 3: '[1,"q",{"z":1}]', 4: '{"b":"t","k":{"m":1.5}}', 5: "7", 6: None}
    assert kind(read(LINES).apply_mapping([("a", "struct", "o", "struct")]), "o") == OBJECT


def test_functions_see_objects_and_lists(read: Read) -> None:
    seen = read(LINES).map(lambda row: {"i": row["i"], "a": f"{type(row['a']).__name__} {row['a']!r}"})
    assert values(seen) == {
        1: "DynamicRecord {'b': 1, 'c': 'x'}",
        2: "str 'text'",
        3: "list [1, 'q', {'z': 1}]",
        4: "DynamicRecord {'b': 't', 'k': {'m': 1.5}}",
        5: "int 7",
    }
    assert sorted(values(read(LINES).filter(lambda row: isinstance(row["a"], dict)))) == [1, 4]
    assert kind(read(LINES).map(lambda row: row)).count("struct<z:int>") == 1


def test_choices_within_choices(read: Read) -> None:
    frame = read('{"i": 1, "a": {"p": {"q": 1}}}\n{"i": 2, "a": {"p": "x"}}\n{"i": 3, "a": "y"}\n')
    assert kind(frame) == "struct<string:string,struct:struct<p:struct<string:string,struct:struct<q:int>>>>"
    assert values(frame) == {1: {"struct": {"p": {"struct": {"q": 1}}}}, 2: {"struct": {"p": {"string": "x"}}}, 3: {"string": "y"}}


def test_choices_in_lists_and_odd_names(read: Read) -> None:
    frame = read('{"i": 1, "a": [{"we`ird name": 1}, "s"]}\n{"i": 2, "a": [{"A.b": [2]}, [3, 4]]}\n{"i": 3, "a": []}\n')
    assert values(frame) == {
        1: [{"struct": {"we`ird name": 1}}, {"string": "s"}],
        2: [{"struct": {"A.b": [2]}}, {"array": [3, 4]}],
        3: [],
    }


def test_what_was_read_is_written(glue: Any, read: Read, tmp_path: Path) -> None:
    out = tmp_path / "out"
    glue.write_dynamic_frame.from_options(read(LINES), "s3", {"path": str(out)}, "json")
    written = [json.loads(line) for file in out.glob("[!._]*") for line in file.read_text().splitlines()]
    assert sorted(written, key=lambda row: row["i"]) == [json.loads(line) for line in LINES.splitlines()]


def test_unions_merge_the_members(read: Read) -> None:
    one = read(LINES).select_fields(["i", "a"])
    one.toDF().count()
    kept = DynamicFrame.fromDF(one.toDF(), one.glue_ctx, "kept")
    assert "struct:struct<" in kind(kept)
    assert read(LINES).union(read(LINES)).count() == 12
