"""The request path as one list, and the server that holds the parts together.

Bytes → ``route`` finds service and operation → ``authenticate`` gives a principal → ``receive`` takes the body → ``parse`` makes the AWS
shape → ``authorize`` → ``validate`` → ``execute`` runs the operation's function inside one transaction and leaves its audit record there →
``render``.
"""

import logging
import secrets
import shutil
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, inspect

from wheatpaste import audit, checks
from wheatpaste import service as registry
from wheatpaste.auth.authorize import Authorizer
from wheatpaste.auth.certificates import Certificates
from wheatpaste.auth.keyring import Keyring
from wheatpaste.auth.principals import root
from wheatpaste.auth.schema import run_tokens
from wheatpaste.call import Aws, Call, present
from wheatpaste.config import Config
from wheatpaste.edge import stages
from wheatpaste.edge.exchange import Exchange
from wheatpaste.engines.budget import Budget
from wheatpaste.engines.supervisor import Supervisor
from wheatpaste.events.relay import Relay
from wheatpaste.service import Operation, Service, Shape
from wheatpaste.store.blobs import Blobs
from wheatpaste.store.db import metadata, open_database
from wheatpaste.store.secrets import Secrets
from wheatpaste.tasks.runner import Runner
from wheatpaste.wait import Wait, answered
from wheatpaste.wire.errors import NotImplementedByWheatpaste
from wheatpaste.wire.models import operation_model
from wheatpaste.wire.validate import validate
from wheatpaste.wire.written import plain

log = logging.getLogger(__name__)
T = TypeVar("T")
Lane = Literal["point", "read", "write"]
"""``point``: so short a read that a thread which waits for its answer may do it, the event loop too; ``read``: a pool's thread, which may
take its time; ``write``: the writer."""
RESET_PATIENCE = 30.0  # seconds for running tasks to stop

STAGES: tuple[Callable[[Exchange], Awaitable[None]], ...] = (
    stages.route,
    stages.authenticate,  # before the body of an object is read: what is refused costs nothing
    stages.receive,
    stages.parse,
    stages.execute,  # App.admit (validate, refuse), then App.run in one transaction: authorize, the operation's function, audit
    stages.render,
)


class NeedsServiceError(Exception):
    """A call inside a transaction named a service whose tables do not exist yet: create them outside, then run the call again."""


