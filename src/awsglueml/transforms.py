"""FindMatches, FindIncrementalMatches, FillMissingValues, EntityDetector: AWS's own trained models, of which nothing is public.

A script that imports them can be loaded; what it would compute cannot be known here, so that using one raises.
"""

from __future__ import annotations

from typing import Any, NoReturn


class _Refused:
    """A transform that is refused when it is used."""

    reason = ""

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(f"awsglueml.transforms.{cls.__name__}: {cls.reason}")

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        self.apply(*args, **kwargs)


class FindMatches(_Refused):
    """Records that mean the same thing, by a trained transform."""

    reason = "it runs a model that AWS trains and keeps (CreateMLTransform); there is no open one that gives the same matches"


class FindIncrementalMatches(_Refused):
    """Matches of new records among known ones, by a trained transform."""

    reason = FindMatches.reason


class FillMissingValues(_Refused):
    """Missing values, predicted."""

    reason = "AWS publishes neither its model nor how it is trained"


class EntityDetector(_Refused):
    """Personal data in columns."""

    reason = "AWS publishes the names of the entity types, not the patterns and models that find them"

    def detect(self, *args: Any, **kwargs: Any) -> NoReturn:
        self.apply()

    def classify_columns(self, *args: Any, **kwargs: Any) -> NoReturn:
        self.apply()
