"""Who may publish: the run that holds its token, and nobody else."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest


def post(server: Any, path: str, body: bytes = b"{}", token: str = "") -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(f"{server.endpoint}/_wheatpaste/v1/quality/{path}", body, {"Authorization": token})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.mark.parametrize("verb", ["publish", "history"])
def test_a_stranger_is_refused(server: Any, verb: str) -> None:
    status, body = post(server, f"jr_1/{verb}", b'{"result": {}, "context": "c", "most": 1}', "no token of anybody")
    assert (status, body["code"]) == (403, "InvalidToken")
    assert post(server, f"jr_1/{verb}")[0] == 403


def test_what_is_not_served_is_named(server: Any) -> None:
    status, body = post(server, "jr_1/delete")
    assert status == 404 and "delete is not served here" in body["message"]
