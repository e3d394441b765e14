"""Scripts of the kinds that AWS's public samples show, on inputs made here: join and relationalize, resolve choices, clean and nest."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

pytestmark = [pytest.mark.spark, pytest.mark.slow]
HEAD = """
import sys
from awsglue.transforms import Join
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from pyspark.sql.functions import udf
from pyspark.sql.types import StringType

args = getResolvedOptions(sys.argv, ["db", "out"])
glueContext = GlueContext(SparkContext.getOrCreate())

def read(table):
    return glueContext.create_dynamic_frame.from_catalog(database=args["db"], table_name=table)

def write(frame, name, format):
    glueContext.write_dynamic_frame.from_options(
        frame=frame, connection_type="s3", connection_options={"path": args["out"] + name}, format=format)
"""
JOIN = """
people, seats = read("people_json"), read("seats_json")
houses = read("houses_json").drop_fields(["names"]).rename_field("id", "house_id").rename_field("name", "house_name")
history = Join.apply(houses, Join.apply(people, seats, "id", "person_id"), "house_id", "house").drop_fields(["person_id", "house_id"])
write(history, "history", "parquet")
history.toDF().repartition(1).write.parquet(args["out"] + "single")
history.toDF().write.parquet(args["out"] + "parted", partitionBy=["house_name"])
tables = history.relationalize("root", args["out"] + "temp")
for name in tables.keys():
    write(tables.select(name), "flat/" + name, "json")
print("tables", sorted(tables.keys()))
"""
CHOICES = """
bills = read("bills")
for action in ("cast:long", "project:long", "make_cols", "make_struct"):
    write(bills.resolveChoice(specs=[("provider id", action)]), action.replace(":", "_"), "json")
bills.toDF().createOrReplaceTempView("bills")
large = glueContext.spark_session.sql("SELECT * FROM bills WHERE `total` > 30")
write(DynamicFrame.fromDF(large, glueContext, "large"), "sql", "json")
clean = bills.resolveChoice(specs=[("provider id", "cast:long")]).toDF().where("`provider id` is NOT NULL")
chop = udf(lambda x: x[1:], StringType())
clean = clean.withColumn("ACC", chop(clean["charges"]))
nested = DynamicFrame.fromDF(clean, glueContext, "nested").apply_mapping([
    ("provider id", "long", "provider.id", "long"), ("provider name", "string", "provider.name", "string"),
    ("ACC", "string", "charges.covered", "double"),
])
write(nested, "nested", "json")
"""
PEOPLE = [
    {"id": f"p{n}", "name": f"P{n}", "image": f"i{n}", "links": [{"url": f"u{n}"}], "phones": ["1", "2"] if n % 2 else []} for n in range(4)
]
HOUSES = [
    {"id": "h", "name": "House", "names": [{"n": "x"}]},
    {"id": "party", "name": "Party", "names": [], "links": [{"url": "p"}], "image": "p"},
]
SEATS = [{"person_id": f"p{n % 4}", "house": "h", "start": 2000 + n} for n in range(6)]
# One row in the public file has text where a number belongs.
BILLS = 'provider id,provider name,total,charges\n10001,"SOUTH, ""X""",50,$12.50\n10002,NORTH,20,$1.00\n(.),BAD,90,$3.00\n'


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


