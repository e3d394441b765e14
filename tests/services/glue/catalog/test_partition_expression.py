"""Partition expressions: a table of cases, each against the same partitions."""

import random
from decimal import Decimal

import pytest

from wheatpaste.services.glue.expression import ExpressionError, evaluate, parse
from wheatpaste.services.glue.partition_keys import CASTS, encode

KEYS = [
    ("year", "string"),
    ("n", "int"),
    ("day", "date"),
    ("at", "timestamp"),
    ("price", "decimal(10,2)"),
    ("Big", "bigint"),
    ("flag", "boolean"),
]
TYPES = [t for _, t in KEYS]
A = ("2015", "9", "2024-01-31", "2024-01-31 10:00:00", "1.50", "-5", "true")
B = ("2016", "10", "2024-02-01", "2024-01-31 10:00:00.5", "12.5", "0", "true")
C = ("2017", "010", "2024-02-29", "2024-02-01 00:00:00", "-3", "9223372036854775807", "false")
D = ("abc_def", "__HIVE_DEFAULT_PARTITION__", "2025-01-01", "2025-01-01 00:00:00", "0", "7", "false")
E = ("__HIVE_DEFAULT_PARTITION__", "-1", "2025-01-02", "2025-01-01 00:00:01", "0.0", "8", "false")
ROWS = {"A": A, "B": B, "C": C, "D": D, "E": E}

CASES = [
    # strings compare as text
    ("year = '2015'", "A"),
    ("year = 2015", "A"),
    ("'2015' = year", "A"),
    ("year > '2015' and year < '2018'", "BC"),
    ("2016 <= year AND year <= 2017", "BC"),
    ("year <> '2015'", "BCDE"),
    ("year != '2015'", "BCDE"),
    ("year BETWEEN 2015 AND 2016", "AB"),
    ("year between '2016' and '2015'", ""),
    ("year in ('2015', 2017)", "AC"),
    ("year not in ('2015', '2017')", "BDE"),
    ("NOT (year = '2015' OR year = '2016')", "CDE"),
    ("year = '9' or year > '3'", "DE"),
    # numbers as numbers
    ("n = 10", "BC"),
    ("n = '10'", "BC"),
    ("n < 10", "AE"),
    ("n > -2", "ABCE"),
    ("n <> 10", "AE"),
    ("not n = 10", "AE"),
    ("n in (9, -1)", "AE"),
    ("n not between 0 and 9", "BCE"),
    ("Big > 9223372036854775806", "C"),
    ("big <= 0", "AB"),
    ("price >= 1.5", "AB"),
    ("price = 0", "DE"),
    ("price < 0", "C"),
    ("price between -3.0 and 1.50", "ACDE"),
    # dates and timestamps
    ("day = '2024-02-29'", "C"),
    ("day > DATE '2024-01-31' and day < cast('2025-01-01' as date)", "BC"),
    ("at > '2024-01-31 10:00:00'", "BCDE"),
    ("at = '2024-01-31 10:00:00.500'", "B"),
    # LIKE: % and _, never a literal of them
    ("year like '20%'", "ABC"),
    ("year like '201_'", "ABC"),
    ("year like 'abc_d%'", "D"),
    ("year not like '201_'", "DE"),
    ("year like 'ABC%'", ""),
    # NULL is Hive's default partition
    ("n is null", "D"),
    ("n is not null", "ABCE"),
    ("year is null", "E"),
    ("n = 10 or n is null", "BCD"),
    # precedence, brackets, blanks, quoting
    ("n = 9 or n = 10 and year = '2016'", "AB"),
    ("(n = 9 or n = 10) and year = '2016'", "B"),
    ("((year) = ('2015'))", "A"),
    ("\"year\" = '2015'", "A"),
    ("`year` = '2015'", "A"),
    ("YEAR = '2015'", "A"),
    ("", "ABCDE"),
    ("   ", "ABCDE"),
]


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_selects(expression: str, expected: str) -> None:
    tree = parse(expression, KEYS)
    assert "".join(name for name, row in ROWS.items() if evaluate(tree, row, TYPES)) == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("other = 1", "Invalid partition expression! 'other' is not a partition key (keys: year, n, day, at, price, Big, flag)"),
        ("year", "Unsupported expression 'year' ('year' is not a condition on a partition key)"),
        ("year = ", "Unsupported expression 'year = '"),
        ("year = '2015", "Unsupported expression"),
        ("upper(year) = 'A'", "stands where a partition key is expected"),
        ("year = upper('a')", "stands where a literal is expected"),
        ("year = n", "'n' stands where a literal is expected"),
        ("1 = 1", "'1' stands where a partition key is expected"),
        ("year = '1'; drop table x", "one condition is expected"),
        ("true", "is not a condition"),
        ("year in (select 1)", "IN takes a list"),
        ("year = '1' x", "Unsupported expression"),
        ("n = 'abc'", '"abc" is not an integer.'),
        ("n = 1.5", '"1.5" is not an integer.'),
        ("price = 'x'", "x is not a decimal."),
        ("day = '2024-13-01'", "2024-13-01 is not a date."),
        ("at = '2024-01-01'", "Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] 2024-01-01 is not a timestamp."),
        ("n like '1%'", "Integral data type doesn't support operation 'LIKE'"),
        ("day like '1%'", "Date data type doesn't support operation 'LIKE'"),
        ("flag = 'true'", "Unknown type : 'boolean'"),
    ],
)
def test_refuses(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(expression, KEYS)
    assert message in str(refused.value)


def test_encoded_numbers_sort_as_numbers() -> None:
    draw = random.Random(7)
    texts = [
        f"{draw.choice(['', '-'])}{draw.randint(0, 10 ** draw.randint(1, 20))}{draw.choice(['', '.5', '.05', '.50', '.123456'])}"
        for _ in range(2000)
    ]
    by_number = sorted(texts, key=Decimal)
    assert [Decimal(t) for t in sorted(texts, key=CASTS["decimal"])] == [Decimal(t) for t in by_number]
    assert CASTS["decimal"]("1.50") == CASTS["decimal"]("1.5") == CASTS["decimal"]("01.5")


def test_a_value_that_does_not_fit_its_type_is_marked() -> None:
    assert encode("int", "null") == ".null"
    assert encode("int", "__HIVE_DEFAULT_PARTITION__") == "-"
    assert encode("string", "__HIVE_DEFAULT_PARTITION__") == "=__HIVE_DEFAULT_PARTITION__"
