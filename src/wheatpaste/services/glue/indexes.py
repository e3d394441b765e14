"""Partition indexes: create, list, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from wheatpaste.call import Call
from wheatpaste.scope import here
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.errors import EntityNotFoundException, InvalidInputException
from wheatpaste.services.glue.index_rows import checked_index, index_rows, insert_indexes
from wheatpaste.services.glue.partition_rows import values_of
from wheatpaste.services.glue.schema import partition_indexes, partitions
from wheatpaste.services.glue.scope import table_arn
from wheatpaste.services.glue.tables import table_row

if TYPE_CHECKING:
    from wheatpaste.services.glue.shapes_generated import (
        CreatePartitionIndexRequest,
        CreatePartitionIndexResponse,
        DeletePartitionIndexRequest,
        DeletePartitionIndexResponse,
        GetPartitionIndexesRequest,
        GetPartitionIndexesResponse,
        PartitionIndexDescriptor,
    )


@glue.operation(resource=table_arn)
def create_partition_index(call: Call, req: CreatePartitionIndexRequest) -> CreatePartitionIndexResponse:
    """Add an index; refused while a partition holds a value that is none of an indexed key's type."""
    table = table_row(call, req, req["DatabaseName"], req["TableName"])
    keys = table.body.get("PartitionKeys") or []
    index = checked_index(req["PartitionIndex"], keys)
    names = [key["Name"].lower() for key in keys]
    mask = sum(1 << names.index(name.lower()) for name in index["Keys"])
    where = (here(call, partitions, table_id=table.id), partitions.c.misfits != 0, partitions.c.misfits.bitwise_and(mask) != 0)
    misfit = call.db.execute(select(partitions.c.values_key).where(*where).limit(1)).one_or_none()
    if misfit is not None:
        raise InvalidInputException(f"Partition {values_of(misfit)} has a value that is not of its key's type.")
    insert_indexes(call, table.id, [index])
    return {}


@glue.operation(reads=True, resource=table_arn)
def get_partition_indexes(call: Call, req: GetPartitionIndexesRequest) -> GetPartitionIndexesResponse:
    """A table's indexes (three at most: one page)."""
    if req.get("NextToken"):
        raise InvalidInputException("The pagination token is invalid")
    table = table_row(call, req, req["DatabaseName"], req["TableName"])
    types = {key["Name"].lower(): key.get("Type") or "string" for key in table.body.get("PartitionKeys") or []}
    shapes: list[PartitionIndexDescriptor] = [
        {
            "IndexName": row.name,
            "Keys": [{"Name": name, "Type": types.get(name.lower(), "string")} for name in row.body["Keys"]],
            "IndexStatus": "ACTIVE",
        }
        for row in index_rows(call, table)
    ]
    return {"PartitionIndexDescriptorList": shapes}


@glue.operation(resource=table_arn)
def delete_partition_index(call: Call, req: DeletePartitionIndexRequest) -> DeletePartitionIndexResponse:
    """Delete an index."""
    table = table_row(call, req, req["DatabaseName"], req["TableName"])
    where = here(call, partition_indexes, table_id=table.id, name=req["IndexName"])
    if call.db.execute(delete(partition_indexes).where(where)).rowcount == 0:
        raise EntityNotFoundException(f"Index with the given indexName : {req['IndexName']} does not exist")
    return {}
