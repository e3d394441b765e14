"""Dashboards are kept and given back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.services.cloudwatch.conftest import refused

BODY = json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "ü"}}]}, ensure_ascii=False)


@pytest.fixture
def api(client: Callable[..., Any]) -> Any:
    return client("cloudwatch")


def test_a_dashboard_comes_back_from_every_region(api: Any, client: Callable[..., Any], unique: str) -> None:
    assert api.put_dashboard(DashboardName=f"{unique}-1", DashboardBody="{}").get("DashboardValidationMessages", []) == []
    api.put_dashboard(DashboardName=f"{unique}-1", DashboardBody=BODY)
    found = client("cloudwatch", region="eu-west-1").get_dashboard(DashboardName=f"{unique}-1")
    assert found["DashboardBody"] == BODY and found["DashboardArn"] == f"arn:aws:cloudwatch::123456789012:dashboard/{unique}-1"
    (entry,) = api.list_dashboards(DashboardNamePrefix=unique)["DashboardEntries"]
    assert (entry["DashboardName"], entry["Size"]) == (f"{unique}-1", len(BODY.encode()))


def test_all_are_deleted_or_none(api: Any, unique: str) -> None:
    names = [f"{unique}-{n}" for n in range(2)]
    for name in names:
        api.put_dashboard(DashboardName=name, DashboardBody="{}")
    assert refused(api.delete_dashboards, DashboardNames=[*names, f"{unique}-9"])[0] == "ResourceNotFound"
    assert len(api.list_dashboards(DashboardNamePrefix=unique)["DashboardEntries"]) == 2
    api.delete_dashboards(DashboardNames=names)
    assert api.list_dashboards(DashboardNamePrefix=unique)["DashboardEntries"] == []
    assert refused(api.get_dashboard, DashboardName=names[0])[0] == "ResourceNotFound"
    assert refused(api.delete_dashboards, DashboardNames=[])[0] == "InvalidParameterValue"


def test_what_is_no_dashboard(api: Any, unique: str) -> None:
    for name, body in ((unique, '{"a": '), (unique, "[1]"), ("a b", "{}")):
        assert refused(api.put_dashboard, DashboardName=name, DashboardBody=body)[0] == "InvalidParameterInput"
    tags = [{"Key": "k", "Value": "v"}]
    assert refused(api.put_dashboard, DashboardName=unique, DashboardBody="{}", Tags=tags)[0] == "NotImplementedException"
