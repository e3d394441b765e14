"""Users' functions on records: filter, map, mapPartitions. Records reach Python and return in Arrow batches, and a function runs
once for each of them: its results are kept, for their types must be known before they are columns.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any

import pyarrow as pa
from pyspark import TaskContext
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from awsglue import _failures
from awsglue import gluetypes as gt
from awsglue._frame import arrow
from awsglue._frame.encode import encode, widened
from awsglue._frame.frame import Frame
from awsglue._frame.older import map_in_arrow
from awsglue._frame.records import ERROR, json_text, type_of
from awsglue._frame.types import spark_schema

Function = Callable[[Any], Any]
Failure = dict[str, str]
_MOST = 10_000
"""Records that are kept together, as many as Spark hands over in a batch."""
_FAILURE = pa.list_(pa.struct([(name, pa.string()) for name in ("msg", "stackTrace", "scriptLine", "dynamicRecord", "source")]))
_SMALL = pa.ipc.IpcWriteOptions(compression="lz4")
"""Results wait for each other, in memory as long as there is room."""
_PACKED = f"kind string, data binary, errors array<{ERROR}>"


def failure(message: str, record: str, source: str, stack: str = "", line: str = "") -> Failure:
    """An error record."""
    return {"msg": message, "stackTrace": stack, "scriptLine": line, "dynamicRecord": record, "source": source}


def _raised(error: Exception, record: str, source: str) -> Failure:
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return failure(str(error) or type(error).__name__, record, source, "".join(traceback.format_exception(error)), where)


def _plain(df: DataFrame) -> DataFrame:
    """Its columns by number: Spark asks for each by its name, and a name with a dot in it (`.id` of a join) is none to it."""
    return df.toDF(*[f"c{n}" for n in range(len(df.columns))])


def _text(batch: pa.RecordBatch, schema: gt.StructType, position: int) -> str:
    """A record as it was before the function had it."""
    return json_text(next(arrow.records(batch.slice(position, 1), schema)))


# --- filter ----------------------------------------------------------------------------------------------------------


def filter_frame(frame: Frame, function: Function) -> Frame:
    """Records for which the function is true. KeyError, ValueError and TypeError mean false; another exception makes an error record.

    A KeyError of a name that no record has is told to the run's report: it may be a slip of the pen that leaves out everything.
    """
    frame = frame.known
    (df, schema), absent = frame.rows, frame.absent()
    if not df.columns:
        return frame.then(df, schema)
    tell, names = _failures.watcher(df.sparkSession.sparkContext), frozenset(_names(schema))

    def judged(batch: pa.RecordBatch) -> tuple[pa.Array, list[Failure], list[Failure]]:
        verdicts = list(_verdicts(batch, schema, absent, function, names))
        raised = [(n, verdict) for n, verdict in enumerate(verdicts) if isinstance(verdict, Exception)]
        slips = [(n, error) for n, error in raised if isinstance(error, KeyError)]
        return (
            pa.array([verdict is True for verdict in verdicts], pa.bool_()),
            [_raised(error, _text(batch, schema, n), "filter") for n, error in raised if not isinstance(error, KeyError)],
            [_slip(error, _text(batch, schema, n)) for n, error in slips[:1]] * len(slips),
        )

    def kept(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        places: _failures.Places = {}
        for batch in batches:
            true, failures, slips = judged(batch)
            places = _failures.tallied(places, [*failures, *slips])
            yield batch.filter(true)
        tell(_stage(), places)

    def failed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield pa.RecordBatch.from_arrays([pa.array(judged(batch)[1], _FAILURE.value_type)], ["error"])

    plain = _plain(df)
    true = map_in_arrow(plain, kept, plain.schema).toDF(*df.columns)
    return frame.then(true, schema, stage=(map_in_arrow(plain, failed, f"error {ERROR}"),))


def _stage() -> int:
    context = TaskContext.get()
    return 0 if context is None else int(context.stageId())


def _names(kind: gt.DataType) -> Iterator[str]:
    """The names of all fields, nested ones included."""
    if isinstance(kind, gt.StructType):
        for field in kind:
            yield field.name
            yield from _names(field.dataType)
    elif isinstance(kind, (gt.ArrayType, gt.SetType)):
        yield from _names(kind.elementType)


def _is_slip(error: KeyError, names: frozenset[str]) -> bool:
    missing = error.args[0] if error.args else None
    return isinstance(missing, str) and missing not in names


def _slip(error: KeyError, record: str) -> Failure:
    return {**_raised(error, record, "filter"), "msg": f"KeyError: {error} counts as false"}


def _verdicts(
    batch: pa.RecordBatch, schema: gt.StructType, absent: frozenset[str], function: Function, names: frozenset[str]
) -> Iterator[bool | Exception]:
    """What the function says of each record, or what it raised where that is to be told: a KeyError of none of the `names`, others."""
    for record in arrow.records(batch, schema, absent):
        try:
            yield bool(function(record))
        except (KeyError, ValueError, TypeError) as error:
            yield error if isinstance(error, KeyError) and _is_slip(error, names) else False
        except Exception as error:  # noqa: BLE001 - the user's own code: whatever it raises is recorded with the record
            yield error


# --- map -------------------------------------------------------------------------------------------------------------


def map_frame(frame: Frame, function: Function) -> Frame:
    """The records that the function returns; one for which it raises or returns nothing becomes an error record."""
    frame = frame.known
    (df, schema), absent = frame.rows, frame.absent()
    tell = _failures.counter(df.sparkSession.sparkContext)

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            made, failures = _called(function, batch, schema, absent)
            yield _packed(made, failures, schema, "map", tell)

    return _packed_frame(frame, map_in_arrow(_plain(df), run, _PACKED))


def _called(function: Function, batch: pa.RecordBatch, schema: gt.StructType, absent: frozenset[str]) -> tuple[list[Any], list[Failure]]:
    made: list[Any] = []
    failures: list[Failure] = []
    for n, record in enumerate(arrow.records(batch, schema, absent)):
        try:
            result = function(record)
        except Exception as error:  # noqa: BLE001 - the user's own code: whatever it raises is recorded with the record
            failures.append(_raised(error, _text(batch, schema, n), "map"))
            continue
        if result and isinstance(result, dict):
            made.append(result)
        else:
            found = "None" if not result else type(result).__name__
            failures.append(failure(f"returned {found} instead of DynamicRecord", _text(batch, schema, n), "map"))
    return made, failures


# --- partitions ------------------------------------------------------------------------------------------------------


def map_partitions(frame: Frame, function: Callable[[int, Iterator[Any]], Iterable[Any]]) -> Frame:
    """The records of what `function(number, elements)` returns per partition; elements marked isError become error records."""
    frame = frame.known
    (df, schema), absent = frame.rows, frame.absent()
    tell = _failures.counter(df.sparkSession.sparkContext)

    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        context = TaskContext.get()
        number = 0 if context is None else context.partitionId()
        records = (record for batch in batches for record in arrow.records(batch, schema, absent))
        elements = ({"record": record, "isError": False, "errorMessage": ""} for record in records)
        answers = iter(function(number, elements))
        while chunk := list(islice(answers, _MOST)):
            failures = [
                failure(str(e.get("errorMessage") or ""), json_text(e.get("record")), "mapPartitions") for e in chunk if e["isError"]
            ]
            yield _packed([e["record"] for e in chunk if not e["isError"]], failures, schema, "mapPartitions", tell)

    return _packed_frame(frame, map_in_arrow(_plain(df), run, _PACKED))


# --- results ---------------------------------------------------------------------------------------------------------


def _packed(
    made: list[Any], failures: list[Failure], hint: gt.StructType, source: str, tell: Callable[[list[Failure]], None]
) -> pa.RecordBatch:
    """Results in their own types, with their error records, as one row; `tell` is given these for the run's report."""
    try:
        kind, array = encode(made, hint)
    except (TypeError, ValueError, OverflowError, pa.ArrowException):
        good, bad = _sound(made, hint, source)
        failures = [*failures, *bad]
        kind, array = encode(good, hint)
    tell(failures)
    if isinstance(kind, gt.NullType):
        kind, array = gt.StructType(), pa.array([], pa.struct([]))
    batch = pa.RecordBatch.from_struct_array(array)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=_SMALL) as stream:
        stream.write_batch(batch)
    text = json.dumps(kind.jsonValue())
    columns = [pa.array([text]), pa.array([sink.getvalue().to_pybytes()], pa.binary()), pa.array([failures], _FAILURE)]
    return pa.RecordBatch.from_arrays(columns, ["kind", "data", "errors"])


