"""JSON with several documents on one line, as Firehose writes it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import read, records

from awsglue import gluetypes as gt

SEVERAL: list[tuple[str, str, list[Any], int]] = [
    ("as Firehose writes them", '{"a":1}{"a":2}\n{"a":3} {"a":4}', [1, 2, 3, 4], 0),
    ("what looks so in texts", '{"a":"}{\\"}{"}{"a":"\\\\"}{"a":{"b":{}}}', ['}{"}{', "\\", {"b": {}}], 0),
    ("malformed among them", '{"a":1}{"a":}{"a":3}', [1, 3], 1),
    ("text behind one", '{"a":1}{"a":2}\n{"a":3} x', [1, 2], 1),
    ("arrays", '{"a":1}{"a":2}\n{"a":3}[{"a":4}]', [1, 2], 1),
    ("nothing else", '{"a"}{"a":}', [], 2),
]


@pytest.mark.parametrize("options", [{}, {"multiline": True}], ids=["lines", "multiline"])
@pytest.mark.parametrize(("text", "wanted", "bad"), [case[1:] for case in SEVERAL], ids=[case[0] for case in SEVERAL])
def test_documents_on_one_line_are_no_silent_loss(
    glue: Any, write: Any, text: str, options: dict[str, Any], wanted: list[Any], bad: int
) -> None:
    frame = read(glue, write("a.json", text), "json", options)
    found = [row.asDict(recursive=True) for row in frame.toDF().collect()]
    assert (len(found), frame.errorsCount()) == (len(wanted), bad)
    assert [each["a"] for each in records(frame)] == wanted


def test_a_comma_and_values_that_are_no_records_between_documents(glue: Any, write: Any) -> None:
    frame = read(glue, write("a.json", '{"a":1},{"a":2}\n7\n[{"a":3}]'), "json")
    assert ([each["a"] for each in records(frame)], frame.errorsCount()) == ([1, 2, 3], 1)


def test_nothing_but_malformed_lines_is_no_silent_loss(glue: Any, write: Any) -> None:
    frame = read(glue, write("a.json", "nonsense\nand more\n"), "json")
    assert (frame.count(), frame.errorsCount()) == (0, 2)


def test_documents_on_one_line_of_compressed_files_with_their_names(glue: Any, tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b'{"a":1,"b":null}{"a":"x"}' * 40_000))
    frame = read(glue, str(tmp_path), "json", {"attachFilename": "from"})
    assert frame.count() == 80_000
    assert records(frame)[1]["a"] == "x" and records(frame)[1]["from"].endswith("a.json.gz")


def test_documents_on_one_line_with_a_schema_or_failing_fast(glue: Any, write: Any) -> None:
    path = write("a.json", '{"a":1}{"a":2}{')
    schema = json.dumps(gt.StructType([gt.Field("a", gt.IntegerType())]).jsonValue())
    assert [each["a"] for each in records(read(glue, path, "json", {"withSchema": schema}))] == [1, 2]
    with pytest.raises(ValueError, match="isFailFast"):
        read(glue, path, "json", isFailFast=True)


def test_documents_on_one_line_are_selected_from_by_a_path(glue: Any, write: Any) -> None:
    frame = read(glue, write("a.json", '{"a":[{"n":1}]}{"a":[{"n":2}]}'), "json", {"jsonPath": "$.a[*]"})
    assert records(frame) == [{"n": 1}, {"n": 2}]


def test_whole_files_whose_names_look_like_globs(glue: Any, write: Any) -> None:
    for n, name in enumerate(("a[1].json", "b{2.json", "c?*.json")):
        path = write(name, f'{{\n"n": {n}}}')
    assert sorted(row["n"] for row in records(read(glue, path, "json", {"multiline": True}))) == [0, 1, 2]
