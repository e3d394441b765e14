"""A Glue client, a database of the test's own, and a short way to make tables."""

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


@pytest.fixture
def make_table(glue: Any, database: str) -> Callable[..., dict[str, str]]:
    """``make_table("t", [("year", "string")])``: a table in the test's database; the members that name it in requests on its parts."""

    def make(name: str = "t", keys: Sequence[tuple[str, str]] = (), indexes: Sequence[Any] = (), **members: Any) -> dict[str, str]:
        storage = {"Columns": [{"Name": "a", "Type": "int"}], "Location": f"s3://bucket/{name}/"}
        described = {"Name": name, "StorageDescriptor": storage, "PartitionKeys": [{"Name": n, "Type": t} for n, t in keys], **members}
        glue.create_table(DatabaseName=database, TableInput=described, PartitionIndexes=list(indexes))
        return {"DatabaseName": database, "TableName": name.lower()}

    return make
