"""An expression's answer is the same from every index: tables with more partitions than are decided one by one."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

YEARS, MONTHS, PARTS = range(2020, 2024), range(1, 13), range(130)  # 6,240 partitions
ALL = list(product(YEARS, MONTHS, (f"p{part:03}" for part in PARTS)))
QUESTIONS: dict[str, Callable[[int, int, str], bool]] = {
    "year = 2021 AND month = 3": lambda y, m, p: y == 2021 and m == 3,
    "part = 'p007'": lambda y, m, p: p == "p007",
    "part = 'p007' AND month >= 9": lambda y, m, p: p == "p007" and m >= 9,
    "part = 'p007' AND month >= 2": lambda y, m, p: p == "p007" and m >= 2,
    "month >= 9": lambda y, m, p: m >= 9,
    "month >= 2": lambda y, m, p: m >= 2,
    "month < 10 AND month > 8 AND part LIKE 'p10%'": lambda y, m, p: m == 9 and p[2] == "0" and p[1] == "1",
    "part BETWEEN 'p037' AND 'p064' AND month <= 4": lambda y, m, p: "p037" <= p <= "p064" and m <= 4,
    "part BETWEEN 'p120' AND 'p999' AND year > 2021": lambda y, m, p: p >= "p120" and y > 2021,
    "month IN (1, 12) AND part LIKE '%9'": lambda y, m, p: m in (1, 12) and p[3] == "9",
    "part = 'p001' OR month = 12 AND part > 'p125'": lambda y, m, p: p == "p001" or (m == 12 and p > "p125"),
    "month = 1 OR month < 6 OR part = 'p000'": lambda y, m, p: m < 6 or p == "p000",
    "year = 2020 OR part = 'p000'": lambda y, m, p: y == 2020 or p == "p000",
    "NOT (month < 12) AND part <> 'p000'": lambda y, m, p: m == 12 and p != "p000",
    "part LIKE '__03'": lambda y, m, p: p[2:] == "03",
    "part = 'nope'": lambda y, m, p: False,
    "month <= 2 AND year <> 2020": lambda y, m, p: m <= 2 and y != 2020,
}


def filled(glue: Any) -> dict[str, str]:
    """A table with ALL as its partitions; the members that name it."""
    glue.create_database(DatabaseInput={"Name": "plans"})
    keys = [{"Name": "year", "Type": "int"}, {"Name": "month", "Type": "int"}, {"Name": "part", "Type": "string"}]
    glue.create_table(DatabaseName="plans", TableInput={"Name": "t", "PartitionKeys": keys})
    names = {"DatabaseName": "plans", "TableName": "t"}
    for start in range(0, len(ALL), 100):
        inputs = [{"Values": [str(each) for each in values]} for values in reversed(ALL[start : start + 100])]
        assert glue.batch_create_partition(**names, PartitionInputList=inputs)["Errors"] == []
    return names


def asked(glue: Any, names: dict[str, str], question: str, size: int) -> list[list[str]]:
    """The values of the partitions that match, page after page."""
    pages = list(glue.get_paginator("get_partitions").paginate(**names, Expression=question, PaginationConfig={"PageSize": size}))
    assert all(len(page["Partitions"]) == size for page in pages[:-1])
    return [partition["Values"] for page in pages for partition in page["Partitions"]]


@pytest.fixture(scope="module")
def names(client: Callable[..., Any]) -> dict[str, str]:
    return filled(client("glue"))


@pytest.mark.parametrize("size", [97, 1000])
@pytest.mark.parametrize("question", QUESTIONS)
def test_pages_hold_each_match_once_in_order(glue: Any, names: dict[str, str], question: str, size: int) -> None:
    assert asked(glue, names, question, size) == [[str(y), str(m), p] for y, m, p in ALL if QUESTIONS[question](y, m, p)]


@pytest.mark.parametrize("question", ["part = 'p007'", "month >= 9"])
def test_segments_share_the_matches_out(glue: Any, names: dict[str, str], question: str) -> None:
    segments = [
        glue.get_partitions(**names, Expression=question, Segment={"SegmentNumber": n, "TotalSegments": 3})["Partitions"] for n in range(3)
    ]
    found = sorted(tuple(partition["Values"]) for segment in segments for partition in segment)
    assert found == sorted((str(y), str(m), p) for y, m, p in ALL if QUESTIONS[question](y, m, p)) and all(segments)
