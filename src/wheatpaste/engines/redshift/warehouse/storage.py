"""How COPY and UNLOAD reach S3: an interface, so that the warehouse knows nothing of the platform's services."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from wheatpaste.engines.redshift.dialect.credentials import Credentials


@dataclass(frozen=True)
class Source:
    """One object: its s3:// URL, its size, and the file that holds its bytes."""

    url: str
    size: int
    path: Path
    blob: Any = None  # what the storage itself knows it by


class Storage(Protocol):
    """Reads and writes objects as a role or with keys."""

    def find(self, url: str, credentials: Credentials) -> list[Source]:
        """The objects whose key begins as ``url`` says, in the order of their keys. Raises SqlError."""

    def holding(self, sources: Sequence[Source]) -> AbstractContextManager[None]:
        """Keep the files while they are read, whatever becomes of the objects."""

    def exists(self, url: str, credentials: Credentials) -> bool:
        """Whether any object's key begins so."""

    def write(self, url: str, path: Path, credentials: Credentials) -> None:
        """Put a file's bytes. Raises SqlError."""

    def remove(self, url: str, credentials: Credentials) -> None:
        """Delete the objects whose key begins so."""
