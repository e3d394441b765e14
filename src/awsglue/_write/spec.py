"""What a script asked to be written, in one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from awsglue.utils import truth


@dataclass
class WriteSpec:
    """A sink: its connection type and options, its format and that one's options, and the catalog table it keeps up to date."""

    connection_type: str
    options: Mapping[str, Any]
    format: str | None = None
    format_options: Mapping[str, Any] = field(default_factory=dict)
    database: str | None = None
    table: str | None = None
    catalog_id: str | None = None

    @property
    def partition_keys(self) -> list[str]:
        given = self.options.get("partitionKeys") or []
        return [given] if isinstance(given, str) else list(given)

    @property
    def updates_catalog(self) -> bool:
        return truth(self.options.get("enableUpdateCatalog", False))

    @property
    def update_behavior(self) -> str:
        """UPDATE_IN_DATABASE (the default) or LOG."""
        given = str(self.options.get("updateBehavior") or "UPDATE_IN_DATABASE").upper()
        if given not in ("UPDATE_IN_DATABASE", "LOG"):
            raise ValueError(f"updateBehavior must be UPDATE_IN_DATABASE or LOG, not {given}")
        return given
