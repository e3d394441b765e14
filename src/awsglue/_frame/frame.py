"""The immutable core under a DynamicFrame: where its rows, its schema and its errors come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsglue import gluetypes as gt
from awsglue._frame.types import OpenChoice, glue_schema

Absent = Callable[[], frozenset[str]]
"""Which fields a record lacks where they are null: in a source of JSON, those that are nowhere written as `null`."""
Errors = tuple[DataFrame, ...]
"""DataFrames of one column, `error`: computed only when someone asks for errors."""


def nothing_absent() -> frozenset[str]:
    return frozenset()


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
        self.absent: Absent = nothing_absent

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
    def origin(self) -> tuple[DataFrame, Callable[[str], Column]]:
        """A DataFrame, and by its name each column of this frame as an expression over it.

        A projection of these makes no alternative of an open choice that it does not take; of `df` Spark makes them all first.
        """
        from awsglue._frame.choice import column

        return self.df, column

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

    @property
    def is_void(self) -> bool:
        """Neither fields nor rows: what a source without data gives. Scripts name fields of it all the same."""
        return not self.schema.fields and self.df.isEmpty()

    def then(self, df: DataFrame, schema: gt.StructType | None = None, stage: Errors = (), others: Sequence[Frame] = ()) -> Frame:
        """The frame after a transform of this one (and `others`): their errors become earlier ones."""
        earlier, limits = self._history(others)
        made = Frame(df, glue_schema(df.schema) if schema is None else schema, earlier, stage, limits)
        return made.lacking(_absent_of([self, *others]))

    def of(self, df: DataFrame, schema: gt.StructType) -> Frame:
        """The same frame, its errors and limits with it, in other rows: no transform of its own."""
        return Frame(df, schema, self.earlier_errors, self.stage_errors, self.limits).lacking(self.absent)

    def later(self, build: Callable[[], tuple[DataFrame, gt.StructType]], stage: Errors = ()) -> Frame:
        """The frame after a transform whose rows are planned only when they are needed."""
        earlier, limits = self._history(())
        return _LaterFrame(build, earlier, stage, limits).lacking(self.absent)

    def lacking(self, absent: Absent) -> Frame:
        """The same frame, whose records lack these fields where they are null: users' functions see the difference."""
        self.absent = absent
        return self

    def limited(self, stage: int, total: int) -> Frame:
        """The same frame with the thresholds of the transform that made it."""
        if stage or total:
            self.limits = (*self.limits, Limit(stage, total, self.stage_errors, self.errors))
        return self

    def _history(self, others: Iterable[Frame]) -> tuple[Errors, tuple[Limit, ...]]:
        frames = [self, *others]
        return tuple(e for frame in frames for e in frame.errors), tuple(limit for frame in frames for limit in frame.limits)


class SourceFrame(Frame):
    """Rows as they are read, and the columns to make of them."""

    def __init__(self, read: DataFrame, values: Iterable[tuple[str, gt.DataType, Column]], stage: Errors = ()) -> None:
        kept = list(values)
        schema = gt.StructType([gt.Field(name, kind) for name, kind, _ in kept])
        super().__init__(read.select(*[col.alias(name) for name, _, col in kept]), schema, stage=stage)
        self._read, self._values = read, kept

    @cached_property
    def origin(self) -> tuple[DataFrame, Callable[[str], Column]]:
        # What is no choice itself is made once: what lies inside would be made anew for every part that is taken.
        made = {name: col.alias(f"__made{n}") for n, (name, kind, col) in enumerate(self._values) if not isinstance(kind, OpenChoice)}
        places = {name: F.col(f"__made{n}") if name in made else col for n, (name, _, col) in enumerate(self._values)}
        return self._read.select("*", *made.values()), places.__getitem__


class _LaterFrame(Frame):
    def __init__(
        self, build: Callable[[], tuple[DataFrame, gt.StructType]], earlier: Errors, stage: Errors, limits: tuple[Limit, ...]
    ) -> None:
        self._build = build
        self.earlier_errors, self.stage_errors, self.limits = earlier, stage, limits
        self.absent = nothing_absent

    @cached_property
    def rows(self) -> tuple[DataFrame, gt.StructType]:
        return self._build()


def _absent_of(frames: list[Frame]) -> Absent:
    """A field that several frames have is absent if it is so in each."""
    if len(frames) == 1 or all(frame.absent is nothing_absent for frame in frames):
        return frames[0].absent

    def found() -> frozenset[str]:
        each = [(frame.absent(), {field.name for field in frame.schema}) for frame in frames]
        names = frozenset().union(*(absent for absent, _ in each))
        return frozenset(name for name in names if all(name in absent or name not in fields for absent, fields in each))

    return found


def count_errors(errors: Errors) -> int:
    """Reads the sources of these errors and counts them."""
    return sum(df.count() for df in errors)


def check_limits(frame: Frame) -> None:
    """Raises when a transform on the way has more errors than it was told to tolerate; costs a pass per given threshold."""
    for limit in frame.limits:
        for name, most, errors in (("stageThreshold", limit.stage, limit.stage_errors), ("totalThreshold", limit.total, limit.all_errors)):
            if most and (found := count_errors(errors)) > most:
                raise RuntimeError(f"{found} error records are more than the {name} of {most}; errorsAsDynamicFrame() shows them")
