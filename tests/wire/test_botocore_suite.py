"""botocore's own protocol cases: requests as they are given, responses by way of botocore's parser.

They are in its source distribution only. To run: unpack it into ``$WHEATPASTE_CACHE/botocore-sdist`` (default
``~/.cache/wheatpaste-tests/botocore-sdist``).
"""

import base64
import copy
import json
import math
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.model import OperationModel, ServiceModel
from multidict import CIMultiDict
from tests.wire.clients import receive

from wheatpaste.wire.errors import AwsError, ServiceError
from wheatpaste.wire.http import Request
from wheatpaste.wire.protocols import PROTOCOLS
from wheatpaste.wire.route import Route, _form
from wheatpaste.wire.uri import match

CACHE = Path(os.environ.get("WHEATPASTE_CACHE") or Path.home() / ".cache" / "wheatpaste-tests") / "botocore-sdist"
ROOTS = sorted(CACHE.glob("botocore-*/tests/unit/protocols"))
NOT_OURS = {
    "input": {
        "Gzip": "the edge undoes gzip before parsing",
        "SDKApplied": "the edge undoes gzip before parsing",
        "IdempotencyTokenAutoFill": "the client fills the token in",
        "HostWithPath": "an endpoint with a path is the client's business",
    },
    "output": {"HttpPrefixHeadersResponse": "the empty prefix takes every header, ours too"},
}


def ignored(way: str, stem: str) -> set[str]:
    """The cases that botocore itself does not pass."""
    listed = json.loads((ROOTS[-1] / "protocol-tests-ignore-list.json").read_text())["protocols"]
    return set(listed.get(stem, {}).get(way, {}).get("cases", ()))


def cases(way: str) -> Iterator[Any]:
    """The cases of all files, one parameter each."""
    for root in ROOTS[-1:]:
        for path in sorted((root / way).glob("*.json")):
            skipped = ignored(way, path.stem)
            for suite in json.loads(path.read_text()):
                for number, case in enumerate(suite["cases"]):
                    name = case.get("id") or f"{suite['description']}-{number}"
                    why = (
                        "botocore does not pass it"
                        if name in skipped
                        else next((r for part, r in NOT_OURS[way].items() if part in name), "")
                    )
                    yield pytest.param(suite, case, id=f"{path.stem}-{name}", marks=[pytest.mark.skip(reason=why)] if why else [])


def model_of(suite: dict[str, Any], case: dict[str, Any]) -> OperationModel:
    """The operation that a case describes."""
    given = copy.deepcopy(case["given"])
    given.setdefault("name", "OperationName")
    description = {**copy.deepcopy(suite), "operations": {given["name"]: given}}
    description["metadata"].setdefault("endpointPrefix", "suite")
    return ServiceModel(description, "suite").operation_model(given["name"])


def typed(shape: Any, value: Any) -> Any:
    """A case's JSON as the values that the shape means."""
    if value is None or shape is None:
        return value
    if shape.type_name == "structure":
        if getattr(shape, "is_document_type", False):
            return value
        return {name: typed(shape.members[name], item) for name, item in value.items() if name in shape.members}
    if shape.type_name == "list":
        return [typed(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: typed(shape.value, item) for key, item in value.items()}
    if shape.type_name == "timestamp":
        return datetime.fromtimestamp(value, UTC)
    if shape.type_name == "blob" and isinstance(value, str):
        return value.encode()
    return float(value) if shape.type_name in ("float", "double") else value


def comparable(value: Any) -> Any:
    """Values so that NaN equals NaN, in botocore's two spellings; nulls in a structure are the same as nothing."""
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    return str(value).replace("inf", "Infinity").replace("nan", "NaN") if isinstance(value, float) and not math.isfinite(value) else value


def said(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """``one`` without what is empty and not in ``other`` (forms, headers and payloads cannot tell empty from absent)."""
    return {name: value for name, value in one.items() if name in other or value not in ({}, [])}


@pytest.mark.skipif(not ROOTS, reason=f"botocore's source distribution is not in {CACHE}")
@pytest.mark.parametrize(("suite", "case"), list(cases("input")))
def test_input(suite: dict[str, Any], case: dict[str, Any]) -> None:
    op, sent = model_of(suite, case), case["serialized"]
    protocol = op.service_model.metadata["protocol"]
    path, _, query = sent["uri"].partition("?")
    body = sent.get("body") or ""
    raw = base64.b64decode(body) if protocol == "smithy-rpc-v2-cbor" else body.encode()
    request = Request(sent.get("method", "POST"), path, query, CIMultiDict(sent.get("headers", {})), raw)
    labels: dict[str, str] = {}
    if protocol.startswith("rest"):
        found = match(op.service_model, request.method, path, request.query, request.headers)
        assert found is not None and found[0] == op.name
        labels = found[1]
    form = (
        _form(Request("POST", "/", "", CIMultiDict({"Content-Type": "application/x-www-form-urlencoded"}), raw))
        if protocol in ("query", "ec2")
        else ()
    )
    got = PROTOCOLS[protocol].parse(op, request, Route("suite", protocol, op.name, labels=labels, form=form))
    wanted = comparable(typed(op.input_shape, case["params"]))
    for name, member in op.input_shape.members.items() if op.input_shape is not None else ():
        if member.type_name == "map" and member.serialization.get("location") == "querystring":
            # A server's map has all parameters, also those that the client gave by name.
            got[name] = {key: value for key, value in got.get(name, {}).items() if key in wanted.get(name, {})}
    assert said(comparable(got), wanted) == said(wanted, got)


@pytest.mark.skipif(not ROOTS, reason=f"botocore's source distribution is not in {CACHE}")
@pytest.mark.parametrize(("suite", "case"), list(cases("output")))
def test_output(suite: dict[str, Any], case: dict[str, Any]) -> None:
    op = model_of(suite, case)
    protocol = op.service_model.metadata["protocol"]
    if "error" in case:
        return error_case(op, protocol, case)
    if op.has_event_stream_output:
        pytest.skip("events are framed by wire/eventstream.py")
    wanted = typed(op.output_shape, case["result"])
    response = PROTOCOLS[protocol].render(op, wanted, "rid")
    got = receive(op, response, protocol)
    got.pop("ResponseMetadata")
    assert said(comparable(got), comparable(wanted)) == said(comparable(wanted), got)
    return None


def error_case(op: OperationModel, protocol: str, case: dict[str, Any]) -> None:
    """An error with the case's code and members, read back."""
    code = case.get("errorCode", "")
    made = type(
        code, (ServiceError,), {"code": code, "name": code, "service": "suite", "known": True, "status": case["response"]["status_code"]}
    )
    fields = {name: value for name, value in case["error"].items() if name.lower() != "message"}
    error: AwsError = made(case.get("errorMessage", ""), **fields)
    response = PROTOCOLS[protocol].render_error(op.service_model, op, error, "rid", None)
    got = receive(op, response, protocol)
    assert (got["Error"]["Code"], got["Error"]["Message"]) == (code, case.get("errorMessage", ""))
    assert response.status == case["response"]["status_code"]
