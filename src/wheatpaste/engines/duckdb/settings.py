"""What every DuckDB of ours is told: how much of the machine it may use, and that its SQL reaches nothing of it by itself."""

from collections.abc import Iterable

START = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
"""Given to ``duckdb.connect``: nothing is loaded from the internet, or at all."""


def text(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """An identifier."""
    return '"' + name.replace('"', '""') + '"'


def limits(memory: int, threads: int, spill: str) -> list[str]:
    """``memory`` in bytes; ``spill`` is the folder for what does not fit."""
    return [f"SET memory_limit = '{max(64, memory >> 20)}MiB'", f"SET threads = {threads}", f"SET temp_directory = {text(spill)}"]


def shut(allowed: Iterable[str]) -> list[str]:
    """From here on the SQL can open the files of ``allowed`` and no others, and cannot change that."""
    listed = ", ".join(text(path) for path in allowed)
    return [f"SET allowed_paths = [{listed}]", "SET enable_external_access = false", "SET lock_configuration = true"]
