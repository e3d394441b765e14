"""Functions, connections, tags, search, policies, settings and the catalog itself, through boto3."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Make = Callable[..., dict[str, str]]
ARN = "arn:aws:glue:us-east-1:123456789012"


def test_functions(glue: Any, database: str) -> None:
    given = {"ClassName": "c.F", "OwnerName": "me", "OwnerType": "USER", "ResourceUris": [{"ResourceType": "JAR", "Uri": "s3://b/f.jar"}]}
    glue.create_user_defined_function(DatabaseName=database, FunctionInput={"FunctionName": "Upper_It", **given})
    glue.create_user_defined_function(DatabaseName=database, FunctionInput={"FunctionName": "lower_it", **given})
    found = glue.get_user_defined_function(DatabaseName=database, FunctionName="UPPER_IT")["UserDefinedFunction"]
    assert found.pop("CreateTime").tzinfo is not None
    assert found == {"FunctionName": "upper_it", "DatabaseName": database, "CatalogId": "123456789012", **given}
    pages = glue.get_paginator("get_user_defined_functions").paginate(DatabaseName=database, Pattern="*", PaginationConfig={"PageSize": 1})
    assert [[f["FunctionName"] for f in p["UserDefinedFunctions"]] for p in pages] == [["lower_it"], ["upper_it"]]
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_user_defined_function(DatabaseName=database, FunctionInput={"FunctionName": "UPPER_it"})
    glue.update_user_defined_function(
        DatabaseName=database, FunctionName="upper_it", FunctionInput={"FunctionName": "upper_it", "ClassName": "d"}
    )
    assert glue.get_user_defined_function(DatabaseName=database, FunctionName="upper_it")["UserDefinedFunction"]["ClassName"] == "d"
    glue.delete_user_defined_function(DatabaseName=database, FunctionName="upper_it")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_user_defined_function(DatabaseName=database, FunctionName="upper_it")


def jdbc(name: str, **properties: str) -> dict[str, Any]:
    url = {"JDBC_CONNECTION_URL": "jdbc:postgresql://h:5432/d", "USERNAME": "u"}
    return {"Name": name, "ConnectionType": "JDBC", "MatchCriteria": ["x"], "ConnectionProperties": {**url, **properties}}


def test_a_connections_password_is_sealed_on_disk_and_can_be_hidden(glue: Any, server: Any, unique: str) -> None:
    secret = f"hush-{unique}-hush"
    glue.create_connection(ConnectionInput=jdbc(unique, PASSWORD=secret), Tags={"a": "b"})
    properties = glue.get_connection(Name=unique)["Connection"]["ConnectionProperties"]
    assert properties == jdbc(unique, PASSWORD=secret)["ConnectionProperties"]
    hidden = glue.get_connection(Name=unique, HidePassword=True)["Connection"]["ConnectionProperties"]
    assert hidden == jdbc(unique)["ConnectionProperties"]
    files = [f for f in Path(server.home).glob("state.db*") if f.is_file()]
    assert files and not [f for f in files if secret.encode() in f.read_bytes()]
    assert glue.get_tags(ResourceArn=f"{ARN}:connection/{unique}")["Tags"] == {"a": "b"}


def test_connections_change_and_go(glue: Any, unique: str) -> None:
    names = [f"{unique}{i}" for i in range(3)]
    for name in names:
        glue.create_connection(ConnectionInput=jdbc(name, PASSWORD="p"))
    with pytest.raises(glue.exceptions.AlreadyExistsException):
        glue.create_connection(ConnectionInput=jdbc(names[0]))
    glue.update_connection(Name=names[0], ConnectionInput={**jdbc(names[0], PASSWORD="q"), "MatchCriteria": [unique]})
    found = glue.get_connections(Filter={"MatchCriteria": [unique], "ConnectionType": "JDBC"})["ConnectionList"]
    assert [(c["Name"], c["ConnectionProperties"]["PASSWORD"]) for c in found] == [(names[0], "q")]
    gone = glue.batch_delete_connection(ConnectionNameList=[names[1], "nope"])
    assert gone["Succeeded"] == [names[1]] and gone["Errors"]["nope"]["ErrorCode"] == "EntityNotFoundException"
    glue.delete_connection(ConnectionName=names[0])
    for name in names[:2]:
        with pytest.raises(glue.exceptions.EntityNotFoundException, match=f"Connection {name} not found"):
            glue.get_connection(Name=name)
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.update_connection(Name=names[1], ConnectionInput=jdbc(names[1]))


def test_credentials_that_belong_in_secrets_manager_are_refused(glue: Any, unique: str) -> None:
    basic = {"AuthenticationType": "BASIC", "BasicAuthenticationCredentials": {"Username": "u", "Password": "p"}}
    with pytest.raises(glue.exceptions.ClientError, match="BasicAuthenticationCredentials of glue:CreateConnection is not implemented"):
        glue.create_connection(ConnectionInput={**jdbc(unique), "AuthenticationConfiguration": basic})


def test_tags(glue: Any, database: str) -> None:
    arn = f"{ARN}:database/{database}"
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"a": "1", "b": "2"})
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"b": "3"})
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"a": "1", "b": "3"}
    glue.untag_resource(ResourceArn=arn, TagsToRemove=["a", "nope"])
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {"b": "3"}
    with pytest.raises(glue.exceptions.InvalidInputException, match="reserved"):
        glue.tag_resource(ResourceArn=arn, TagsToAdd={"aws:x": "1"})
    with pytest.raises(glue.exceptions.InvalidInputException, match="50"):
        glue.tag_resource(ResourceArn=arn, TagsToAdd={str(i): "" for i in range(50)})
    glue.delete_database(Name=database)
    glue.create_database(DatabaseInput={"Name": database})
    assert glue.get_tags(ResourceArn=arn)["Tags"] == {}


@pytest.mark.parametrize("kind", ["database", "table/d", "connection", "crawler", "job", "session", "dataQualityRuleset", "trigger", ""])
def test_tags_of_nothing_are_refused(glue: Any, unique: str, kind: str) -> None:
    """A tag on a misspelt name would be lost without a word."""
    arn = f"{ARN}:{kind}/{unique}"
    with pytest.raises(glue.exceptions.EntityNotFoundException, match=f"Resource {arn} not found"):
        glue.tag_resource(ResourceArn=arn, TagsToAdd={"a": "1"})
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.untag_resource(ResourceArn=arn, TagsToRemove=["a"])
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_tags(ResourceArn=arn)


def test_search(glue: Any, make_table: Make, unique: str) -> None:
    make_table(f"{unique}_orders", Description="What customers bought", Owner="sales", Parameters={"classification": "csv"})
    make_table(f"{unique}_customers", Owner="crm", Parameters={"classification": "parquet"})

    def names(**asked: Any) -> list[str]:
        return [t["Name"].removeprefix(f"{unique}_") for t in glue.search_tables(**asked)["TableList"]]

    here = {"Key": "DatabaseName", "Value": unique}
    assert names(Filters=[here]) == ["customers", "orders"]
    assert names(Filters=[here], SortCriteria=[{"FieldName": "Owner", "Sort": "DESC"}]) == ["orders", "customers"]
    assert names(Filters=[here, {"Key": "classification", "Value": "CSV"}]) == ["orders"]
    assert names(Filters=[here, {"Key": "UpdateTime", "Value": "2020-01-01", "Comparator": "LESS_THAN"}]) == []
    assert names(Filters=[here, {"Key": "UpdateTime", "Value": "2020-01-01", "Comparator": "GREATER_THAN"}]) == ["customers", "orders"]
    assert names(Filters=[here], SearchText="customers") == ["customers", "orders"]
    assert names(Filters=[here], SearchText=f'"{unique}_customers"') == ["customers"]
    assert names(Filters=[here], SearchText="nothing of the kind") == []
    first = glue.search_tables(Filters=[here], MaxResults=1)
    second = glue.search_tables(Filters=[here], MaxResults=1, NextToken=first["NextToken"])
    assert [t["Name"] for page in (first, second) for t in page["TableList"]] == [f"{unique}_customers", f"{unique}_orders"]
    assert "NextToken" not in second


def test_policies(glue: Any, unique: str) -> None:
    arn, text = f"{ARN}:database/{unique}", json.dumps({"Version": "2012-10-17", "Statement": []})
    digest = glue.put_resource_policy(ResourceArn=arn, PolicyInJson=text, PolicyExistsCondition="NOT_EXIST")["PolicyHash"]
    found = glue.get_resource_policy(ResourceArn=arn)
    assert (found["PolicyInJson"], found["PolicyHash"]) == (text, digest)
    assert digest in [p["PolicyHash"] for p in glue.get_resource_policies()["GetResourcePoliciesResponseList"]]
    with pytest.raises(glue.exceptions.ConditionCheckFailureException):
        glue.put_resource_policy(ResourceArn=arn, PolicyInJson=text, PolicyExistsCondition="NOT_EXIST")
    with pytest.raises(glue.exceptions.ConditionCheckFailureException):
        glue.delete_resource_policy(ResourceArn=arn, PolicyHashCondition="other")
    with pytest.raises(glue.exceptions.InvalidInputException, match="JSON"):
        glue.put_resource_policy(ResourceArn=arn, PolicyInJson="{not json")
    glue.delete_resource_policy(ResourceArn=arn, PolicyHashCondition=digest)
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_resource_policy(ResourceArn=arn)


def test_encryption_settings_are_kept(client: Any) -> None:
    glue = client("glue", region="ap-south-1")
    at_first = glue.get_data_catalog_encryption_settings()["DataCatalogEncryptionSettings"]
    assert at_first["EncryptionAtRest"] == {"CatalogEncryptionMode": "DISABLED"}
    wanted = {
        "EncryptionAtRest": {"CatalogEncryptionMode": "SSE-KMS", "SseAwsKmsKeyId": "k"},
        "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": True, "AwsKmsKeyId": "k"},
    }
    glue.put_data_catalog_encryption_settings(DataCatalogEncryptionSettings=wanted)
    assert glue.get_data_catalog_encryption_settings()["DataCatalogEncryptionSettings"] == wanted


def test_the_accounts_catalog(glue: Any, database: str) -> None:
    catalog = glue.get_catalog(CatalogId="123456789012")["Catalog"]
    assert (catalog["CatalogId"], catalog["ResourceArn"]) == ("123456789012", f"{ARN}:catalog")
    assert glue.get_catalogs()["CatalogList"] == []
    assert glue.get_catalogs(IncludeRoot=True, HasDatabases=True)["CatalogList"] == [catalog]
    assert glue.get_catalog_import_status()["ImportStatus"]["ImportCompleted"] is True
    with pytest.raises(glue.exceptions.ClientError, match="glue:CreateCatalog is not implemented"):
        glue.create_catalog(Name="c", CatalogInput={})
