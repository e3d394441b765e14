"""The library that AWS Glue scripts import, written from AWS's public documentation and running on plain PySpark.

It knows PySpark and the public AWS API (boto3, endpoint and credentials from the environment) and nothing of the
machine it runs on. What is not built raises NotImplementedError by name; docs/awsglue.md lists every symbol.
"""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("pyspark") is not None:  # a Python shell job has none: it imports awsglue.utils alone, for getResolvedOptions
    from awsglue import _gs
    from awsglue.dynamicframe import DynamicFrame

    _gs.install()

__all__ = ["DynamicFrame"]
