"""Databases that scripts read and write, each a real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.awsglue.conftest import JARS
from tests.database_servers import PASSWORD, USER, DatabaseServer


@pytest.fixture(scope="module", params=["mysql", "mariadb"])
def server_of_mysql(request: pytest.FixtureRequest) -> DatabaseServer:
    """MySQL and MariaDB in turn."""
    assert JARS is not None, "the drivers are not in the cache: wheatpaste doctor --fetch"
    found: DatabaseServer = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def login(server_of_mysql: DatabaseServer) -> dict[str, str]:
    """url, user and password as a script gives them."""
    return {"url": server_of_mysql.url("mysql"), "user": USER, "password": PASSWORD}


@pytest.fixture
def sql(server_of_mysql: DatabaseServer) -> Callable[[str], list[list[str]]]:
    return server_of_mysql.sql


@pytest.fixture
def read(glue: Any, login: dict[str, str]) -> Callable[..., Any]:
    """`read(table, option=…)`: a DynamicFrame of it."""
    return lambda table, **options: glue.create_dynamic_frame.from_options("mysql", {**login, "dbtable": table, **options})


@pytest.fixture
def plain(spark: Any, login: dict[str, str]) -> Callable[[str], Any]:
    """What Spark itself reads of a table."""
    return lambda table: spark.read.format("jdbc").options(**login, dbtable=table).load()
