"""What a step function is handed, and what it returns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from wheatpaste.service import Shape
from wheatpaste.tasks.table import identity, tasks

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.call import Aws, Call
    from wheatpaste.store.db import Database

Commit = Callable[["Call"], None]


@dataclass(frozen=True)
class Next:
    """Go on in ``state`` with ``data``, ``after`` seconds; ``commit(call)`` runs in the transaction that moves the task."""

    state: str
    data: Shape = field(default_factory=dict)
    after: float = 0.0
    commit: Commit | None = None


@dataclass(frozen=True)
class Done:
    """The work is done; ``commit(call)`` runs in the transaction that deletes the task."""

    commit: Commit | None = None


class Step:
    """One state of one task, claimed by this server."""

    def __init__(self, app: "App", row: Row[Any], aws: "Aws") -> None:
        self.app = app
        self.row = row
        self.aws = aws  # as the root of the task's account; ``aws.as_role(arn)`` for a role

    @property
    def db(self) -> "Database":
        """The database: ``step.db.read(fn)``, ``step.db.write(fn)``."""
        return self.app.db

    @property
    def key(self) -> str:
        """The task's key, as given to ``call.start``."""
        return str(self.row.key)

    @property
    def state(self) -> str:
        """The state to work on: ``start`` at first, then what ``Next`` said."""
        return str(self.row.state)

    @property
    def data(self) -> Shape:
        """What ``call.start`` or the last ``Next`` left."""
        found: Shape = self.row.data
        return found

    @property
    def account(self) -> str:
        """The task's account."""
        return str(self.row.account)

    @property
    def region(self) -> str:
        """The task's region."""
        return str(self.row.region)

    @property
    def again(self) -> bool:
        """Whether a server that is gone had claimed this very state: work with side effects must end FAILED now."""
        return int(self.row.claims) > 1

    def stopping(self) -> bool:
        """Whether somebody asked the task to stop, or the server ends."""
        if self.app.ending.is_set():
            return True
        return bool(self.app.db.read(lambda c: c.execute(select(tasks.c.stopping).where(identity(self.row))).scalar()))
