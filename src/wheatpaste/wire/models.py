"""botocore's models, loaded at a service's first use, with our repairs merged in.

The repairs are data, ``patches.json``: where AWS sends or accepts what its model denies.
"""

from __future__ import annotations

import json
import threading
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from wheatpaste.wire.errors import UnknownOperation, UnknownService
from wheatpaste.wire.index_generated import SERVICES

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel

_lock = threading.Lock()
_models: dict[str, ServiceModel] = {}


def service_model(service: str) -> ServiceModel:
    """The model of a service that we name; raises UnknownService."""
    found = _models.get(service)
    if found is None:
        if service not in SERVICES:
            raise UnknownService(f"wheatpaste has no service {service}")
        with _lock:
            found = _models.get(service) or _load(service)
            _models[service] = found
    return found


@cache
def operation_model(service: str, operation: str | None) -> OperationModel:
    """The model of an operation; raises UnknownOperation, as AWS does, for one that the service lacks."""
    if operation is None or operation not in SERVICES[service].operations:
        asked = f"operation {operation}" if operation else "operation for this method and path"
        raise UnknownOperation(f"{service} has no {asked}")
    return service_model(service).operation_model(operation)


class ModelledError(NamedTuple):
    """What a model says of an error."""

    code: str
    status: int
    shape: Any


def modelled_error(service: str, name: str) -> ModelledError | None:
    """The modelled error of that code or shape name."""
    return _errors(service_model(service)).get(name)


@cache
def _errors(model: ServiceModel) -> dict[str, ModelledError]:
    found: dict[str, ModelledError] = {}
    for shape in model.error_shapes:
        fault = shape.metadata.get("fault") and not shape.metadata.get("error", {}).get("senderFault")
        traits = shape.metadata.get("error", {})
        modelled = ModelledError(traits.get("code", shape.name), traits.get("httpStatusCode", 500 if fault else 400), shape)
        found.setdefault(modelled.code, modelled)
        found[shape.name] = modelled
    return found


def error_of(model: ServiceModel, name: str) -> ModelledError | None:
    """``modelled_error`` for a model in hand."""
    return _errors(model).get(name)


def _load(service: str) -> ServiceModel:
    # botocore takes 0.2 s to import: at the first request, not at start-up.
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    description: dict[str, Any] = Loader().load_service_model(service, "service-2")
    for patch in _patches().get(service, ()):
        _apply(description, patch)
    return ServiceModel(description, service)


@cache
def _patches() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = json.loads((files("wheatpaste.wire") / "patches.json").read_text())
    return found


def _apply(description: dict[str, Any], patch: dict[str, Any]) -> None:
    """``{"at": [keys…], "set": value}`` puts a value there, ``{"at": [keys…], "remove": true}`` takes one away; ``why`` is for people."""
    *path, last = patch["at"]
    node: Any = description
    for key in path:
        node = node[key]
    if patch.get("remove"):
        del node[last]
    else:
        node[last] = patch["set"]
