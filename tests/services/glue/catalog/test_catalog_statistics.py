"""Column statistics through boto3: every data class, of tables and of partitions."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

Make = Callable[..., dict[str, str]]
WHEN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
DATA = {
    "BOOLEAN": ("BooleanColumnStatisticsData", {"NumberOfTrues": 1, "NumberOfFalses": 2, "NumberOfNulls": 3}),
    "DATE": ("DateColumnStatisticsData", {"MinimumValue": WHEN, "MaximumValue": WHEN, "NumberOfNulls": 0, "NumberOfDistinctValues": 1}),
    "DECIMAL": (
        "DecimalColumnStatisticsData",
        {"MinimumValue": {"UnscaledValue": b"\x00\xff", "Scale": 2}, "NumberOfNulls": 0, "NumberOfDistinctValues": 1},
    ),
    "DOUBLE": ("DoubleColumnStatisticsData", {"MinimumValue": -1.5, "MaximumValue": 2.25, "NumberOfNulls": 0, "NumberOfDistinctValues": 9}),
    "LONG": (
        "LongColumnStatisticsData",
        {"MinimumValue": -(2**63), "MaximumValue": 2**63 - 1, "NumberOfNulls": 0, "NumberOfDistinctValues": 9},
    ),
    "STRING": ("StringColumnStatisticsData", {"MaximumLength": 9, "AverageLength": 4.5, "NumberOfNulls": 0, "NumberOfDistinctValues": 3}),
    "BINARY": ("BinaryColumnStatisticsData", {"MaximumLength": 9, "AverageLength": 4.5, "NumberOfNulls": 0}),
}


def statistics(column: str, kind: str) -> dict[str, Any]:
    name, data = DATA[kind]
    return {"ColumnName": column, "ColumnType": kind.lower(), "AnalyzedTime": WHEN, "StatisticsData": {"Type": kind, name: data}}


@pytest.mark.parametrize("kind", DATA)
def test_of_a_table(glue: Any, make_table: Make, kind: str) -> None:
    names, given = make_table(), statistics("a", kind)
    assert glue.update_column_statistics_for_table(**names, ColumnStatisticsList=[given])["Errors"] == []
    found = glue.get_column_statistics_for_table(**names, ColumnNames=["a", "nope"])
    assert found["ColumnStatisticsList"] == [given]
    assert [(e["ColumnName"], e["Error"]["ErrorCode"]) for e in found["Errors"]] == [("nope", "EntityNotFoundException")]


def test_faults_are_reported_one_by_one(glue: Any, make_table: Make) -> None:
    names = make_table()
    wrong = {**statistics("a", "LONG"), "StatisticsData": {"Type": "LONG", DATA["DOUBLE"][0]: DATA["DOUBLE"][1]}}
    given = [statistics("nope", "LONG"), wrong, statistics("a", "LONG")]
    errors = glue.update_column_statistics_for_table(**names, ColumnStatisticsList=given)["Errors"]
    assert [(e["ColumnStatistics"]["ColumnName"], e["Error"]["ErrorCode"]) for e in errors] == [
        ("nope", "EntityNotFoundException"),
        ("a", "InvalidInputException"),
    ]
    glue.delete_column_statistics_for_table(**names, ColumnName="a")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.delete_column_statistics_for_table(**names, ColumnName="a")


def test_of_a_partition_they_go_where_it_goes(glue: Any, make_table: Make) -> None:
    names = make_table(keys=[("p", "string")])
    glue.create_partition(**names, PartitionInput={"Values": ["1"]})
    glue.update_column_statistics_for_partition(**names, PartitionValues=["1"], ColumnStatisticsList=[statistics("a", "LONG")])
    assert glue.get_column_statistics_for_table(**names, ColumnNames=["a"])["ColumnStatisticsList"] == []
    glue.update_partition(**names, PartitionValueList=["1"], PartitionInput={"Values": ["2"]})
    with pytest.raises(glue.exceptions.EntityNotFoundException, match=r"Partition \[1\] not found"):
        glue.get_column_statistics_for_partition(**names, PartitionValues=["1"], ColumnNames=["a"])
    found = glue.get_column_statistics_for_partition(**names, PartitionValues=["2"], ColumnNames=["a"])
    assert found["ColumnStatisticsList"] == [statistics("a", "LONG")]
    glue.delete_partition(**names, PartitionValues=["2"])
    glue.create_partition(**names, PartitionInput={"Values": ["2"]})
    assert glue.get_column_statistics_for_partition(**names, PartitionValues=["2"], ColumnNames=["a"])["ColumnStatisticsList"] == []
