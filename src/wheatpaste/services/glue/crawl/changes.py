"""What the catalog lacks: a pure comparison of what was found with what is there, under the crawler's policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wheatpaste.services.glue.crawl.naming import with_hash
from wheatpaste.services.glue.crawl.settings import Settings

Shape = dict[str, Any]
# TableInput's members
INPUT = frozenset({"Name", "Description", "Owner", "LastAccessTime", "LastAnalyzedTime", "Retention", "StorageDescriptor", "PartitionKeys"})
INPUT |= {"ViewOriginalText", "ViewExpandedText", "TableType", "Parameters", "TargetTable", "ViewDefinition"}
STATISTICS = ("objectCount", "recordCount", "averageRecordSize", "sizeKey")
DEPRECATED = "DEPRECATED_BY_CRAWLER"


@dataclass(frozen=True)
class TableChange:
    """One table: ``wanted`` is the TableInput to write; ``kind`` says how."""

    kind: str  # create, update, refresh (figures only), keep
    name: str
    wanted: Mapping[str, Any]
    why: str = ""
    drop_partitions: bool = False


@dataclass
class PartitionChanges:
    """The PartitionInputs to create and to update, and the values of those to delete."""

    create: list[Mapping[str, Any]] = field(default_factory=list)
    update: list[Mapping[str, Any]] = field(default_factory=list)
    delete: list[list[str]] = field(default_factory=list)


def as_input(table: Mapping[str, Any]) -> Shape:
    """The TableInput that would make ``table`` as it is."""
    return {name: table[name] for name in sorted(INPUT) if name in table}


def location(table: Mapping[str, Any]) -> str:
    """Where a table is, with or without its trailing slash: the same place."""
    return str((table.get("StorageDescriptor") or {}).get("Location") or "").rstrip("/")


def choose_name(
    wanted: Mapping[str, Any], existing: Mapping[str, Mapping[str, Any]], crawler: str, taken: set[str]
) -> tuple[str, Mapping[str, Any] | None]:
    """The name that a found table gets, and the catalog's table that it is."""
    place = location(wanted)
    for name, table in existing.items():
        mine = (table.get("Parameters") or {}).get("UPDATED_BY_CRAWLER") == crawler
        if location(table) == place and (mine or name == wanted["Name"]) and name not in taken:
            return name, table
    name = wanted["Name"]
    return (with_hash(name, place), None) if name in existing or name in taken else (name, None)


def covers(found: Any, wanted: Any) -> bool:
    """Whether ``found`` says all that ``wanted`` says (the catalog may add members of its own)."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            covers(found.get(name), value) for name, value in wanted.items() if value not in ("", [], {}, 0, False)
        )
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(covers, found, wanted))
    return bool(found == wanted)


def _bare(shape: Mapping[str, Any]) -> Shape:
    """The shape without the figures that change with every file."""
    bare = {k: v for k, v in shape.items() if k not in ("Parameters", "StorageDescriptor")}
    for owner, name in ((shape, "Parameters"), (shape.get("StorageDescriptor") or {}, "sd")):
        bare[name] = {k: v for k, v in (owner.get("Parameters") or {}).items() if k not in STATISTICS}
    bare["StorageDescriptor"] = {k: v for k, v in (shape.get("StorageDescriptor") or {}).items() if k != "Parameters"}
    return bare


def plan_table(wanted: Mapping[str, Any], existing: Mapping[str, Any] | None, settings: Settings) -> TableChange:
    """What to do with one found table."""
    name = wanted["Name"]
    if existing is None:
        return TableChange("create", name, wanted)
    if not settings.update:
        same = covers(_bare(existing), _bare(wanted))
        return TableChange("keep", name, as_input(existing), "" if same else "its schema has changed and UpdateBehavior is LOG")
    if settings.merge_columns:
        wanted = merged(wanted, existing)
    rekeyed = [k["Name"] for k in existing.get("PartitionKeys") or []] != [k["Name"] for k in wanted["PartitionKeys"]]
    gone = [k for k in existing.get("Parameters") or {} if k == DEPRECATED]
    if (
        covers(_bare(existing), _bare(wanted))
        and covers(_bare(wanted).get("StorageDescriptor"), _columns_only(existing))
        and not rekeyed
        and not gone
    ):
        return TableChange("keep" if covers(existing, wanted) else "refresh", name, wanted)
    return TableChange("update", name, wanted, drop_partitions=rekeyed)


def _columns_only(table: Mapping[str, Any]) -> Shape:
    return {"Columns": [{"Name": c["Name"], "Type": c.get("Type", "")} for c in table["StorageDescriptor"].get("Columns") or []]}


def merged(wanted: Mapping[str, Any], existing: Mapping[str, Any]) -> Shape:
    """The existing table with the new columns at its end and the new figures (MergeNewColumns)."""
    old = as_input(existing)
    columns = old["StorageDescriptor"].get("Columns") or []
    names = {column["Name"] for column in columns}
    added = [column for column in wanted["StorageDescriptor"]["Columns"] if column["Name"] not in names]
    parameters = {k: v for k, v in {**(old.get("Parameters") or {}), **wanted["Parameters"]}.items() if k != DEPRECATED}
    storage = {**old["StorageDescriptor"], "Columns": [*columns, *added], "Parameters": parameters}
    return {**old, "Name": wanted["Name"], "StorageDescriptor": storage, "Parameters": parameters, "PartitionKeys": wanted["PartitionKeys"]}


def refreshed(existing: Mapping[str, Any], found: Mapping[str, Any]) -> Shape:
    """An existing table with the columns and figures that were found; its name, keys, format and SerDe stay."""
    old = as_input(existing)
    parameters = {**(old.get("Parameters") or {}), **found["Parameters"]}
    storage = {**old["StorageDescriptor"], "Columns": found["StorageDescriptor"]["Columns"]}
    return {"PartitionKeys": [], **old, "StorageDescriptor": storage, "Parameters": parameters}


def plan_partitions(wanted: Iterable[Mapping[str, Any]], existing: Iterable[Mapping[str, Any]], settings: Settings) -> PartitionChanges:
    """What to do with a table's partitions: new ones are always created."""
    found = {tuple(partition["Values"]): partition for partition in existing}
    changes = PartitionChanges()
    for partition in wanted:
        there = found.pop(tuple(partition["Values"]), None)
        if there is None:
            changes.create.append(partition)
        elif settings.update and not covers(there, partition):
            changes.update.append(partition)
    if settings.delete == "DELETE_FROM_DATABASE":
        changes.delete = [list(values) for values in found]
    return changes


def lost_tables(existing: Mapping[str, Mapping[str, Any]], seen: set[str], crawler: str, targets: Iterable[str]) -> list[str]:
    """Tables that this crawler made under its targets and that were not found again; ``targets`` are s3:// URIs without trailing slash."""
    roots = list(targets)
    lost = []
    for name, table in existing.items():
        place = location(table)
        mine = (table.get("Parameters") or {}).get("UPDATED_BY_CRAWLER") == crawler
        if name not in seen and mine and any(place == root or place.startswith(f"{root}/") for root in roots):
            lost.append(name)
    return lost
