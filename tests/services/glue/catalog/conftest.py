"""A Glue client, a database of the test's own, and short ways to make tables."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest


@pytest.fixture(scope="session")
def glue(client: Callable[..., Any]) -> Any:
    return client("glue")


@pytest.fixture
def database(glue: Any, unique: str) -> str:
    glue.create_database(DatabaseInput={"Name": unique})
    return unique


def columns(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Type": declared} for name, declared in pairs]


def table_input(name: str, keys: Sequence[tuple[str, str]] = (), **members: Any) -> dict[str, Any]:
    storage = {"Columns": columns(("a", "int")), "Location": f"s3://bucket/{name}/"}
    return {"Name": name, "StorageDescriptor": storage, "PartitionKeys": columns(*keys), **members}


@pytest.fixture
def make_table(glue: Any, database: str) -> Callable[..., str]:
    """``make_table("t", keys)``: a table in the test's database; its name."""

    def make(name: str = "t", keys: Sequence[tuple[str, str]] = (), **members: Any) -> str:
        glue.create_table(DatabaseName=database, TableInput=table_input(name, keys, **members))
        return name

    return make
