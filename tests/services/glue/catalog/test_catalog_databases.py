"""Databases through boto3."""

from typing import Any

import pytest


def test_what_was_given_comes_back_with_what_glue_computes(glue: Any, unique: str) -> None:
    given = {
        "Name": f"{unique}_MiXed",
        "Description": "d",
        "LocationUri": "s3://b/x/",
        "Parameters": {"k": "v"},
        "CreateTableDefaultPermissions": [],
    }
    glue.create_database(DatabaseInput=given, Tags={"team": "data"})
    found = glue.get_database(Name=f"{unique}_MIXED")["Database"]
    assert found.pop("CreateTime").tzinfo is not None
    assert found == {**given, "Name": f"{unique}_mixed", "CatalogId": "123456789012"}
    assert glue.get_tags(ResourceArn=f"arn:aws:glue:us-east-1:123456789012:database/{unique}_mixed")["Tags"] == {"team": "data"}


def test_a_database_without_permissions_shows_the_default_ones(glue: Any, database: str) -> None:
    permissions = glue.get_database(Name=database)["Database"]["CreateTableDefaultPermissions"]
    assert permissions == [{"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}]


def test_names_are_unique_whatever_their_case(glue: Any, database: str) -> None:
    with pytest.raises(glue.exceptions.AlreadyExistsException, match="Database already exists"):
        glue.create_database(DatabaseInput={"Name": database.upper()})


def test_a_missing_database(glue: Any, unique: str) -> None:
    for ask in (glue.get_database, glue.delete_database):
        with pytest.raises(glue.exceptions.EntityNotFoundException, match=f"Database {unique} not found."):
            ask(Name=unique)


def test_update_replaces_and_does_not_rename(glue: Any, database: str) -> None:
    glue.update_database(Name=database, DatabaseInput={"Name": database, "Description": "new"})
    assert glue.get_database(Name=database)["Database"]["Description"] == "new"
    glue.update_database(Name=database, DatabaseInput={"Name": database})
    assert "Description" not in glue.get_database(Name=database)["Database"]
    with pytest.raises(glue.exceptions.InvalidInputException, match="cannot be renamed"):
        glue.update_database(Name=database, DatabaseInput={"Name": "other"})


def test_pages_are_in_the_order_of_names(glue: Any, unique: str) -> None:
    names = [f"{unique}_{i:02}" for i in range(7)]
    for name in reversed(names):
        glue.create_database(DatabaseInput={"Name": name})
    pages = list(glue.get_paginator("get_databases").paginate(PaginationConfig={"PageSize": 3}))
    assert [d["Name"] for p in pages for d in p["DatabaseList"] if d["Name"].startswith(unique)] == names
    assert all(len(p["DatabaseList"]) <= 3 for p in pages)


def test_deleting_takes_tables_along(glue: Any, database: str) -> None:
    glue.create_table(DatabaseName=database, TableInput={"Name": "t"})
    glue.delete_database(Name=database)
    glue.create_database(DatabaseInput={"Name": database})
    assert glue.get_tables(DatabaseName=database)["TableList"] == []


def test_another_accounts_catalog(glue: Any, database: str) -> None:
    assert glue.get_database(CatalogId="123456789012", Name=database)["Database"]["Name"] == database
    with pytest.raises(glue.exceptions.AccessDeniedException, match="another account"):
        glue.get_database(CatalogId="999999999999", Name=database)
    with pytest.raises(glue.exceptions.EntityNotFoundException, match="Catalog nope not found"):
        glue.get_database(CatalogId="nope", Name=database)


def test_links_to_other_databases_are_refused_by_name(glue: Any, unique: str) -> None:
    with pytest.raises(glue.exceptions.ClientError, match=r"DatabaseInput.TargetDatabase of glue:CreateDatabase"):
        glue.create_database(DatabaseInput={"Name": unique, "TargetDatabase": {"CatalogId": "123456789012", "DatabaseName": "x"}})


def test_accounts_and_regions_are_apart(client: Any, database: str) -> None:
    for other in (client("glue", region="eu-west-1"), client("glue", key="222222222222")):
        assert database not in [d["Name"] for d in other.get_databases()["DatabaseList"]]
