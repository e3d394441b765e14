"""One Spark session for all tests of the library."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import CACHE

from wheatpaste.engines.spark import jars

if TYPE_CHECKING:
    from awsglue.dynamicframe import DynamicFrame


def _jars() -> Path | None:
    """S3's and the databases' drivers for the Spark that is there, where an earlier test of the engine has fetched them."""
    try:
        from pyspark import __version__
    except ImportError:
        return None
    return jars.kept(CACHE, "spark-" + ".".join(__version__.split(".")[:2]))


JARS = _jars()
S3A = {
    "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "fs.s3a.path.style.access": "true",
    "fs.s3a.bucket.probe": "0",
    "fs.s3a.connection.ssl.enabled": "false",
    "fs.s3a.endpoint.region": "us-east-1",
    "fs.s3a.access.key": "test",
    "fs.s3a.secret.key": "test",
    "mapreduce.fileoutputcommitter.algorithm.version": "2",
}
LAZY = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")


def pytest_itemcollected(item: pytest.Item) -> None:
    if {"spark", "glue"} & set(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.spark)
        # py4j leaves its sockets to the garbage collector.
        item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture(autouse=True)
def report(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of the test's own: a run's is bounded, and many tests are one process."""
    from awsglue import _report

    empty: dict[str, Any] = {"_sources": [], "_sinks": [], "_columns": {}, "_notes": {}}
    for name, nothing in empty.items():
        monkeypatch.setattr(_report, name, nothing)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    pyspark_sql = pytest.importorskip("pyspark.sql")
    home = tmp_path_factory.mktemp("spark")
    builder = (
        pyspark_sql.SparkSession.builder.config("spark.driver.extraClassPath", f"{JARS}/*") if JARS else pyspark_sql.SparkSession.builder
    )
    for name, value in S3A.items():
        builder = builder.config(f"spark.hadoop.{name}", value)
    session = (
        builder.master("local[2]")
        .appName("awsglue tests")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.default.parallelism", "2")
        .config("spark.sql.warehouse.dir", str(home / "warehouse"))
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.extraJavaOptions", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dderby.stream.error.file=/dev/null")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def glue(spark: Any) -> Any:
    from awsglue.context import GlueContext

    return GlueContext(spark.sparkContext)


@pytest.fixture
def aws(server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The project's own server, found by the library in its environment."""
    from awsglue import _aws

    settings = {
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    _aws.client.cache_clear()
    yield server
    _aws.client.cache_clear()


@pytest.fixture
def bucket(spark: Any, aws: Any, unique: str) -> str:
    """A bucket of the test's own that Spark reaches as s3://."""
    if JARS is None:
        pytest.skip("the jars for S3 are not in the cache; tests/engines fetches them")
    spark._jsc.hadoopConfiguration().set("fs.s3a.endpoint", aws.endpoint)
    aws.client("s3").create_bucket(Bucket=unique)
    return unique


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Writes a file below a folder of its own and answers that folder's path."""

    def put(name: str, text: str) -> str:
        target = tmp_path / "in" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return str(tmp_path / "in")

    return put


@pytest.fixture(scope="module")
def people(glue: Any, tmp_path_factory: pytest.TempPathFactory) -> DynamicFrame:
    """A field of three types, a struct, an array of structs, a field that is always null."""
    folder = tmp_path_factory.mktemp("people")
    lines: list[dict[str, Any]] = [
        {"id": 1, "name": "Ann", "home": {"city": "Bern", "zip": 3000}, "calls": [{"to": "Bob", "min": 2}], "none": None},
        {"id": "x7", "name": "Bob", "home": {"city": "Rome", "zip": "00100"}, "calls": [], "none": None},
        {"id": 2.5, "name": "Cy", "home": None, "calls": None, "none": None},
    ]
    (folder / "people.json").write_text("\n".join(json.dumps(line) for line in lines))
    frame: DynamicFrame = glue.create_dynamic_frame.from_options("s3", {"paths": [str(folder)]}, "json")
    return frame


@pytest.fixture(scope="module")
def orders(glue: Any, spark: Any) -> DynamicFrame:
    """Two of Ann's and one of nobody's."""
    from awsglue.dynamicframe import DynamicFrame

    made = spark.createDataFrame([("Ann", 1, 5.0), ("Ann", 2, 7.0), (None, 3, 1.0)], "name string, no int, total double")
    return DynamicFrame.fromDF(made, glue, "orders")


@pytest.fixture
def catalog(aws: Any, unique: str) -> Any:
    """A client of the catalog, with a database of the test's own."""
    client = aws.client("glue")
    client.create_database(DatabaseInput={"Name": unique})
    return client


@pytest.fixture
def table(catalog: Any, unique: str, tmp_path: Path) -> Callable[..., str]:
    """Makes a table `t` over a folder of the test's; answers the folder."""

    def make(
        columns: list[tuple[str, str]],
        classification: str = "csv",
        keys: list[tuple[str, str]] | None = None,
        serde: str = LAZY,
        serde_parameters: dict[str, str] | None = None,
        **parameters: str,
    ) -> str:
        location = f"file://{tmp_path}/t/"
        storage = {
            "Columns": [{"Name": name, "Type": kind} for name, kind in columns],
            "Location": location,
            "SerdeInfo": {
                "SerializationLibrary": serde,
                "Parameters": {"field.delim": ","} if serde_parameters is None else serde_parameters,
            },
        }
        given = {"classification": classification, **{key.replace("_", "."): value for key, value in parameters.items()}}
        catalog.create_table(
            DatabaseName=unique,
            TableInput={
                "Name": "t",
                "TableType": "EXTERNAL_TABLE",
                "StorageDescriptor": storage,
                "PartitionKeys": [{"Name": name, "Type": kind} for name, kind in keys or []],
                "Parameters": given,
            },
        )
        return location

    return make
