"""Partition indexes as rows.

Every partition table here has one index over its keys from the start (see schema.py), so that an index that a client makes needs no
building: it is ACTIVE at once. What it changes is what it changes in Glue as well: values of its keys must be of their type from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select

from wheatpaste.call import Call
from wheatpaste.scope import here, place
from wheatpaste.services.glue.errors import AlreadyExistsException, InvalidInputException, ResourceNumberLimitExceededException
from wheatpaste.services.glue.partition_keys import base_type
from wheatpaste.services.glue.rows import insert_new
from wheatpaste.services.glue.schema import partition_indexes

LIMIT = 3  # indexes of one table
INDEXABLE = frozenset(("string", "char", "varchar", "tinyint", "smallint", "int", "integer", "bigint", "long"))


def checked_index(index: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """An index over partition keys; InvalidInputException for keys that the table does not have, or of a type that cannot be indexed."""
    types = {key["Name"].lower(): key.get("Type") or "string" for key in keys}
    for name in index["Keys"]:
        if name.lower() not in types:
            raise InvalidInputException(f"Index key {name} is not a partition key of the table.")
        if base_type(types[name.lower()]) not in INDEXABLE:
            raise InvalidInputException(f"Partition index keys must be string or numeric: {name} is {types[name.lower()]}.")
    if len({name.lower() for name in index["Keys"]}) < len(index["Keys"]):
        raise InvalidInputException("An index cannot name a key twice.")
    return index


def insert_indexes(call: Call, table_id: str, indexes: Sequence[Mapping[str, Any]]) -> None:
    """Add indexes to a table; AlreadyExistsException for a name it has, ResourceNumberLimitExceededException for a fourth."""
    has = call.db.execute(
        select(func.count()).select_from(partition_indexes).where(here(call, partition_indexes, table_id=table_id))
    ).scalar_one()
    if has + len(indexes) > LIMIT:
        raise ResourceNumberLimitExceededException(f"A table can have {LIMIT} partition indexes at most.")
    for index in indexes:
        row = place(call, table_id=table_id, name=index["IndexName"], body={"Keys": index["Keys"]})
        if not insert_new(call, partition_indexes, [row]):
            raise AlreadyExistsException(f"Index {index['IndexName']} already exists.")


def index_rows(call: Call, table: Row[Any]) -> Sequence[Row[Any]]:
    """A table's indexes, by name."""
    where = here(call, partition_indexes, table_id=table.id)
    return call.db.execute(select(partition_indexes).where(where).order_by(partition_indexes.c.name)).all()


def indexed_positions(call: Call, table: Row[Any]) -> set[int]:
    """The positions of the partition keys that an index has."""
    names = [key["Name"].lower() for key in table.body.get("PartitionKeys") or []]
    indexed = {name.lower() for row in index_rows(call, table) for name in row.body["Keys"]}
    return {position for position, name in enumerate(names) if name in indexed}
