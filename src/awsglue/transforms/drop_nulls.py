"""DropNullFields."""

from __future__ import annotations

from typing import Any

from awsglue import _report
from awsglue.dynamicframe import DynamicFrame
from awsglue.gluetypes import ArrayType, DataType, NullType, StructType
from awsglue.transforms.transform import GlueTransform


class DropNullFields(GlueTransform):
    """Drops the fields in which only nulls were seen; it looks at the schema's types, not at every value again."""

    def _find_null_fields(self, ctx: Any, schema: DataType, path: str, output: list[str]) -> list[str]:
        if isinstance(schema, StructType):
            for field in schema:
                name = f"`{field.name}`" if "." in field.name else field.name
                self._find_null_fields(ctx, field.dataType, f"{path}{name}.", output)
        elif isinstance(schema, ArrayType) and isinstance(schema.elementType, StructType):
            self._find_null_fields(ctx, schema.elementType, path, output)
        elif isinstance(schema, NullType):
            output.append(path.removesuffix("."))
        return output

    def __call__(
        self,
        frame: DynamicFrame,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrame:
        paths = self._find_null_fields(frame.glue_ctx, frame.schema(), "", [])
        print(f"null_fields {paths}")
        for path in paths:
            _report.column(path, "dropped", "by DropNullFields")
        return frame.drop_fields(paths, transformation_ctx, info, stageThreshold, totalThreshold) if paths else frame
