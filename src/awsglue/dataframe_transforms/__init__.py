"""Transforms on plain Spark DataFrames."""

from __future__ import annotations

from awsglue.dataframe_transforms.apply_mapping import ApplyMapping

__all__ = ["ApplyMapping"]
