"""What a typical job does first, so that the archive of classes has what it loads. Runs inside a job's process, not in the server."""


def main() -> None:
    from tempfile import mkdtemp

    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f

    spark = SparkSession.builder.getOrCreate()
    folder = mkdtemp()
    frame = spark.createDataFrame([(1, "a", 1.5), (2, "b", 2.5)], ["id", "name", "value"])
    frame.createOrReplaceTempView("t")
    spark.sql("select name, sum(value) s, count(*) from t where id > 0 group by name order by s").collect()
    frame.join(spark.range(5), "id").withColumn("x", f.upper("name")).count()
    for form in ("parquet", "json", "csv", "orc"):
        frame.write.format(form).partitionBy("name").save(f"file:{folder}/{form}")
        spark.read.format(form).load(f"file:{folder}/{form}").count()
    # Opens no connection: the probe of buckets is off.
    spark._jvm.org.apache.hadoop.fs.Path("s3a://none/").getFileSystem(spark._jsc.hadoopConfiguration())


if __name__ == "__main__":
    main()
