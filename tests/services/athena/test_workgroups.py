"""Workgroups, named queries, prepared statements, catalogs and tags."""

import pytest
from botocore.exceptions import ClientError
from tests.services.athena.conftest import Athena


def test_workgroups(lake: Athena) -> None:
    name, other = lake.name, f"s3://{lake.name}/other/"
    lake.athena.create_work_group(
        Name=name, Description="d", Configuration={"ResultConfiguration": {"OutputLocation": other}}, Tags=[{"Key": "a", "Value": "b"}]
    )
    with pytest.raises(ClientError, match="WorkGroup is already created"):
        lake.athena.create_work_group(Name=name)
    found = lake.athena.get_work_group(WorkGroup=name)["WorkGroup"]
    assert found["State"] == "ENABLED" and found["Configuration"]["EnforceWorkGroupConfiguration"] is True
    assert lake.run("SELECT 1", WorkGroup=name)["ResultConfiguration"]["OutputLocation"].startswith(other)
    lake.athena.update_work_group(
        WorkGroup=name, ConfigurationUpdates={"EnforceWorkGroupConfiguration": False, "BytesScannedCutoffPerQuery": 10_000_000}
    )
    assert lake.run("SELECT 1", WorkGroup=name)["ResultConfiguration"]["OutputLocation"].startswith(lake.output)
    assert name in [each["Name"] for each in lake.athena.list_work_groups()["WorkGroups"]]
    arn = f"arn:aws:athena:us-east-1:123456789012:workgroup/{name}"
    assert lake.athena.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    with pytest.raises(ClientError, match="is not empty"):
        lake.athena.delete_work_group(WorkGroup=name)
    lake.athena.update_work_group(WorkGroup=name, State="DISABLED")
    with pytest.raises(ClientError, match="is disabled"):
        lake.start("SELECT 1", WorkGroup=name)
    lake.athena.delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)
    with pytest.raises(ClientError, match="WorkGroup is not found"):
        lake.athena.get_work_group(WorkGroup=name)


def test_the_limit_of_scanned_bytes(lake: Athena) -> None:
    lake.put("t/x", b"x" * 20_000_000)
    lake.run(f"CREATE EXTERNAL TABLE t (a string) LOCATION 's3://{lake.name}/t/'")
    lake.athena.create_work_group(Name=lake.name, Configuration={"BytesScannedCutoffPerQuery": 10_000_000})
    found = lake.wait(lake.start("SELECT * FROM t", WorkGroup=lake.name))
    assert found["Status"]["State"] == "CANCELLED"
    assert "Bytes scanned limit was exceeded" in found["Status"]["StateChangeReason"]


def test_no_place_for_results(lake: Athena) -> None:
    with pytest.raises(ClientError, match="No output location provided"):
        lake.athena.start_query_execution(QueryString="SELECT 1")


def test_the_primary_workgroup_is_there(lake: Athena) -> None:
    assert lake.athena.get_work_group(WorkGroup="primary")["WorkGroup"]["State"] == "ENABLED"
    with pytest.raises(ClientError, match="cannot be deleted"):
        lake.athena.delete_work_group(WorkGroup="primary")


def test_named_queries(lake: Athena) -> None:
    lake.athena.create_work_group(Name=lake.name)
    made = lake.athena.create_named_query(Name="q", Database="db", QueryString="SELECT 1", WorkGroup=lake.name, ClientRequestToken="x" * 32)
    again = lake.athena.create_named_query(
        Name="q", Database="db", QueryString="SELECT 1", WorkGroup=lake.name, ClientRequestToken="x" * 32
    )
    assert again["NamedQueryId"] == made["NamedQueryId"]
    lake.athena.update_named_query(NamedQueryId=made["NamedQueryId"], Name="r", QueryString="SELECT 2")
    assert lake.athena.get_named_query(NamedQueryId=made["NamedQueryId"])["NamedQuery"]["QueryString"] == "SELECT 2"
    assert lake.athena.list_named_queries(WorkGroup=lake.name)["NamedQueryIds"] == [made["NamedQueryId"]]
    lake.athena.delete_named_query(NamedQueryId=made["NamedQueryId"])
    assert lake.athena.batch_get_named_query(NamedQueryIds=[made["NamedQueryId"]])["NamedQueries"] == []


def test_prepared_statements(lake: Athena) -> None:
    group = {"WorkGroup": lake.name}
    lake.athena.create_work_group(Name=lake.name)
    lake.athena.create_prepared_statement(StatementName="pp", QueryStatement="SELECT ?", **group)
    with pytest.raises(ClientError, match="already exists"):
        lake.athena.create_prepared_statement(StatementName="pp", QueryStatement="SELECT ?", **group)
    assert lake.athena.get_prepared_statement(StatementName="pp", **group)["PreparedStatement"]["QueryStatement"] == "SELECT ?"
    assert [each["StatementName"] for each in lake.athena.list_prepared_statements(**group)["PreparedStatements"]] == ["pp"]
    lake.athena.delete_prepared_statement(StatementName="pp", **group)
    with pytest.raises(lake.athena.exceptions.ResourceNotFoundException):
        lake.athena.get_prepared_statement(StatementName="pp", **group)


def test_catalog_and_metadata(lake: Athena) -> None:
    assert lake.athena.get_data_catalog(Name="AwsDataCatalog")["DataCatalog"]["Type"] == "GLUE"
    lake.run(f"CREATE EXTERNAL TABLE t (a int) PARTITIONED BY (p string) STORED AS PARQUET LOCATION 's3://{lake.name}/t/'")
    table = lake.athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName=lake.name, TableName="t")["TableMetadata"]
    assert table["Columns"] == [{"Name": "a", "Type": "int"}] and table["PartitionKeys"][0]["Name"] == "p"
    assert table["Parameters"]["location"] == f"s3://{lake.name}/t"
    listed = lake.athena.list_table_metadata(CatalogName="AwsDataCatalog", DatabaseName=lake.name)["TableMetadataList"]
    assert [each["Name"] for each in listed] == ["t"]
    assert lake.athena.get_database(CatalogName="AwsDataCatalog", DatabaseName=lake.name)["Database"]["Name"] == lake.name
    with pytest.raises(lake.athena.exceptions.MetadataException):
        lake.athena.get_database(CatalogName="AwsDataCatalog", DatabaseName="nosuch")
