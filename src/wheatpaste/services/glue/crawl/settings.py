"""A crawler's ``Configuration`` document and policies as one value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KNOWN: dict[str, Any] = {
    "Version": None,
    "CreatePartitionIndex": None,
    "CrawlerOutput": {"Partitions": {"AddOrUpdateBehavior": None}, "Tables": {"AddOrUpdateBehavior": None, "TableThreshold": None}},
    "Grouping": {"TableGroupingPolicy": None, "TableLevelConfiguration": None},
}
CHOICES = {
    ("CrawlerOutput", "Partitions", "AddOrUpdateBehavior"): "InheritFromTable",
    ("CrawlerOutput", "Tables", "AddOrUpdateBehavior"): "MergeNewColumns",
    ("Grouping", "TableGroupingPolicy"): "CombineCompatibleSchemas",
}


@dataclass(frozen=True)
class Settings:
    """What a crawl does beyond its targets; the defaults are AWS's."""

    update: bool = True  # SchemaChangePolicy.UpdateBehavior is UPDATE_IN_DATABASE
    delete: str = "DEPRECATE_IN_DATABASE"
    new_folders_only: bool = False
    inherit: bool = False
    merge_columns: bool = False
    combine: bool = False
    level: int = 0  # 0: by the rules
    threshold: int = 0  # 0: any number of tables
    index: bool = False


def parse_configuration(text: str) -> dict[str, Any]:
    """The document; ValueError, with the reason, for one that is malformed or asks for what is not known."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ValueError(f"Crawler configuration is not valid JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError("Crawler configuration must be a JSON object.")
    _check(found, KNOWN, "")
    if found.get("Version") not in (1, 1.0, "1.0"):
        raise ValueError("Crawler configuration must have Version 1.0.")
    for path, choice in CHOICES.items():
        if _at(found, path) not in (None, choice):
            raise ValueError(f"Crawler configuration: {'.'.join(path)} must be {choice}.")
    for path in (("Grouping", "TableLevelConfiguration"), ("CrawlerOutput", "Tables", "TableThreshold")):
        number = _at(found, path)
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 1):
            raise ValueError(f"Crawler configuration: {'.'.join(path)} must be a positive integer.")
    return found


def _check(found: Mapping[str, Any], known: Mapping[str, Any], where: str) -> None:
    for name, value in found.items():
        if name not in known:
            raise ValueError(f"Crawler configuration: {where}{name} is not supported.")
        if known[name] is not None:
            if not isinstance(value, dict):
                raise ValueError(f"Crawler configuration: {where}{name} must be an object.")
            _check(value, known[name], f"{where}{name}.")


def _at(found: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = found
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def settings(crawler: Mapping[str, Any]) -> Settings:
    """The settings of a ``Crawler`` shape."""
    document = parse_configuration(crawler["Configuration"]) if crawler.get("Configuration") else {}
    policy = crawler.get("SchemaChangePolicy") or {}
    fresh = (crawler.get("RecrawlPolicy") or {}).get("RecrawlBehavior") == "CRAWL_NEW_FOLDERS_ONLY"
    catalog = bool((crawler.get("Targets") or {}).get("CatalogTargets"))
    return Settings(
        update=not fresh and policy.get("UpdateBehavior") != "LOG",
        delete="LOG" if fresh or catalog else policy.get("DeleteBehavior") or "DEPRECATE_IN_DATABASE",
        new_folders_only=fresh,
        inherit=_at(document, ("CrawlerOutput", "Partitions", "AddOrUpdateBehavior")) is not None,
        merge_columns=_at(document, ("CrawlerOutput", "Tables", "AddOrUpdateBehavior")) is not None,
        combine=_at(document, ("Grouping", "TableGroupingPolicy")) is not None,
        level=_at(document, ("Grouping", "TableLevelConfiguration")) or 0,
        threshold=_at(document, ("CrawlerOutput", "Tables", "TableThreshold")) or 0,
        index=bool(document.get("CreatePartitionIndex")),
    )
