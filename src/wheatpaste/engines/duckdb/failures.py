"""What DuckDB's errors mean to the one who asked: Trino's names, as far as they can be told."""

import re
from typing import Any

import duckdb

RAISED = re.compile(r"!trino!([A-Z_]+): (.*?)' to BOOL", re.S)
REFUSED = re.compile(r"!refused!(.*)", re.S)
GROUPED = re.compile(r'column "?(.+?)"? must appear in the GROUP BY clause|must appear in the GROUP BY', re.I)


class LakeError(Exception):
    """A query that gives no result; ``detail`` is ``{"name": …, "message": …}`` and reaches the server as it is."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.detail: dict[str, Any] = {"name": name, "message": message}


KINDS: tuple[tuple[type[Exception], str], ...] = (
    (duckdb.OutOfMemoryException, "EXCEEDED_LOCAL_MEMORY_LIMIT"),
    (duckdb.InterruptException, "USER_CANCELED"),
    (duckdb.OutOfRangeException, "NUMERIC_VALUE_OUT_OF_RANGE"),
    (duckdb.ConversionException, "INVALID_CAST_ARGUMENT"),
    (duckdb.IOException, "HIVE_CURSOR_ERROR"),
)


def explained(error: duckdb.Error) -> LakeError:
    """The LakeError of one of DuckDB's."""
    message = str(error)
    if found := RAISED.search(message):
        return LakeError(found[1], found[2])
    if found := REFUSED.search(message):
        return LakeError("NOT_SUPPORTED", f"wheatpaste refuses {found[1].splitlines()[0]}: it cannot answer it exactly as Athena does")
    if GROUPED.search(message):
        return LakeError(
            "EXPRESSION_NOT_AGGREGATE", "an expression of the select list must be an aggregate expression or appear in GROUP BY clause"
        )
    if "TRY can not be used in combination with a volatile" in message:
        return LakeError("NOT_SUPPORTED", "wheatpaste refuses TRY around this: it cannot tell a failure from what it refuses there")
    if "More than one row returned by a subquery" in message:
        return LakeError("SUBQUERY_MULTIPLE_ROWS", "Scalar sub-query has returned multiple rows")
    if isinstance(error, duckdb.InvalidInputException) and "Parquet" in message:
        return LakeError("HIVE_CANNOT_OPEN_SPLIT", message.splitlines()[0])
    for kind, name in KINDS:
        if isinstance(error, kind):
            return LakeError(name, message.splitlines()[0])
    return LakeError("GENERIC_INTERNAL_ERROR", message)
