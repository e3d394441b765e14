"""Fields of JSON in the order in which records first have them, as Glue keeps them; Spark's own inference sorts names."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import kinds, read

from awsglue._read.names import BYTES, names_in

NESTED = '{"z":1,"b":{"y":"t","a":[{"n":1,"d":{"q":1,"c":2}}]},"a":null}'
NESTED_TYPE = "struct<z:int,b:struct<y:string,a:array<struct<n:int,d:struct<q:int,c:int>>>>,a:string>"
LONG = "x" * BYTES

FILES: list[tuple[str, list[str], dict[str, Any], str]] = [
    ("lines", [NESTED], {}, NESTED_TYPE),
    ("an array", [f"[{NESTED},\n{NESTED}]"], {"multiline": True}, NESTED_TYPE),
    ("an array on one line", [f"[{NESTED},{NESTED}]"], {}, NESTED_TYPE),
    ("a document over lines", [json.dumps(json.loads(NESTED), indent=2)], {"multiline": True}, NESTED_TYPE),
    ("documents after one another", [f"{NESTED}{NESTED}"], {}, NESTED_TYPE),
    ("documents after one another over lines", [f"{NESTED}\n{NESTED}"], {"multiline": True}, NESTED_TYPE),
    ("later records have more", ['{"c":1,"a":1}\n{"b":1,"a":1,"d":1}'], {}, "struct<c:int,a:int,b:int,d:int>"),
    ("no JSON at first", ['{"a":1,"c":}\nnot at all {"\n{"c":1,"a":1}'], {}, "struct<c:int,a:int>"),
    ("a file that is no JSON", ['{"a":1,"c":}', '{"c":1,"a":1}'], {"multiline": True}, "struct<c:int,a:int>"),
    ("a byte order mark", ['\ufeff{"c":1,"a":1}'], {}, "struct<c:int,a:int>"),
    ("names that are written otherwise", [r'{"\u0063":1,"b\"":2,"a":1}'], {}, 'struct<c:int,b":int,a:int>'),
    ("a long first record", [f'{{"d":[{{"y":1,"x":1}},{{"w":"{LONG}"}}],"c":1,"a":1}}\n{{"b":1}}'], {},
     "struct<d:array<struct<y:int,x:int,w:string>>,a:int,b:int,c:int>"),
    ("what is not seen", [f'{{"z":1,"t":"{LONG}"}}\n{{"y":1,"x":1}}'], {}, "struct<z:int,t:string,x:int,y:int>"),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "options", "kind"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_fields_are_in_the_order_of_their_records(glue: Any, write: Any, texts: list[str], options: dict[str, Any], kind: str) -> None:
    paths = [write(f"{n}.json", text) for n, text in enumerate(texts)]
    assert kinds(read(glue, paths[0], "json", options)) == kind


def test_compressed_files_are_looked_into(glue: Any, tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b'{"z":1,"b":2,"a":3}\n' * 20_000))
    assert kinds(read(glue, str(tmp_path), "json")) == "struct<z:int,b:int,a:int>"


def test_objects_that_are_alternatives_of_a_choice_keep_their_order_too(glue: Any, write: Any) -> None:
    path = write("a.json", '{"v":{"z":1,"k":[{"y":1,"b":2},3]}}\n{"v":[{"q":1,"c":{"t":1,"s":2}},"x"]}\n{"v":1}')
    wanted = [
        "array<struct<int:int,struct:struct<y:int,b:int>>>",
        "struct<q:int,c:struct<t:int,s:int>>",
    ]
    found = read(glue, path, "json").toDF().schema["v"].dataType.simpleString()
    assert all(each in found for each in wanted), found


def test_csv_made_of_json_has_its_columns(glue: Any, write: Any, tmp_path: Path) -> None:
    frame = read(glue, write("a.json", '{"z":1,"b":"x","a":true}'), "json")
    glue.write_dynamic_frame.from_options(frame, "s3", {"path": f"{tmp_path}/out"}, "csv")
    (made,) = (tmp_path / "out").glob("*[!c]")
    assert made.read_text().splitlines() == ["z,b,a", "1,x,true"]


def test_records_that_a_path_selects_have_their_order_too(glue: Any, write: Any) -> None:
    text = '{"a":0,"x":{"rows":[{"z":1,"b":{"y":1,"c":2}},{"a":1,"z":2}]}}'
    frame = read(glue, write("a.json", text), "json", {"jsonPath": "$.x['rows'][*]"})
    assert kinds(frame) == "struct<z:int,b:struct<y:int,c:int>,a:int>"


CUT: list[tuple[str, str, dict[str, Any]]] = [
    ("within a string", '{"b":1,"a":"}{\\"c\\":' + LONG, {"b": {}, "a": {}}),
    ("within an array", '[{"b":{"z":1}},{"a":[1,{"x":{"y":' + f'"{LONG}', {"b": {"z": {}}, "a": {"x": {"y": {}}}}),
    ("at a backslash", ('{"b":"' + LONG)[: BYTES - 1] + "\\", {"b": {}}),
    ("a name", ('{"b":"' + LONG)[: BYTES - 8] + '","ab":1', {"b": {}, "ab": {}}),
    ("within more brackets than one can count", "[" * BYTES, {}),
    ("nothing but closing ones", ']}"b":' + LONG, {"b": {}}),
]


@pytest.mark.parametrize(("text", "names"), [case[1:] for case in CUT], ids=[case[0] for case in CUT])
def test_a_record_that_is_cut_off_counts_as_far_as_it_is_there(text: str, names: dict[str, Any]) -> None:
    assert json.dumps(names_in([text[:BYTES]], False)) == json.dumps(names)


def test_later_files_add_to_the_first() -> None:
    assert list(names_in(['{"c":1,"a":1}', '{"b":1,"a":1}'], False)) == ["c", "a", "b"]


def test_a_record_that_is_no_json_counts_only_where_it_may_have_been_cut() -> None:
    assert names_in(['{"b":1,"a":'], False) == {}
