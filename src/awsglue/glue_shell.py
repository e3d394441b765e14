"""For interactive shells: `from awsglue.glue_shell import *` gives a SparkContext and a GlueContext."""

from __future__ import annotations

from pyspark import SparkContext

from awsglue.context import GlueContext

sc = SparkContext.getOrCreate()
glueContext = GlueContext(sc)
