"""Each Glue version on its own Spark, in an environment of its own; the open table formats on each.

5.0 and 4.0 are left out unless WHEATPASTE_ALL_RUNTIMES is set: each makes an environment of 700 MB first.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engines.spark.places import Place, said

from wheatpaste.engines.spark import versions

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.timeout(1800)]
SCRIPTS = Path(__file__).with_name("scripts")
ACCOUNT = "333333333333"
CONF = {
    "iceberg": {
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.catalog.glue_catalog": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.glue_catalog.warehouse": f"s3://own-{ACCOUNT}/warehouse/",
        "spark.sql.catalog.glue_catalog.catalog-impl": "org.apache.iceberg.aws.glue.GlueCatalog",
        "spark.sql.catalog.glue_catalog.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
    },
    "delta": {
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    },
    "hudi": {
        "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
        "spark.sql.hive.convertMetastoreParquet": "false",
    },
}
"""AWS's documentation of each format (aws-glue-programming-etl-format-iceberg, -delta-lake, -hudi)."""
NUMBERS = list(versions.GLUE) if os.environ.get("WHEATPASTE_ALL_RUNTIMES") else ["6.0", "5.1"]
FORMATS = [(number, form) for number in NUMBERS for form in versions.GLUE[number].formats]


@pytest.fixture(scope="module")
def place(own_server_of_module: Any) -> Place:
    return Place(own_server_of_module, ACCOUNT)


@pytest.fixture(scope="module")
def own_server_of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from tests.conftest import Server

    server = Server(tmp_path_factory.mktemp("home"), ("--warm", "0")).start()
    yield server
    server.stop()


def told(run: dict[str, Any]) -> dict[str, Any]:
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    found: dict[str, Any] = json.loads(said(run)[-1])
    return found


@pytest.mark.parametrize("number", NUMBERS)
def test_a_version(place: Place, number: str) -> None:
    found = told(place.run((SCRIPTS / "versions.py").read_text(), version=number, bucket=place.bucket, database=f"db{ACCOUNT}"))
    spark = versions.GLUE[number].spark
    assert found.pop("spark") == spark
    assert f"t{spark.replace('.', '')}" in found.pop("listed")
    assert found == {
        "upper": ["A", "B", "?"],
        "sum": 12,
        "avro": 3,
        "table": [1],
        "json": [2.5, 3.0],
        "sunk": [2.5, 3.0],
        "partitions": [["1"], ["2"]],
        "files": ["run-"],
        "choice": "struct<v:struct<int:int,string:string>>",
        "cast": ["1", "two"],
        "xml": [[2.5, 3.0], 1],
        "ion and excel": [[1, 2], [3]],
        "functions": [{"kind": "int", "list": [1]}, 1, 1],
        "ansi": "true" if number == "6.0" else "false",
    }


@pytest.mark.parametrize("number", NUMBERS)
def test_json_of_several_types(place: Place, number: str) -> None:
    """Spark before 4 has no VARIANT: only objects among other values are told differently there."""
    found = told(place.run((SCRIPTS / "json_types.py").read_text(), version=number, bucket=place.bucket))
    objects = found.pop("objects")
    if number == "6.0":
        assert objects == ["struct<a:struct<int:int,struct:struct<b:string>>>", ['{"a":{"int":1}}', '{"a":{"struct":{"b":"c"}}}']]
    else:
        assert objects == ["struct<a:struct<int:int,string:string>>", ['{"a":{"int":1}}', '{"a":{"string":"{\\"b\\":\\"c\\"}"}}']]
    assert found == {
        "nested": [
            "struct<i:int,v:struct<int:int,string:string>,s:string,n:struct<a:struct<int:int,string:string>,"
            "b:array<struct<int:int,boolean:boolean,string:string>>>,w:struct<long:bigint,double:double>>",
            [
                '{"i":1,"v":{"int":1},"s":"x\\"y","n":{"a":{"string":"1"},"b":[{"int":1},{"string":"2"},{"boolean":true}]},'
                '"w":{"long":12345678901}}',
                '{"i":2,"v":{"string":"1"},"n":{"a":{"int":1}},"w":{"double":1.5}}',
                '{"i":3,"v":{"string":"{1}"},"s":"s"}',
            ],
            1,
        ],
        "whole": ["struct<a:struct<int:int,string:string>,b c:string>", ['{"a":{"int":1},"b c":"é"}', '{"a":{"string":"2"}}'], 0],
        "several": ["struct<a:struct<int:int,string:string>,c:int>", ['{"a":{"int":1}}', '{"a":{"string":"b"}}', '{"c":3}'], 0],
        "declared": [
            "struct<a:struct<int:int,string:string>,m:map<string,string>>",
            ['{"a":{"int":2}}', '{"a":{"string":"1"},"m":{"k":"v"}}'],
            0,
        ],
        "path": ["struct<a:struct<int:int,string:string>>", ['{"a":{"int":1}}', '{"a":{"string":"1"}}', '{"a":{"string":"x"}}'], 1],
        "cast": ["struct<v:int>", ['{"v":1}', '{"v":1}', "{}"]],
    }


@pytest.mark.parametrize(("number", "form"), FORMATS)
def test_a_format(place: Place, number: str, form: str) -> None:
    conf = " --conf ".join(f"{name}={value}" for name, value in CONF[form].items())
    database = f"{form}{number.replace('.', '')}"
    place.glue.create_database(DatabaseInput={"Name": database, "LocationUri": f"s3://{place.bucket}/{database}/"})  # Delta looks at it
    script = (SCRIPTS / "lake.py").read_text().replace('/lake"', f'/{database}"')
    found = told(place.run(script, version=number, bucket=place.bucket, database=database, conf=conf, datalake_formats=form))
    rows = [[1, "a"], [2, "c"]]
    assert found == {"rows": rows, "versions": 2, **({} if form == "iceberg" else {"dynamic": rows})}


def test_what_is_not_offered_is_refused_by_name(place: Place) -> None:
    run = place.run("print('never')", version="6.0", datalake_formats="hudi")
    assert run["JobRunState"] == "FAILED"
    assert "--datalake-formats hudi is not offered with glue-6.0 (Spark 4.1.4); offered: iceberg, delta" in run["ErrorMessage"]
    run = place.run("print('never')", version="3.0")
    assert run["JobRunState"] == "FAILED"
    assert "glueetl 3.0 is not offered here; offered: glueetl 6.0, 5.1, 5.0, 4.0" in run["ErrorMessage"]
