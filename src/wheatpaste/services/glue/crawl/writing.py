"""Writing what a crawl found into the Data Catalog, through its public operations and as the crawler's role."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from wheatpaste.call import Aws
from wheatpaste.service import Shape
from wheatpaste.services.glue.crawl.changes import DEPRECATED, PartitionChanges, TableChange, as_input
from wheatpaste.services.glue.crawl.journal import Journal
from wheatpaste.services.glue.errors import AlreadyExistsException, EntityNotFoundException

T = TypeVar("T")
CREATE, DELETE = 100, 25  # the most that one batch operation takes
INDEX = "crawler_partition_index"
COUNTS = ("TablesCreated", "TablesUpdated", "TablesDeleted", "PartitionsCreated", "PartitionsUpdated", "PartitionsDeleted")


class WriteFailedError(Exception):
    """The catalog refused part of a batch."""


def batches(items: list[T], size: int) -> Iterator[list[T]]:
    """``items`` in lists of at most ``size``."""
    return (items[at : at + size] for at in range(0, len(items), size))


class Catalog:
    """One database of the catalog; what is changed in it is added to ``counts``."""

    def __init__(self, aws: Aws, database: str, journal: Journal, counts: dict[str, int]) -> None:
        self._glue = aws.client("glue")
        self.database = database
        self._journal = journal
        self._counts = counts

    def tables(self) -> dict[str, Shape]:
        """Every table by name; a database that does not exist is created, as AWS's crawler does."""
        try:
            self._glue.get_database(Name=self.database)
        except EntityNotFoundException:
            with suppress(AlreadyExistsException):  # another crawler was faster
                self._glue.create_database(DatabaseInput={"Name": self.database})
                self._journal.info(f"Created database {self.database}")
        return {table["Name"]: table for table in self._pages("get_tables", "TableList", DatabaseName=self.database)}

    def table(self, name: str) -> Shape:
        """One table; EntityNotFoundException when there is none."""
        found: Shape = self._glue.get_table(DatabaseName=self.database, Name=name)["Table"]
        return found

    def partitions(self, table: str) -> list[Shape]:
        """Every partition of a table."""
        return list(self._pages("get_partitions", "Partitions", DatabaseName=self.database, TableName=table))

    def _pages(self, operation: str, member: str, **members: Any) -> Iterator[Shape]:
        token: Shape = {}
        while True:
            answer = getattr(self._glue, operation)(**members, **token)
            yield from answer.get(member) or []
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    def write_table(self, change: TableChange) -> None:
        """Create or update a table, or say why it stays."""
        if change.kind == "keep":
            if change.why:
                self._journal.info(f"Table {change.name} in database {self.database} is left as it is: {change.why}")
            return
        if change.kind == "create":
            self._glue.create_table(DatabaseName=self.database, TableInput=change.wanted)
            self._count("TablesCreated", 1, f"Created table {change.name} in database {self.database}")
            return
        if change.drop_partitions:
            self._drop(change.name, [partition["Values"] for partition in self.partitions(change.name)])
        self._glue.update_table(DatabaseName=self.database, TableInput=change.wanted, SkipArchive=change.kind == "refresh")
        if change.kind == "update":
            self._count("TablesUpdated", 1, f"Updated table {change.name} in database {self.database}")

    def write_partitions(self, table: str, changes: PartitionChanges) -> None:
        """Create, update and delete partitions in batches."""
        where: Shape = {"DatabaseName": self.database, "TableName": table}
        for batch in batches(changes.create, CREATE):
            self._whole(table, self._glue.batch_create_partition(**where, PartitionInputList=batch), "AlreadyExistsException")
        for batch in batches(changes.update, CREATE):
            entries = [{"PartitionValueList": partition["Values"], "PartitionInput": partition} for partition in batch]
            self._whole(table, self._glue.batch_update_partition(**where, Entries=entries))
        if changes.create:
            shown = _shown(changes.create)
            text = f"Created {len(changes.create)} partitions with values {shown} for table {table} in database {self.database}"
            self._count("PartitionsCreated", len(changes.create), text)
        if changes.update:
            text = f"Updated {len(changes.update)} partitions of table {table} in database {self.database}"
            self._count("PartitionsUpdated", len(changes.update), text)
        self._drop(table, changes.delete)

    def _drop(self, table: str, values: list[list[str]]) -> None:
        for batch in batches(values, DELETE):
            to_delete = [{"Values": each} for each in batch]
            answer = self._glue.batch_delete_partition(DatabaseName=self.database, TableName=table, PartitionsToDelete=to_delete)
            self._whole(table, answer, "EntityNotFoundException")
        if values:
            self._count("PartitionsDeleted", len(values), f"Deleted {len(values)} partitions of table {table} in database {self.database}")

    def _whole(self, table: str, answer: Mapping[str, Any], done: str = "") -> None:
        """Raise for what was not written; ``done`` is the error that says that another crawler has done it meanwhile."""
        errors = [error for error in answer.get("Errors") or [] if error["ErrorDetail"]["ErrorCode"] != done]
        if errors:
            raise WriteFailedError(f"Partitions of table {table} could not be written: {json.dumps(errors[0], default=str)}")

    def index(self, table: str, keys: Iterable[str]) -> None:
        """Make the crawler's partition index, unless it is there."""
        names = list(keys)
        found = self._glue.get_partition_indexes(DatabaseName=self.database, TableName=table).get("PartitionIndexDescriptorList") or []
        if names and all(index["IndexName"] != INDEX for index in found):
            with suppress(AlreadyExistsException):  # another crawler was faster
                self._glue.create_partition_index(
                    DatabaseName=self.database, TableName=table, PartitionIndex={"Keys": names, "IndexName": INDEX}
                )
            self._journal.info(f"Created partition index {INDEX} for table {table} in database {self.database}")

    def lose(self, table: Mapping[str, Any], behavior: str) -> None:
        """A table whose data is gone: delete it, mark it, or say so."""
        name = table["Name"]
        if behavior == "DELETE_FROM_DATABASE":
            with suppress(EntityNotFoundException):  # another crawler was faster
                self._glue.delete_table(DatabaseName=self.database, Name=name)
            self._count("TablesDeleted", 1, f"Deleted table {name} in database {self.database}")
        elif behavior == "DEPRECATE_IN_DATABASE":
            if DEPRECATED in table["Parameters"]:
                return
            wanted = as_input(table)
            wanted["Parameters"] = {**wanted["Parameters"], DEPRECATED: str(round(time.time() * 1000))}
            self._glue.update_table(DatabaseName=self.database, TableInput=wanted)
            self._count("TablesUpdated", 1, f"Marked table {name} in database {self.database} as deprecated")
        else:
            self._journal.info(f"Table {name} in database {self.database} has no data any more; DeleteBehavior is LOG")

    def _count(self, name: str, number: int, text: str) -> None:
        self._counts[name] += number
        self._journal.info(text)


def _shown(partitions: Sequence[Mapping[str, Any]]) -> str:
    some = [partition["Values"] for partition in partitions[:10]]
    return json.dumps(some, ensure_ascii=False) + (" …" if len(partitions) > 10 else "")
