"""COPY and UNLOAD of delimited text as it is met: escapes, quotes, encodings, dates that are none."""

import gzip
from collections.abc import Callable
from datetime import date, datetime

import pytest

ROLE = "iam_role 'arn:aws:iam::123456789012:role/r'"
Load = Callable[[bytes | str, str], list[tuple]]


def loader(s3, sql, test: str, columns: str) -> Load:
    """A function that COPYs bytes into a new table of an integer and these columns: its rows then."""
    name = "text_" + test.split("[")[0]
    sql(f"drop table if exists {name}")
    sql(f"create table {name} (id int, {columns})")

    def run(data: bytes | str, options: str) -> list[tuple]:
        s3.put(f"b/{name}/1", data)
        sql(f"truncate {name}")
        sql(f"copy {name} from 's3://b/{name}/' {ROLE} {options}")
        return sql(f"select * from {name} order by id") or []

    return run


@pytest.fixture
def load(s3, sql, request) -> Load:
    return loader(s3, sql, request.node.name, "a varchar(20), b varchar(20)")


@pytest.fixture
def dated(s3, sql, request) -> Load:
    return loader(s3, sql, request.node.name, "d date, t timestamp")


def test_escape(load):
    text = '1|a\\|b|x\n2|c\\\nd|\\\\\n3|\\N|\\\\N\n4|say "hi"|it\'s\n|\\q|\n'
    assert load(text, "escape") == [
        (1, "a|b", "x"),
        (2, "c\nd", "\\"),
        (3, None, "\\N"),
        (4, 'say "hi"', "it's"),
        (None, "q", ""),
    ]
    assert load("1,a\\,b,\\N\n", "delimiter ',' escape null as 'b'") == [(1, "a,b", "N")]
    assert load(gzip.compress(b"id|a|b\n1|x\\\\y|z\n"), "escape gzip ignoreheader 1") == [(1, "x\\y", "z")]


def test_escape_and_lines_that_are_wrong(load, sql, fails):
    with pytest.raises(Exception, match="stl_load_errors"):
        load("1|a\\\nb|x\n2|too|many|of|them\n", "escape")
    found = sql("select line_number, err_reason from stl_load_errors where filename like '%escape_and_lines%'")
    assert found == [(2, "Extra column(s) found")]
    with pytest.raises(Exception, match="not compatible with ESCAPE"):
        load("1,a,b\n", "csv escape")


def test_removequotes_as_documented(load):
    """Each pair of AWS's table of REMOVEQUOTES."""
    assert load("1|\"a|b\"|'Black'\n2|\"White\"|Blue'\n3|''Black''|''\n", "removequotes") == [
        (1, "a|b", "Black"),
        (2, "White", "Blue'"),
        (3, "'Black'", ""),
    ]
    for broken in ("'Blue", '"Blue'):
        with pytest.raises(Exception, match="missing end quote"):
            load(f"1|a|{broken}\n", "removequotes")


@pytest.mark.parametrize(
    ("encoding", "codec"), [("utf16", "utf-16"), ("utf16le", "utf-16-le"), ("'UTF16BE'", "utf-16-be"), ("iso88591", "iso-8859-1")]
)
def test_encodings(load, encoding, codec):
    assert load("1,é,ü\n2,x,\n".encode(codec), f"csv encoding {encoding}") == [(1, "é", "ü"), (2, "x", "")]


def test_what_is_not_of_the_encoding(load):
    with pytest.raises(Exception, match="cannot be loaded"):
        load(b"\x00", "csv encoding utf16")
    with pytest.raises(Exception, match="none of UTF8"):
        load(b"", "csv encoding koi8")
    assert load(gzip.compress(b"1,a\xff,b\n"), "csv gzip acceptinvchars as '^'") == [(1, "a^", "b")]


def test_null_as_is_what_its_text_says(load):
    """``'\\N'`` with one backslash is the letter N for a parser of strings, and never meant so."""
    assert load("1|N|\\N\n", r"null as '\N'") == [(1, "N", None)]
    assert load("1|N|\\N\n", r"null as '\\N'") == [(1, "N", None)]


