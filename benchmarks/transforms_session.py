"""The Spark session of the row `transforms`: each transform and its plain counterpart, turn by turn; a line of JSON for each.

Arguments: a folder for the data, how many records. What a transform makes is computed in full and thrown away (the sink `noop`).
"""

import gc
import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")

import pandas as pd  # noqa: E402
from pyspark.sql import DataFrame, Row, SparkSession  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402

from awsglue.context import GlueContext  # noqa: E402
from awsglue.dynamicframe import DynamicFrame  # noqa: E402

TURNS, SLOW_TURNS = 7, 3
"""A second's work is easily disturbed on a shared machine: plans that Spark makes identically differ by a fifth in three turns."""
PLAIN, LAMBDA = 1.15, 1.2


def data(spark: SparkSession, folder: Path, rows: int) -> tuple[DataFrame, DataFrame]:
    """Records with a key, text, numbers, a struct and an array; and a thousand others to join with."""
    made = spark.range(0, rows, 1, 8).selectExpr(
        "id", "concat('name ', id % 1000) name", "id % 100 kind", "id / 7D amount", "cast(id % 997 as string) code",
        "named_struct('city', concat('c', id % 50), 'zip', cast(id % 9000 as int)) home",
        "transform(sequence(1, cast(id % 3 as int) + 1), n -> named_struct('n', n, 't', 'tag')) tags",
    )  # fmt: skip
    made.write.parquet(str(folder / "records"))
    spark.range(1000).selectExpr("id code_id", "cast(id as string) code", "concat('code ', id) label").write.parquet(str(folder / "codes"))
    return spark.read.parquet(str(folder / "records")), spark.read.parquet(str(folder / "codes"))


def computed(df: DataFrame) -> None:
    df.write.format("noop").mode("overwrite").save()


