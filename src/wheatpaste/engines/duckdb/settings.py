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


def shut(allowed: Iterable[str], folders: Iterable[str] = ()) -> list[str]:
    """From here on the SQL can open the files of ``allowed`` and below ``folders``, no others, and cannot change that."""
    listed, below = (", ".join(text(path) for path in paths) for paths in (allowed, folders))
    return [
        f"SET allowed_paths = [{listed}]",
        f"SET allowed_directories = [{below}]",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ]
