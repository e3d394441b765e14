"""Tables and their versions through boto3."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

Make = Callable[..., dict[str, str]]
FULL = {
    "Description": "d",
    "Owner": "me",
    "Retention": 3,
    "LastAccessTime": datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
    "LastAnalyzedTime": datetime(2024, 1, 2, 3, 4, 6, tzinfo=UTC),
    "StorageDescriptor": {
        "Columns": [{"Name": "A", "Type": "int", "Comment": "c", "Parameters": {}}],
        "Location": "s3://b/p/",
        "AdditionalLocations": [],
        "InputFormat": "i",
        "OutputFormat": "o",
        "Compressed": True,
        "NumberOfBuckets": -1,
        "SerdeInfo": {"Name": "n", "SerializationLibrary": "l", "Parameters": {"field.delim": "\t"}},
        "BucketColumns": ["A"],
        "SortColumns": [{"Column": "A", "SortOrder": 1}],
        "Parameters": {},
        "SkewedInfo": {"SkewedColumnNames": ["A"], "SkewedColumnValues": ["1"], "SkewedColumnValueLocationMaps": {"1": "x"}},
        "StoredAsSubDirectories": True,
    },
    "PartitionKeys": [{"Name": "p", "Type": "string"}],
    "ViewOriginalText": "/* Presto View */",
    "ViewExpandedText": "/* Presto View */",
    "TableType": "EXTERNAL_TABLE",
    "Parameters": {"classification": "csv", "empty": ""},
}
COMPUTED = {
    "CreateTime",
    "UpdateTime",
    "CreatedBy",
    "DatabaseName",
    "CatalogId",
    "VersionId",
    "IsRegisteredWithLakeFormation",
    "IsMultiDialectView",
}


def test_every_member_comes_back_as_given(glue: Any, database: str) -> None:
    glue.create_table(DatabaseName=database, TableInput={"Name": "Mixed", **FULL})
    found = glue.get_table(DatabaseName=database.upper(), Name="mIXED")["Table"]
    assert found["DatabaseName"] == database and found["CatalogId"] == "123456789012" and found["VersionId"] == "0"
    assert found["CreatedBy"] == "arn:aws:iam::123456789012:root" and found["CreateTime"] == found["UpdateTime"]
    assert {k: v for k, v in found.items() if k not in COMPUTED} == {"Name": "mixed", **FULL}


def test_what_was_not_given_is_not_invented(glue: Any, database: str) -> None:
    """Null against empty list decides whether Terraform's second plan is empty."""
    glue.create_table(DatabaseName=database, TableInput={"Name": "bare"})
    found = glue.get_table(DatabaseName=database, Name="bare")["Table"]
    assert found.keys() - COMPUTED == {"Name", "Retention"}
    glue.create_table(DatabaseName=database, TableInput={"Name": "storage", "StorageDescriptor": {}, "PartitionKeys": []})
    found = glue.get_table(DatabaseName=database, Name="storage")["Table"]
    assert found["PartitionKeys"] == []
    assert found["StorageDescriptor"] == {"Compressed": False, "NumberOfBuckets": 0, "SortColumns": [], "StoredAsSubDirectories": False}


def test_missing_and_duplicate(glue: Any, database: str, make_table: Make) -> None:
    make_table("t")
    with pytest.raises(glue.exceptions.AlreadyExistsException, match="Table already exists"):
        make_table("T")
    with pytest.raises(glue.exceptions.EntityNotFoundException, match=r"Table nope not found\."):
        glue.get_table(DatabaseName=database, Name="nope")
    with pytest.raises(glue.exceptions.EntityNotFoundException, match=r"Database nope not found\."):
        glue.get_table(DatabaseName="nope", Name="t")
    with pytest.raises(glue.exceptions.EntityNotFoundException, match=r"Database nope not found\."):
        glue.create_table(DatabaseName="nope", TableInput={"Name": "t"})
    with pytest.raises(glue.exceptions.EntityNotFoundException, match=r"Table nope not found\."):
        glue.delete_table(DatabaseName=database, Name="nope")


def test_updating_archives_versions_unless_told_not_to(glue: Any, database: str, make_table: Make) -> None:
    names = make_table("t", Description="0")
    for number in (1, 2):
        glue.update_table(DatabaseName=database, TableInput={"Name": "t", "Description": str(number)})
    glue.update_table(DatabaseName=database, TableInput={"Name": "t", "Description": "3"}, SkipArchive=True)
    table = glue.get_table(DatabaseName=database, Name="t")["Table"]
    assert (table["VersionId"], table["Description"]) == ("3", "3") and "StorageDescriptor" not in table
    found = glue.get_table_versions(**names)["TableVersions"]
    assert [(v["VersionId"], v["Table"]["VersionId"], v["Table"]["Description"]) for v in found] == [
        ("3", "3", "3"),
        ("1", "1", "1"),
        ("0", "0", "0"),
    ]
    assert glue.get_table_version(**names, VersionId="1")["TableVersion"]["Table"]["Description"] == "1"
    assert glue.get_table_version(**names)["TableVersion"]["VersionId"] == "3"
    pages = glue.get_paginator("get_table_versions").paginate(**names, PaginationConfig={"PageSize": 1})
    assert [[v["VersionId"] for v in p["TableVersions"]] for p in pages] == [["3"], ["1"], ["0"]]
    glue.delete_table_version(**names, VersionId="0")
    errors = glue.batch_delete_table_version(**names, VersionIds=["0", "1", "3"])["Errors"]
    assert [(e["VersionId"], e["ErrorDetail"]["ErrorCode"]) for e in errors] == [
        ("0", "EntityNotFoundException"),
        ("3", "InvalidInputException"),
    ]
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_table_version(**names, VersionId="1")


