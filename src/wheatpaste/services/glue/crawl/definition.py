"""What a crawler's definition may say."""

import re
from collections.abc import Mapping
from typing import Any

from wheatpaste.services.glue.crawl.globs import Exclusions
from wheatpaste.services.glue.crawl.settings import parse_configuration, settings

POLICY_OF_NEW_FOLDERS = (
    'The SchemaChangePolicy for "Crawl new folders only" Amazon S3 target can have only LOG DeleteBehavior value '
    "and LOG UpdateBehavior value."
)
_S3 = re.compile(r"(?:s3://)?([^/:]+)(?:/(.*))?", re.DOTALL)


def split_path(path: str) -> tuple[str, str]:
    """Bucket and key prefix of an include path; ValueError for what is none."""
    found = _S3.fullmatch(path.strip())
    if found is None:
        raise ValueError(f"Invalid S3 include path: {path!r}")
    return found[1], found[2] or ""


def normalized_targets(targets: Mapping[str, Any]) -> dict[str, Any]:
    """Targets as AWS gives them back: exclusions are a list even where none were given."""
    found = dict(targets)
    if targets.get("S3Targets"):
        found["S3Targets"] = [{"Exclusions": [], **target} for target in targets["S3Targets"]]
    return found


def check_crawler(body: Mapping[str, Any]) -> None:
    """Raise ValueError, with AWS's reason, for a crawler that could never run."""
    targets = body["Targets"]
    s3, catalog, iceberg = (targets.get(kind) or [] for kind in ("S3Targets", "CatalogTargets", "IcebergTargets"))
    if not s3 and not catalog and not iceberg:
        raise ValueError("Crawler must have at least one target.")
    if catalog and (s3 or iceberg):
        raise ValueError("A crawler cannot have both catalog targets and other targets.")
    for target in s3:
        _check_target(target)
    for target in iceberg:
        _check_iceberg(target)
    if body.get("Configuration"):
        parse_configuration(body["Configuration"])
    if not catalog and not body.get("DatabaseName"):
        raise ValueError("Database name cannot be empty: the crawler writes its tables there.")
    _check_policies(body, catalog, iceberg)


def _check_target(target: Mapping[str, Any]) -> None:
    if not target.get("Path"):
        raise ValueError("An S3 target needs a Path.")
    split_path(target["Path"])
    Exclusions(target.get("Exclusions") or [])
    size = target.get("SampleSize")
    if size is not None and not 1 <= size <= 249:
        raise ValueError("SampleSize must be between 1 and 249.")


def _check_iceberg(target: Mapping[str, Any]) -> None:
    if not target.get("Paths"):
        raise ValueError("An Iceberg target needs Paths.")
    for path in target["Paths"]:
        split_path(path)
    Exclusions(target.get("Exclusions") or [])
    depth = target.get("MaximumTraversalDepth")
    if depth is not None and depth < 1:
        raise ValueError("MaximumTraversalDepth must be 1 or more.")


def _check_policies(body: Mapping[str, Any], catalog: list[Any], iceberg: list[Any]) -> None:
    recrawl = (body.get("RecrawlPolicy") or {}).get("RecrawlBehavior")
    policy = body.get("SchemaChangePolicy") or {}
    if catalog and policy.get("DeleteBehavior") != "LOG":
        raise ValueError("The SchemaChangePolicy for a crawler with catalog targets must have DeleteBehavior LOG.")
    if recrawl == "CRAWL_NEW_FOLDERS_ONLY":
        if policy.get("UpdateBehavior") != "LOG" or policy.get("DeleteBehavior") != "LOG":
            raise ValueError(POLICY_OF_NEW_FOLDERS)
        if catalog or iceberg:
            raise ValueError("CRAWL_NEW_FOLDERS_ONLY needs S3 targets.")
    settings(body)


_FIELD = re.compile(r"[0-9A-Z*?/,\-#]+")


def check_schedule(expression: str) -> None:
    """Raise ValueError unless the text has the form ``cron(minutes hours day-of-month month day-of-week year)``."""
    found = re.fullmatch(r"cron\((.*)\)", expression)
    fields = found[1].split() if found else []
    if len(fields) != 6 or not all(_FIELD.fullmatch(field.upper()) for field in fields):
        raise ValueError(f"{expression!r} is no cron expression of six fields")
    if (fields[2] == "?") == (fields[4] == "?"):
        raise ValueError(f"{expression!r}: exactly one of day-of-month and day-of-week must be ?")
