"""The immutable core under a DynamicFrame: where its rows, its schema and its errors come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from pyspark.sql import DataFrame

from awsglue import gluetypes as gt
from awsglue._frame.types import glue_schema

Errors = tuple[DataFrame, ...]
"""DataFrames of one column, `error`: computed only when someone asks for errors."""


@dataclass(frozen=True)
class Limit:
    """A threshold that a transform was given: how many errors are tolerated before the job fails. Zero: any number."""

    stage: int
    total: int
    stage_errors: Errors
    all_errors: Errors


class Frame:
    """Rows in a DataFrame in which a choice is a struct of its alternatives; `schema` says which structs are choices."""

    def __init__(
        self, df: DataFrame, schema: gt.StructType, earlier: Errors = (), stage: Errors = (), limits: tuple[Limit, ...] = ()
    ) -> None:
        self._rows = (df, schema)
        self.earlier_errors, self.stage_errors, self.limits = earlier, stage, limits

    @property
    def rows(self) -> tuple[DataFrame, gt.StructType]:
        return self._rows

    @property
    def df(self) -> DataFrame:
        return self.rows[0]

    @property
    def schema(self) -> gt.StructType:
        return self.rows[1]

    @property
    def errors(self) -> Errors:
        return self.earlier_errors + self.stage_errors

    @cached_property
    def closed(self) -> Frame:
        """The same rows with every open choice decided; costs one pass when there is one."""
        from awsglue._frame.choice import close

        return close(self)

    @property
    def known(self) -> Frame:
        """The closed frame if that pass was already made, else this one."""
        closed: Frame = self.__dict__.get("closed", self)
        return closed

    def then(self, df: DataFrame, schema: gt.StructType | None = None, stage: Errors = (), others: Iterable[Frame] = ()) -> Frame:
        """The frame after a transform of this one (and `others`): their errors become earlier ones."""
        earlier, limits = self._history(others)
        return Frame(df, glue_schema(df.schema) if schema is None else schema, earlier, stage, limits)

    def later(self, build: Callable[[], tuple[DataFrame, gt.StructType]], stage: Errors = ()) -> Frame:
        """The frame after a transform whose rows are planned only when they are needed."""
        earlier, limits = self._history(())
        return _LaterFrame(build, earlier, stage, limits)

    def limited(self, stage: int, total: int) -> Frame:
        """The same frame with the thresholds of the transform that made it."""
        if stage or total:
            self.limits = (*self.limits, Limit(stage, total, self.stage_errors, self.errors))
        return self

    def _history(self, others: Iterable[Frame]) -> tuple[Errors, tuple[Limit, ...]]:
        frames = [self, *others]
        return tuple(e for frame in frames for e in frame.errors), tuple(limit for frame in frames for limit in frame.limits)


class _LaterFrame(Frame):
    def __init__(
        self, build: Callable[[], tuple[DataFrame, gt.StructType]], earlier: Errors, stage: Errors, limits: tuple[Limit, ...]
    ) -> None:
        self._build = build
        self.earlier_errors, self.stage_errors, self.limits = earlier, stage, limits

    @cached_property
    def rows(self) -> tuple[DataFrame, gt.StructType]:
        return self._build()


def count_errors(errors: Errors) -> int:
    """Reads the sources of these errors and counts them."""
    return sum(df.count() for df in errors)


def check_limits(frame: Frame) -> None:
    """Raises when a transform on the way has more errors than it was told to tolerate; costs a pass per given threshold."""
    for limit in frame.limits:
        for name, most, errors in (("stageThreshold", limit.stage, limit.stage_errors), ("totalThreshold", limit.total, limit.all_errors)):
            if most and (found := count_errors(errors)) > most:
                raise RuntimeError(f"{found} error records are more than the {name} of {most}; errorsAsDynamicFrame() shows them")
