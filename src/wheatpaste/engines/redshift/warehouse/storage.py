"""How COPY and UNLOAD reach S3, and external schemas the catalog: interfaces; the warehouse knows nothing of the platform's services."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from wheatpaste.engines.redshift.dialect.credentials import Credentials
from wheatpaste.engines.redshift.dialect.external import ExternalSchema
from wheatpaste.engines.scan import Scan


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


class Lake(Protocol):
    """The Data Catalog behind external schemas, as the role that each names."""

    def table(self, schema: ExternalSchema, name: str) -> Mapping[str, Any]:
        """A table as GetTable gives it. Raises SqlError 42P01."""

    def tables(self, schema: ExternalSchema) -> Iterator[Mapping[str, Any]]:
        """All tables of a schema."""

    def create_database(self, schema: ExternalSchema) -> None:
        """Make the schema's database unless it is there."""

    def drop_database(self, schema: ExternalSchema) -> None:
        """Remove the schema's database from the catalog."""

    def scan(self, schema: ExternalSchema, table: Mapping[str, Any], predicate: str) -> Scan:
        """The files of a table's partitions that the expression selects. Raises SqlError."""

    def holding(self, found: Sequence[Scan]) -> AbstractContextManager[None]:
        """Keep the files while they are read."""
