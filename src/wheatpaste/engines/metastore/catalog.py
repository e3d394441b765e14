"""What the parts of the front share: the run's principal's view of Glue, and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from wheatpaste.engines.metastore.folders import Folders

Shape = dict[str, Any]


class Platform(Protocol):
    """What the front needs of `wheatpaste.call.Aws`."""

    def client(self, service: str) -> Any: ...


@dataclass(frozen=True)
class Catalog:
    aws: Platform
    warehouse: str  # where the databases appear to be that have no location

    @cached_property
    def glue(self) -> Any:
        return self.aws.client("glue")

    @cached_property
    def folders(self) -> Folders:
        return Folders(self.aws.client("s3"))

    def table(self, database: str, name: str) -> Shape:
        found: Shape = self.glue.get_table(DatabaseName=database, Name=name)["Table"]
        return {**found, "DatabaseName": found.get("DatabaseName", database)}


def pages(operation: Callable[..., Shape], key: str, **members: Any) -> Iterator[Shape]:
    """Every item of a paged operation."""
    while True:
        answer = operation(**members)
        yield from answer.get(key, ())
        if not answer.get("NextToken"):
            return
        members["NextToken"] = answer["NextToken"]
