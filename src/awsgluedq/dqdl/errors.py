"""What is wrong with a DQDL document, and where."""

from __future__ import annotations

from awsgluedq.dqdl.model import Position


class DqdlError(ValueError):
    """An invalid ruleset. `line` and `column` count from 1; None where the whole document is meant."""

    def __init__(self, message: str, position: Position | None = None) -> None:
        self.line = position.line if position else None
        self.column = position.column if position else None
        super().__init__(f"line {self.line}, column {self.column}: {message}" if position else message)
