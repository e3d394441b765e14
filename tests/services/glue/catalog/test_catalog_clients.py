"""The clients that people use on the catalog: PyIceberg's Glue catalog and awswrangler."""

from collections.abc import Iterator
from typing import Any

import pytest

ACCESS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture
def bucket(client: Any, unique: str) -> str:
    client("s3").create_bucket(Bucket=unique)
    return unique


@pytest.fixture
def iceberg(server: Any, bucket: str) -> Any:
    from pyiceberg.catalog.glue import GlueCatalog

    keys = {"access-key-id": "test", "secret-access-key": "test", "region": "us-east-1", "endpoint": server.endpoint}
    settings = {f"{service}.{name}": value for service in ("glue", "s3") for name, value in keys.items()}
    return GlueCatalog("glue", warehouse=f"s3://{bucket}/warehouse", **settings, **{"s3.force-virtual-addressing": "false"})


def test_pyiceberg_creates_appends_and_scans(iceberg: Any, bucket: str) -> None:
    import pyarrow as pa

    iceberg.create_namespace(bucket)
    rows = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "name": ["a", "b", None]})
    table = iceberg.create_table((bucket, "t"), schema=rows.schema)
    table.append(rows)
    table.append(rows.slice(0, 1))
    found = iceberg.load_table((bucket, "t")).scan().to_arrow().sort_by("id")
    assert found.to_pylist() == [{"id": 1, "name": "a"}, {"id": 1, "name": "a"}, {"id": 2, "name": "b"}, {"id": 3, "name": None}]
    assert iceberg.list_tables(bucket) == [(bucket, "t")]
    iceberg.rename_table((bucket, "t"), (bucket, "renamed"))
    assert iceberg.load_table((bucket, "renamed")).scan().to_arrow().num_rows == 4
    iceberg.drop_table((bucket, "renamed"))
    iceberg.drop_namespace(bucket)
    assert (bucket,) not in iceberg.list_namespaces()


@pytest.mark.parametrize(("retries", "rows"), [("0", 1), ("4", 2)])
def test_of_two_icebergs_that_commit_at_once_one_is_told(iceberg: Any, bucket: str, retries: str, rows: int) -> None:
    import pyarrow as pa
    from pyiceberg.exceptions import CommitFailedException

    iceberg.create_namespace(bucket)
    data = pa.table({"id": [1]})
    first = iceberg.create_table((bucket, "t"), schema=data.schema, properties={"commit.retry.num-retries": retries})
    second = iceberg.load_table((bucket, "t"))
    first.append(data)
    if retries == "0":
        with pytest.raises(CommitFailedException):
            second.append(data)
    else:  # it reads the new version and tries again
        second.append(data)
    assert iceberg.load_table((bucket, "t")).scan().to_arrow().num_rows == rows


@pytest.fixture
def wrangler(server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    import awswrangler

    for name, value in ACCESS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(awswrangler.config, "glue_endpoint_url", server.endpoint)
    monkeypatch.setattr(awswrangler.config, "s3_endpoint_url", server.endpoint)
    monkeypatch.setattr(awswrangler.config, "sts_endpoint_url", server.endpoint)
    yield awswrangler


@pytest.mark.filterwarnings("ignore")  # awswrangler uses what pandas will drop
def test_awswrangler_writes_a_partitioned_dataset_and_finds_it(wrangler: Any, bucket: str) -> None:
    import pandas as pd

    wrangler.catalog.create_database(bucket, exist_ok=True)
    frame = pd.DataFrame({"year": [2023, 2024, 2024], "month": [12, 1, 2], "amount": [1.5, 2.5, None]})
    path = f"s3://{bucket}/sales/"
    wrangler.s3.to_parquet(
        frame,
        path,
        dataset=True,
        partition_cols=["year", "month"],
        database=bucket,
        table="sales",
        glue_table_settings={"columns_comments": {"amount": "USD"}},
    )
    types = wrangler.catalog.get_table_types(bucket, "sales")
    assert types == {"amount": "double", "year": "bigint", "month": "bigint"}
    partitions = wrangler.catalog.get_parquet_partitions(bucket, "sales", expression="year = 2024 AND month > 1")
    assert partitions == {f"{path}year=2024/month=2/": ["2024", "2"]}
    assert sorted(wrangler.catalog.get_partitions(bucket, "sales").values()) == [["2023", "12"], ["2024", "1"], ["2024", "2"]]
    found = [t["Name"] for t in wrangler.catalog.get_tables(database=bucket, name_prefix="sa")]
    assert found == ["sales"] == [t["Name"] for t in wrangler.catalog.get_tables(database=bucket, name_contains="ale")]
    assert [t["Name"] for t in wrangler.catalog.search_tables(text=bucket)] == ["sales"]
    assert wrangler.catalog.get_columns_comments(bucket, "sales")["amount"] == "USD"
    wrangler.s3.to_parquet(
        frame.assign(extra="x"),
        path,
        dataset=True,
        partition_cols=["year", "month"],
        database=bucket,
        table="sales",
        mode="overwrite_partitions",
        catalog_versioning=True,
    )
    assert "extra" in wrangler.catalog.get_table_types(bucket, "sales")
    assert wrangler.catalog.get_table_number_of_versions(bucket, "sales") >= 2
    wrangler.catalog.delete_partitions(table="sales", database=bucket, partitions_values=[["2023", "12"]])
    assert len(wrangler.catalog.get_partitions(bucket, "sales")) == 2
    assert wrangler.catalog.delete_table_if_exists(bucket, "sales") and not wrangler.catalog.does_table_exist(bucket, "sales")
