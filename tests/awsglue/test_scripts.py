"""How public scripts really use the library: each case is a usage from the census, loose ones included."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

from awsglue.context import GlueContext
from awsglue.dataframe_transforms import ApplyMapping as ColumnMapping
from awsglue.dynamicframe import DynamicFrame
from awsglue.functions import explodeWithIndex, namedStruct, replaceArrayElement
from awsglue.job import Job


@pytest.fixture(scope="module")
def frame(glue: Any, spark: Any) -> DynamicFrame:
    return DynamicFrame.fromDF(spark.createDataFrame([(1, "a"), (2, "b")], "id int, name string"), glue, "frame")


def test_imports_that_scripts_make() -> None:
    names: dict[str, Any] = {}
    exec("from awsglue.transforms import *\nfrom awsglue import DynamicFrame\nfrom awsglue.utils import getResolvedOptions", names)
    names.pop("__builtins__")
    assert {"ApplyMapping", "DropNullFields", "SelectFromCollection", "DynamicFrame", "getResolvedOptions"} <= set(names)
    assert len(names) == 24  # the 22 transforms and nothing else of theirs


@pytest.mark.parametrize("made_of", ["context", "session", "nothing"])
def test_glue_contexts(spark: Any, made_of: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = {"context": lambda: GlueContext(spark.sparkContext), "session": lambda: GlueContext(spark), "nothing": GlueContext}[
            made_of
        ]()
    assert made.spark_session.sparkContext is spark.sparkContext
    assert made.spark_session.sql("select 1 a").collect()[0].a == 1


def test_a_glue_context_is_an_sql_context(glue: Any, spark: Any) -> None:
    glue.createDataFrame([(1,)], "a int").createOrReplaceTempView("seen")
    assert "seen" in glue.tableNames()
    assert glue.sql("select * from seen").count() == 1
    assert glue.read.json(spark.sparkContext.parallelize(['{"a": 1}'])).count() == 1
    assert glue._jsc is spark.sparkContext._jsc
    assert glue._jvm is not None


def test_positional_frames_and_from_df_on_an_instance(glue: Any, frame: DynamicFrame) -> None:
    from awsglue.transforms import DropFields, SelectFields

    assert SelectFields.apply(frame, ["name"], "ctx").toDF().columns == ["name"]
    assert DropFields.apply(frame, "name").toDF().columns == ["id"]
    again = frame.fromDF(frame.toDF().dropDuplicates(), glue, "again")
    assert (again.name, again.count()) == ("again", 2)
    assert DynamicFrame.fromDF(frame.toDF(), glue).glue_ctx is glue


def test_the_studio_sql_helper(glue: Any, frame: DynamicFrame) -> None:
    def sparkSqlQuery(glueContext: Any, query: str, mapping: dict[str, DynamicFrame], transformation_ctx: str) -> DynamicFrame:
        for alias, each in mapping.items():
            each.toDF().createOrReplaceTempView(alias)
        return DynamicFrame.fromDF(glueContext.spark_session.sql(query), glueContext, transformation_ctx)

    assert sparkSqlQuery(glue, "select sum(id) s from myDataSource", {"myDataSource": frame}, "ctx").toDF().collect()[0].s == 3


def test_the_studio_null_field_helper(glue: Any, spark: Any) -> None:
    from awsglue.gluetypes import ArrayType, NullType, StructType

    def _find_null_fields(ctx: Any, schema: Any, path: str, output: list[str]) -> list[str]:
        if isinstance(schema, StructType):
            for field in schema:
                new_path = path + "." if path != "" else path
                output = _find_null_fields(ctx, field.dataType, new_path + field.name, output)
        elif isinstance(schema, ArrayType):
            if isinstance(schema.elementType, StructType):
                output = _find_null_fields(ctx, schema.elementType, path, output)
        elif isinstance(schema, NullType):
            output.append(path)
        return output

    made = DynamicFrame.fromDF(spark.sql("select 1 a, null b, named_struct('c', null) d"), glue)
    assert _find_null_fields(made.glue_ctx, made.schema(), "", []) == ["b", "d.c"]


def test_custom_methods_on_the_class(frame: DynamicFrame) -> None:
    def gs_twice(self: DynamicFrame, column: str) -> DynamicFrame:
        df = self.toDF()
        return DynamicFrame.fromDF(df.withColumn(column, df[column] * 2), self.glue_ctx, self.name)

    DynamicFrame.gs_twice = gs_twice  # type: ignore[attr-defined]
    try:
        assert sorted(row.id for row in frame.gs_twice("id").toDF().collect()) == [2, 4]  # type: ignore[attr-defined]
    finally:
        del DynamicFrame.gs_twice  # type: ignore[attr-defined]


def test_from_rdd(glue: Any, spark: Any) -> None:
    rdd = spark.sparkContext.parallelize([{"a": 1, "b": {"c": "x"}}, {"a": "two"}], 1)
    made = glue.create_dynamic_frame.from_rdd(rdd, "made")
    assert sorted(made._rdd.map(lambda r: str(r["a"])).collect()) == ["1", "two"]
    assert [field.name for field in made.schema()] == ["a", "b"]
    assert made.toDF().dtypes == [("a", "struct<int:int,string:string>"), ("b", "struct<c:string>")]


def test_the_sink_of_generated_scripts_without_a_catalog(glue: Any, frame: DynamicFrame, tmp_path: Path) -> None:
    sink = glue.getSink(
        path=str(tmp_path / "o"), connection_type="s3", updateBehavior="LOG", partitionKeys=[], transformation_ctx="S3bucket_node3"
    )
    sink.setFormat("glueparquet", compression="gzip")
    sink.writeFrame(frame)
    files = [file.name for file in (tmp_path / "o").iterdir() if file.name.startswith("run-")]
    assert files and all(name.endswith(".gz.parquet") for name in files)


def test_get_source(glue: Any, write: Any) -> None:
    source = glue.getSource("s3", paths=[write("a.csv", "x;1\n")])
    source.setFormat("csv", separator=";")
    assert source.getFrame().toDF().collect()[0].asDict() == {"col0": "x", "col1": "1"}
    assert source.getSampleFrame(0).count() == 0


def test_samples(glue: Any, write: Any) -> None:
    made = glue.create_sample_dynamic_frame_from_options("s3", {"paths": [write("a.json", '{"a":1}\n{"a":2}')]}, 1, {}, "json")
    assert made.count() == 1


def test_the_logger_is_the_drivers_log4j_at_info(glue: Any) -> None:
    logger = glue.get_logger()
    for level in ("info", "warn", "warning", "error", "debug", "trace"):
        getattr(logger, level)({"said at": level})
    log4j = glue._jvm.org.apache.logging.log4j.LogManager.getLogger("GlueLogger")
    assert (log4j.isInfoEnabled(), log4j.isDebugEnabled()) == (True, False)


def test_a_whole_script(spark: Any, write: Any, tmp_path: Path) -> None:
    """The shape that the console generates, from arguments to commit."""
    from awsglue.transforms import ApplyMapping, DropNullFields, ResolveChoice
    from awsglue.utils import getResolvedOptions

    args = getResolvedOptions(
        ["script.py", "--JOB_NAME", "j", "--src", write("a.json", '{"Id":1,"v":null}\n{"Id":"x"}\n')], ["JOB_NAME", "src"]
    )
    glueContext = GlueContext(spark.sparkContext)
    job = Job(glueContext)
    job.init(args["JOB_NAME"], args)
    datasource0 = glueContext.create_dynamic_frame.from_options(
        connection_type="s3", connection_options={"paths": [args["src"]], "recurse": True}, format="json", transformation_ctx="datasource0"
    )
    applymapping1 = ApplyMapping.apply(frame=datasource0, mappings=[("id", "string", "id", "string"), ("v", "string", "v", "string")])
    resolvechoice2 = ResolveChoice.apply(frame=applymapping1, choice="make_struct", transformation_ctx="resolvechoice2")
    dropnullfields3 = DropNullFields.apply(frame=resolvechoice2, transformation_ctx="dropnullfields3")
    glueContext.write_dynamic_frame.from_options(
        frame=dropnullfields3,
        connection_type="s3",
        connection_options={"path": str(tmp_path / "o")},
        format="parquet",
        transformation_ctx="sink",
    )
    job.commit()
    assert sorted(row.id for row in spark.read.parquet(str(tmp_path / "o")).collect()) == ["1", "x"]


def test_ingestion_columns(glue: Any, spark: Any) -> None:
    assert glue.add_ingestion_time_columns(spark.range(1), "hour").columns == [
        "id",
        "ingest_year",
        "ingest_month",
        "ingest_day",
        "ingest_hour",
    ]


def test_functions_and_column_mapping(spark: Any) -> None:
    df = spark.sql("select array(1, 2) l, 9 n, 'x' s")
    assert df.select(replaceArrayElement("l", "n", 1).alias("l")).collect()[0].l == [1, 9]
    assert df.select(namedStruct("n", "s").alias("o")).collect()[0].o.asDict() == {"n": 9, "s": "x"}
    assert [tuple(row) for row in df.select(explodeWithIndex("l")).collect()] == [(0, 1), (1, 2)]
    assert ColumnMapping.apply(df, [("n", "int", "m", "string")]).collect()[0].asDict() == {"m": "9"}


REFUSED = {
    "start_transaction": lambda g, f: g.start_transaction(True),
    "kinesis": lambda g, f: g.getStreamingSource("kinesis").getFrame(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_built_says_so_by_name(glue: Any, frame: DynamicFrame, name: str) -> None:
    with pytest.raises(NotImplementedError, match=name):
        REFUSED[name](glue, frame)


def test_purging_needs_s3(glue: Any) -> None:
    with pytest.raises(ValueError, match="S3"):
        glue.purge_s3_path("/tmp/x")
