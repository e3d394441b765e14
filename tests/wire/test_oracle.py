"""For every operation of every service we name: what botocore sends we read to the same values, and what we send it reads so too."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import OperationModel
from tests.wire.clients import receive, send
from tests.wire.values import Values

from wheatpaste.wire.index_generated import SERVICES
from wheatpaste.wire.models import operation_model, service_model
from wheatpaste.wire.protocols import PROTOCOLS
from wheatpaste.wire.route import route

SAME_REQUEST = {  # operations whose requests differ in nothing but their host
    ("s3", "ListDirectoryBuckets"): "ListBuckets",
    ("s3", "GetBucketLifecycle"): "GetBucketLifecycleConfiguration",
    ("s3", "GetBucketNotification"): "GetBucketNotificationConfiguration",
    ("s3", "PutBucketLifecycle"): "PutBucketLifecycleConfiguration",
    ("s3", "PutBucketNotification"): "PutBucketNotificationConfiguration",
}
NOT_FROM_THE_MODEL = {
    ("s3", "GetBucketLocation"),  # the root is the value: botocore reads it in a handler (test_rest_xml has it)
    ("quicksight", "DeleteSpace"),  # modelled as 204 with a body, which HTTP does not have
    ("s3", "GetBucketNotification"),  # deprecated and never routed to; its model names one element twice
}
OWN_SCOPE = {("s3control", "CreateBucket"): "s3-outposts"}  # what the endpoint rules sign for
CASES = [(name, protocol) for name, entry in SERVICES.items() for protocol in entry.protocols]


def operations(service: str) -> Iterator[OperationModel]:
    """The operations of a service."""
    model = service_model(service)
    return (model.operation_model(name) for name in model.operation_names)


def differences(wanted: Any, got: Any, path: str = "") -> Iterator[str]:
    """Where two shapes differ."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in wanted.keys() | got.keys():
            if key not in wanted or key not in got:
                yield f"{path}.{key}: {'missing' if key in wanted else 'extra'}"
            else:
                yield from differences(wanted[key], got[key], f"{path}.{key}")
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for at, (a, b) in enumerate(zip(wanted, got, strict=True)):
            yield from differences(a, b, f"{path}[{at}]")
    elif wanted != got:
        yield f"{path}: {wanted!r} became {got!r}"


@pytest.mark.parametrize(("service", "protocol"), CASES)
def test_requests(service: str, protocol: str) -> None:
    wrong = []
    for op in operations(service):
        for seed, some in (("full", 0.8), ("sparse", 0.1)):
            empty = protocol not in ("query", "ec2")  # forms cannot say an empty structure
            shape = Values(f"{service}{op.name}{seed}", some=some, empty=empty).of(op.input_shape) if op.input_shape is not None else {}
            wrong += [f"{op.name} ({seed}) {d}" for d in request_differences(service, protocol, op, shape)]
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(wrong[:40])


def request_differences(service: str, protocol: str, op: OperationModel, shape: dict[str, Any]) -> Iterator[str]:
    request = send(op, shape, protocol)
    if (service, op.name) in OWN_SCOPE:
        request.headers["Authorization"] = request.headers["Authorization"].replace("/s3/", f"/{OWN_SCOPE[service, op.name]}/")
    found = route(request)
    expected = SAME_REQUEST.get((service, op.name), op.name)
    if (found.service, found.protocol, found.operation) != (service, protocol, expected):
        yield f"went to {found.service} {found.protocol} {found.operation}: {request.method} {request.raw_path}?{request.raw_query}"
        return
    assert found.region == "eu-west-3"
    if op.input_shape is not None and op.input_shape.members.get("ContentLength") is not None and "Content-Length" in request.headers:
        shape["ContentLength"] = int(request.headers["Content-Length"])  # HTTP's, whatever the caller said
    if expected == op.name:
        got = PROTOCOLS[protocol].parse(operation_model(service, found.operation), request, found)
        yield from differences(shape, without_empty_payload(op.input_shape, shape, got))


def without_empty_payload(shape: Any, wanted: dict[str, Any], got: dict[str, Any]) -> dict[str, Any]:
    """Neither a body that is one member nor a map in headers can tell an empty one from none."""
    payload = shape and shape.serialization.get("payload")
    empty = (
        [name for name, member in shape.members.items() if name == payload or member.serialization.get("location") == "headers"]
        if shape
        else []
    )
    given = {name: value for name, value in got.items() if name in wanted or name not in empty or value}
    if "ContentType" not in wanted and payload:
        given.pop("ContentType", None)  # a body has a type
    return given


@pytest.mark.parametrize(("service", "protocol"), CASES)
def test_responses(service: str, protocol: str) -> None:
    wrong = []
    for op in operations(service):
        for seed, some in (("full", 0.8), ("sparse", 0.1)):
            if op.output_shape is None or op.has_event_stream_output or (service, op.name) in NOT_FROM_THE_MODEL:
                continue
            shape = Values(f"{service}{op.name}{seed}out", some=some).of(op.output_shape)
            response = PROTOCOLS[protocol].render(op, {**shape, "NoSuchMember": 1, "Nothing": None}, "rid-1")
            got = receive(op, response, protocol)
            meta = got.pop("ResponseMetadata")
            if meta.get("RequestId") != "rid-1":
                wrong.append(f"{op.name}: request id {meta}")
            wrong += [f"{op.name} ({seed}) {d}" for d in differences(shape, without_empty_payload(op.output_shape, shape, got))]
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(wrong[:40])
