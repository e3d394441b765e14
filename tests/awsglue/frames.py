"""What tests see of a DynamicFrame."""

from __future__ import annotations

import json
from typing import Any

from awsglue import gluetypes as gt
from awsglue._frame.records import json_text, to_python
from awsglue._frame.types import hive_type
from awsglue.dynamicframe import DynamicFrame


def read(glue: Any, path: str, format: str, format_options: dict[str, Any] | None = None, **options: Any) -> DynamicFrame:
    """A DynamicFrame of the files at a path."""
    frame: DynamicFrame = glue.create_dynamic_frame.from_options("s3", {"paths": [path], **options}, format, format_options or {})
    return frame


def records(frame: DynamicFrame) -> list[dict[str, Any]]:
    """The records as `show` prints them."""
    schema = frame._jdf.schema
    return [json.loads(json_text(to_python(row, schema))) for row in frame._jdf.df.collect()]


def kinds(frame: DynamicFrame) -> str:
    """Its schema in Hive's words."""
    return hive_type(frame.schema())


def schema_of(*fields: tuple[str, gt.DataType]) -> str:
    """A value of the option withSchema."""
    return json.dumps(gt.StructType([gt.Field(name, kind) for name, kind in fields]).jsonValue())
