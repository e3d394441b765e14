"""What the reader of CSV makes of files."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from tests.awsglue.frames import read, records

from awsglue import _report

CSV: list[tuple[str, str, dict[str, Any], list[dict[str, Any]]]] = [
    ("no header", "1,x\n2,y\n", {}, [{"col0": "1", "col1": "x"}, {"col0": "2", "col1": "y"}]),
    ("header", "a,b\n1,x\n", {"withHeader": True}, [{"a": "1", "b": "x"}]),
    ("header as text", "a,b\n1,x\n", {"withHeader": "true"}, [{"a": "1", "b": "x"}]),
    ("separator", "a|b\n1|x,y\n", {"withHeader": True, "separator": "|"}, [{"a": "1", "b": "x,y"}]),
    ("quotes", 'a,b\n1,"x, ""y"""\n', {"withHeader": True}, [{"a": "1", "b": 'x, "y"'}]),
    ("backslash is no escape", 'a,b\n1,"x\\"\n', {"withHeader": True}, [{"a": "1", "b": "x\\"}]),
    ("escaper", 'a,b\n1,"x\\"y"\n', {"withHeader": True, "escaper": "\\"}, [{"a": "1", "b": 'x"y'}]),
    (
        "escaper without quotes",
        "a|b\n1\\|x|y\\n\\t\\\\\n",
        {"withHeader": True, "separator": "|", "escaper": "\\"},
        [{"a": "1|x", "b": "y\n\t\\"}],
    ),
    ("escaper and quotes off", 'a,b\n"\\,,\\q\n', {"withHeader": True, "escaper": "\\", "quoteChar": -1}, [{"a": '",', "b": "q"}]),
    ("escaper in the header", "a\\,b,c\n1,2\n", {"withHeader": True, "escaper": "\\"}, [{"a,b": "1", "c": "2"}]),
    (
        "escaper without a header",
        '2\n1,"x\\",y",\\0\n',
        {"escaper": "\\"},
        [{"col0": "2", "col1": "", "col2": ""}, {"col0": "1", "col1": 'x",y', "col2": "\0"}],
    ),
    ("wider lines than the first", '1\n2,x\n3,"y,z"\n', {}, [{"col0": n, "col1": x} for n, x in [("1", ""), ("2", "x"), ("3", "y,z")]]),
    ("quotes that do not end", '1,"x\n2,y,z\n', {}, [{"col0": "1", "col1": "x", "col2": ""}, {"col0": "2", "col1": "y", "col2": "z"}]),
    ("a header and a first line to skip", "a,b\n1,2\n3,4\n", {"withHeader": True, "skipFirst": True}, [{"a": "3", "b": "4"}]),
    ("nothing behind the line to skip", "a,b\n1,2\n", {"withHeader": True, "skipFirst": True}, []),
    ("quotes off", 'a,b\n1,"x\n', {"withHeader": True, "quoteChar": -1}, [{"a": "1", "b": '"x'}]),
    ("quotes off as text", 'a,b\n1,"x\n', {"withHeader": True, "quoteChar": "-1"}, [{"a": "1", "b": '"x'}]),
    ("other quote", "a,b\n1,'x,y'\n", {"withHeader": True, "quoteChar": "'"}, [{"a": "1", "b": "x,y"}]),
    ("lines in cells", 'a,b\n1,"x\ny"\n', {"withHeader": True, "multiLine": True}, [{"a": "1", "b": "x\ny"}]),
    (
        "an escaper that is Spark's own",
        "1\n2,a\\,b\n",
        {"escaper": "\\", "multiLine": True},
        [{"col0": "1", "col1": "", "col2": ""}, {"col0": "2", "col1": "a\\", "col2": "b"}],
    ),
    ("skip first", "junk,junk\n1,x\n", {"skipFirst": True}, [{"col0": "1", "col1": "x"}]),
    ("empty cells are empty text", 'a,b,c\n1,,""\n', {"withHeader": True}, [{"a": "1", "b": "", "c": ""}]),
    ("one column may have no name", 'a,,"b, c"\n1,2,3\n', {"withHeader": True}, [{"a": "1", "": "2", "b, c": "3"}]),
    ("unknown options are ignored", "a\n1\n", {"withHeader": True, "nonsense": 1}, [{"a": "1"}]),
]


@pytest.mark.parametrize(("text", "options", "wanted"), [case[1:] for case in CSV], ids=[case[0] for case in CSV])
def test_csv(glue: Any, write: Any, text: str, options: dict[str, Any], wanted: list[dict[str, Any]]) -> None:
    assert records(read(glue, write("a.csv", text), "csv", options)) == wanted


@pytest.mark.parametrize("options", [{}, {"escaper": "\\"}, {"multiLine": True}])
def test_files_without_headers_may_differ_in_their_number_of_columns(glue: Any, write: Any, options: dict[str, Any]) -> None:
    """Spark counts the cells of one line; what the other file has more of would be lost without a word."""
    folder = write("1.csv", "1,2\n" * 9)
    (Path(folder) / "2.csv.gz").write_bytes(gzip.compress(b"3,4,5\n"))
    frame = read(glue, folder, "csv", options)
    assert {tuple(row.values()) for row in records(frame)} == {("1", "2", ""), ("3", "4", "5")}


@pytest.mark.parametrize(("line", "told"), [("1,2,,", False), ("1,x, y", True), ('1,"x, y"', False)])
def test_cells_beyond_the_header_are_told(glue: Any, write: Any, line: str, told: bool) -> None:
    before = len(_report.as_json()["notes"])
    [row] = records(read(glue, write("a.csv", f"a,b{len(line)}\n{line}\n"), "csv", {"withHeader": True}))
    assert row["a"] == "1"
    notes = _report.as_json()["notes"][before:]
    assert [note.split(": ")[0] for note in notes] == [f"csv lines have up to 3 cells, and the header 2 (a, b{len(line)})"] * told


def test_files_whose_headers_differ_are_not_mixed_up(glue: Any, write: Any) -> None:
    write("1.csv", "a,b\n1,2\n")
    with pytest.raises(Exception, match="header"):
        records(read(glue, write("2.csv", "b,a\n2,1\n"), "csv", {"withHeader": True}))


@pytest.mark.parametrize("header", ["a,a", "B,b", "a,,", "a,a,"])
def test_a_header_with_a_name_twice_says_so(glue: Any, write: Any, header: str) -> None:
    path = write("1.csv", f"{header}\n1,2,3\n")
    with pytest.raises(ValueError, match=f"has a name twice .*: {', '.join(header.split(','))}. Name the columns apart"):
        read(glue, path, "csv", {"withHeader": True})
