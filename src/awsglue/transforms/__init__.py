"""The transform classes; `from awsglue.transforms import *` brings exactly these."""

from __future__ import annotations

import json

from awsglue.transforms.apply_mapping import ApplyMapping
from awsglue.transforms.coalesce import Coalesce
from awsglue.transforms.collection_transforms import FlatMap, MapToCollection, SelectFromCollection
from awsglue.transforms.drop_nulls import DropNullFields
from awsglue.transforms.dynamicframe_filter import Filter
from awsglue.transforms.dynamicframe_map import Map
from awsglue.transforms.errors_as_dynamicframe import ErrorsAsDynamicFrame
from awsglue.transforms.field_transforms import DropFields, Join, RenameField, SelectFields, Spigot, SplitFields, SplitRows
from awsglue.transforms.relationalize import Relationalize
from awsglue.transforms.repartition import Repartition
from awsglue.transforms.resolve_choice import ResolveChoice
from awsglue.transforms.transform import GlueTransform
from awsglue.transforms.unbox import Unbox
from awsglue.transforms.union import Union
from awsglue.transforms.unnest_frame import UnnestFrame

ALL_TRANSFORMS: set[type[GlueTransform]] = {
    ApplyMapping, Coalesce, DropFields, DropNullFields, ErrorsAsDynamicFrame, Filter, FlatMap, Join, Map, MapToCollection, Relationalize,
    RenameField, Repartition, ResolveChoice, SelectFields, SelectFromCollection, Spigot, SplitFields, SplitRows, Unbox, Union, UnnestFrame,
}  # fmt: skip

__all__ = [
    "ApplyMapping",
    "Coalesce",
    "DropFields",
    "DropNullFields",
    "ErrorsAsDynamicFrame",
    "Filter",
    "FlatMap",
    "Join",
    "Map",
    "MapToCollection",
    "Relationalize",
    "RenameField",
    "Repartition",
    "ResolveChoice",
    "SelectFields",
    "SelectFromCollection",
    "Spigot",
    "SplitFields",
    "SplitRows",
    "Unbox",
    "Union",
    "UnnestFrame",
]


def get_transforms() -> set[type[GlueTransform]]:
    """All transform classes."""
    return ALL_TRANSFORMS


def get_transform(name: str) -> type[GlueTransform] | None:
    """The class of that name, in any case; None when there is none."""
    return next((transform for transform in ALL_TRANSFORMS if transform.name().lower() == name.lower()), None)


def describe_transform(name: str) -> str:
    """The description of a transform as JSON."""
    transform = get_transform(name)
    if transform is None:
        raise ValueError(f"There is no transform {name!r}")
    return json.dumps(transform.describe(), default=str)
