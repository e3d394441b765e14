"""What an operation is handed (``Call``), and how a part of the platform calls an operation without HTTP (``Aws``, ``Client``)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection

from wheatpaste import ids
from wheatpaste.auth.principals import Principal, assumed_role, root
from wheatpaste.events.outbox import put_event
from wheatpaste.service import Operation, Shape
from wheatpaste.tasks import table as tasks

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.store.blobs import Blobs
    from wheatpaste.store.secrets import Secrets

Row = TypeVar("Row")
GLOBAL = "aws-global"


@dataclass(frozen=True)
class Origin:
    """Where a call came from, for the audit record and for events."""

    request_id: str = field(default_factory=ids.request_id)
    source_ip: str = "127.0.0.1"
    user_agent: str = "wheatpaste"


@dataclass(frozen=True)
class Aws:
    """The platform as one principal sees it in one account and region; what tasks, engines and the relay are handed."""

    app: "App"
    account: str
    region: str
    principal: Principal
    origin: Origin = field(default_factory=Origin)
    connection: Connection | None = None  # set inside a call: joins its transaction

    def call(self, service: str, operation: str, shape: Shape | None = None) -> Shape:
        """The answer of one operation, by botocore's names; raises the modelled ``AwsError``."""
        return self.app.perform(self, service, operation, shape or {})

    def client(self, service: str) -> "Client":
        """``client("glue").get_table(DatabaseName=…, Name=…)``: the operations of one service as methods."""
        return Client(self, service)

    def as_role(self, role: str, session: str = "wheatpaste") -> "Aws":
        """The same platform with the permissions of a role (its ARN, or its name in this account)."""
        return replace(self, principal=assumed_role(self.account, role, session), connection=None)

    def in_region(self, region: str) -> "Aws":
        """The same principal in another region."""
        return replace(self, region=region)


class Client:
    """One service's operations as methods in snake case, members as keywords, shapes as answers."""

    def __init__(self, aws: Aws, service: str) -> None:
        self._aws = aws
        self._service = service

    def __getattr__(self, name: str) -> Callable[..., Shape]:
        if name.startswith("_"):
            raise AttributeError(name)
        operation = self._aws.app.operation_name(self._service, name)
        return lambda **members: self._aws.call(self._service, operation, members)


def present() -> datetime:
    """The present, to the millisecond."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class Call:
    """One operation's surroundings: who calls, where, when, and the transaction it runs in."""

    __slots__ = ("_now", "account", "app", "aws_as_caller", "db", "operation", "principal", "region", "service")

    def __init__(self, aws: Aws, operation: Operation, db: Connection) -> None:
        self.aws_as_caller = aws
        self.app: App = aws.app
        self.account = aws.account  # 12 digits
        self.principal = aws.principal
        self.operation = operation
        self.service = operation.service
        self.region = GLOBAL if aws.app.is_global(operation.service) else aws.region
        self.db = db
        self._now: datetime | None = None

    @property
    def now(self) -> datetime:
        """The call's time: the present at its first look, to the millisecond, as AWS gives it."""
        if self._now is None:
            self._now = present()
        return self._now

    @property
    def time(self) -> str:
        """The call's time as events and audit records have it: ``2026-01-31T09:30:00Z``."""
        return f"{self.now.isoformat(timespec='seconds')[:-6]}Z"

    @property
    def request_id(self) -> str:
        """The request's id, as the client sees it."""
        return self.aws_as_caller.origin.request_id

    @property
    def secrets(self) -> "Secrets":
        """Seals and opens secret members."""
        return self.app.secrets

    @property
    def blobs(self) -> "Blobs":
        """The object store's bytes."""
        return self.app.blobs

    def catalog(self, req: Shape) -> str:
        """The Data Catalog that a request names: ``CatalogId``, or the caller's account."""
        return str(req.get("CatalogId") or self.account)

    def aws(self, service: str) -> Client:
        """Another service, as the caller and inside this call's transaction."""
        return Client(replace(self.aws_as_caller, connection=self.db), service)

    def as_account(self) -> Aws:
        """The platform as the account's root, inside this call's transaction: for what a service does on its own behalf."""
        return replace(self.aws_as_caller, principal=root(self.account), connection=self.db)

    def emit(self, detail_type: str, detail: Shape, *, source: str = "", resources: Sequence[str] = ()) -> None:
        """Put an event into the outbox, in this transaction; ``source`` defaults to ``aws.<service>``."""
        put_event(self, detail_type, detail, source or f"aws.{self.service}", resources)

    def start(self, kind: str, key: str, data: Shape | None = None, *, run_at: float = 0.0, service: str = "") -> None:
        """Start a durable task in this transaction.

        ``run_at`` is in epoch seconds. Raises ``IntegrityError`` when a task of that kind and key lives: the unique key decides.
        """
        tasks.start(self.db, self.account, self.aws_as_caller.region, service or self.service, kind, key, data or {}, run_at, self.now)

    def stop(self, kind: str, key: str, *, service: str = "") -> bool:
        """Ask a task to stop (its step sees ``step.stopping()``); False when there is none."""
        return tasks.stop(self.db, self.account, self.aws_as_caller.region, service or self.service, kind, key)

    def require(self, action: str, arn: str, context: Shape | None = None) -> None:
        """Raise AccessDenied unless the caller may do ``action`` (``glue:GetTable``) on ``arn``."""
        self.app.authorizer.require(self, action, arn, context or {})

    def visible(self, rows: Iterable[Row], action: str, arn_of: Callable[[Row], str]) -> list[Row]:
        """Those of ``rows`` on which the caller may do ``action``."""
        return [row for row in rows if self.app.authorizer.allows(self, action, arn_of(row), {})]
