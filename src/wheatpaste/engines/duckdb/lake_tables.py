"""A table of the query in DuckDB: a view over Parquet files, or a temporary table that other formats are read into."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from wheatpaste.engines.duckdb import lake_parquet
from wheatpaste.engines.duckdb.failures import LakeError
from wheatpaste.engines.duckdb.lake_text import scalar
from wheatpaste.engines.duckdb.lake_types import LakeType
from wheatpaste.engines.duckdb.settings import quoted, text

BRANCHES = 64  # partitions up to which each gets a branch of its own, whose constants DuckDB can prune by


@dataclass(frozen=True)
class File:
    """One file: where it is, its object's URL, its partition's values."""

    path: str
    url: str
    values: tuple[str | None, ...]


@dataclass(frozen=True)
class Group:
    """Files of one format."""

    format: str
    parameters: Mapping[str, str]
    files: tuple[File, ...]


@dataclass(frozen=True)
class LakeTable:
    """A table as the server describes it; ``path`` tells whether "$path" is asked for, ``used`` names the columns that the query reads."""

    relation: str
    columns: tuple[tuple[str, LakeType], ...]
    keys: tuple[tuple[str, LakeType], ...]
    groups: tuple[Group, ...]
    used: frozenset[str]
    path: bool

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "LakeTable":
        """From JSON."""
        columns, keys = (tuple((name, LakeType.read(type_)) for name, type_ in told[part]) for part in ("columns", "keys"))
        groups = tuple(
            Group(group["format"], group["parameters"], tuple(File(path, url, tuple(values)) for path, url, values in group["files"]))
            for group in told["groups"]
        )
        return cls(told["relation"], columns, keys, groups, frozenset(told["used"]), told["path"])

    @property
    def wanted(self) -> list[tuple[str, LakeType]]:
        """The columns that are read from files."""
        return [(name, type_) for name, type_ in self.columns if name in self.used]


def register(connection: duckdb.DuckDBPyConnection, table: LakeTable) -> None:
    """Make the table visible under its relation's name."""
    selects = []
    for number, group in enumerate(group for group in table.groups if group.files):
        if group.format == "parquet":
            selects += _parquet(connection, table, group)
        else:
            selects.append(_materialized(connection, table, group, f"{table.relation}_{number}"))
    connection.execute(f"CREATE TEMP VIEW {quoted(table.relation)} AS {' UNION ALL '.join(selects) if selects else _nothing(table)}")


def _nothing(table: LakeTable) -> str:
    listed = [f"CAST(NULL AS {type_.sql}) AS {quoted(name)}" for name, type_ in (*table.wanted, *table.keys)]
    listed += ['CAST(NULL AS VARCHAR) AS "$path"'] if table.path else []
    return f"SELECT {', '.join(listed) or '1 AS one'} WHERE false"


def key_value(value: str | None, type_: LakeType, name: str) -> str:
    """SQL of a partition's value, of the key's type."""
    if value is None:
        return f"CAST(NULL AS {type_.sql})"
    if type_.name in ("varchar", "char"):
        return f"CAST({text(value)} AS VARCHAR)"
    wrong = (
        f"'!trino!HIVE_INVALID_PARTITION_VALUE: Invalid partition value ''{value.replace(chr(39), chr(39) * 4)}'' for "
        f"{type_} partition key: {name}'"
    )
    return f"coalesce({scalar(text(value), type_)}, CASE WHEN CAST({wrong} AS BOOLEAN) THEN CAST(NULL AS {type_.sql}) END)"


def _keys(table: LakeTable, values: Sequence[str | None]) -> list[str]:
    return [f"{key_value(value, type_, name)} AS {quoted(name)}" for value, (name, type_) in zip(values, table.keys, strict=True)]


# -- Parquet


def _parquet(connection: duckdb.DuckDBPyConnection, table: LakeTable, group: Group) -> list[str]:
    paths = [file.path for file in group.files]
    try:
        found, differ = lake_parquet.found_columns(connection, paths)
    except duckdb.Error as error:
        raise LakeError("HIVE_CANNOT_OPEN_SPLIT", f"Error opening Hive split {group.files[0].url}: {str(error).splitlines()[0]}") from error
    listed = lake_parquet.columns(found, table.wanted, group.files[0].url)
    partitions: dict[tuple[str | None, ...], list[File]] = {}
    for file in group.files:
        partitions.setdefault(file.values, []).append(file)
    if not differ and not table.path and len(partitions) <= BRANCHES:
        return [_branch(table, listed, values, files) for values, files in partitions.items()]
    return [_joined(connection, table, listed, group.files, differ)]


def _branch(table: LakeTable, listed: Sequence[str], values: Sequence[str | None], files: Sequence[File]) -> str:
    everything = ", ".join([*listed, *_keys(table, values)]) or "1 AS one"
    return f"SELECT {everything} FROM {lake_parquet.source([file.path for file in files], False, False)}"


def _joined(connection: duckdb.DuckDBPyConnection, table: LakeTable, listed: Sequence[str], files: Sequence[File], differ: bool) -> str:
    mapping = f"{table.relation}_files"
    _file_table(connection, table, mapping, files)
    keys = [f"m.{quoted(name)}" for name, _ in table.keys] + (['m."$path"'] if table.path else [])
    source = lake_parquet.source([file.path for file in files], True, differ)
    return (
        f"SELECT {', '.join([*(f's.{quoted(name)}' for name, _ in table.wanted), *keys])} FROM (SELECT "
        f"{', '.join([*listed, 'filename'])} FROM {source}) AS s JOIN {quoted(mapping)} AS m ON s.filename = m.local"
    )


def _file_table(connection: duckdb.DuckDBPyConnection, table: LakeTable, name: str, files: Sequence[File]) -> None:
    """A table of the files: number, local path, partition values, "$path"."""
    typed = "".join(f"{quoted(key)} {type_.sql}, " for key, type_ in table.keys)
    connection.execute(f'CREATE TEMP TABLE {quoted(name)} (number INTEGER, local VARCHAR, {typed}"$path" VARCHAR)')
    rows = []
    for number, file in enumerate(files):
        values = "".join(f"{key_value(value, type_, key)}, " for value, (key, type_) in zip(file.values, table.keys, strict=True))
        rows.append(f"({number}, {text(file.path)}, {values}{text(file.url)})")
    for start in range(0, len(rows), 500):
        connection.execute(f"INSERT INTO {quoted(name)} VALUES {', '.join(rows[start : start + 500])}")


# -- other formats


def _materialized(connection: duckdb.DuckDBPyConnection, table: LakeTable, group: Group, name: str) -> str:
    from wheatpaste.engines.duckdb.lake_reading import read_into  # brings pyarrow, which Parquet does not need

    read_into(connection, table, group, name)
    mapping = f"{name}_files"
    _file_table(connection, table, mapping, group.files)
    keys = [f"m.{quoted(key)}" for key, _ in table.keys] + (['m."$path"'] if table.path else [])
    everything = [*(f"s.{quoted(column)}" for column, _ in table.wanted), *keys]
    if not keys:
        return f"SELECT {', '.join(everything) or '1 AS one'} FROM {quoted(name)} AS s"
    return f"SELECT {', '.join(everything)} FROM {quoted(name)} AS s JOIN {quoted(mapping)} AS m ON s.file = m.number"
