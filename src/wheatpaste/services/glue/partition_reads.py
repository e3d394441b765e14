"""Reading partitions: GetPartition, BatchGetPartition, and GetPartitions with its expression answered from an index."""

from __future__ import annotations

import json
import typing
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, select, tuple_

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import EntityNotFoundException, InvalidInputException, InvalidStateException
from wheatpaste.services.glue.expression import ExpressionError, Tree, matcher, parse, positions
from wheatpaste.services.glue.expression_sql import predicate
from wheatpaste.services.glue.partition_candidates import candidates
from wheatpaste.services.glue.partition_keys import CastError, base_type, cast
from wheatpaste.services.glue.partition_rows import coded, misfit_mask, partition_shape, values_key, values_of
from wheatpaste.services.glue.partition_text import BODY, listed
from wheatpaste.services.glue.rows import find
from wheatpaste.services.glue.schema import KEY_COLUMNS, partitions
from wheatpaste.services.glue.scope import decoded, table_arn
from wheatpaste.services.glue.tables import partition_keys, table_row
from wheatpaste.wire.paginate import page

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        BatchGetPartitionRequest,
        BatchGetPartitionResponse,
        GetPartitionRequest,
        GetPartitionResponse,
        GetPartitionsRequest,
        GetPartitionsResponse,
        Partition,
    )

Passes = Callable[[Row[Any]], bool]

PAGE = 1000
IN_LIST = 400
FETCH = 100
ANSWER = 16 << 20  # bytes of bodies in one answer, about: partitions of very wide tables come in smaller pages, as in Glue
SHOWN = (partitions.c.values_key, partitions.c.created, BODY, *(partitions.c[f"k{i}"] for i in range(KEY_COLUMNS)))


def partition_row(call: Call, table: Row[Any], values: Sequence[str], message: str = "Cannot find partition.") -> Row[Any]:
    """A partition's row; EntityNotFoundException when there is none."""
    row = find(call, partitions, table_id=table.id, values_key=values_key(values))
    if row is None:
        raise EntityNotFoundException(message)
    return row


@glue.operation(reads=True, resource=table_arn, stored=["AuditContext"])
def get_partition(call: Call, req: GetPartitionRequest) -> GetPartitionResponse:
    """One partition."""
    table = table_row(call, req, req["DatabaseName"], req["TableName"])
    row = partition_row(call, table, req["PartitionValues"])
    return {"Partition": partition_shape(table, row, row.body)}


@glue.operation(reads=True, resource=table_arn, stored=["AuditContext", "QuerySessionContext"])
def batch_get_partition(call: Call, req: BatchGetPartitionRequest) -> BatchGetPartitionResponse:
    """Up to 1,000 partitions in the order asked for; those that are missing are left out, as in Glue, and none stays unprocessed."""
    table = table_row(call, req, req["DatabaseName"], req["TableName"])
    wanted = list(dict.fromkeys(values_key(each["Values"]) for each in req["PartitionsToGet"]))
    return {"Partitions": typing.cast("list[Partition]", listed(table, _rows(call, table, wanted), False)), "UnprocessedKeys": []}


def _rows(call: Call, table: Row[Any], wanted: Sequence[str]) -> list[Row[Any]]:
    """The partitions of these keys, in their order, without those that are missing."""
    found: dict[str, Row[Any]] = {}
    for start in range(0, len(wanted), IN_LIST):
        where = (here(call, partitions, table_id=table.id), partitions.c.values_key.in_(wanted[start : start + IN_LIST]))
        found.update({row.values_key: row for row in call.db.execute(select(*SHOWN).where(*where))})
    return [found[key] for key in wanted if key in found]


def read_expression(expression: str, keys: Sequence[tuple[str, str]]) -> Tree | None:
    """The expression's tree; InvalidInputException for one that Glue refuses."""
    try:
        return parse(expression, keys)
    except ExpressionError as error:
        raise InvalidInputException(str(error)) from None


def _check_misfits(call: Call, table: Row[Any], tested: set[int], types: Sequence[str]) -> None:
    """InvalidStateException, as in Glue, when a partition's value is none of the type of a key that the expression tests."""
    mask = misfit_mask(tested)
    where = (here(call, partitions, table_id=table.id), partitions.c.misfits != 0, partitions.c.misfits.bitwise_and(mask) != 0)
    row = call.db.execute(select(partitions.c.values_key, partitions.c.misfits).where(*where).limit(1)).one_or_none()
    if row is not None:
        position = next(each for each in sorted(tested) if row.misfits & 1 << each)
        raise InvalidStateException(_misfit(types[position], values_of(row)[position]))


