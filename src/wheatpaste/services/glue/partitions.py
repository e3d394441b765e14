"""Writing partitions: create, update (to new values too), delete, one by one and in batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, delete, update
from sqlalchemy.exc import IntegrityError

from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import AlreadyExistsException, EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.index_rows import indexed_positions
from wheatpaste.services.glue.partition_keys import cast
from wheatpaste.services.glue.partition_rows import key_columns, values_key
from wheatpaste.services.glue.rows import insert_new
from wheatpaste.services.glue.schema import column_statistics, partitions
from wheatpaste.services.glue.scope import millis, table_arn
from wheatpaste.services.glue.tables import partition_keys, table_changed, table_row
from wheatpaste.wire.errors import AwsError

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        BatchCreatePartitionRequest,
        BatchCreatePartitionResponse,
        BatchDeletePartitionRequest,
        BatchDeletePartitionResponse,
        BatchUpdatePartitionFailureEntry,
        BatchUpdatePartitionRequest,
        BatchUpdatePartitionResponse,
        CreatePartitionRequest,
        CreatePartitionResponse,
        DeletePartitionRequest,
        DeletePartitionResponse,
        ErrorDetail,
        PartitionError,
        UpdatePartitionRequest,
        UpdatePartitionResponse,
    )

_KEPT = ("LastAccessTime", "StorageDescriptor", "Parameters", "LastAnalyzedTime")


def _stored(prefix: str) -> list[str]:
    return [f"{prefix}.{member}" for member in _KEPT]


def _table(call: Call, req: Mapping[str, Any]) -> Row[Any]:
    return table_row(call, req, req["DatabaseName"], req["TableName"])


def _columns(table: Row[Any], values: Sequence[str], indexed: set[int]) -> dict[str, Any]:
    """The key columns of a partition; InvalidInputException for values that the table cannot have."""
    types = [declared for _, declared in partition_keys(table)]
    if len(values) != len(types) or not values:
        raise InvalidInputException("The number of partition keys do not match the number of partition values")
    if "" in values:
        raise InvalidInputException("Partition values cannot be empty.")
    columns = key_columns(values, types)
    for position in indexed:
        if columns["misfits"] & 1 << position:
            _refuse_misfit(types[position], values[position])
    return columns


def _refuse_misfit(declared: str, value: str) -> None:
    """A key in a partition index takes only values of its type."""
    try:
        cast(declared, value)
    except ValueError as error:
        raise InvalidInputException(str(error)) from None


def _insert(call: Call, table: Row[Any], wanted: Sequence[Mapping[str, Any]]) -> set[str]:
    """Insert partitions in one statement; the keys of those that were, without those that the table already has."""
    indexed = indexed_positions(call, table)
    rows: dict[str, dict[str, Any]] = {}
    for each in wanted:
        columns = _columns(table, each.get("Values") or [], indexed)
        body = {k: v for k, v in each.items() if k != "Values"}
        rows.setdefault(columns["values_key"], place(call, table_id=table.id, **columns, body=body, created=millis(call)))
    return insert_new(call, partitions, list(rows.values()), "values_key")


def _detail(error: AwsError) -> ErrorDetail:
    return {"ErrorCode": error.code, "ErrorMessage": error.message}


@glue.operation(resource=table_arn, stored=_stored("PartitionInput"))
def create_partition(call: Call, req: CreatePartitionRequest) -> CreatePartitionResponse:
    """Add a partition."""
    table = _table(call, req)
    if not _insert(call, table, [req["PartitionInput"]]):
        raise AlreadyExistsException("Partition already exists.")
    table_changed(call, table, [req["PartitionInput"]["Values"]])
    return {}


@glue.operation(resource=table_arn, stored=_stored("PartitionInputList[]"))
def batch_create_partition(call: Call, req: BatchCreatePartitionRequest) -> BatchCreatePartitionResponse:
    """Add up to 100 partitions; those that exist are reported, the others are added."""
    table = _table(call, req)
    left = _insert(call, table, req["PartitionInputList"])
    errors: list[PartitionError] = []
    made: list[list[str]] = []
    for values in (wanted["Values"] for wanted in req["PartitionInputList"]):
        if values_key(values) in left:
            left.remove(values_key(values))
            made.append(values)
        else:  # it was there, or earlier in this list
            errors.append({"PartitionValues": values, "ErrorDetail": _detail(AlreadyExistsException("Partition already exists."))})
    if made:
        table_changed(call, table, made)
    return {"Errors": errors}


def _update(call: Call, table: Row[Any], values: Sequence[str], wanted: Mapping[str, Any], indexed: set[int], missing: str) -> None:
    """Replace a partition, to new values if the input has some; its statistics go along."""
    columns = _columns(table, wanted.get("Values") or values, indexed)
    body = {k: v for k, v in wanted.items() if k != "Values"}
    old = values_key(values)
    try:
        with call.db.begin_nested():
            done = call.db.execute(
                update(partitions).where(here(call, partitions, table_id=table.id, values_key=old)).values(**columns, body=body)
            )
    except IntegrityError:
        raise AlreadyExistsException("Partition already exists.") from None
    if done.rowcount == 0:
        raise EntityNotFoundException(missing)
    if columns["values_key"] != old:
        where = here(call, column_statistics, table_id=table.id, values_key=old)
        call.db.execute(update(column_statistics).where(where).values(values_key=columns["values_key"]))


@glue.operation(resource=table_arn, stored=_stored("PartitionInput"))
def update_partition(call: Call, req: UpdatePartitionRequest) -> UpdatePartitionResponse:
    """Replace a partition; other Values in the input move it."""
    table, values = _table(call, req), req["PartitionValueList"]
    _update(call, table, values, req["PartitionInput"], indexed_positions(call, table), "Cannot find partition.")
    table_changed(call, table, [values])
    return {}


@glue.operation(resource=table_arn, stored=_stored("Entries[].PartitionInput"))
def batch_update_partition(call: Call, req: BatchUpdatePartitionRequest) -> BatchUpdatePartitionResponse:
    """Replace up to 100 partitions; those that are missing are reported, the others are replaced."""
    table = _table(call, req)
    indexed = indexed_positions(call, table)
    errors: list[BatchUpdatePartitionFailureEntry] = []
    changed: list[list[str]] = []
    for entry in req["Entries"]:
        try:
            _update(call, table, entry["PartitionValueList"], entry["PartitionInput"], indexed, "Partition not found.")
            changed.append(entry["PartitionValueList"])
        except (AlreadyExistsException, EntityNotFoundException, InvalidInputException) as error:
            errors.append({"PartitionValueList": entry["PartitionValueList"], "ErrorDetail": _detail(error)})
    if changed:
        table_changed(call, table, changed)
    return {"Errors": errors}


def _delete(call: Call, table: Row[Any], values: Sequence[str], missing: str) -> None:
    key = values_key(values)
    if call.db.execute(delete(partitions).where(here(call, partitions, table_id=table.id, values_key=key))).rowcount == 0:
        raise EntityNotFoundException(missing)
    call.db.execute(delete(column_statistics).where(here(call, column_statistics, table_id=table.id, values_key=key)))


@glue.operation(resource=table_arn)
def delete_partition(call: Call, req: DeletePartitionRequest) -> DeletePartitionResponse:
    """Delete a partition and its statistics."""
    table = _table(call, req)
    _delete(call, table, req["PartitionValues"], "Cannot find partition.")
    table_changed(call, table, [req["PartitionValues"]])
    return {}


@glue.operation(resource=table_arn)
def batch_delete_partition(call: Call, req: BatchDeletePartitionRequest) -> BatchDeletePartitionResponse:
    """Delete up to 25 partitions; those that are missing are reported, the others go."""
    table = _table(call, req)
    errors: list[PartitionError] = []
    gone: list[list[str]] = []
    for each in req["PartitionsToDelete"]:
        try:
            _delete(call, table, each["Values"], "Partition not found.")
            gone.append(each["Values"])
        except EntityNotFoundException as error:
            errors.append({"PartitionValues": each["Values"], "ErrorDetail": _detail(error)})
    if gone:
        table_changed(call, table, gone)
    return {"Errors": errors}
