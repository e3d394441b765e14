"""Parquet files as a table's columns: by name in any case, missing ones NULL; types that do not fit are errors."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import duckdb

from wheatpaste.engines.duckdb.failures import LakeError
from wheatpaste.engines.duckdb.lake_text import milliseconds
from wheatpaste.engines.duckdb.lake_types import INTEGERS, LakeType
from wheatpaste.engines.duckdb.settings import quoted, text

WIDENING = {
    "boolean": ("BOOLEAN",),
    **dict.fromkeys(INTEGERS, ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")),
    "real": ("FLOAT",),
    "double": ("FLOAT", "DOUBLE"),
    "varchar": ("VARCHAR", "ENUM"),
    "char": ("VARCHAR",),
    "varbinary": ("BLOB", "VARCHAR"),
    "date": ("DATE",),
}


def source(files: Sequence[str], filename: bool, by_name: bool) -> str:
    """``read_parquet`` of the files."""
    listed = ", ".join(text(path) for path in files)
    options = [", filename = true" if filename else "", ", union_by_name = true" if by_name else "", ", hive_partitioning = false"]
    return f"read_parquet([{listed}]{''.join(options)})"


Found = tuple[dict[str, tuple[str, object]], bool]
KNOWN: OrderedDict[bytes, Found] = OrderedDict()
MOST = 256  # sets of files whose columns are remembered: a file named by a blob's id never changes


def found_columns(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> Found:
    """The files' columns by lower-case name (name as written, type), and whether the files differ; remembered for the next query."""
    key = hashlib.sha256("\n".join(files).encode()).digest()
    found = KNOWN.pop(key, None) or _looked_up(connection, files)
    KNOWN[key] = found
    if len(KNOWN) > MOST:
        KNOWN.popitem(last=False)
    return found


def _looked_up(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> Found:
    first = _described(connection, files[:1])
    if len(files) == 1:
        return first, False
    listed = ", ".join(text(path) for path in files)
    kinds = connection.execute(
        f"SELECT count(DISTINCT s) FROM (SELECT file_name, string_agg(concat_ws(' ', name, type, logical_type, num_children), "
        f"',' ORDER BY n) AS s "
        f"FROM (SELECT *, row_number() OVER () AS n FROM parquet_schema([{listed}])) GROUP BY file_name)"
    ).fetchone()
    if kinds is not None and kinds[0] == 1:
        return first, False
    return _described(connection, files, True), True


def _described(connection: duckdb.DuckDBPyConnection, files: Sequence[str], by_name: bool = False) -> dict[str, tuple[str, object]]:
    relation = connection.sql(f"SELECT * FROM {source(files, False, by_name)}")
    found: dict[str, tuple[str, object]] = {}
    for name, type_ in zip(relation.columns, relation.types, strict=True):
        found.setdefault(name.lower(), (name, type_))
    return found


def columns(found: Mapping[str, tuple[str, object]], wanted: Sequence[tuple[str, LakeType]], url: str) -> list[str]:
    """The select list that gives the declared columns."""
    listed = []
    for name, type_ in wanted:
        if name.lower() not in found:
            listed.append(f"CAST(NULL AS {type_.sql}) AS {quoted(name)}")
            continue
        written, actual = found[name.lower()]
        listed.append(f"{converted(quoted(written), actual, type_, name, url)} AS {quoted(name)}")
    return listed


def converted(sql: str, actual: object, wanted: LakeType, name: str, url: str) -> str:
    """``sql`` of a file's type as the declared one; raises HIVE_BAD_DATA for types that Athena does not turn into each other."""
    kind = str(getattr(actual, "id", actual)).upper()
    shown = str(actual).upper()
    if wanted.name == "timestamp" and shown.startswith("TIMESTAMP"):
        moment = f"timezone('UTC', {sql})" if "TIME ZONE" in shown else f"CAST({sql} AS TIMESTAMP)"
        return moment if shown == "TIMESTAMP_MS" else milliseconds(moment)
    if wanted.name == "decimal" and kind == "DECIMAL":
        return sql if shown.replace(" ", "") == wanted.sql else f"CAST({sql} AS {wanted.sql})"
    if wanted.items and kind in ("LIST", "ARRAY", "MAP", "STRUCT"):
        return _nested(sql, actual, kind, wanted, name, url)
    if shown == "BLOB" and wanted.name == "varchar":
        return f"decode({sql})"
    if shown not in WIDENING.get(wanted.name, ()):
        message = f"Field {name}'s type {shown} in parquet file {url} is incompatible with type {wanted} defined in table schema"
        raise LakeError("HIVE_BAD_DATA", message)
    if wanted.name == "char" or (wanted.name == "varchar" and wanted.args):
        return (
            f"left({sql}, {wanted.args[0]})" if wanted.name == "varchar" else f"rpad(left({sql}, {wanted.args[0]}), {wanted.args[0]}, ' ')"
        )
    return sql if shown == wanted.sql else f"CAST({sql} AS {wanted.sql})"


def _nested(sql: str, actual: object, kind: str, wanted: LakeType, name: str, url: str) -> str:
    children = dict(getattr(actual, "children", []))
    shapes = {"LIST": "array", "MAP": "map", "STRUCT": "row"}
    if shapes.get(kind) != wanted.name:
        raise LakeError(
            "HIVE_BAD_DATA",
            f"Field {name}'s type {actual} in parquet file {url} is incompatible with type {wanted} defined in table schema",
        )
    if kind == "LIST":
        return f"list_transform({sql}, lambda e: {converted('e', children['child'], wanted.items[0], name, url)})"
    if kind == "MAP":
        key = converted("e", children["key"], wanted.items[0], name, url)
        value = converted("e", children["value"], wanted.items[1], name, url)
        made = f"map(list_transform(map_keys({sql}), lambda e: {key}), list_transform(map_values({sql}), lambda e: {value}))"
        return f"CASE WHEN {sql} IS NOT NULL THEN {made} END"
    folded = {child.lower(): (child, type_) for child, type_ in children.items()}
    parts = []
    for member, item in zip(wanted.members, wanted.items, strict=True):
        written = folded.get(member.lower())
        inner = f"CAST(NULL AS {item.sql})"
        if written is not None:
            inner = converted(f"struct_extract({sql}, {text(written[0])})", written[1], item, f"{name}.{member}", url)
        parts.append(f"{quoted(member)} := {inner}")
    return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({', '.join(parts)}) END"