class App:
    """One server: the parts, and the way from (principal, operation, shape) to an answer, which HTTP and internal callers share."""

    def __init__(self, config: Config, supervisor: Supervisor | None = None) -> None:
        self.config = config
        self.ending = threading.Event()
        self.requests: Counter[str] = Counter()  # answered since the start, by service:operation, for people
        self.started = present()
        self.token = secrets.token_urlsafe(24)  # asked for under --auth signed by what AWS has no API for
        self.endpoint = ""  # http://host:port, once the edge listens
        self.own_hosts = ("localhost", *([config.hostname] if config.hostname else []))  # a further label in front is a bucket
        self.loop: Any = None  # the edge's event loop, once it runs
        config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.supervisor = supervisor or Supervisor()
        self.db = open_database(config.database_url, config.home)
        self.secrets = Secrets(config.home / "secret.key")
        self.blobs = Blobs(config.home / "objects", config.cache_dir / "blobs")
        self.certificates = Certificates(config.home / "certificates")
        self.budget = Budget(config.memory, config.cores)
        self.keyring = Keyring(self)
        self.authorizer = Authorizer()
        self.runner = Runner(self)
        self.relay = Relay(self)
        self.engines: dict[str, Any] = {}  # what services keep running, by a name of theirs (see ``engine``)
        self._engines_lock = threading.Lock()
        self._ready: set[str] = set()
        self._ready_lock = threading.Lock()

    # -- services and operations

    def service(self, name: str, connection: Connection | None = None) -> Service:
        """A service that is built, imported and with its tables made at its first use.

        Raises NotImplementedByWheatpaste for one that is only named; NeedsServiceError inside a transaction, when the tables are still to
        be made.
        """
        if name not in self._ready:
            if connection is not None:
                raise NeedsServiceError(name)
            with self._ready_lock:
                if registry.load(name) is None:
                    raise NotImplementedByWheatpaste(name)
                self.db.ensure(list(metadata.tables.values()))
                self._ready.add(name)
        return registry.SERVICES[name]

    def operation(self, service: str, name: str, connection: Connection | None = None) -> Operation:
        """A built operation; raises NotImplementedByWheatpaste, which names it, for any other."""
        found = self.service(service, connection).operations.get(name)
        if found is None:
            raise NotImplementedByWheatpaste(f"{service}:{name}")
        return found

    def operation_name(self, service: str, snake: str) -> str:
        """botocore's name of an operation in snake case."""
        try:
            return registry.operation_names(service)[snake]
        except KeyError:
            raise AttributeError(f"{service} has no operation {snake}") from None

    def is_global(self, service: str) -> bool:
        """Whether the service's resources belong to no region."""
        return registry.SERVICES[service].scope == "global"

    def engine(self, name: str, make: Callable[[], T]) -> T:
        """The engine of that name, made by ``make`` at its first use and closed when the server ends (its ``close()``)."""
        with self._engines_lock:
            if name not in self.engines:
                self.engines[name] = make()
            found: T = self.engines[name]
            return found

    # -- calls

    def as_root(self, account: str, region: str) -> Aws:
        """The platform as an account's root."""
        return Aws(self, account, region, root(account))

    def perform(self, aws: Aws, service: str, name: str, shape: Shape) -> Shape:
        """One operation's answer, without HTTP: the same checks, authorization, transaction and audit."""
        operation = self.operation(service, name, aws.connection)
        self.admit(operation, shape)
        work, lane = self.work(aws, operation, shape)
        if aws.connection is not None:
            with aws.connection.begin_nested():
                return plain(work(aws.connection))
        answer = self.again(lambda: (self.db.write if lane == "write" else self.db.read)(work))
        return answered(self, answer, lambda c: Call(aws, operation, c)) if isinstance(answer, Wait) else plain(answer)

    def work(self, aws: Aws, operation: Operation, shape: Shape) -> tuple[Callable[[Connection], Shape], Lane]:
        """What an operation does in its transaction, and where that may run."""
        lane: Lane = "write" if not operation.reads else "point" if operation.point and not self.db.shared else "read"
        return lambda connection: self.run(Call(aws, operation, connection), shape), lane

    def transact(self, aws: Aws, operation: Operation, fn: Callable[[Call], T]) -> T:
        """``fn(call)`` in one write transaction."""
        return self.again(lambda: self.db.write(lambda c: fn(Call(aws, operation, c))))

    def again(self, fn: Callable[[], T]) -> T:
        """``fn()``, repeated after the tables of a service that it needed were made."""
        for _ in range(len(registry.BUILT)):
            try:
                return fn()
            except NeedsServiceError as needed:
                self.service(str(needed))
        return fn()

    def admit(self, operation: Operation, shape: Shape) -> None:
        """Raise the AWS error for a shape that breaks the model, or that gives a member which is refused."""
        validate(operation_model(operation.service, operation.name), shape)
        checks.refuse(operation, shape)

    def run(self, call: Call, shape: Shape) -> Shape:
        """Authorize, run the function, leave the audit record: inside the transaction of ``call``."""
        operation = call.operation
        self.authorizer.authorize(call, shape)
        answer: Shape = operation.fn(call, shape)
        if not operation.reads and operation.name not in registry.SERVICES[operation.service].data_events:
            audit.record(call, shape, answer)
        return answer

    # -- life

    def start(self) -> None:
        """Make the core's tables and start the task runner and the relay."""
        self.db.ensure(list(metadata.tables.values()))
        self.started = present()
        if not self.db.shared:  # the runs of a server that is gone are gone with it
            self.db.write(lambda c: c.execute(run_tokens.delete()) and None)
        self.runner.start()
        self.relay.start()
        threading.Thread(target=self._start_services, name="start", daemon=True).start()

    def _start_services(self) -> None:
        existing = set(self.db.read(lambda c: inspect(c).get_table_names()))
        for name in registry.BUILT:
            prefix = name.split("-")[0] + "_"
            if any(table.startswith(prefix) for table in existing) or (name == "glue" and self.config.warm > 0):
                for begin in self.service(name).starts:
                    begin(self)

    def close(self) -> None:
        """End: steps in hand return, engines close, children end."""
        self.ending.set()
        self.db._tell({"stopping", "tasks"})
        self.budget.close()
        for engine in list(self.engines.values()):
            getattr(engine, "close", lambda: None)()
        self.runner.stop()
        self.relay.stop()
        self.supervisor.close()
        self.db.close()

    def reset(self) -> None:
        """Empty everything: stop what runs, close the engines, then every table of every service and every folder that belongs to them.

        Raises TimeoutError, with everything still there, when a task does not stop.
        """
        with self.runner.paused(RESET_PATIENCE):
            with self._engines_lock:
                for engine in self.engines.values():
                    getattr(engine, "close", lambda: None)()
                self.engines.clear()
            existing = set(self.db.read(lambda c: inspect(c).get_table_names()))
            self.db.write(lambda c: [c.execute(table.delete()) for table in metadata.sorted_tables if table.name in existing] and None)
            for folder in ("runs", "warehouses", "databases"):
                shutil.rmtree(self.config.home / folder, ignore_errors=True)
            self.keyring.forget()
