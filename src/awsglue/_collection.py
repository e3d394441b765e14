"""Several DynamicFrames under their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, KeysView, Mapping, ValuesView
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from awsglue.context import GlueContext
    from awsglue.dynamicframe import DynamicFrame


class DynamicFrameCollection:
    """What transforms with several results return. A mapping by name, or a list of frames that have names."""

    def __init__(self, dynamic_frames: Mapping[str, DynamicFrame] | Iterable[DynamicFrame], glue_ctx: GlueContext) -> None:
        named = dynamic_frames.items() if isinstance(dynamic_frames, Mapping) else ((frame.name, frame) for frame in dynamic_frames)
        self._df_dict: dict[str, DynamicFrame] = dict(named)
        self._glue_ctx = glue_ctx

    def __getitem__(self, key: str) -> DynamicFrame:
        return self._df_dict[key]

    def __len__(self) -> int:
        return len(self._df_dict)

    def keys(self) -> KeysView[str]:
        return self._df_dict.keys()

    def values(self) -> ValuesView[DynamicFrame]:
        return self._df_dict.values()

    def select(self, key: str, transformation_ctx: str = "") -> DynamicFrame:
        """The frame called `key`; an empty one of that name when there is none, as in Glue."""
        if key in self._df_dict:
            return self._df_dict[key]
        return self._glue_ctx._empty_frame(key)

    def map(self, callable: Callable[[DynamicFrame, str], DynamicFrame], transformation_ctx: str = "") -> DynamicFrameCollection:
        """A collection of what `callable(frame, ctx)` makes of each frame."""
        from awsglue.dynamicframe import DynamicFrame

        made = {}
        for name, frame in self._df_dict.items():
            made[name] = callable(frame, f"{transformation_ctx}:{name}")
            if not isinstance(made[name], DynamicFrame):
                raise TypeError(f"The function must return a DynamicFrame for {name!r}, not {type(made[name]).__name__}")
        return DynamicFrameCollection(made, self._glue_ctx)

    def flatmap(self, f: Callable[[DynamicFrame, str], Any], transformation_ctx: str = "") -> DynamicFrameCollection:
        """The frames of the collections that `f` makes of each frame, named `<frame>_<result>` together in one collection."""
        from awsglue.dynamicframe import DynamicFrame

        made: dict[str, DynamicFrame] = {}
        for name, frame in self._df_dict.items():
            result = f(frame, f"{transformation_ctx}:{name}")
            if isinstance(result, DynamicFrame):
                made[name] = result
            elif isinstance(result, DynamicFrameCollection):
                made.update({f"{name}_{key}": result[key] for key in result.keys()})  # noqa: SIM118 - not a dict: it has no iterator
            else:
                raise TypeError(f"The function must return frames for {name!r}, not {type(result).__name__}")
        return DynamicFrameCollection(made, self._glue_ctx)
