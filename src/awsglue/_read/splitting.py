"""How a table is read by several tasks at once: conditions that share its rows out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from awsglue.utils import truth

_HASHES = {"postgresql": "hashtext(({0})::text)", "mysql": "crc32({0})", "mariadb": "crc32({0})"}
_REST = {"sqlserver": "({0}) % {1}"}
Spelt = Callable[[str], str]
"""A column as SQL names it."""


def split_predicates(vendor: str, options: Mapping[str, Any], spelt: Spelt = str) -> list[str] | None:
    """One condition per partition; rows whose value is null are in the first, and no value is in none (fractions count as whole)."""
    count = int(options.get("hashpartitions", 7))
    if count < 1:
        raise ValueError(f"hashpartitions must be 1 or more, not {count}")
    if vendor == "redshift" or not (options.get("hashfield") or options.get("hashexpression")):
        return None
    if options.get("hashexpression"):
        key = str(options["hashexpression"])
    elif vendor in _HASHES:
        key = _HASHES[vendor].format(spelt(str(options["hashfield"])))
    else:
        raise NotImplementedError(f"hashfield on {vendor}; use hashexpression")
    place = f"floor(abs({_REST.get(vendor, 'mod({0}, {1})').format(key, count)}))"
    conditions = [f"{place} = {n}" for n in range(count)]
    conditions[0] = f"({conditions[0]} or {place} is null)"
    return conditions


def samples(vendor: str, query: str, options: Mapping[str, Any]) -> list[str]:
    """The sample query as a source; with enablePartitioningForSampleQuery once per partition, whose condition ends the query."""
    query = query.rstrip().rstrip(";")
    if not truth(options.get("enablePartitioningForSampleQuery", False)):
        return [f"({query}) sampled"]
    conditions = split_predicates(vendor, options)
    if not conditions:
        raise ValueError("enablePartitioningForSampleQuery needs hashfield or hashexpression")
    if not re.search(r"\b(where|and)\s*$", query, re.IGNORECASE):
        raise ValueError(f"With enablePartitioningForSampleQuery the sampleQuery must end with `where` or `and`: {query!r}")
    return [f"({query} {condition}) sampled" for condition in conditions]
