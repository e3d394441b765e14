"""Relationalize."""

from __future__ import annotations

from typing import Any

from awsglue import utils
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection
from awsglue.transforms.transform import GlueTransform


class Relationalize(GlueTransform):
    """A flat root frame and one frame per array."""

    def __call__(
        self,
        frame: DynamicFrame,
        staging_path: str | None = None,
        name: str = "roottable",
        options: dict[str, Any] | None = None,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrameCollection:
        staging_path = staging_path or utils._global_args.get("TempDir")
        if staging_path is None:
            raise RuntimeError("No staging path for Relationalize: pass staging_path or give the job a --TempDir")
        return frame.relationalize(name, staging_path, options or {}, transformation_ctx, info, stageThreshold, totalThreshold)
