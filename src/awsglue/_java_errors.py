"""What a Java exception says, which py4j and Spark show amid a hundred lines of their own."""

from __future__ import annotations

from typing import Any


def causes(error: BaseException) -> list[Any]:
    """The Java exceptions behind one of py4j's or Spark's, the outermost first; none behind another."""
    java = getattr(error, "java_exception", None) or getattr(error, "_origin", None)
    found = []
    while java is not None:
        found.append(java)
        java = java.getCause()
    return found


def message(java: Any) -> str:
    """The message of a Java exception, or its class where there is none."""
    return str(java.getMessage() or java.toString())