def _misfit(declared: str, value: str) -> str:
    try:
        cast(declared, value)
    except CastError as error:
        return f"For input string: {error}" if "int" in base_type(declared) else str(error)
    raise AssertionError(f"{value!r} was marked as no {declared}")


def _query(call: Call, table: Row[Any], tree: Tree | None, req: Mapping[str, Any]) -> Select[Any]:
    query = select(*SHOWN).where(here(call, partitions, table_id=table.id))
    if tree is not None:
        query = query.where(predicate(tree, partitions, call.db.dialect.name))
    if segment := req.get("Segment"):
        number, total = segment["SegmentNumber"], segment["TotalSegments"]
        if number >= total:
            raise InvalidInputException(f"SegmentNumber {number} must be less than TotalSegments {total}.")
        query = query.where(partitions.c.slot % total == number)
    return query


def _place(row: Row[Any], names: Sequence[str]) -> list[str]:
    """Where a row stands in the order of the keys."""
    return [getattr(row, name) for name in names]


def _matching(
    call: Call, query: Select[Any], after: Sequence[str] | None, names: Sequence[str], passes: Passes, limit: int
) -> list[Row[Any]]:
    """Up to ``limit`` partitions in the order of their keys, after a place: each page starts there in the index."""
    order = [partitions.c[name] for name in names]
    found: list[Row[Any]] = []
    size = 0
    while True:
        chunk = query.order_by(*order).limit(limit)
        if after is not None:
            chunk = chunk.where(tuple_(*order) > tuple_(*after))
        read, last = 0, None
        for rows in call.db.execute(chunk).partitions(FETCH):
            read, last = read + len(rows), rows[-1]
            passed = [row for row in rows if passes(row)]
            found.extend(passed)
            if len(found) >= limit or (passed and size > ANSWER):
                return found[:limit]
            size += sum(len(row.body) for row in passed)
        if read < limit or last is None:
            return found
        after = _place(last, names)


def fitting(rows: Sequence[Row[Any]]) -> int:
    """How many of the rows an answer takes: their bodies together are little more than ``ANSWER``. Of any, at least one."""
    size = 0
    for count, row in enumerate(rows):
        if size > ANSWER:
            return count
        size += len(row.body)
    return len(rows)


def _among(
    call: Call, table: Row[Any], near: Iterable[str], tree: Tree | None, types: Sequence[str], after: Sequence[str] | None, limit: int
) -> list[Row[Any]]:
    """The same of ``near``, which are a few keys: decided and ordered without a look at the table, of which only the answer is read."""
    placed, passes, keys = [], matcher(tree), list(near)
    for key, values in zip(keys, json.loads(f"[{','.join(keys)}]"), strict=True):
        codes = coded(values, types)
        place = (*codes[: min(len(types), KEY_COLUMNS)], key)
        if passes(codes) and (after is None or place > tuple(after)):
            placed.append(place)
    return _rows(call, table, [place[-1] for place in sorted(placed)[:limit]])


def _passes(tree: Tree | None, types: Sequence[str]) -> Passes:
    """What the database could not decide: tests on keys without a column."""
    if all(position < KEY_COLUMNS for position in positions(tree)):
        return lambda row: True
    passes = matcher(tree)
    return lambda row: passes(coded(values_of(row), types))


@glue.operation(reads=True, resource=table_arn, stored=["AuditContext"], refused=["TransactionId", "QueryAsOfTime"])
def get_partitions(call: Call, req: GetPartitionsRequest) -> GetPartitionsResponse:
    """The partitions of a table that match an expression, in the order of their keys."""
    table, limit = table_row(call, req, req["DatabaseName"], req["TableName"]), req.get("MaxResults") or PAGE
    keys, expression = partition_keys(table), req.get("Expression") or ""
    types = [declared for _, declared in keys]
    tree = read_expression(expression, keys)
    _check_misfits(call, table, positions(tree), types)
    names = [*(f"k{i}" for i in range(min(len(types), KEY_COLUMNS))), "values_key"]
    bound = f"{table.id}{zlib.crc32(expression.encode()):x}.{len(names)}"
    after, near = decoded(req, bound), None if req.get("Segment") else candidates(call, table.id, tree)
    if near is None:
        rows = _matching(call, _query(call, table, tree, req), after, names, _passes(tree, types), limit + 1)
    else:
        rows = _among(call, table, near, tree, types, after, limit + 1)
    shown, token = page(rows, min(limit, fitting(rows)), lambda row: _place(row, names), bound)
    return {"Partitions": typing.cast("list[Partition]", listed(table, shown, bool(req.get("ExcludeColumnSchema")))), "NextToken": token}
