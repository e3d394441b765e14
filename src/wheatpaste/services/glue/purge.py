"""What hung on tables that are gone: partitions, versions, indexes, statistics.

Deleted in bounded batches, as a table can have a million partitions.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, and_, delete, select

from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.schema import column_statistics, partition_indexes, partitions, table_versions
from wheatpaste.tasks.step import Done, Next, Step

BATCH = 1000
DEPENDENTS: tuple[Column[Any], ...] = (
    table_versions.c.version,
    partition_indexes.c.name,
    column_statistics.c.values_key,
    partitions.c.values_key,
)


def delete_some(db: Connection, account: str, region: str, table_id: str) -> bool:
    """Delete up to BATCH rows of each kind that hang on a table; True when nothing is left."""
    ended = True
    for key in DEPENDENTS:
        table = key.table
        where = and_(table.c.account == account, table.c.region == region, table.c.table_id == table_id)
        some = db.execute(select(key).where(where).order_by(key).limit(BATCH)).scalars().all()
        if some:
            db.execute(delete(table).where(where, key >= some[0], key <= some[-1]))
        ended = ended and len(some) < BATCH
    return ended


def purge(call: Call, table_ids: Sequence[str]) -> None:
    """Delete what hangs on these tables: a single table's first batch now, the rest by a task."""
    left = (
        list(table_ids) if len(table_ids) > 1 else [each for each in table_ids if not delete_some(call.db, call.account, call.region, each)]
    )
    if left:
        call.start("purge", ids.request_id(), {"tables": left})


@glue.task("purge", again=True)
def purge_step(step: Step) -> Next | Done:
    """Delete the next batch of the first table."""
    first, *others = step.data["tables"]
    ended = step.db.write(lambda db: delete_some(db, step.account, step.region, first))
    left = others if ended else [first, *others]
    return Next("PURGING", {"tables": left}) if left else Done()
