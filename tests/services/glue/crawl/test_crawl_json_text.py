"""The JSON classifier and the JSONPath subset."""

import json

import pytest

from wheatpaste.services.glue.crawl.json_text import JsonPath, read_json
from wheatpaste.services.glue.crawl.types import render


def schema(found):
    return {name: render(kind) for name, kind in found.columns}


def test_lines_with_every_kind_of_value():
    lines = [
        {"id": 1, "Big": 2**40, "x": 1.5, "ok": True, "s": "t", "n": None, "list": [1, 2.5], "in": {"a": 1, "B": ["z"]}, "none": []},
        {"id": 2, "extra": 1},
    ]
    found = read_json("\n".join(map(json.dumps, lines)), True)
    assert schema(found) == {
        "id": "int", "big": "bigint", "x": "double", "ok": "boolean", "s": "string", "n": "string", "list": "array<double>",
        "in": "struct<a:int,B:array<string>>", "none": "array<string>", "extra": "int",
    }  # fmt: skip
    assert found.serde["paths"] == "Big,extra,id,in,list,n,none,ok,s,x"
    assert found.records == 2


def test_one_document_over_many_lines():
    assert schema(read_json(json.dumps({"a": 1, "b": {"c": 2}}, indent=2), True)) == {"a": "int", "b": "struct<c:int>"}


def test_an_array_is_one_column_unless_a_path_opens_it():
    text = json.dumps([{"a": 1}, {"a": 2.5, "b": "x"}])
    assert schema(read_json(text, True)) == {"array": "array<struct<a:double,b:string>>"}
    assert schema(read_json(text, True, "$[*]")) == {"a": "double", "b": "string"}


def test_conflicting_types_become_strings():
    assert schema(read_json('{"a": 1}\n{"a": "x"}\n{"a": {"b": 1}}\n', True)) == {"a": "string"}


def test_a_cut_off_last_record_is_left_out():
    assert schema(read_json('{"a": 1}\n{"a": 2}\n{"a": "thr', False)) == {"a": "int"}


def test_a_cut_off_array_is_read_by_its_elements():
    assert schema(read_json('[{"a": 1}, {"a": 2}, {"a": "thr', False)) == {"array": "array<struct<a:int>>"}


def test_some_broken_lines_are_passed_over_and_many_are_not_json():
    assert schema(read_json('{"a": 1}\n' * 9 + '{"a": oops}\n', True)) == {"a": "int"}
    assert read_json('{"a": oops}\n' * 9 + '{"a": 1}\n', True) is None


@pytest.mark.parametrize("text", ["", "1\n2\n", '"text"', "{oops", "a,b\n1,2\n"])
def test_what_is_no_json(text):
    assert read_json(text, True) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", [{"a": {"b.c": [1, 2]}}]),
        ("$.a", [{"b.c": [1, 2]}]),
        ("$['a']['b.c'][*]", [1, 2]),
        ("$.a['b.c'][]", [1, 2]),
        ("$.a['b.c'][1]", [2]),
        ("$.none", []),
    ],
)
def test_paths(path, expected):
    assert list(JsonPath(path).select({"a": {"b.c": [1, 2]}})) == expected


@pytest.mark.parametrize("path", ["a", "$..a", "$[?(@.x)]", "$["])
def test_paths_outside_the_subset_are_refused(path):
    with pytest.raises(ValueError, match="JSON path"):
        JsonPath(path)
