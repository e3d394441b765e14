"""AWS's legacy helpers around boto3's job API: not built. Use boto3.client("glue") itself."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name in ("ExecutionProperty", "Command", "Connections", "Job", "GlueJobUtils"):
        raise NotImplementedError(f"awsglue.devutils.{name}: use boto3.client('glue')")
    raise AttributeError(f"module 'awsglue.devutils' has no attribute {name!r}")
