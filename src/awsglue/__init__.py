"""The library that AWS Glue scripts import, written from AWS's public documentation and running on plain PySpark.

It knows PySpark and the public AWS API (boto3, endpoint and credentials from the environment) and nothing of the
machine it runs on. What is not built raises NotImplementedError by name; docs/awsglue.md lists every symbol.
"""

from __future__ import annotations

from awsglue import _gs
from awsglue.dynamicframe import DynamicFrame

_gs.install()

__all__ = ["DynamicFrame"]