def test_acceptanydate(dated):
    text = "1,2024-02-30,0000-00-00 00:00:00\n2,2024-02-29,2024-02-29 01:02:03\n3,,\n4,\\N,never\n"
    moment = datetime(2024, 2, 29, 1, 2, 3)
    assert dated(text, "csv acceptanydate dateformat 'auto' timeformat 'auto'") == [
        (1, None, None),
        (2, date(2024, 2, 29), moment),
        (3, None, None),
        (4, None, None),
    ]
    text = "1,31/12/2024,31.12.2024 10:11\n2,12/31/2024,x\n"
    formats = "dateformat 'DD/MM/YYYY' timeformat 'DD.MM.YYYY HH:MI'"
    assert dated(text, f"csv acceptanydate {formats}") == [(1, date(2024, 12, 31), datetime(2024, 12, 31, 10, 11)), (2, None, None)]
    with pytest.raises(Exception, match="stl_load_errors"):
        dated(text, f"csv {formats}")


@pytest.mark.parametrize("nulls", ["", "2,\\N,\\N\n"])
def test_formats_hold_whatever_else_is_in_the_file(dated, nulls):
    """A file with NULL texts is read in another way: by the same formats."""
    text = f"1,2024-05-02,02-05-2024 10:11:12\n{nulls}"
    assert dated(text, "csv dateformat 'YYYY-DD-MM' timeformat 'MM-DD-YYYY HH24:MI:SS'")[0] == (
        1,
        date(2024, 2, 5),
        datetime(2024, 2, 5, 10, 11, 12),
    )


def test_formats_hold_in_json(dated):
    text = '{"id": 1, "d": "2024-05-02", "t": 1704067200123}\n{"id": 2, "d": null}\n'
    assert dated(text, "json 'auto' dateformat 'YYYY-DD-MM' timeformat 'epochmillisecs'") == [
        (1, date(2024, 2, 5), datetime(2024, 1, 1, 0, 0, 0, 123000)),
        (2, None, None),
    ]
    assert dated('{"id": 1, "d": "soon"}', "json 'auto' acceptanydate dateformat 'auto'") == [(1, None, None)]


# -- UNLOAD


def unloaded(s3, sql, name: str, query: str, options: str = "") -> str:
    sql(f"unload ($${query}$$) to 's3://b/{name}/' {ROLE} parallel off {options}")
    return (s3.folder / "b" / name / "000").read_bytes().decode()


def test_unload_writes_lines_as_they_are(s3, sql):
    assert unloaded(s3, sql, "un_lines", "select 'a' || chr(10) || 'b', 1") == "a\nb|1\n"
    assert unloaded(s3, sql, "un_empty", "select '' union all select 'z' order by 1") == "\nz\n"


def test_unload_escape_and_back(s3, sql):
    query = "select 1, 'a|b' || chr(10) || 'c', '\\\\N' union all select 2, 'it''s', '\"' order by 1"
    assert unloaded(s3, sql, "un_escape", query, "escape") == "1|a\\|b\\\nc|\\\\N\n2|it's|\"\n"
    sql("create table un_back (id int, a varchar(20), b varchar(20))")
    sql(f"copy un_back from 's3://b/un_escape/' {ROLE} escape")
    assert sql("select * from un_back order by id") == [(1, "a|b\nc", "\\N"), (2, "it's", '"')]
    assert unloaded(s3, sql, "un_both", "select 'it''s \"x\"'", "escape addquotes") == '"it\\\'s \\"x\\""\n'


def test_unload_keeps_nulls_of_included_partitions(s3, sql):
    query = "select 1 as id, null::varchar as p union all select 2, 'x' order by 1"
    sql(f"unload ($${query}$$) to 's3://b/un_part/' {ROLE} csv header partition by (p) include")
    found = {path.parent.name: path.read_text() for path in (s3.folder / "b" / "un_part").rglob("*") if path.is_file()}
    assert found == {"p=__HIVE_DEFAULT_PARTITION__": "id,p\n1,\n", "p=x": "id,p\n2,x\n"}
