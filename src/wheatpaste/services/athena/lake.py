"""The lake engine of a server. Importing this costs nothing: sqlglot is not needed here."""

import shutil
from typing import TYPE_CHECKING

from wheatpaste.engines.budget import machine_cores, machine_memory
from wheatpaste.engines.duckdb.lake import Lake
from wheatpaste.services.athena.dialect.macros import MACROS

if TYPE_CHECKING:
    from wheatpaste.app import App

SHARE = 4  # a query gets this part of the memory that engines may use


def lake(app: "App") -> Lake:
    """The server's lake engine, made at its first use."""

    def make() -> Lake:
        memory = (app.config.memory or machine_memory() * 3 // 4) // SHARE
        threads = max(1, int(app.config.cores or machine_cores()))
        folder = app.config.home / "athena"
        shutil.rmtree(folder, ignore_errors=True)  # what queries of a server that died had begun to write
        return Lake(app.supervisor, folder, MACROS, memory, threads)

    return app.engine("athena", make)
