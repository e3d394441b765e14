"""Types: how two become one, and when two schemas are alike."""

import pytest

from wheatpaste.services.glue.crawl.types import merge, render, similarity

STRUCT_A = {"struct": [["a", "int"]]}
STRUCT_B = {"struct": [["a", "double"], ["b", "string"]]}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("int", "bigint", "bigint"),
        ("bigint", "double", "double"),
        ("float", "double", "double"),
        ("null", "date", "date"),
        ("boolean", "int", "string"),
        ("date", "timestamp", "string"),
        ("decimal(10,2)", "decimal(8,4)", "decimal(12,4)"),
        ("decimal(10,2)", "bigint", "decimal(21,2)"),
        ("decimal(38,10)", "decimal(38,0)", "double"),
        ({"array": "null"}, {"array": "int"}, "array<int>"),
        (STRUCT_A, STRUCT_B, "struct<a:double,b:string>"),
        (STRUCT_A, "string", "string"),
        ({"map": ["string", "int"]}, {"map": ["string", "bigint"]}, "map<string,bigint>"),
    ],
)
def test_merge_gives_the_narrowest_type_that_holds_both(one, other, expected):
    assert render(merge(one, other)) == expected
    assert render(merge(other, one)) == expected


def test_what_never_had_a_value_is_a_string():
    assert render("null") == "string"
    assert render({"array": "null"}) == "array<string>"


def test_similarity_counts_columns_of_the_same_name_and_a_compatible_type():
    wide = [("a", "int"), ("b", "string"), ("c", "double"), ("d", "date")]
    assert similarity(wide, wide) == 1.0
    assert similarity(wide, [("a", "bigint"), ("b", "string"), ("c", "double")]) == 0.75
    assert similarity(wide, [("a", "string"), ("b", "string"), ("c", "double"), ("d", "date")]) == 0.75
    assert similarity(wide, [("x", "int")]) == 0.0