def seconds(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def judge(record: Any) -> bool:
    return bool(record["amount"] > 100 and record["kind"] % 2)


def change(record: Any) -> Any:
    record["total"] = record["amount"] * 2
    record["upper"] = record["name"].upper()
    return record


class Cases:
    """(what, ours, theirs, against whom, promise) of every transform."""

    def __init__(self, glue: GlueContext, df: DataFrame, codes: DataFrame, folder: Path) -> None:
        self.glue, self.df, self.codes, self.folder = glue, df, codes, folder
        self.flat = df.select("id", "name", "kind", "amount", "code")

    def frame(self, df: DataFrame) -> DynamicFrame:
        return DynamicFrame.fromDF(df, self.glue, "frame")

    def columns(self) -> Any:
        df, frame = self.df, self.frame
        mappings = [("id", "long", "key", "long"), ("name", "string", "who.name", "string"), ("amount", "double", "amount", "decimal(12,2)"),
                    ("code", "string", "code", "int"), ("home.city", "string", "city", "string")]  # fmt: skip
        yield "ApplyMapping", lambda: frame(df).apply_mapping(mappings).toDF(), lambda: df.selectExpr(
            "id key", "named_struct('name', name) who", "try_cast(amount as decimal(12,2)) amount", "try_cast(code as int) code",
            "home.city city",
        )  # fmt: skip
        yield (
            "SelectFields",
            lambda: frame(df).select_fields(["id", "home.city"]).toDF(),
            lambda: df.selectExpr("id", "if(home is null, null, named_struct('city', home.city)) home"),  # where it is null, ours is
        )
        yield (
            "DropFields",
            lambda: frame(df).drop_fields(["name", "home.zip"]).toDF(),
            lambda: df.drop("name").withColumn("home", F.col("home").dropFields("zip")),
        )
        yield "RenameField", lambda: frame(df).rename_field("name", "label").toDF(), lambda: df.withColumnRenamed("name", "label")
        yield (
            "ResolveChoice cast",
            lambda: frame(df).resolveChoice(specs=[("code", "cast:long")]).toDF(),
            lambda: df.withColumn("code", F.expr("try_cast(code as bigint)")),
        )
        yield (
            "UnnestFrame",
            lambda: frame(df).unnest().toDF(),
            lambda: df.select(
                *[c for c in df.columns if c not in ("home",)], F.col("home.city").alias("home.city"), F.col("home.zip").alias("home.zip")
            ),
        )
        yield "DropNullFields", lambda: frame(df).drop_fields([]).toDF(), lambda: df

    def rows(self) -> Any:
        df, flat, frame = self.df, self.flat, self.frame
        yield (
            "SplitRows (both)",
            lambda: self._both(frame(flat).split_rows({"amount": {">": 100.0}, "kind": {"<": 50}}, "a", "b")),
            lambda: flat.where("amount > 100 and kind < 50").unionByName(flat.where("not coalesce(amount > 100 and kind < 50, false)")),
        )
        yield (
            "Join",
            lambda: frame(flat).join("code", "code", frame(self.codes)).toDF(),
            lambda: flat.join(self.codes.withColumnRenamed("code", ".code"), F.col("code") == F.col("`.code`")),
        )
        yield (
            "Union",
            lambda: frame(flat).union(frame(flat.drop("name"))).toDF(),
            lambda: flat.unionByName(flat.drop("name"), allowMissingColumns=True),
        )
        yield "mergeDynamicFrame", lambda: frame(flat).mergeDynamicFrame(frame(flat.where("id % 10 = 0")), ["id"]).toDF(), self._merged
        yield (
            "Relationalize (both tables)",
            lambda: self._tables(frame(df.select("id", "name", "tags")).relationalize("r", "")),
            self._exploded,
        )

    def _both(self, split: Any) -> DataFrame:
        return split["a"].toDF().unionByName(split["b"].toDF())

    def _merged(self) -> DataFrame:
        stage = self.flat.where("id % 10 = 0")
        return self.flat.join(stage.select("id"), "id", "left_anti").unionByName(stage)

    def _tables(self, found: Any) -> list[DataFrame]:
        return [found[name].toDF() for name in found.keys()]  # noqa: SIM118 - a collection has no iterator

    def _exploded(self) -> list[DataFrame]:
        numbered = self.df.select("id", "name", "tags").withColumn("n", F.monotonically_increasing_id() + 1).persist()
        child = numbered.select(F.col("n").alias("id"), F.posexplode("tags").alias("index", "v")).select("id", "index", "v.n", "v.t")
        return [numbered.select("id", "name", F.when(F.size("tags") > 0, F.col("n")).alias("tags")), child]

    def lambdas(self) -> Any:
        flat, frame = self.flat, self.frame
        schema = flat.schema
        wider = f"{_ddl(flat)}, total double, upper string"
        spark = flat.sparkSession

        def by_pandas(run: Callable[[Any], Any], keep: bool) -> Callable[[Any], Any]:
            def pages(batches: Any) -> Any:
                for page in batches:
                    found = page.to_dict("records")
                    yield pd.DataFrame(
                        [r for r in found if run(r)] if keep else [run(r) for r in found], columns=None if found else page.columns
                    )

            return pages

        yield (
            "Filter",
            "rdd.filter",
            lambda: frame(flat).filter(judge).toDF(),
            lambda: spark.createDataFrame(flat.rdd.filter(judge), schema),
        )
        yield "Filter", "mapInPandas", lambda: frame(flat).filter(judge).toDF(), lambda: flat.mapInPandas(by_pandas(judge, True), schema)
        yield (
            "Map",
            "rdd.map",
            lambda: frame(flat).map(change).toDF(),
            lambda: spark.createDataFrame(flat.rdd.map(lambda row: Row(**change(row.asDict(recursive=True)))), wider),
        )
        yield "Map", "mapInPandas", lambda: frame(flat).map(change).toDF(), lambda: flat.mapInPandas(by_pandas(change, False), wider)

    def json(self) -> Any:
        folder = str(self.folder / "json")
        if not Path(folder).exists():
            self.flat.write.json(folder)
        source = lambda: self.glue.create_dynamic_frame.from_options("s3", {"paths": [folder]}, "json")  # noqa: E731
        mappings = [(name, kind, name, kind) for name, kind in (("id", "long"), ("name", "string"), ("amount", "double"))]
        yield (
            "JSON source, ApplyMapping",
            lambda: source().apply_mapping(mappings).toDF(),
            lambda: self.glue.spark_session.read.json(folder).select("id", "name", "amount"),
        )


def _ddl(df: DataFrame) -> str:
    return ", ".join(f"{field.name} {field.dataType.simpleString()}" for field in df.schema.fields)


def compare(spark: SparkSession, what: str, against: str, promise: float | None, ours: Any, theirs: Any, turns: int) -> None:
    """The best of the turns of each side, which take turns and take turns in being the first."""
    best: dict[str, float] = {}
    sides = [("theirs", theirs), ("ours", ours)]
    for turn in range(turns):
        for side, make in sides if turn % 2 else sides[::-1]:
            took = seconds(lambda make=make: [computed(df) for df in _list(make())])
            best[side] = min(took, best.get(side, took))
            _forget(spark)
    print(json.dumps({"what": what, "against": against, "promise": promise, **best}), flush=True)


def _forget(spark: SparkSession) -> None:
    """What a turn left in Spark's storage must not crowd the next."""
    spark.catalog.clearCache()
    gc.collect()
    spark._jvm.System.gc()  # Spark's cleaner drops what nobody refers to
    time.sleep(1)


def _list(made: Any) -> list[DataFrame]:
    return made if isinstance(made, list) else [made]


def main() -> None:
    folder, rows, only = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    spark = SparkSession.builder.config("spark.sql.shuffle.partitions", "8").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    cases = Cases(GlueContext(spark), *data(spark, folder, rows), folder)
    for name, ours, theirs in (*cases.columns(), *cases.rows()):
        if not only or name in only:
            compare(spark, name, "plain Spark", PLAIN, ours, theirs, TURNS)
    for name, against, ours, theirs in cases.lambdas():
        if not only or name in only:
            compare(spark, name, against, LAMBDA, ours, theirs, SLOW_TURNS)
    for name, ours, theirs in cases.json():
        if not only or name in only:  # no promise: Spark's reader merges the types of a field, ours keeps them
            compare(spark, name, "plain Spark", None, ours, theirs, SLOW_TURNS)


main()
