"""Partition projection: parameters to partitions."""

import pytest

from wheatpaste.engines.projection import Condition, WrongProjection, projected

DAY = {
    "projection.enabled": "true",
    "projection.d.type": "date",
    "projection.d.format": "yyyy-MM-dd",
    "projection.d.range": "2024-02-27,2024-03-02",
}


def places(parameters: dict[str, str], keys: list[tuple[str, str]], *conditions: Condition) -> list[tuple[tuple[str, ...], str]]:
    return list(projected(parameters, keys, "s3://b/t/", conditions))


def test_dates() -> None:
    assert [values for values, _ in places(DAY, [("d", "string")])] == [
        (f"2024-{day}",) for day in ("02-27", "02-28", "02-29", "03-01", "03-02")
    ]
    assert places(DAY, [("d", "string")], ("d", ">=", ("2024-03-01",)), ("d", "<", ("2024-03-02",))) == [
        (("2024-03-01",), "s3://b/t/d=2024-03-01/")
    ]
    hours = {
        **DAY,
        "projection.d.format": "yyyy/MM/dd/HH",
        "projection.d.range": "2024/01/01/22,2024/01/02/01",
        "projection.d.interval.unit": "HOURS",
    }
    assert [values[0] for values, _ in places(hours, [("d", "string")])] == [
        "2024/01/01/22",
        "2024/01/01/23",
        "2024/01/02/00",
        "2024/01/02/01",
    ]
    months = {**DAY, "projection.d.format": "yyyy-MM", "projection.d.range": "2023-11,2024-02"}
    assert [values[0] for values, _ in places(months, [("d", "string")])] == ["2023-11", "2023-12", "2024-01", "2024-02"]
    assert len(places({**DAY, "projection.d.range": "NOW-3DAYS,NOW"}, [("d", "string")])) == 4


def test_integers_enums_and_a_template() -> None:
    parameters = {
        "projection.n.type": "integer",
        "projection.n.range": "8,12",
        "projection.n.interval": "2",
        "projection.n.digits": "3",
        "projection.e.type": "enum",
        "projection.e.values": "x, y",
        "storage.location.template": "s3://b/${e}/n/${n}",
    }
    keys = [("n", "int"), ("e", "string")]
    assert places(parameters, keys, ("n", ">", ("8",)), ("e", "IN", ("y",))) == [
        (("010", "y"), "s3://b/y/n/010"),
        (("012", "y"), "s3://b/y/n/012"),
    ]


def test_injected_keys_need_a_value() -> None:
    parameters = {"projection.u.type": "injected"}
    assert places(parameters, [("u", "string")], ("u", "=", ("a",))) == [(("a",), "s3://b/t/u=a/")]
    with pytest.raises(WrongProjection, match="must contain only static equality conditions"):
        places(parameters, [("u", "string")])


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"projection.d.type": "date", "projection.d.range": "1,2"},
        {**DAY, "projection.d.range": "2024"},
        {**DAY, "projection.d.format": "EEE"},
    ],
)
def test_wrong_parameters(parameters: dict[str, str]) -> None:
    with pytest.raises(WrongProjection):
        places(parameters, [("d", "string")])
