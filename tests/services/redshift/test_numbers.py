"""Numbers are exact and of the type that AWS documents (Computations with numeric values, AVG, SUM): one line, one fact."""

from decimal import Decimal

import psycopg
import pytest

D = Decimal
TYPES = {20: "bigint", 21: "smallint", 23: "integer", 700: "real", 701: "double precision"}


@pytest.fixture(scope="module")
def numbers(dsn):
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "create table n (s smallint, i int, b bigint, p8 decimal(8,2), c8 decimal(8,2), d5 decimal(5,2), d18 decimal(18,4),"
            " d38 decimal(38,10), r real, f float8, g int)"
        )
        connection.execute(
            "insert into n values (1, 1, 9223372036854775807, 728.00, 109.20, 1.10, 10000000000000.0001, 1.0000000001, 0.1, 0.1, 1),"
            " (2, 2, 9223372036854775806, 76.00, 11.40, 1.15, 20000000000000.0002, 2.0000000003, 0.1, 0.1, 1),"
            " (4, 4, 1, 350.00, 52.50, null, null, null, null, null, 2)"
        )
        connection.execute("create table dec1 (c decimal(7,2))")
        connection.execute("create table dec2 (c decimal(15,3))")
        connection.execute("insert into dec1 values (1.25)")
        connection.execute("insert into dec2 values (2.125)")
    return "n"


def told(column) -> str:
    if column.type_code == 1700:
        return f"numeric({column.precision},{column.scale})"
    return TYPES[column.type_code]


# (query, type, value of the first row)
CASES = [
    # return types for computations
    ("select s + s from n order by i", "smallint", 2),
    ("select s + i from n order by i", "integer", 2),
    ("select i + b from n where i = 4", "bigint", 5),
    ("select 32767::smallint + 1", "integer", 32768),
    ("select i * b from n where i = 4", "bigint", 4),
    ("select b / i from n where i = 2", "bigint", 4611686018427387903),
    ("select r + i from n where i = 2", "double precision", 2.100000001490116),
    ("select r * d5 from n where i = 1", "double precision", 0.11000000163912774),
    ("select f * d5 from n where i = 1", "double precision", 0.11000000000000001),
    ("select r + r from n where i = 1", "real", 0.2),
    # precision and scale of computed decimals
    ("select p8 + d5 from n where i = 1", "numeric(9,2)", D("729.10")),
    ("select p8 - d18 from n where i = 1", "numeric(19,4)", D("-9999999999272.0001")),
    ("select p8 * c8 from n where i = 1", "numeric(17,4)", D("79497.6000")),
    ("select p8 / c8 from n where i = 1", "numeric(17,9)", D("6.666666667")),
    ("select c8 / p8 from n where i = 1", "numeric(17,9)", D("0.150000000")),
    ("select p8 / i from n where i = 4", "numeric(19,13)", D("87.5000000000000")),
    ("select i / p8 from n where i = 1", "numeric(19,7)", D("0.0013736")),
    ("select d18 * d18 from n where i = 1", "numeric(37,8)", D("100000000000000002000000000.00000001")),
    ("select d18 / 3 from n where i = 1", "numeric(29,15)", D("3333333333333.333366666666667")),
    ("select d38 / d38 from n where i = 2", "numeric(38,4)", D("1.0000")),
    ("select 2 / 3.0", "numeric(15,4)", D("0.6667")),
    ("select -2 / 3.0", "numeric(15,4)", D("-0.6667")),
    ("select 2 / -3.0", "numeric(15,4)", D("-0.6667")),
    ("select -2 / -3.0", "numeric(15,4)", D("0.6667")),
    ("select 7.0 / 2", "numeric(13,12)", D("3.5")),
    ("select p8 % 100 from n where i = 1", "numeric(12,2)", D("28.00")),
    ("select 12345678901234567.8::decimal(18,1) * 10.0", "numeric(22,2)", D("123456789012345678.00")),
    # SUM
    ("select sum(s) from n", "bigint", 7),
    ("select sum(i) from n", "bigint", 7),
    ("select sum(b) from n where i in (1, 4) and b < 5", "bigint", 1),
    ("select sum(d5) from n", "numeric(38,2)", D("2.25")),
    ("select sum(d18) from n", "numeric(38,4)", D("30000000000000.0003")),
    ("select sum(f) from n", "double precision", 0.2),
    ("select sum(i) over (order by i rows unbounded preceding) from n order by i desc", "bigint", 7),
    ("select sum(distinct g) from n", "bigint", 3),
    # AVG
    ("select avg(s) from n", "bigint", 2),
    ("select avg(-i) from n", "bigint", -2),
    ("select avg(b) from n where i < 4", "bigint", 9223372036854775806),
    ("select avg(d5) from n", "numeric(38,2)", D("1.13")),
    ("select avg(d18) from n", "numeric(38,4)", D("15000000000000.0002")),
    ("select avg(d38) from n", "numeric(38,10)", D("1.5000000002")),
    ("select avg(p8 * i) from n", "numeric(38,2)", D("760.00")),
    ("select avg(f) from n", "double precision", 0.1),
    ("select avg(distinct g) from n", "bigint", 1),
    ("select avg(d18) over (partition by g) from n order by i", "numeric(38,4)", D("15000000000000.0002")),
    ("select avg(p8) over (order by i rows between 1 preceding and current row) from n order by i desc", "numeric(38,2)", D("213.00")),
    ("select avg(x) from (select p8 + 0.005 as x from n) t", "numeric(38,3)", D("384.672")),
    ("with t as (select sum(p8) as x from n group by g) select avg(x) from t", "numeric(38,2)", D("577.00")),
    ("select avg(c) from (select c from dec1 union all select c from dec2) t", "numeric(38,3)", D("1.688")),
    ("select avg(coalesce(d5, 0)) from n", "numeric(38,2)", D("0.75")),
    ("select avg(case when i = 1 then d5 else 1.005 end) from n", "numeric(38,3)", D("1.037")),
    ("select sum(p8) / count(*) from n", "numeric(38,4)", D("384.6667")),
    ("select sum(case when i > 1 then 1 else 0 end) / count(*)::decimal(10,2) from n", "numeric(30,9)", D("0.666666667")),
    ("select round(avg(p8), 1) from n", "numeric(38,1)", D("384.7")),
    ("select (p8 - c8) / nullif(p8, 0) from n where i = 1", "numeric(18,9)", D("0.850000000")),
    # sets
    ("select c from dec1 union select c from dec2 order by 1", "numeric(15,3)", D("1.250")),
]


@pytest.mark.parametrize(("query", "type_", "value"), CASES)
def test_number(connection, numbers, query, type_, value):
    cursor = connection.execute(query)
    found = cursor.fetchone()[0]
    assert (told(cursor.description[0]), found) == (type_, pytest.approx(value, rel=1e-6) if type_ == "real" else value)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("select sum(b) from n", "22003"),  # a BIGINT's overflow
        ("select 2147483647 + 1", "22003"),
        ("select d38 * d38 * 1e0::decimal(38,18) from n", "22003"),
        ("select p8 / (p8 - p8) from n", "22012"),
        ("select p8 / 0 from n", "22012"),
        ("select 1 / 0", "22012"),
        ("select p8 % 0 from n", "22012"),
    ],
)
def test_what_cannot_be_computed_is_an_error(fails, numbers, query, code):
    assert fails(query)[0] == code
