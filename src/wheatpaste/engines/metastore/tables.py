"""The metastore's calls on tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wheatpaste.engines.metastore.catalog import Catalog, Shape, pages
from wheatpaste.engines.metastore.databases import NOWHERE, glob, in_database
from wheatpaste.engines.metastore.errors import Refused
from wheatpaste.engines.metastore.shapes import is_managed, kept, table_to_glue, table_to_hive
from wheatpaste.wire.errors import AwsError

VIEW = "VIRTUAL_VIEW"
PAGE = 100  # partitions that one BatchCreatePartition takes


class Tables:
    catalog: Catalog

    def get_database(self, name: str) -> Any:
        raise NotImplementedError

    def get_table(self, database: str, name: str) -> Any:
        return table_to_hive(self.catalog.table(database, name))

    def get_all_tables(self, database: str) -> list[str]:
        return [table["Name"] for table in self._tables(database)]

    def get_tables(self, database: str, pattern: str) -> list[str]:
        wanted = glob(pattern)
        return [name for name in self.get_all_tables(database) if wanted.fullmatch(name)]

    def get_tables_by_type(self, database: str, pattern: str, kind: str) -> list[str]:
        wanted = glob(pattern)
        found = (table for table in self._tables(database) if (table.get("TableType") or "EXTERNAL_TABLE") == kind)
        return [table["Name"] for table in found if wanted.fullmatch(table["Name"])]

    def get_table_objects_by_name(self, database: str, names: list[str]) -> list[Any]:
        wanted = set(names)
        if len(wanted) > 3:
            return [table_to_hive({**t, "DatabaseName": database}) for t in self._tables(database) if t["Name"] in wanted]
        return [table_to_hive(table) for name in names if (table := self._perhaps(database, name))]

    def get_fields(self, database: str, name: str) -> list[Any]:
        return list(self.get_table(database, name).sd.cols)

    def get_schema(self, database: str, name: str) -> list[Any]:
        table = self.get_table(database, name)
        return [*table.sd.cols, *table.partitionKeys]

    def get_schema_with_environment_context(self, database: str, name: str, context: Any) -> list[Any]:
        return self.get_schema(database, name)

    # -- changes

    def create_table(self, table: Any) -> None:
        if table.tableType != VIEW and table.sd is not None:
            self._place(table)
            self.catalog.folders.make(table.sd.location)
        self.catalog.glue.create_table(DatabaseName=table.dbName, TableInput=table_to_glue(table))

    def create_table_with_environment_context(self, table: Any, context: Any) -> None:
        self.create_table(table)

    def alter_table(self, database: str, name: str, table: Any) -> None:
        present = self.catalog.table(database, name)
        if (table.dbName, table.tableName) != (database, name):
            self._rename(present, table)
        else:
            self.catalog.glue.update_table(DatabaseName=database, TableInput=kept(table_to_glue(table), present))

    def alter_table_with_environment_context(self, database: str, name: str, table: Any, context: Any) -> None:
        self.alter_table(database, name, table)

    def alter_table_with_cascade(self, database: str, name: str, table: Any, cascade: bool) -> None:
        if cascade and table.partitionKeys:
            raise Refused("ALTER TABLE … CASCADE on a partitioned table is not supported: alter its partitions one by one")
        self.alter_table(database, name, table)

    def drop_table(self, database: str, name: str, delete_data: bool) -> None:
        table = self.catalog.table(database, name)
        self.catalog.glue.delete_table(DatabaseName=database, Name=name)
        location = (table.get("StorageDescriptor") or {}).get("Location")
        if delete_data and is_managed(table) and location:
            self.catalog.folders.remove(location)

    def drop_table_with_environment_context(self, database: str, name: str, delete_data: bool, context: Any) -> None:
        self.drop_table(database, name, delete_data)

    # -- within

    def _tables(self, database: str) -> Iterator[Shape]:
        return in_database(database, pages(self.catalog.glue.get_tables, "TableList", DatabaseName=database))

    def _perhaps(self, database: str, name: str) -> Shape | None:
        try:
            return self.catalog.table(database, name)
        except AwsError as error:
            if error.code != "EntityNotFoundException":
                raise
            return None

    def _place(self, table: Any) -> None:
        """Where its data goes; a database without a location has no place for it."""
        home = str(self.get_database(table.dbName).locationUri)
        if not table.sd.location:
            table.sd.location = f"{home.rstrip('/')}/{table.tableName}"
        if table.sd.location.startswith(f"{NOWHERE}:"):
            raise Refused(f"Database {table.dbName} has no LocationUri: give it one, or the table {table.tableName} a LOCATION on S3")

    def _rename(self, old: Shape, table: Any) -> None:
        """Glue has no rename: a new table, the same partitions, and a managed table's data in its new folder, as Hive does."""
        glue, name, database = self.catalog.glue, old["Name"], old["DatabaseName"]
        source = str((old.get("StorageDescriptor") or {}).get("Location") or "")
        target = f"{source.rstrip('/').rpartition('/')[0]}/{table.tableName}"
        moves = is_managed(old) and source.rstrip("/").rpartition("/")[2] == name and table.sd.location in (source, target)
        if moves:
            table.sd.location = target
        partitions = [self._moved(each, source, target if moves else source) for each in self._listed(database, name)]
        new = kept(table_to_glue(table), old)
        glue.create_table(DatabaseName=table.dbName, TableInput=new)
        for at in range(0, len(partitions), PAGE):
            batch = partitions[at : at + PAGE]
            glue.batch_create_partition(DatabaseName=table.dbName, TableName=table.tableName, PartitionInputList=batch)
        if moves:
            self.catalog.folders.move(source, target)
        glue.delete_table(DatabaseName=database, Name=name)

    def _listed(self, database: str, name: str) -> Iterator[Shape]:
        yield from pages(self.catalog.glue.get_partitions, "Partitions", DatabaseName=database, TableName=name)

    def _moved(self, partition: Shape, source: str, target: str) -> Shape:
        storage = partition.get("StorageDescriptor")
        if storage and str(storage.get("Location", "")).startswith(source):
            storage = {**storage, "Location": target + storage["Location"].removeprefix(source)}
        given = {"Values": partition["Values"], "Parameters": partition.get("Parameters") or {}}
        return {**given, **({"StorageDescriptor": storage} if storage else {})}
