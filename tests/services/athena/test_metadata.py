"""The ``.metadata`` object beside a result: the bytes that Athena writes, and what a reader of public facts makes of ours."""

import re
from datetime import datetime
from typing import Any

import pytest
from tests.services.athena.conftest import Athena

from wheatpaste.services.athena.dialect.types import DAYS, Type
from wheatpaste.services.athena.metadata import engine_query, metadata
from wheatpaste.services.athena.result_types import column_info, text_column

# Written by Athena on 2026-09-17 (aoyagikouhei/athena-local, measurements of `.metadata`): a SELECT of 22 types, DESCRIBE, CTAS, INSERT.
SELECT = """
0a1b32303236303931375f3038353334345f30303030375f6b36733562221d0a04686976652201692a01693207696e7465676572380a400048035000221f0a04
68697665220274692a027469320774696e79696e74380340004803500022200a0468697665220273692a0273693208736d616c6c696e74380540004803500022
1e0a0468697665220262692a0262693206626967696e74381340004803500022280a046869766522076465635f6c69742a076465635f6c69743206646f75626c
653811400048035000221c0a04686976652201642a01643206646f75626c653811400048035000221b0a04686976652201722a01723205666c6f617438114000
48035000221f0a0468697665220264632a0264633207646563696d616c380a40024803500022190a04686976652201622a01623207626f6f6c65616e48035000
221d0a04686976652201732a01733207766172636861723803400048035001221f0a0468697665220276632a027663320776617263686172380a400048035001
221a0a04686976652201632a01633204636861723805400048035001221a0a0468697665220264742a02647432046461746540004803500022210a0468697665
220274732a027473320974696d657374616d70380340004803500022190a046869766522036172722a0361727232056172726179480322130a04686976652201
6d2a016d32036d6170480322150a0468697665220272772a0272773203726f77480322140a046869766522016a2a016a32046a736f6e480322250a0468697665
220276622a027662320976617262696e617279388080808004400048035000221d0a046869766522016e2a016e3207696e7465676572380a400048035000222a
0a0468697665220269762a0269763216696e74657276616c2064617920746f207365636f6e6448035000221a0a04686976652201742a0174320474696d653803
400048035000"""
TYPES = [
    ("i", Type("integer")),
    ("ti", Type("tinyint")),
    ("si", Type("smallint")),
    ("bi", Type("bigint")),
    ("dec_lit", Type("double")),
    ("d", Type("double")),
    ("r", Type("real")),
    ("dc", Type("decimal", (10, 2))),
    ("b", Type("boolean")),
    ("s", Type("varchar", (3,))),
    ("vc", Type("varchar", (10,))),
    ("c", Type("char", (5,))),
    ("dt", Type("date")),
    ("ts", Type("timestamp", (3,))),
    ("arr", Type("array")),
    ("m", Type("map")),
    ("rw", Type("row")),
    ("j", Type("json")),
    ("vb", Type("varbinary")),
    ("n", Type("integer")),
    ("iv", Type(DAYS)),
    ("t", Type("time", (3,))),
]
DESCRIBE = """
0a2436663061623435322d303161372d346432342d393132382d32313662613939366237363022240a04686976652208636f6c5f6e616d652a08636f6c5f6e61
6d653206737472696e67480322260a04686976652209646174615f747970652a09646174615f747970653206737472696e67480322220a04686976652207636f
6d6d656e742a07636f6d6d656e743206737472696e674803"""
ROWS = "22220a04686976652204726f77732a04726f77733206626967696e743813400048035000"


def test_the_bytes_are_athenas() -> None:
    columns = [column_info(name, type_) for name, type_ in TYPES]
    assert metadata("20260917_085344_00007_k6s5b", columns).hex() == "".join(SELECT.split())
    named = [text_column(name) for name in ("col_name", "data_type", "comment")]
    assert metadata("6f0ab452-01a7-4d24-9128-216ba996b760", named).hex() == "".join(DESCRIBE.split())


