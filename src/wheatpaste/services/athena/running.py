"""One statement as it runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wheatpaste.call import Aws
from wheatpaste.services.athena.outcome import Clock, utc_now

SCANNED_TOO_MUCH = "Query cancelled! : Bytes scanned limit was exceeded"


class CutOff(Exception):
    """The workgroup's limit of scanned bytes would be exceeded."""


@dataclass
class Running:
    """One statement as it runs: who for, in which database, where its result goes."""

    aws: Aws
    execution: str
    database: str
    location: str
    parameters: Sequence[str]
    stopping: Callable[[], bool]
    clock: Clock
    workgroup: str = "primary"
    cutoff: int | None = None
    scanned: int = 0
    started: datetime = field(default_factory=utc_now)
