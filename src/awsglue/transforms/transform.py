"""What every transform class has in common."""

from __future__ import annotations

import inspect
from typing import Any


class GlueTransform:
    """A transform is called through `X.apply(…)`, which makes one and calls it."""

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        return cls()(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(self.name())

    @classmethod
    def name(cls) -> str:
        return cls.__name__

    @classmethod
    def describeArgs(cls) -> list[dict[str, Any]]:
        """Name, whether it may be left out, and default of every argument."""
        parameters = list(inspect.signature(cls.__call__).parameters.values())[1:]
        return [_described(parameter) for parameter in parameters]

    @classmethod
    def describeReturn(cls) -> dict[str, Any]:
        return {"type": "DynamicFrame", "description": "The frame after the transform"}

    @classmethod
    def describeTransform(cls) -> str:
        return inspect.getdoc(cls) or cls.name()

    @classmethod
    def describeErrors(cls) -> list[dict[str, Any]]:
        return []

    @classmethod
    def describe(cls) -> dict[str, Any]:
        return {
            "transform": {
                "name": cls.name(),
                "args": cls.describeArgs(),
                "returns": cls.describeReturn(),
                "description": cls.describeTransform(),
                "raises": cls.describeErrors(),
                "location": "internal",
            }
        }

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(self.name())

    def __repr__(self) -> str:
        return f"<Transform: {self.name()}>"


def _described(parameter: inspect.Parameter) -> dict[str, Any]:
    optional = parameter.default is not inspect.Parameter.empty
    return {"name": parameter.name, "optional": optional, "defaultValue": parameter.default if optional else None}
