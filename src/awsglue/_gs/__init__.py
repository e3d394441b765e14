"""The transforms of Glue Studio's visual editor: `import gs_now` gives DynamicFrame the method `gs_now`.

On AWS each is a module of its own on the job's path. Here one finder answers for all of them, so that they need no place on the
path; it is there as soon as anything of `awsglue` is imported.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.util
import inspect
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from awsglue.dynamicframe import DynamicFrame

HOMES = {
    "gs_now": "times", "gs_to_timestamp": "times", "gs_format_timestamp": "times",
    "gs_concat": "columns", "gs_split": "columns", "gs_array_to_cols": "columns", "gs_flatten": "columns", "gs_derived": "columns",
    "gs_regex_extract": "columns", "gs_regex_extractor": "columns", "gs_parse_json": "columns", "gs_uuid": "columns",
    "gs_sequence_id": "columns", "gs_identifier": "columns",
    "gs_explode": "rows", "gs_null_rows": "rows", "gs_pivot": "rows", "gs_unpivot": "rows", "gs_lookup": "rows",
    "gs_repartition": "rows", "gs_autobalance": "rows",
}  # fmt: skip
"""Where each transform is written."""
UNPUBLISHED = ("gs_rename_cols",)
"""Transforms whose arguments are published nowhere: refused by name."""


def _on_data(method: Callable[..., DynamicFrame]) -> Callable[..., DynamicFrame]:
    """The method; a frame of a source without data has none of the columns that a script names, and stays as it is."""
    signature = inspect.signature(method)

    @functools.wraps(method)
    def made(self: DynamicFrame, *given: Any, **named: Any) -> DynamicFrame:
        if not self._jdf.is_void:
            return method(self, *given, **named)
        signature.bind(self, *given, **named)  # TypeError for what the method does not take
        return self._next(self._jdf.then(self._jdf.df, self._jdf.schema))

    return made


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules called gs_…; those that lie on the path themselves come first."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name in HOMES or name in UNPUBLISHED else None

    def exec_module(self, module: ModuleType) -> None:
        from awsglue.dynamicframe import DynamicFrame

        name = module.__name__
        if name in UNPUBLISHED:
            raise NotImplementedError(f"The transform {name}: AWS publishes neither its arguments nor what it does")
        method = _on_data(getattr(importlib.import_module(f"awsglue._gs.{HOMES[name]}"), name))
        setattr(module, name, method)
        setattr(DynamicFrame, name, method)


def install() -> None:
    """Lets `import gs_…` find the transforms; once per process."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
