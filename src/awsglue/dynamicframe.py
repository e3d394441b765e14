"""DynamicFrame: records that describe themselves, over a Spark DataFrame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame

from awsglue import gluetypes as gt
from awsglue._collection import DynamicFrameCollection
from awsglue._frame import combine, dynamo, fields, functions, records, relational, resolve, rows, text
from awsglue._frame.frame import Frame, check_limits, count_errors
from awsglue._read.unbox import unbox
from awsglue._readers import DynamicFrameReader, DynamicFrameWriter
from awsglue._write.spigot import spigot as write_sample

if TYPE_CHECKING:
    from awsglue.context import GlueContext

__all__ = ["DynamicFrame", "DynamicFrameCollection", "DynamicFrameReader", "DynamicFrameWriter", "ResolveOption"]


class ResolveOption:
    """What `toDF` does with one choice: Project or Cast (with a target type) or KeepAsStruct."""

    def __init__(self, path: str, action: str, target: gt.DataType | None = None) -> None:
        self.path, self.action, self.target = path, action, target


class DynamicFrame:
    """Records whose fields may have different types from one to the next. Made by a GlueContext or by `fromDF`."""

    def __init__(self, jdf: Frame | DataFrame, glue_ctx: GlueContext, name: str = "") -> None:
        self._jdf = jdf if isinstance(jdf, Frame) else rows.of_data_frame(jdf)
        self.glue_ctx = glue_ctx
        self.name = name
        self._schema: gt.StructType | None = None

    def _next(self, frame: Frame, stage: int = 0, total: int = 0, name: str | None = None) -> DynamicFrame:
        return DynamicFrame(frame.limited(stage, total), self.glue_ctx, self.name if name is None else name)

    @property
    def _rdd(self) -> Any:
        schema = self._jdf.schema
        return self._jdf.df.rdd.map(lambda row: records.to_python(row, schema))

    # --- looking ---

    def with_frame_schema(self, schema: gt.StructType) -> DynamicFrame:
        """Gives the frame a schema that the caller knows, so that `schema` needs no pass."""
        if not isinstance(schema, gt.StructType):
            raise TypeError(f"schema must be a StructType of awsglue.gluetypes, not {type(schema).__name__}")
        self._schema = schema
        return self

    def schema(self) -> gt.StructType:
        """The schema; open choices cost one pass over the data, once."""
        if self._schema is None:
            self._schema = self._jdf.closed.schema
        return self._schema

    def show(self, num_rows: int = 20) -> None:
        """Prints records, one line of JSON each."""
        schema = self._jdf.schema
        for row in self._jdf.df.take(num_rows):
            print(records.json_text(records.to_python(row, schema)))

    def printSchema(self) -> None:
        print(text.tree(self.schema()))

    def count(self) -> int:
        """The number of records; error records are not counted."""
        return int(self._jdf.df.count())

    def getNumPartitions(self) -> int:
        return int(self._jdf.df.rdd.getNumPartitions())

    # --- to and from Spark ---

    def toDF(self, options: Sequence[ResolveOption] | None = None) -> DataFrame:
        """The rows as a Spark DataFrame; a choice that no option resolves is a struct with a field per type."""
        frame = self._jdf
        for option in options or []:
            frame = resolve.resolve_specs(frame, [(option.path, resolve.option_action(option.action, option.target))])
        return frame.closed.df

    @classmethod
    def fromDF(cls, dataframe: DataFrame, glue_ctx: GlueContext, name: str = "") -> DynamicFrame:
        return cls(dataframe, glue_ctx, name)

    # --- user functions ---

    def filter(
        self, f: Callable[[Any], Any], transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0
    ) -> DynamicFrame:
        """Records for which `f` is true; a KeyError, ValueError or TypeError in it means false."""
        return self._next(functions.filter_frame(self._jdf, f), stageThreshold, totalThreshold)

    def map(
        self,
        f: Callable[[Any], Any],
        preservesPartitioning: bool = False,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrame:
        """What `f` makes of each record; where it raises or returns nothing there is an error record."""
        return self._next(functions.map_frame(self._jdf, f), stageThreshold, totalThreshold)

    def mapPartitions(
        self,
        f: Callable[[Any], Any],
        preservesPartitioning: bool = True,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrame:
        """`f` is given an iterator of {"record", "isError", "errorMessage"} per partition and returns another."""
        return self._next(functions.map_partitions(self._jdf, lambda _, items: f(items)), stageThreshold, totalThreshold)

    def mapPartitionsWithIndex(
        self,
        f: Callable[[int, Any], Any],
        preservesPartitioning: bool = False,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrame:
        """`mapPartitions` with the partition's number as the function's first argument."""
        return self._next(functions.map_partitions(self._jdf, f), stageThreshold, totalThreshold)

    # --- fields ---

    def drop_fields(
        self, paths: str | list[str], transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0
    ) -> DynamicFrame:
        return self._next(fields.drop_fields(self._jdf, paths), stageThreshold, totalThreshold)

    def select_fields(
        self, paths: str | list[str], transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0
    ) -> DynamicFrame:
        return self._next(fields.select_fields(self._jdf, paths), stageThreshold, totalThreshold)

    def rename_field(
        self, oldName: str, newName: str, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0
    ) -> DynamicFrame:
        return self._next(fields.rename_field(self._jdf, oldName, newName), stageThreshold, totalThreshold)

    def split_fields(
        self,
        paths: str | list[str],
        name1: str,
        name2: str,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrameCollection:
        """Two frames: the first has the given paths, the second the rest."""
        given = self._next(fields.select_fields(self._jdf, paths), stageThreshold, totalThreshold, name1)
        rest = self._next(fields.drop_fields(self._jdf, paths), stageThreshold, totalThreshold, name2)
        return DynamicFrameCollection({name1: given, name2: rest}, self.glue_ctx)

    def apply_mapping(
        self,
        mappings: Sequence[tuple[str, ...]],
        case_sensitive: bool = False,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrame:
        """Keeps the mapped fields only: (source, source type, target, target type)."""
        given = [mappings] if isinstance(mappings, tuple) and mappings and isinstance(mappings[0], str) else mappings
        return self._next(fields.apply_mapping(self._jdf, given, case_sensitive), stageThreshold, totalThreshold)

    def applyMapping(self, *args: Any, **kwargs: Any) -> DynamicFrame:
        return self.apply_mapping(*args, **kwargs)

    def resolveChoice(
        self,
        specs: tuple[str, str] | list[tuple[str, str]] | None = None,
        choice: str = "",
        database: str | None = None,
        table_name: str | None = None,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
        catalog_id: str | None = None,
    ) -> DynamicFrame:
        """Resolves choices: by `specs` [(path, action)] or all of them by `choice`; exactly one of the two is given."""
        if bool(specs) == bool(choice):
            raise ValueError("resolveChoice needs either specs or choice, not " + ("both" if specs else "neither"))
        if specs:
            frame = resolve.resolve_specs(self._jdf, _checked_specs(specs))
        elif choice.lower() == "match_catalog":
            if not (database and table_name):
                raise ValueError("resolveChoice(choice='match_catalog') needs database and table_name")
            frame = resolve.resolve_with(self._jdf, self.glue_ctx._table_schema(database, table_name, catalog_id))
        else:
            frame = resolve.resolve_all(self._jdf, choice)
        return self._next(frame, stageThreshold, totalThreshold)

    # --- rows ---

    def split_rows(
        self,
        comparison_dict: dict[str, dict[str, Any]],
        name1: str,
        name2: str,
        transformation_ctx: str = "",
        info: str | None = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrameCollection:
        """Two frames: rows for which all comparisons hold, and the others. {path: {operator: value}}."""
        matching, rest = rows.split_rows(self._jdf, comparison_dict)
        made = {name1: self._next(matching, stageThreshold, totalThreshold, name1), name2: self._next(rest, 0, 0, name2)}
        return DynamicFrameCollection(made, self.glue_ctx)

    def join(
        self,
        paths1: str | list[str],
        paths2: str | list[str],
        frame2: DynamicFrame,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrame:
        """Inner equi-join; both key columns stay, and a right column whose name is taken gets a leading dot."""
        joined = combine.join(self._jdf, frame2._jdf, _list(paths1), _list(paths2))
        return self._next(joined, stageThreshold, totalThreshold, self.name + frame2.name)

    def union(
        self, other_frame: DynamicFrame, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0
    ) -> DynamicFrame:
        """The records of both frames, by field name; conflicting types become choices."""
        return self._next(combine.union(self._jdf, other_frame._jdf), stageThreshold, totalThreshold)

    def mergeDynamicFrame(
        self,
        stage_dynamic_frame: DynamicFrame,
        primary_keys: str | list[str],
        transformation_ctx: str = "",
        options: dict[str, Any] = {},  # noqa: B006 - the published signature; never mutated
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrame:
        """This frame with the records of `stage_dynamic_frame` in place of those that have the same primary key."""
        return self._next(combine.merge(self._jdf, stage_dynamic_frame._jdf, _list(primary_keys)), stageThreshold, totalThreshold)

    def repartition(
        self, num_partitions: int, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0
    ) -> DynamicFrame:
        return self._next(rows.repartition(self._jdf, num_partitions), stageThreshold, totalThreshold)

    def coalesce(
        self,
        num_partitions: int,
        shuffle: bool = False,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrame:
        made = rows.repartition(self._jdf, num_partitions) if shuffle else rows.coalesce(self._jdf, num_partitions)
        return self._next(made, stageThreshold, totalThreshold)

    def spigot(
        self,
        path: str,
        options: dict[str, Any] = {},  # noqa: B006
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrame:
        """The same records; a sample (`topk`, `prob`) goes to `path` as JSON when they are first needed."""
        return self._next(write_sample(self._jdf, path, options), stageThreshold, totalThreshold)

    # --- shapes ---

    def unnest(self, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0) -> DynamicFrame:
        """Structs become columns with dots in their names; arrays stay."""
        return self._next(relational.unnest(self._jdf), stageThreshold, totalThreshold)

    def relationalize(
        self,
        root_table_name: str,
        staging_path: str | None,
        options: dict[str, Any] | None = {},  # noqa: B006 - the published signature; never mutated
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
    ) -> DynamicFrameCollection:
        """A flat root frame and one frame per array, joined by ids; the staging path is not needed here."""
        frames = relational.relationalize(self._jdf, root_table_name)
        made = {name: self._next(frame, stageThreshold, totalThreshold, name) for name, frame in frames.items()}
        return DynamicFrameCollection(made, self.glue_ctx)

    def unbox(
        self,
        path: str,
        format: str,
        transformation_ctx: str = "",
        info: str = "",
        stageThreshold: int = 0,
        totalThreshold: int = 0,
        **options: Any,
    ) -> DynamicFrame:
        """The field at `path` as what its text spells, in json, csv or xml; malformed text makes an error record."""
        return self._next(unbox(self._jdf, path, format, options), stageThreshold, totalThreshold)

    def unnest_ddb_json(
        self, transformation_ctx: str = "", info: str = "", stageThreshold: int = 0, totalThreshold: int = 0
    ) -> DynamicFrame:
        """Records of a DynamoDB export without their type tags; lists keep theirs."""
        return self._next(dynamo.unnest_tags(self._jdf), stageThreshold, totalThreshold)

    def simplify_ddb_json(self) -> DynamicFrame:
        """Records of a DynamoDB export without their type tags, also in lists of one scalar type."""
        return self._next(dynamo.simplify(self._jdf))

    # --- writing and errors ---

    def write(
        self,
        connection_type: str,
        connection_options: dict[str, Any] = {},  # noqa: B006 - the published signature; never mutated
        format: str | None = None,
        format_options: dict[str, Any] = {},  # noqa: B006
        accumulator_size: int = 0,
    ) -> Any:
        """Writes the records; the answer is the frame of errors."""
        return self.glue_ctx.write_from_options(
            self, connection_type, connection_options, format, format_options, accumulator_size=accumulator_size
        )

    def errorsAsDynamicFrame(self) -> DynamicFrame:
        """The error records so far: message, stack, script line and the record."""
        return self._next(rows.errors_frame(self._jdf), name=f"{self.name}_errors")

    def errorsCount(self) -> int:
        """Errors of this transform and those before it; reads the data to count them."""
        return count_errors(self._jdf.errors)

    def stageErrorsCount(self) -> int:
        """Errors of the transform that made this frame."""
        return count_errors(self._jdf.stage_errors)

    def assertErrorThreshold(self) -> None:
        """Raises when a transform so far has more errors than its threshold allows."""
        check_limits(self._jdf)


def _list(paths: str | Iterable[str]) -> list[str]:
    return [paths] if isinstance(paths, str) else list(paths)


def _checked_specs(specs: Any) -> list[tuple[str, str]]:
    if isinstance(specs, tuple) and len(specs) == 2 and all(isinstance(part, str) for part in specs):
        return [(specs[0], specs[1])]
    if not isinstance(specs, list) or not all(isinstance(spec, tuple) and len(spec) == 2 for spec in specs):
        raise TypeError(f"specs must be a pair (path, action) or a list of pairs, not {specs!r}")
    return specs
