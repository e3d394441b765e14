"""``Wait``: what an operation returns whose answer takes time; the edge waits, holding neither a thread nor a transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wheatpaste.service import Shape

if TYPE_CHECKING:
    from wheatpaste.call import Call


@dataclass(frozen=True)
class Wait:
    """``ready(call)`` is asked every ``every`` seconds until it gives the answer; after ``seconds``, ``expired`` is raised."""

    ready: "Callable[[Call], Shape | None]"
    expired: Exception
    seconds: float = 60.0
    every: float = 0.05
