"""The registry: a service is a name, its operations and its tasks; each operation is one function.

``@glue.operation(...)`` takes botocore's operation name from the function's own; a name that AWS's model lacks fails at import, against
the generated index, so that no model is loaded for the check.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, TypeVar

from wheatpaste.wire.index_generated import SERVICES as INDEX

if TYPE_CHECKING:
    from sqlalchemy import Table

    from wheatpaste.call import Call
    from wheatpaste.tasks.step import Done, Next, Step

Shape: TypeAlias = dict[str, Any]
Function: TypeAlias = "Callable[[Call, Any], Any]"  # each has shapes of its own: see shapes_generated.py beside it
Resource: TypeAlias = "Callable[[Call, Any], Any]"
F = TypeVar("F", bound=Function)
Class = Literal["executed", "stored", "refused"]


class Empty(TypedDict):
    """The answer of an operation for which AWS models none."""


SERVICES: dict[str, Service] = {}

BUILT = ("s3", "glue", "athena", "redshift", "redshift-data", "redshift-serverless", "iam", "sts", "logs", "cloudwatch")
"""The services with a folder under ``services/``: adding one is adding its folder and its name here."""


@dataclass(frozen=True)
class Operation:
    """One operation as the request path needs it."""

    service: str
    name: str
    fn: Function
    reads: bool
    stored: tuple[str, ...]
    refused: tuple[str, ...]
    resource: Resource | None
    kind: Class
    point: bool = False


@dataclass(frozen=True)
class TaskKind:
    """One kind of durable task: its step function, and what to do when it fails."""

    service: str
    name: str
    step: Callable[[Step], Next | Done]
    again: bool
    failed: Callable[[Call, str, Shape, Exception], None] | None


@dataclass
class Service:
    """An AWS service by botocore's name; ``scope="global"`` for services without regions (IAM, STS's account data)."""

    name: str
    scope: Literal["regional", "global"] = "regional"
    data_events: frozenset[str] = frozenset()  # operations on data, which CloudTrail does not record by default
    tables: tuple[Table, ...] = ()  # created at the service's first use; default: the tables of its schema modules
    operations: dict[str, Operation] = field(default_factory=dict)
    tasks: dict[str, TaskKind] = field(default_factory=dict)
    starts: list[Callable[[Any], None]] = field(default_factory=list)
    cors: Callable[[Any, str, str, str, list[str]], dict[str, str] | None] | None = None  # (connection, bucket, origin, method, headers)

    def __post_init__(self) -> None:
        self._names = operation_names(self.name)
        SERVICES[self.name] = self

    @property
    def package(self) -> str:
        """The Python package of the service."""
        return f"wheatpaste.services.{self.name.replace('-', '_')}"

    def operation(
        self,
        *,
        resource: Resource | None = None,
        reads: bool = False,
        point: bool = False,
        stored: Iterable[str] = (),
        refused: Iterable[str] = (),
        only_stored: bool = False,
    ) -> Callable[[F], F]:
        """Register the decorated function as the operation of its name.

        ``point``: a read of a few rows by their keys, so short that it runs on the event loop: handing it to a thread takes longer.
        ``only_stored`` publishes the whole operation as *stored*: it keeps and returns what it was given, and has no effect yet.
        """

        def register(fn: F) -> F:
            try:
                name = self._names[fn.__name__]
            except KeyError:
                raise NameError(f"{self.name} has no operation {fn.__name__} (see wire/index_generated.py)") from None
            kind: Class = "stored" if only_stored else "executed"
            self.operations[name] = Operation(self.name, name, fn, reads or point, tuple(stored), tuple(refused), resource, kind, point)
            return fn

        return register

    def task(
        self, name: str, *, again: bool = False, failed: Callable[[Call, str, Shape, Exception], None] | None = None
    ) -> Callable[[Callable[[Step], Next | Done]], Callable[[Step], Next | Done]]:
        """Register a task kind; ``again``: its work may be repeated after a crash (see tasks/runner.py)."""

        def register(step: Callable[[Step], Next | Done]) -> Callable[[Step], Next | Done]:
            self.tasks[name] = TaskKind(self.name, name, step, again, failed)
            return step

        return register

    def on_start(self, fn: Callable[[Any], None]) -> Callable[[Any], None]:
        """Run ``fn(app)`` in a background thread when a server starts on a home where the service was used."""
        self.starts.append(fn)
        return fn


def chosen(shape: Mapping[str, Any], members: Iterable[str]) -> Shape:
    """Those of the members that the shape has."""
    return {member: shape[member] for member in members if shape.get(member) is not None}


@cache
def operation_names(service: str) -> dict[str, str]:
    """botocore's operation names of a service, by their snake case."""
    return {snake_case(name): name for name in INDEX[service].operations}


def snake_case(operation: str) -> str:
    """botocore's snake case of an operation's name (``ListObjectsV2`` → ``list_objects_v2``)."""
    from botocore import xform_name

    return str(xform_name(operation))


def load(name: str) -> Service | None:
    """The service of that name, imported at its first use; None when it has no folder here."""
    if name not in SERVICES and name in BUILT:
        try:
            importlib.import_module(f"wheatpaste.services.{name.replace('-', '_')}")
        except BaseException:
            SERVICES.pop(name, None)  # half a service would answer that the rest is not implemented
            raise
    return SERVICES.get(name)
