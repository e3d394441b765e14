"""What a statement can end with.

DialectError        name (Trino's error name), message
  ├─ SqlError       the statement is wrong, as Trino would say
  └─ Refused        the statement may be right, but wheatpaste cannot answer it exactly, so it does not answer at all
"""

from typing import Any


class DialectError(Exception):
    """A statement that gives no result."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message

    @property
    def reason(self) -> str:
        """What Athena puts into StateChangeReason."""
        return f"{self.name}: {self.message}"


class SqlError(DialectError):
    """An error that Trino itself reports; ``node`` (a sqlglot expression) gives the position."""

    def __init__(self, name: str, message: str, node: Any = None) -> None:
        super().__init__(name, f"{position(node)}{message}")


class Refused(DialectError):
    """Something that is valid in Athena and not exact here: never answered with a guess."""

    def __init__(self, what: str, node: Any = None) -> None:
        super().__init__("NOT_SUPPORTED", f"{position(node)}wheatpaste refuses {what}: it cannot answer it exactly as Athena does")


def position(node: Any) -> str:
    """``line 1:8: `` of a node, or of the first one below it that knows where it is."""
    if node is None:
        return ""
    known = [each.meta for each in node.walk(bfs=False) if "line" in each.meta and "start" in each.meta]
    if not known:
        return ""
    first = min(known, key=lambda meta: int(meta["start"]))
    return f"line {first['line']}:{first['col'] - (first['end'] - first['start'])}: "