@pytest.mark.parametrize(
    ("kind", "count", "middle"),
    [("CREATE TABLE", 1, "120c435245415445205441424c451801"), ("INSERT", 0, "1206494e534552541800")],
)
def test_statements_that_write_tell_their_count(kind: str, count: int, middle: str) -> None:
    made = metadata("20260917_085915_00133_pqi84", [column_info("rows", Type("bigint"))], kind, count).hex()
    assert made == "0a1b" + b"20260917_085915_00133_pqi84".hex() + middle + ROWS


def test_lengths_are_of_bytes_and_may_take_two() -> None:
    (_, query), (_, column) = fields(metadata("q", [column_info("日" * 50, Type("integer"))]))
    assert query == b"q"
    assert dict(fields(column))[4].decode() == "日" * 50


# -- a reader, from the same public facts


def varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def fields(data: bytes) -> list[tuple[int, Any]]:
    """Field numbers and values: numbers, or bytes."""
    found: list[tuple[int, Any]] = []
    place = 0
    while place < len(data):
        key, place = varint(data, place)
        value, place = varint(data, place)
        if key & 7 == 2:
            found.append((key >> 3, data[place : place + value]))
            place += value
        else:
            assert key & 7 == 0
            found.append((key >> 3, value))
    return found


def beside(lake: Athena, sql: str) -> tuple[dict[str, Any], list[tuple[int, Any]]]:
    """A statement's execution, and the fields of the object beside its result."""
    found = lake.run(sql)
    key = found["ResultConfiguration"]["OutputLocation"].split(lake.name + "/", 1)[1]
    return found, fields(lake.s3.get_object(Bucket=lake.name, Key=f"{key}.metadata")["Body"].read())


def test_every_column_is_told_as_the_api_tells_it(lake: Athena) -> None:
    found, told = beside(lake, "SELECT 1 AS a, 'x' AS b, DATE '2024-01-02' c, CAST(1 AS decimal(10, 2)) d, ARRAY[1] e, true f WHERE 1 = 0")
    info = lake.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    columns = [dict(fields(value)) for number, value in told if number == 4]
    assert [number for number, _ in told] == [1, 4, 4, 4, 4, 4, 4]
    for column, expected in zip(columns, info, strict=True):
        text = {name: column[number].decode() for name, number in (("CatalogName", 1), ("Name", 4), ("Label", 5), ("Type", 6))}
        assert text == {name: expected[name] for name in text}
        numbers = (column.get(7, 0), column.get(8, 0), column[9], bool(column.get(10, 0)))
        assert numbers == (expected["Precision"], expected["Scale"], 3, expected["CaseSensitive"])


def test_which_statements_have_one(lake: Athena) -> None:
    _, told = beside(lake, "CREATE TABLE made AS SELECT 1 AS a")
    assert told[1:3] == [(2, b"CREATE TABLE"), (3, 1)]
    _, told = beside(lake, "INSERT INTO made SELECT a FROM made WHERE a > 5")
    assert told[1:3] == [(2, b"INSERT"), (3, 0)]
    found, told = beside(lake, "DESCRIBE made")
    assert told[0] == (1, found["QueryExecutionId"].encode())
    found = lake.run("CREATE DATABASE IF NOT EXISTS " + lake.name)
    listed = lake.s3.list_objects_v2(Bucket=lake.name, Prefix=f"results/{found['QueryExecutionId']}")["Contents"]
    assert [each["Key"].rpartition("/")[2] for each in listed] == [f"{found['QueryExecutionId']}.txt"]


def test_the_engines_name_of_a_query_has_trinos_form(lake: Athena) -> None:
    _, told = beside(lake, "SELECT 1")
    assert re.fullmatch(r"\d{8}_\d{6}_\d{5}_[0-9a-z]{5}", told[0][1].decode())
    assert engine_query("00074d24-0000-0000-0000-0000000k6s5b", datetime(2026, 9, 17, 8, 53, 44)) == "20260917_085344_00007_k6s5b"
