"""The metastore's calls on partitions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from pymetastore.hive_metastore import ttypes as hive

from wheatpaste.engines.metastore.catalog import Catalog, Shape, pages
from wheatpaste.engines.metastore.errors import Refused
from wheatpaste.engines.metastore.shapes import is_managed, partition_name, partition_to_glue, partition_to_hive, partition_values

CREATED_AT_ONCE, GOT_AT_ONCE = 100, 1000  # AWS's limits of the batch operations
LITERAL = re.compile(r"""("[^"]*")|('[^']*')|\b(\d{4}-\d{2}-\d{2})\b""")
NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")


class Partitions:
    catalog: Catalog

    def get_partitions(self, database: str, table: str, limit: int) -> list[Any]:
        return self._given(database, table, self._partitions(database, table), limit)

    def get_partitions_with_auth(self, database: str, table: str, limit: int, user: str, groups: list[str]) -> list[Any]:
        return self.get_partitions(database, table, limit)

    def get_partitions_ps(self, database: str, table: str, values: list[str], limit: int) -> list[Any]:
        return self._given(database, table, self._matching(database, table, values), limit)

    def get_partitions_ps_with_auth(
        self, database: str, table: str, values: list[str], limit: int, user: str, groups: list[str]
    ) -> list[Any]:
        return self.get_partitions_ps(database, table, values, limit)

    def get_partitions_by_filter(self, database: str, table: str, filter: str, limit: int) -> list[Any]:
        return self._given(database, table, self._partitions(database, table, expression(filter)), limit)

    def get_num_partitions_by_filter(self, database: str, table: str, filter: str) -> int:
        return sum(1 for _ in self._partitions(database, table, expression(filter), bare=True))

    def get_partition_names(self, database: str, table: str, limit: int) -> list[str]:
        return self._names(database, table, self._partitions(database, table, bare=True), limit)

    def get_partition_names_ps(self, database: str, table: str, values: list[str], limit: int) -> list[str]:
        return self._names(database, table, self._matching(database, table, values), limit)

    def get_partition(self, database: str, table: str, values: list[str]) -> Any:
        found = self.catalog.glue.get_partition(DatabaseName=database, TableName=table, PartitionValues=values)
        return partition_to_hive(database, table, found["Partition"])

    def get_partition_with_auth(self, database: str, table: str, values: list[str], user: str, groups: list[str]) -> Any:
        return self.get_partition(database, table, values)

    def get_partition_by_name(self, database: str, table: str, name: str) -> Any:
        return self.get_partition(database, table, partition_values(name))

    def get_partitions_by_names(self, database: str, table: str, names: list[str]) -> list[Any]:
        found: list[Shape] = []
        for at in range(0, len(names), GOT_AT_ONCE):
            wanted = [{"Values": partition_values(name)} for name in names[at : at + GOT_AT_ONCE]]
            answer = self.catalog.glue.batch_get_partition(DatabaseName=database, TableName=table, PartitionsToGet=wanted)
            found += answer.get("Partitions") or ()
        return [partition_to_hive(database, table, partition) for partition in found]

    def partition_name_to_vals(self, name: str) -> list[str]:
        return partition_values(name)

    def partition_name_to_spec(self, name: str) -> dict[str, str]:
        return dict(zip((part.partition("=")[0] for part in name.split("/")), partition_values(name), strict=True))

    # -- changes

    def add_partition(self, partition: Any) -> Any:
        self._add(partition.dbName, partition.tableName, [partition], present_is_fine=False)
        return partition

    def add_partition_with_environment_context(self, partition: Any, context: Any) -> Any:
        return self.add_partition(partition)

    def add_partitions(self, partitions: list[Any]) -> int:
        if partitions:
            self._add(partitions[0].dbName, partitions[0].tableName, partitions, present_is_fine=False)
        return len(partitions)

    def add_partitions_req(self, request: Any) -> Any:
        self._add(request.dbName, request.tblName, request.parts, present_is_fine=bool(request.ifNotExists))
        return hive.AddPartitionsResult(partitions=request.parts if request.needResult else None)

    def alter_partition(self, database: str, table: str, partition: Any) -> None:
        self.rename_partition(database, table, partition.values, partition)

    def alter_partition_with_environment_context(self, database: str, table: str, partition: Any, context: Any) -> None:
        self.alter_partition(database, table, partition)

    def alter_partitions(self, database: str, table: str, partitions: list[Any]) -> None:
        for partition in partitions:
            self.alter_partition(database, table, partition)

    def alter_partitions_with_environment_context(self, database: str, table: str, partitions: list[Any], context: Any) -> None:
        self.alter_partitions(database, table, partitions)

    def rename_partition(self, database: str, table: str, values: list[str], partition: Any) -> None:
        given = partition_to_glue(partition)
        self.catalog.glue.update_partition(DatabaseName=database, TableName=table, PartitionValueList=values, PartitionInput=given)

    def drop_partition(self, database: str, table: str, values: list[str], delete_data: bool) -> bool:
        glue, place = self.catalog.glue, {"DatabaseName": database, "TableName": table}
        partition = glue.get_partition(**place, PartitionValues=values)["Partition"]
        glue.delete_partition(**place, PartitionValues=values)
        location = (partition.get("StorageDescriptor") or {}).get("Location")
        if delete_data and location and is_managed(self.catalog.table(database, table)):
            self.catalog.folders.remove(location)
        return True

    def drop_partition_with_environment_context(
        self, database: str, table: str, values: list[str], delete_data: bool, context: Any
    ) -> bool:
        return self.drop_partition(database, table, values, delete_data)

    # -- within

    def _partitions(self, database: str, table: str, expression: str = "", bare: bool = False) -> Iterable[Shape]:
        members: Shape = {"DatabaseName": database, "TableName": table, "MaxResults": 1000}
        if expression:
            members["Expression"] = expression
        if bare:
            members["ExcludeColumnSchema"] = True
        return pages(self.catalog.glue.get_partitions, "Partitions", **members)

    def _matching(self, database: str, table: str, values: list[str]) -> Iterable[Shape]:
        """Those whose first keys have these values; an empty one stands for any."""
        keys = self.catalog.table(database, table).get("PartitionKeys") or []
        conditions = [condition(key, value) for key, value in zip(keys, values, strict=False) if value]
        return self._partitions(database, table, " AND ".join(conditions))

    def _given(self, database: str, table: str, partitions: Iterable[Shape], limit: int | None) -> list[Any]:
        return [partition_to_hive(database, table, partition) for partition in limited(partitions, limit)]

    def _names(self, database: str, table: str, partitions: Iterable[Shape], limit: int | None) -> list[str]:
        keys = [key["Name"] for key in self.catalog.table(database, table).get("PartitionKeys") or ()]
        return list(limited(sorted(partition_name(keys, partition["Values"]) for partition in partitions), limit))

    def _add(self, database: str, table: str, partitions: list[Any], *, present_is_fine: bool) -> None:
        for at in range(0, len(partitions), CREATED_AT_ONCE):
            batch = partitions[at : at + CREATED_AT_ONCE]
            for partition in batch:
                self._place_partition(database, table, partition)
            given = [partition_to_glue(partition) for partition in batch]
            answer = self.catalog.glue.batch_create_partition(DatabaseName=database, TableName=table, PartitionInputList=given)
            for error in answer.get("Errors") or ():
                detail = error["ErrorDetail"]
                if detail["ErrorCode"] != "AlreadyExistsException":
                    raise Refused(f"partition {error['PartitionValues']}: {detail['ErrorMessage']} ({detail['ErrorCode']})")
                if not present_is_fine:
                    raise hive.AlreadyExistsException(message=f"Partition already exists: {error['PartitionValues']}")

    def _place_partition(self, database: str, table: str, partition: Any) -> None:
        """A partition without a location is in its table's folder, by its name."""
        if partition.sd is not None and not partition.sd.location:
            present = self.catalog.table(database, table)
            home = str(present["StorageDescriptor"]["Location"]).rstrip("/")
            partition.sd.location = f"{home}/{partition_name([key['Name'] for key in present['PartitionKeys']], partition.values)}"


def limited(items: Iterable[Any], limit: int | None) -> Iterable[Any]:
    return items if limit is None or limit < 0 else islice(items, limit)


def expression(filter: str) -> str:
    """Hive's filter as Glue's expression: strings in single quotes, dates quoted."""

    def literal(match: re.Match[str]) -> str:
        if match[1]:
            return "'" + match[1][1:-1].replace("'", "''") + "'"
        return match[2] or f"'{match[3]}'"

    return LITERAL.sub(literal, filter)


def condition(key: Shape, value: str) -> str:
    if str(key.get("Type", "")).startswith(NUMBERS):
        return f"{key['Name']} = {value}"
    return "{} = '{}'".format(key["Name"], value.replace("'", "''"))
