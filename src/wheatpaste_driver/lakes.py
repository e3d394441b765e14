"""Writes to Delta and Hudi: one execution of Spark's is the command that names the place, others inside it count the rows, or none does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Shape = dict[str, Any]
COMMAND = re.compile(
    r"(?:Execute )?(?:SaveIntoDataSourceCommand|AppendDataExecV1|Overwrite\w+ExecV1|InsertIntoHoodie\w+|\w*AsSelect(?:Command)?)\s*$"
)
SAVED = re.compile(r"SaveIntoDataSourceCommand\s+Arguments: (\S+)@\w+, \[(?:.*?, )?path=(.*?)(?:, [\w.]+=.*)?\], \w+$", re.MULTILINE)
# What else names a table: a command's description, by format.
TABLE = re.compile(r"\bDatabase: (\S+)\s+Table: (\S+)")
NAMED = re.compile(r"AsSelect \S+@\w+, ([^,]+),|AsSelectCommand ([^,]+),|Relation ([^\[\s]+)\[")
FORMATS = {"delta": re.compile(r"\.sql\.delta\.|\bDeltaTableV2\("), "hudi": re.compile(r"\.apache\.hudi\.|Hoodie")}


def families(queries: list[Shape]) -> list[list[Shape]]:
    """The executions, each command with those that ran inside it. What ran inside several at once is none's."""
    owned: dict[int, list[Shape]] = {}
    commands: list[Shape] = []
    for query in sorted(queries, key=lambda each: each["executionId"]):
        around = [each for each in commands if _within(query, each)]
        if len(around) == 1:
            owned[around[0]["executionId"]].append(query)
            continue
        owned[query["executionId"]] = [query]
        if _command(query) is not None:
            commands.append(query)
    return list(owned.values())


def _within(query: Shape, command: Shape) -> bool:
    """By time: executions do not name the one around them, only (since Spark 3.4) the outermost, which a stream's batch may be."""
    ended = command.get("completionTime")
    return bool(query.get("rootExecutionId") == command.get("rootExecutionId") and (ended is None or query["submissionTime"] < ended))


def _command(query: Shape) -> Shape | None:
    return next((node for node in query["nodes"] if COMMAND.match(node["name"])), None)


def written(queries: list[Shape], counted: Callable[[Shape], Iterable[Shape]], stages: dict[int, Shape]) -> Iterator[Shape]:
    """What was written: as Spark's own nodes have `counted` it, else by what the stages inside a command put out."""
    for family in families(queries):
        told = [write for query in family for write in counted(query)]
        yield from told or _whole(family, stages)


def _whole(family: list[Shape], stages: dict[int, Shape]) -> Iterator[Shape]:
    command = family[0]
    node = _command(command)
    if node is None or not _succeeded(command):
        return
    saved = SAVED.search(command["physicalPlanDescription"]) if node["name"].rstrip().endswith("SaveIntoDataSourceCommand") else None
    about = saved[1] if saved else node["desc"]
    format = next((name for name, sign in FORMATS.items() if sign.search(about)), "")
    name = saved[2] if saved else _name(about)
    if not format or not name:
        return
    mine = [stages[number] for query in family for number in query.get("stages") or () if number in stages]
    rows, size = (sum(int(each[counter]) for each in mine) for counter in ("outputRecords", "outputBytes"))
    kind = "spark" if rows else format  # Hudi writes by itself: Spark has counted nothing
    counted = {"rows": rows or None, "files": None, "bytes": size}
    yield {"name": name, "kind": kind, "format": format, **counted, "began": command["submissionTime"]}


def _name(about: str) -> str:
    if table := TABLE.search(about):
        return f"{table[1]}.{table[2]}"
    named = NAMED.search(about)
    return next(filter(None, named.groups()), "").replace("`", "") if named else ""


def _succeeded(query: Shape) -> bool:
    if not query.get("completionTime") or query.get("errorMessage"):
        return False
    return all(state == "SUCCEEDED" for state in (query.get("jobs") or {}).values())
