"""The wire's pure parts, against psycopg's own codecs as the oracle."""

import struct
from datetime import UTC, date, datetime, time
from decimal import Decimal

import psycopg.adapt
import pytest
from psycopg.pq import Format

from wheatpaste.engines.pgwire import messages as m
from wheatpaste.engines.pgwire import values as v

CASES = [
    (v.BOOL, True),
    (v.BOOL, False),
    (v.INT2, -7),
    (v.INT4, 2**31 - 1),
    (v.INT8, -(2**63)),
    (v.FLOAT8, 0.1),
    (v.FLOAT8, 1e300),
    (v.FLOAT8, float("inf")),
    (v.NUMERIC, Decimal("0")),
    (v.NUMERIC, Decimal("-12345678.90120")),
    (v.NUMERIC, Decimal("0.00001234")),
    (v.NUMERIC, Decimal("10000")),
    (v.NUMERIC, Decimal("99999999999999999999999999999999999999")),
    (v.VARCHAR, "é\n'"),
    (v.DATE, date(1999, 12, 31)),
    (v.TIME, time(1, 2, 3, 450000)),
    (v.TIMESTAMP, datetime(2024, 2, 29, 23, 59, 59, 120000)),
    (v.TIMESTAMPTZ, datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC)),
]


@pytest.mark.parametrize("form", [m.TEXT, m.BINARY])
@pytest.mark.parametrize(("oid", "value"), CASES)
def test_psycopg_reads_what_we_write(oid, value, form):
    loader = psycopg.adapt.Transformer().get_loader(oid, Format(form))
    assert loader.load(v.encoder(oid, form)(value)) == value


@pytest.mark.parametrize(("oid", "value"), [case for case in CASES if case[0] != v.VARCHAR])
def test_binary_parameters_come_back_as_text_that_means_the_same(oid, value):
    text = v.parameter_text(v.encoder(oid, m.BINARY)(value), oid, m.BINARY)
    assert psycopg.adapt.Transformer().get_loader(oid, Format.TEXT).load(text.encode()) == value


@pytest.mark.parametrize(
    ("name", "oid", "modifier"),
    [
        ("DECIMAL(10,2)", v.NUMERIC, 10 << 16 | 2 + 4),
        ("INTEGER", v.INT4, -1),
        ("JSON", v.SUPER, -1),
        ("INTEGER[]", v.INT4_ARRAY, -1),
        ("JSON[]", v.SUPER, -1),
        ("TIMESTAMP WITH TIME ZONE", v.TIMESTAMPTZ, -1),
    ],
)
def test_types_of_duckdb(name, oid, modifier):
    assert v.type_of(name) == (oid, modifier)


def test_rows_travel_as_data_rows():
    payload = v.encode_rows([(1, None), (2, "x")], [v.INT4, v.VARCHAR], [m.TEXT, m.TEXT])
    assert m.read_rows(payload) == [[b"1", None], [b"2", b"x"]]
    assert payload == m.data_row([b"1", None]) + m.data_row([b"2", b"x"])


def test_parse_and_bind():
    body = b"s\0select $1\0" + struct.pack("!hi", 1, 23)
    assert m.parse_parse(body) == m.Parse("s", "select $1", (23,))
    body = b"p\0s\0" + struct.pack("!hh", 1, 1) + struct.pack("!hi", 2, -1) + struct.pack("!i", 2) + b"hi" + struct.pack("!hh", 1, 0)
    assert m.parse_bind(body) == m.Bind("p", "s", (1, 1), (None, b"hi"), (0,))


def test_a_cut_message_is_a_protocol_error():
    with pytest.raises(m.ProtocolError):
        m.parse_bind(b"p\0s\0" + struct.pack("!h", 3))


def test_start_up_parameters_with_an_empty_last_value():
    assert m.parse_startup(b"user\0me\0database\0dev\0options\0\0\0") == {"user": "me", "database": "dev", "options": ""}


@pytest.mark.parametrize(("value", "text"), [(1.5, b"1.5"), (0.1, b"0.1"), (100.0, b"100"), (3.4028235e38, b"3.40282e+38")])
def test_single_floats_are_short(value, text):
    shown = v.encoder(v.FLOAT4, m.TEXT)(value)
    assert struct.pack("!f", float(shown)) == struct.pack("!f", value)
    assert len(shown) <= len(text) + 3
