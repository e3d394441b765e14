"""Shapes in a column: what goes in comes back, whatever a client's keys and values look like."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from wheatpaste.store.codec import dumps, loads

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
SHAPES: list[Any] = [
    {},
    {"a": [1, 1.5, True, None, "x"], "b": {"c": "d"}},
    {"when": NOW, "bytes": b"\0\xff", "much": Decimal("1.50")},
    {"Parameters": {"$wp.t": "5"}},
    {"Parameters": {"$wp.b": "5", "other": "x"}, "when": NOW},
    {"Parameters": {"$wp.$wp.d": "5"}},
    {"Parameters": {"$wp.t": NOW}, "list": [{"$wp.d": "1"}, Decimal(1)]},
    {"Parameters": {"x": '"$wp.t": 5', "$wp.": "y"}},
]


@pytest.mark.parametrize("shape", SHAPES)
def test_what_goes_in_comes_back(shape: Any) -> None:
    assert loads(dumps(shape)) == shape


def test_a_person_can_read_it() -> None:
    assert dumps({"Name": "t", "when": NOW}) == '{"Name":"t","when":{"$wp.t":1767323045678}}'