@pytest.fixture
def run(server: Any, unique: str) -> Any:
    """Runs a script as a job to its end; answers what its folder holds, by name, and its output."""
    s3, glue, iam = server.client("s3"), server.client("glue"), server.client("iam")
    trust = policy(Principal={"Service": "glue.amazonaws.com"}, Action="sts:AssumeRole")
    role = iam.create_role(RoleName=unique, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=unique, PolicyName="all", PolicyDocument=policy(Action="*", Resource="*"))
    s3.create_bucket(Bucket=unique)
    for name, rows in (("people", PEOPLE), ("houses", HOUSES), ("seats", SEATS)):
        s3.put_object(Bucket=unique, Key=f"in/all/{name}.json", Body="\n".join(map(json.dumps, rows)).encode())
    s3.put_object(Bucket=unique, Key="in/bills/bills.csv", Body=BILLS.encode())
    glue.create_database(DatabaseInput={"Name": unique})
    targets = {"S3Targets": [{"Path": f"s3://{unique}/in/all"}, {"Path": f"s3://{unique}/in/bills"}]}
    glue.create_crawler(Name=unique, Role=role, DatabaseName=unique, Targets=targets)
    glue.start_crawler(Name=unique)
    _until(lambda: glue.get_crawler(Name=unique)["Crawler"]["State"] == "READY")
    _declare(glue, unique)

    def whole(script: str) -> dict[str, list[Any]]:
        s3.put_object(Bucket=unique, Key="script.py", Body=(HEAD + script).encode())
        command = {"Name": "glueetl", "ScriptLocation": f"s3://{unique}/script.py"}
        arguments = {"--db": unique, "--out": f"s3://{unique}/out/"}
        glue.create_job(Name=unique, Role=role, Command=command, GlueVersion="6.0", DefaultArguments=arguments)
        made = glue.start_job_run(JobName=unique)["JobRunId"]
        _until(lambda: _state(glue, unique, made)["JobRunState"] not in ("STARTING", "RUNNING", "WAITING"))
        assert _state(glue, unique, made)["JobRunState"] == "SUCCEEDED", _state(glue, unique, made)["ErrorMessage"]
        found: dict[str, list[Any]] = {}
        for item in s3.list_objects_v2(Bucket=unique, Prefix="out/").get("Contents", []):
            folder = item["Key"].removeprefix("out/").rpartition("/")[0]
            body = s3.get_object(Bucket=unique, Key=item["Key"])["Body"].read()
            lines = body.splitlines() if "json" in item["Key"] else []
            found.setdefault(folder, []).extend(json.loads(line) for line in lines)
        return found

    return whole


def _declare(glue: Any, database: str) -> None:
    """The identifiers are numbers for the catalog, as AWS's crawler sees them: it looks at the file's beginning only."""
    table = glue.get_table(DatabaseName=database, Name="bills")["Table"]
    next(c for c in table["StorageDescriptor"]["Columns"] if c["Name"] == "provider id")["Type"] = "bigint"
    kept = ("Name", "StorageDescriptor", "PartitionKeys", "TableType", "Parameters")
    glue.update_table(DatabaseName=database, TableInput={name: table[name] for name in kept})


def _state(glue: Any, name: str, run: str) -> Any:
    return glue.get_job_run(JobName=name, RunId=run)["JobRun"]


def _until(check: Any) -> None:
    deadline = time.monotonic() + 300
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_join_and_relationalize(run: Any) -> None:
    found = run(JOIN)
    assert {"history", "single", "parted/house_name=House"} <= set(found)
    tables = {name.removeprefix("flat/"): rows for name, rows in found.items() if name.startswith("flat/")}
    # The house that people sit in has neither links nor an image of its own: theirs keep the name.
    assert set(tables) == {"root", "root_links", "root_phones"}
    assert sorted(row["name"] for row in tables["root"]) == ["P0", "P0", "P1", "P1", "P2", "P3"]
    assert {row["name"]: row["image"] for row in tables["root"]} == {f"P{n}": f"i{n}" for n in range(4)}
    assert sorted(row["phones.val"] for row in tables["root_phones"]) == ["1", "1", "1", "2", "2", "2"]
    ids = {row["links"]: row["name"][1:] for row in tables["root"]}
    assert {row["id"]: row["links.val.url"][1:] for row in tables["root_links"]} == ids


def test_choices_and_cleaning(run: Any) -> None:
    found = run(CHOICES)
    assert [row.get("provider id") for row in found["cast_long"]] == [10001, 10002, None]
    assert [row.get("provider id") for row in found["project_long"]] == [10001, 10002, None]
    assert [(row.get("provider id_long"), row.get("provider id_string")) for row in found["make_cols"]] == [
        (10001, None),
        (10002, None),
        (None, "(.)"),
    ]
    assert [row["provider id"] for row in found["make_struct"]] == [{"long": 10001}, {"long": 10002}, {"string": "(.)"}]
    assert [row["total"] for row in found["sql"]] == [50, 90]
    assert found["nested"] == [
        {"provider": {"id": 10001, "name": 'SOUTH, "X"'}, "charges": {"covered": 12.5}},
        {"provider": {"id": 10002, "name": "NORTH"}, "charges": {"covered": 1.0}},
    ]
