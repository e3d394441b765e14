"""A home of a newer wheatpaste is refused before anything in it changes."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from tests.conftest import CLEAN, Server


def test_a_newer_home_is_refused_with_a_sentence(own_server: Callable[..., Server]) -> None:
    server = own_server()
    server.client("glue").create_database(DatabaseInput={"Name": "kept"})
    server.stop()
    with sqlite3.connect(server.home / "state.db") as state:
        state.execute("UPDATE schema_versions SET number = 99 WHERE name = 'glue_databases'")
    state.close()
    argv: list[Any] = [sys.executable, "-m", "wheatpaste", "up", "--home", server.home, "--port", "0"]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=60, env=CLEAN, check=False)
    assert ended.returncode != 0
    assert f"{server.home}: the database was made by a newer wheatpaste (glue_databases 99 for " in ended.stderr
    assert "Traceback" not in ended.stderr
