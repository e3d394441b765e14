"""The Spark session of the library's tests; rules evaluated on a small frame."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from tests.awsglue.conftest import aws, bucket, glue, pytest_itemcollected, spark, write

__all__ = ["aws", "bucket", "glue", "pytest_itemcollected", "spark", "write"]

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)  # noqa: UP017
ROWS = [  # id, city, age, score, day, code
    (1, "Oslo", 30, 1.0, "2026-02-28", "A1"),
    (2, "Oslo", 40, 2.0, "2026-02-27", "B22"),
    (3, None, 50, 4.0, "2026-01-01", "C"),
    (4, "Rome", 20, None, None, " "),
]
SCHEMA = "id int, city string, age int, score double, day string, code string"


@pytest.fixture(scope="session")
def people(spark: Any) -> Any:
    return spark.createDataFrame(ROWS, SCHEMA).cache()


@pytest.fixture(scope="session")
def one(people: Any) -> Callable[..., Any]:
    """Evaluates one rule on the people: its outcome."""
    from awsgluedq.dqdl import parse
    from awsgluedq.evaluate import Settings, evaluate

    def run(text: str, frame: Any = None, sources: Any = None, history: Any = None, **settings: Any) -> Any:
        ruleset = parse(f"Rules = [ {text} ]")
        found = evaluate(frame or people, ruleset, sources, history=history, settings=Settings(**settings), now=NOW)
        return found.outcomes[0]

    return run