def _sound(made: list[Any], hint: gt.StructType, source: str) -> tuple[list[Any], list[Failure]]:
    """The records that can be columns; the others become error records."""
    good, bad = [], []
    for record in made:
        try:
            type_of(record, hint)
            encode([record], hint)
        except (TypeError, ValueError, OverflowError, pa.ArrowException) as error:
            bad.append(failure(str(error), json_text(record), source))
        else:
            good.append(record)
    return good, bad


class _Results:
    """The kept results of a function, and the type that they have together, which is found when someone must know."""

    def __init__(self, packed: DataFrame) -> None:
        self.packed = packed.localCheckpoint(eager=False)

    @cached_property
    def rows(self) -> tuple[DataFrame, gt.StructType]:
        found = [gt._deserialize_json_string(row.kind) for row in self.packed.select("kind").distinct().collect()]
        merged: gt.DataType = gt.NullType()
        for kind in sorted(found, key=lambda kind: len(repr(kind)), reverse=True):
            merged = gt.mergeDataTypes(merged, kind)
        schema = merged if isinstance(merged, gt.StructType) else gt.StructType()
        if not schema.fields:
            return self.packed.select().limit(0), schema

        def unpack(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            kinds: dict[str, gt.DataType] = {}
            for batch in batches:
                for text, data in zip(batch.column(0).to_pylist(), batch.column(1), strict=True):
                    kind = kinds.setdefault(text, gt._deserialize_json_string(text)) if text not in kinds else kinds[text]
                    for part in pa.ipc.open_stream(data.as_buffer()):
                        rows = pa.StructArray.from_arrays(part.columns, fields=list(part.schema))
                        yield pa.RecordBatch.from_struct_array(widened(rows, kind, schema))

        return map_in_arrow(self.packed.select("kind", "data"), unpack, spark_schema(schema)), schema


def _packed_frame(frame: Frame, packed: DataFrame) -> Frame:
    results = _Results(packed)
    errors = results.packed.select(F.explode("errors").alias("error"))
    return frame.later(lambda: results.rows, stage=(errors,))
