"""The catalog where the state is in PostgreSQL: what is written in SQL of its own, or in an order of its own."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import Server
from tests.services.glue.catalog.test_catalog_partition_plans import ALL, QUESTIONS, asked, filled


@pytest.fixture
def glue(own_server: Callable[..., Server], empty_postgres: Callable[[], str]) -> Any:
    return own_server(WHEATPASTE_DATABASE_URL=empty_postgres()).client("glue")


def test_partitions_on_postgres(glue: Any) -> None:
    names = filled(glue)
    wrong = {question: size for question in QUESTIONS for size in (97, 1000) if asked(glue, names, question, size) != expected(question)}
    assert not wrong
    with pytest.raises(ClientError, match=r"ValidationException.*U\+0000"):
        glue.create_partition(**names, PartitionInput={"Values": ["2020", "1", "a\0"]})


def expected(question: str) -> list[list[str]]:
    return [[str(y), str(m), p] for y, m, p in ALL if QUESTIONS[question](y, m, p)]
