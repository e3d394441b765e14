"""Partitions and their indexes through boto3."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

Make = Callable[..., dict[str, str]]
YEAR_MONTH = [("year", "string"), ("month", "int")]


def partition(*values: str, **members: Any) -> dict[str, Any]:
    return {
        "Values": list(values),
        "StorageDescriptor": {"Columns": [{"Name": "a", "Type": "int"}], "Location": "s3://b/" + "/".join(values)},
        **members,
    }


def values(found: dict[str, Any]) -> list[list[str]]:
    return [p["Values"] for p in found["Partitions"]]


def test_a_partition_comes_back_as_given(glue: Any, make_table: Make) -> None:
    names = make_table(keys=YEAR_MONTH)
    glue.create_partition(**names, PartitionInput={**partition("2024", "1"), "Parameters": {"k": "v"}})
    found = glue.get_partition(**names, PartitionValues=["2024", "1"])["Partition"]
    assert found.pop("CreationTime").tzinfo is not None
    storage = {"Compressed": False, "NumberOfBuckets": 0, "SortColumns": [], "StoredAsSubDirectories": False}
    storage |= {"Columns": [{"Name": "a", "Type": "int"}], "Location": "s3://b/2024/1"}
    assert found == {**names, "Values": ["2024", "1"], "StorageDescriptor": storage, "Parameters": {"k": "v"}, "CatalogId": "123456789012"}


def test_faults(glue: Any, make_table: Make) -> None:
    names = make_table(keys=YEAR_MONTH)
    glue.create_partition(**names, PartitionInput=partition("2024", "1"))
    with pytest.raises(glue.exceptions.AlreadyExistsException, match=r"Partition already exists\."):
        glue.create_partition(**names, PartitionInput=partition("2024", "1"))
    with pytest.raises(glue.exceptions.InvalidInputException, match="number of partition keys do not match"):
        glue.create_partition(**names, PartitionInput=partition("2024"))
    with pytest.raises(glue.exceptions.EntityNotFoundException, match=r"Cannot find partition\."):
        glue.get_partition(**names, PartitionValues=["2024", "2"])
    with pytest.raises(glue.exceptions.EntityNotFoundException, match=r"Cannot find partition\."):
        glue.delete_partition(**names, PartitionValues=["2024", "2"])
    with pytest.raises(glue.exceptions.EntityNotFoundException, match=r"Table nope not found\."):
        glue.get_partitions(DatabaseName=names["DatabaseName"], TableName="nope")


def test_batches(glue: Any, make_table: Make) -> None:
    names = make_table(keys=YEAR_MONTH)
    glue.create_partition(**names, PartitionInput=partition("2024", "1"))
    errors = glue.batch_create_partition(**names, PartitionInputList=[partition("2024", str(m)) for m in (1, 2, 2, 3)])["Errors"]
    assert [(e["PartitionValues"], e["ErrorDetail"]["ErrorCode"]) for e in errors] == [
        (["2024", m], "AlreadyExistsException") for m in ("1", "2")
    ]
    asked = [{"Values": ["2024", m]} for m in ("3", "9", "1")]
    found = glue.batch_get_partition(**names, PartitionsToGet=asked)
    assert values(found) == [["2024", "3"], ["2024", "1"]] and found["UnprocessedKeys"] == []
    entries = [{"PartitionValueList": ["2024", m], "PartitionInput": partition("2025", m)} for m in ("2", "7")]
    errors = glue.batch_update_partition(**names, Entries=entries)["Errors"]
    assert [(e["PartitionValueList"], e["ErrorDetail"]["ErrorCode"]) for e in errors] == [(["2024", "7"], "EntityNotFoundException")]
    errors = glue.batch_delete_partition(**names, PartitionsToDelete=[{"Values": ["2024", m]} for m in ("1", "2")])["Errors"]
    assert [(e["PartitionValues"], e["ErrorDetail"]["ErrorCode"]) for e in errors] == [(["2024", "2"], "EntityNotFoundException")]
    assert values(glue.get_partitions(**names)) == [["2024", "3"], ["2025", "2"]]


def test_too_many_at_once(glue: Any, make_table: Make) -> None:
    names = make_table(keys=YEAR_MONTH)
    many = [partition("2024", str(i)) for i in range(101)]
    with pytest.raises(glue.exceptions.ClientError, match="100"):
        glue.batch_create_partition(**names, PartitionInputList=many)
    with pytest.raises(glue.exceptions.ClientError, match="25"):
        glue.batch_delete_partition(**names, PartitionsToDelete=[{"Values": p["Values"]} for p in many[:26]])
    assert glue.get_partitions(**names)["Partitions"] == []


def test_moving_a_partition_to_new_values(glue: Any, make_table: Make) -> None:
    names = make_table(keys=YEAR_MONTH)
    for month in ("1", "2"):
        glue.create_partition(**names, PartitionInput=partition("2024", month))
    glue.update_partition(**names, PartitionValueList=["2024", "1"], PartitionInput=partition("2025", "12"))
    assert values(glue.get_partitions(**names)) == [["2024", "2"], ["2025", "12"]]
    assert values(glue.get_partitions(**names, Expression="month > 9")) == [["2025", "12"]]
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.update_partition(**names, PartitionValueList=["2024", "2"], PartitionInput=partition("2025", "12"))
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.update_partition(**names, PartitionValueList=["2024", "1"], PartitionInput=partition("2024", "1"))


@pytest.fixture(scope="module")
def months(glue: Any) -> Iterator[dict[str, str]]:
    """36 partitions under a string key and an int key; months are written as Hive does and as people do."""
    glue.create_database(DatabaseInput={"Name": "months"})
    keys = [{"Name": "year", "Type": "string"}, {"Name": "month", "Type": "int"}, {"Name": "word", "Type": "string"}]
    glue.create_table(DatabaseName="months", TableInput={"Name": "t", "PartitionKeys": keys})
    names = {"DatabaseName": "months", "TableName": "t"}
    for year in ("2022", "2023", "2024"):
        months = [partition(year, f"{m:02}" if year == "2023" else str(m), f"w{m}%_*") for m in range(1, 13)]
        assert glue.batch_create_partition(**names, PartitionInputList=months)["Errors"] == []
    yield names
    glue.delete_database(Name="months")


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        (None, 36),
        ("", 36),
        ("year = '2023'", 12),
        ("year = '2023' AND month = 2", 1),
        ("month = 2", 3),
        ("month >= 10", 9),
        ("month < 10", 27),
        ("month <> 1", 33),
        ("year > '2022' and month between 2 and 11", 20),
        ("month in (1, '02', 12)", 9),
        ("NOT (year = '2022' or month > 3)", 6),
        ("month is null", 0),
        ("month is not null", 36),
        ("word like 'w1%'", 12),
        ("word like 'w_\\%%'", 0),
        ("word like '%1%*'", 12),
        ("word like 'W%'", 0),
        ("word not like 'w1%'", 24),
        ("word like '__%_*'", 36),
        ("year like '202_' and month = 12", 3),
        ("year = '2022' or year = '2024' and month = 1", 13),
        ("year = '2025'", 0),
    ],
)
def test_expressions_in_the_database(glue: Any, months: dict[str, str], expression: str | None, count: int) -> None:
    asked = {**months} if expression is None else {**months, "Expression": expression}
    assert len(glue.get_partitions(**asked)["Partitions"]) == count
    pages = glue.get_paginator("get_partitions").paginate(**asked, PaginationConfig={"PageSize": 5})
    paged = [v for p in pages for v in values(p)]
    assert len(paged) == count == len({tuple(v) for v in paged})


def test_a_bad_expression(glue: Any, months: dict[str, str]) -> None:
    with pytest.raises(glue.exceptions.InvalidInputException, match="Invalid partition expression!"):
        glue.get_partitions(**months, Expression="a = 1")
    with pytest.raises(glue.exceptions.InvalidInputException, match="Unsupported expression"):
        glue.get_partitions(**months, Expression="month = ")
    with pytest.raises(glue.exceptions.InvalidInputException, match="is not an integer"):
        glue.get_partitions(**months, Expression="month = 'x'")


def test_segments_divide_the_table(glue: Any, months: dict[str, str]) -> None:
    for total in (1, 2, 7, 10):
        parts = [values(glue.get_partitions(**months, Segment={"SegmentNumber": n, "TotalSegments": total})) for n in range(total)]
        together = [tuple(v) for part in parts for v in part]
        assert len(together) == len(set(together)) == 36
    with pytest.raises(glue.exceptions.InvalidInputException):
        glue.get_partitions(**months, Segment={"SegmentNumber": 2, "TotalSegments": 2})


def test_leaving_columns_out(glue: Any, months: dict[str, str]) -> None:
    found = glue.get_partitions(**months, ExcludeColumnSchema=True, MaxResults=1)["Partitions"][0]["StorageDescriptor"]
    assert "Columns" not in found and found["Location"].startswith("s3://")


def test_values_that_are_none_of_their_type(glue: Any, make_table: Make) -> None:
    names = make_table(keys=YEAR_MONTH)
    glue.create_partition(**names, PartitionInput=partition("2024", "null"))
    glue.create_partition(**names, PartitionInput=partition("2024", "__HIVE_DEFAULT_PARTITION__"))
    assert values(glue.get_partitions(**names, Expression="year = '2024'")) == [["2024", "__HIVE_DEFAULT_PARTITION__"], ["2024", "null"]]
    with pytest.raises(glue.exceptions.InvalidStateException, match=r'For input string: "null" is not an integer\.'):
        glue.get_partitions(**names, Expression="month = 1")
    glue.delete_partition(**names, PartitionValues=["2024", "null"])
    assert values(glue.get_partitions(**names, Expression="month is null")) == [["2024", "__HIVE_DEFAULT_PARTITION__"]]


def test_a_key_that_changes_its_type_compares_anew(glue: Any, make_table: Make) -> None:
    names = make_table("t", [("n", "string")])
    for value in ("9", "10"):
        glue.create_partition(**names, PartitionInput=partition(value))
    assert values(glue.get_partitions(**names, Expression="n > '5'")) == [["9"]]
    glue.update_table(DatabaseName=names["DatabaseName"], TableInput={"Name": "t", "PartitionKeys": [{"Name": "n", "Type": "int"}]})
    assert values(glue.get_partitions(**names, Expression="n > 5")) == [["9"], ["10"]]


def test_a_table_that_gets_another_number_of_keys_still_answers(glue: Any, make_table: Make) -> None:
    names = make_table("t", YEAR_MONTH)
    for month in ("1", "x", "3"):
        glue.create_partition(**names, PartitionInput=partition("2024", month))

    def keys(*types: str) -> None:
        wanted = [{"Name": f"k{i}", "Type": t} for i, t in enumerate(types)]
        glue.update_table(DatabaseName=names["DatabaseName"], TableInput={"Name": "t", "PartitionKeys": wanted})

    keys("int")
    assert len(glue.get_partitions(**names, Expression="k0 = 2024")["Partitions"]) == 3
    keys("int", "string", "int")
    pages = glue.get_paginator("get_partitions").paginate(**names, Expression="k0 = 2024", PaginationConfig={"PageSize": 1})
    assert sorted(v[1] for p in pages for v in values(p)) == ["1", "3", "x"]
    assert glue.get_partitions(**names, Expression="k2 > 0")["Partitions"] == []


def test_keys_beyond_the_indexed_columns(glue: Any, make_table: Make) -> None:
    names = make_table(keys=[(f"k{i}", "int") for i in range(10)])
    for i in range(30):
        glue.create_partition(**names, PartitionInput=partition(*["1"] * 8, str(i), str(i % 3)))
    found = glue.get_paginator("get_partitions").paginate(**names, Expression="k9 = 2 and not k8 < 10", PaginationConfig={"PageSize": 2})
    assert sorted(int(v[8]) for page in found for v in values(page)) == [11, 14, 17, 20, 23, 26, 29]


def test_indexes(glue: Any, make_table: Make) -> None:
    names = make_table(keys=[*YEAR_MONTH, ("day", "date")], indexes=[{"IndexName": "first", "Keys": ["year"]}])
    glue.create_partition_index(**names, PartitionIndex={"IndexName": "second", "Keys": ["year", "month"]})
    found = glue.get_partition_indexes(**names)["PartitionIndexDescriptorList"]
    assert [(i["IndexName"], i["IndexStatus"]) for i in found] == [("first", "ACTIVE"), ("second", "ACTIVE")]
    assert found[1]["Keys"] == [{"Name": "year", "Type": "string"}, {"Name": "month", "Type": "int"}]
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_partition_index(**names, PartitionIndex={"IndexName": "second", "Keys": ["year"]})
    with pytest.raises(glue.exceptions.InvalidInputException, match="not a partition key"):
        glue.create_partition_index(**names, PartitionIndex={"IndexName": "x", "Keys": ["a"]})
    with pytest.raises(glue.exceptions.InvalidInputException, match="string or numeric"):
        glue.create_partition_index(**names, PartitionIndex={"IndexName": "x", "Keys": ["day"]})
    glue.create_partition_index(**names, PartitionIndex={"IndexName": "third", "Keys": ["month"]})
    with pytest.raises(glue.exceptions.ResourceNumberLimitExceededException):
        glue.create_partition_index(**names, PartitionIndex={"IndexName": "fourth", "Keys": ["month"]})
    with pytest.raises(glue.exceptions.InvalidInputException, match="is not an integer"):
        glue.create_partition(**names, PartitionInput=partition("2024", "x", "2024-01-01"))
    for name in ("second", "third"):
        glue.delete_partition_index(**names, IndexName=name)
    glue.create_partition(**names, PartitionInput=partition("2024", "x", "2024-01-01"))
    with pytest.raises(glue.exceptions.InvalidInputException, match="not of its key's type"):
        glue.create_partition_index(**names, PartitionIndex={"IndexName": "again", "Keys": ["month"]})
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.delete_partition_index(**names, IndexName="second")


def test_a_nul_is_refused_by_name_where_text_is_a_key_and_kept_in_what_is_stored(glue: Any, make_table: Make) -> None:
    names = make_table(keys=YEAR_MONTH)
    with pytest.raises(ClientError, match=r"ValidationException.*U\+0000"):
        glue.create_partition(**names, PartitionInput={"Values": ["20\x0024", "1"]})
    glue.create_partition(**names, PartitionInput={**partition("2024", "1"), "Parameters": {"k": "a\0b"}})
    assert [p["Parameters"] for p in glue.get_partitions(**names)["Partitions"]] == [{"k": "a\0b"}]


@pytest.mark.parametrize(
    ("expression", "pages"), [("", [17, 3]), ("m = 1", [17, 3]), ("n < 17", [17]), ("n < 18", [17, 1]), ("n IN (1, 2, 3)", [3])]
)
def test_a_page_of_very_large_partitions_is_shorter(glue: Any, make_table: Make, expression: str, pages: list[int]) -> None:
    names = make_table(keys=[("n", "int"), ("m", "int")])
    large = {f"p{at}": "x" * 500_000 for at in range(2)}
    for start in (0, 10):
        wanted = [{"Values": [str(start + at), "1"], "Parameters": large} for at in range(10)]
        assert glue.batch_create_partition(**names, PartitionInputList=wanted)["Errors"] == []
    shown = glue.get_paginator("get_partitions").paginate(**names, Expression=expression)
    found = [[int(each["Values"][0]) for each in page["Partitions"]] for page in shown]
    assert [len(page) for page in found] == pages
    assert [n for page in found for n in page] == ([1, 2, 3] if "IN" in expression else list(range(sum(pages))))