def test_a_stale_version_is_refused(glue: Any, database: str, make_table: Make) -> None:
    make_table("t")
    glue.update_table(DatabaseName=database, TableInput={"Name": "t", "Description": "first"}, VersionId="0", SkipArchive=True)
    with pytest.raises(glue.exceptions.ConcurrentModificationException, match=r"Update table failed due to concurrent modifications\."):
        glue.update_table(DatabaseName=database, TableInput={"Name": "t", "Description": "second"}, VersionId="0", SkipArchive=True)
    assert glue.get_table(DatabaseName=database, Name="t")["Table"]["Description"] == "first"


def test_of_many_writers_with_one_version_one_wins(client: Any, database: str, make_table: Make) -> None:
    make_table("t")

    def commit(number: int) -> bool:
        glue = client("glue")
        try:
            glue.update_table(DatabaseName=database, TableInput={"Name": "t", "Description": str(number)}, VersionId="0", SkipArchive=True)
        except glue.exceptions.ConcurrentModificationException:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(commit, range(8))) == 1


def test_an_update_names_the_table_in_its_input(glue: Any, database: str, make_table: Make) -> None:
    make_table("t")
    with pytest.raises(glue.exceptions.EntityNotFoundException, match=r"Table other not found\."):
        glue.update_table(DatabaseName=database, TableInput={"Name": "other"})
    with pytest.raises(glue.exceptions.InvalidInputException):
        glue.update_table(DatabaseName=database, Name="t", TableInput={"Name": "other"})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("", ["alpha", "alphabet", "beta", "beta_1", "gamma"]),
        ("alpha", ["alpha"]),
        ("alpha*", ["alpha", "alphabet"]),
        ("alpha.*", ["alpha", "alphabet"]),
        ("*eta*", ["beta", "beta_1"]),
        ("*_1", ["beta_1"]),
        ("alpha|gamma", ["alpha", "gamma"]),
        ("a*|*_1", ["alpha", "alphabet", "beta_1"]),
        (r"[a-b]\w*", ["alpha", "alphabet", "beta", "beta_1"]),
        ("BETA", ["beta"]),
        ("*", ["alpha", "alphabet", "beta", "beta_1", "gamma"]),
        ("nothing", []),
    ],
)
def test_names_by_pattern(glue: Any, patterned: str, expression: str, expected: list[str]) -> None:
    found = glue.get_tables(DatabaseName=patterned, Expression=expression)["TableList"]
    assert [table["Name"] for table in found] == expected


@pytest.fixture(scope="module")
def patterned(glue: Any) -> str:
    glue.create_database(DatabaseInput={"Name": "patterned_names"})
    for name in ("gamma", "beta", "beta_1", "alphabet", "alpha"):
        glue.create_table(DatabaseName="patterned_names", TableInput={"Name": name, "TableType": "EXTERNAL_TABLE"})
    return "patterned_names"


def test_pages_and_attributes(glue: Any, patterned: str) -> None:
    pages = list(glue.get_paginator("get_tables").paginate(DatabaseName=patterned, Expression="*a", PaginationConfig={"PageSize": 2}))
    assert [[t["Name"] for t in p["TableList"]] for p in pages] == [["alpha", "beta"], ["gamma"]]
    only = glue.get_tables(DatabaseName=patterned, AttributesToGet=["NAME", "TABLE_TYPE"], MaxResults=1)["TableList"]
    assert only == [{"Name": "alpha", "TableType": "EXTERNAL_TABLE"}]
    with pytest.raises(glue.exceptions.InvalidInputException, match="token"):
        glue.get_tables(DatabaseName=patterned, Expression="b*", NextToken=pages[0]["NextToken"])
    with pytest.raises(glue.exceptions.InvalidInputException, match="Invalid pattern"):
        glue.get_tables(DatabaseName=patterned, Expression="(")


def test_deleting_many(glue: Any, database: str, make_table: Make) -> None:
    for name in ("a", "b", "c"):
        make_table(name)
    errors = glue.batch_delete_table(DatabaseName=database, TablesToDelete=["a", "nope", "C"])["Errors"]
    assert [(e["TableName"], e["ErrorDetail"]["ErrorCode"]) for e in errors] == [("nope", "EntityNotFoundException")]
    assert [t["Name"] for t in glue.get_tables(DatabaseName=database)["TableList"]] == ["b"]


def test_a_table_made_again_starts_empty(glue: Any, database: str, make_table: Make) -> None:
    names = make_table("t", [("p", "string")])
    glue.create_partition(**names, PartitionInput={"Values": ["1"]})
    glue.update_table(DatabaseName=database, TableInput={"Name": "t", "PartitionKeys": [{"Name": "p", "Type": "string"}]})
    glue.delete_table(DatabaseName=database, Name="t")
    make_table("t", [("p", "string")])
    assert glue.get_partitions(**names)["Partitions"] == []
    assert [v["VersionId"] for v in glue.get_table_versions(**names)["TableVersions"]] == ["0"]


def test_what_is_not_built_is_refused_by_name(glue: Any, database: str) -> None:
    with pytest.raises(glue.exceptions.ClientError, match=r"TableInput.TargetTable of glue:CreateTable is not implemented"):
        glue.create_table(DatabaseName=database, TableInput={"Name": "x", "TargetTable": {"DatabaseName": "a", "Name": "b"}})
    assert glue.get_tables(DatabaseName=database)["TableList"] == []
