"""What the inspector says about one file: JSON between the processes, a frozen value on both sides."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from wheatpaste.services.glue.crawl.types import Column

UNKNOWN = "UNKNOWN"  # AWS's classification of what no classifier recognizes


@dataclass(frozen=True)
class Finding:
    """Format and schema of one file.

    ``storage`` names the formats and the SerDe (``storage.STORAGE``); ``parameters`` go to the table, ``serde`` to the SerDe.
    """

    classification: str
    storage: str
    columns: tuple[Column, ...]
    records: int = 0
    record_size: int = 0
    compression: str = "none"
    parameters: Mapping[str, str] = field(default_factory=dict)
    serde: Mapping[str, str] = field(default_factory=dict)
    warning: str = ""  # what a user of the table should know

    @property
    def identity(self) -> tuple[str, ...]:
        """What files must share to be read as one table, apart from their columns."""
        return (
            self.classification,
            self.compression,
            self.storage,
            self.parameters.get("delimiter", ""),
            self.parameters.get("grokPattern", ""),
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


def from_json(found: Mapping[str, Any]) -> Finding:
    """The finding that ``to_json`` wrote."""
    return Finding(**{**found, "columns": tuple((name, kind) for name, kind in found["columns"])})


class UnreadableError(Exception):
    """A file that says it is of a format and cannot be read as such."""
