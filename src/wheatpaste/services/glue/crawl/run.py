"""One crawl from its targets to the catalog. It is idempotent: run again after a crash, it finds what it wrote and goes on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wheatpaste.call import Aws
from wheatpaste.engines.scan import HIDDEN
from wheatpaste.service import Shape
from wheatpaste.services.glue.crawl.changes import TableChange, choose_name, location, lost_tables, plan_partitions, plan_table, refreshed
from wheatpaste.services.glue.crawl.grouping import Table, at_level, combine, find_tables
from wheatpaste.services.glue.crawl.iceberg import table_input as iceberg_input
from wheatpaste.services.glue.crawl.iceberg_targets import IcebergTable, find_iceberg, paths
from wheatpaste.services.glue.crawl.journal import Journal
from wheatpaste.services.glue.crawl.known import known_tables, new_objects
from wheatpaste.services.glue.crawl.naming import key_names, table_name
from wheatpaste.services.glue.crawl.reading import Inspector, StoppedError, Target, list_objects, target_of
from wheatpaste.services.glue.crawl.settings import Settings, settings
from wheatpaste.services.glue.crawl.shapes import partition_input, table_input
from wheatpaste.services.glue.crawl.tree import File, build, group_of
from wheatpaste.services.glue.crawl.writing import COUNTS, Catalog

UNSEEN = (  # AWS documents no hidden names for crawlers, and that a leading dot is nothing special to Exclusions
    "has a name that begins with _ or . and is a table all the same, but Hive, Spark and Athena take such names for hidden:"
    " what is no data can be left out by Exclusions (**/_temporary/**, **/.*, **/_*)"
)


class CrawlFailedError(Exception):
    """A crawl that ends FAILED; the text is LastCrawl's ErrorMessage."""


@dataclass
class Crawl:
    """``crawler`` is its ``Crawler`` shape; ``seen`` are the folders (s3:// URIs) of earlier crawls; ``folders`` are those of this one."""

    crawler: Shape
    aws: Aws  # as the crawler's role
    journal: Journal
    inspector: Inspector
    stopping: Callable[[], bool]
    seen: frozenset[str] = frozenset()
    folders: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.settings: Settings = settings(self.crawler)
        self.counts: dict[str, int] = dict.fromkeys(COUNTS, 0)
        self.catalog = Catalog(self.aws, self.crawler.get("DatabaseName") or "", self.journal, self.counts)

    def run(self) -> None:
        """Crawl every target, then write."""
        if self.crawler["Targets"]["CatalogTargets"]:
            for target in self.crawler["Targets"]["CatalogTargets"]:
                for name in target["Tables"]:
                    self._refresh(Catalog(self.aws, target["DatabaseName"], self.journal, self.counts), name)
        else:
            self._discover()
        self.journal.write("BENCHMARK", "Finished writing to Catalog")

    def _discover(self) -> None:
        """S3 targets: what is there becomes tables."""
        existing = self.catalog.tables()
        targets = [target_of(shape) for shape in self.crawler["Targets"]["S3Targets"]]
        found = [(target, table) for target in targets for table in self._crawl(target, existing)]
        for target, table in found:
            self.journal.info(f"Found {described(target, table)}")
            if table.group.finding.warning:
                self.journal.warn(f"s3://{target.bucket}/{table.location}: {table.group.finding.warning}")
            if any(name.startswith(HIDDEN) for name in table.location[len(target.prefix) :].split("/")):
                self.journal.warn(f"s3://{target.bucket}/{table.location} {UNSEEN}")
        iceberg = self._iceberg()
        limit, number = self.settings.threshold, len(found) + len(iceberg)
        if limit and number > limit:
            text = f"The number of tables detected by crawler: {number} is greater than the table threshold value provided: {limit}"
            raise CrawlFailedError(text)
        self.journal.write("BENCHMARK", f"Classification complete, writing results to database {self.catalog.database}")
        written = self._write_all(found, existing)
        self._write_iceberg(iceberg, existing, written)
        if not self.settings.new_folders_only:
            for name in lost_tables(existing, written, self.crawler["Name"], [target.uri for target in (*targets, *self._iceberg_paths())]):
                self.catalog.lose(existing[name], self.settings.delete)

    def _iceberg_paths(self) -> list[Target]:
        return [target for shape in self.crawler["Targets"]["IcebergTargets"] for target in paths(shape)]

    def _iceberg(self) -> list[IcebergTable]:
        """The tables of the Iceberg targets."""
        found: list[IcebergTable] = []
        for shape in self.crawler["Targets"]["IcebergTargets"]:
            found += find_iceberg(self.aws, shape, self.inspector, self.journal, self.stopping)
        for table in found:
            self.journal.info(
                f"Found s3://{table.bucket}/{table.root}: an Iceberg table, {len(table.metadata['columns'])} columns, {table.uri}"
            )
        return found

    def _write_iceberg(self, found: list[IcebergTable], existing: Mapping[str, Mapping[str, Any]], written: set[str]) -> None:
        policy = replace(self.settings, merge_columns=False)  # the metadata file alone says what the columns are
        for table in found:
            name = table_name(self.crawler.get("TablePrefix") or "", table.bucket, table.root)
            wanted = iceberg_input(name, table.metadata, table.uri, self.crawler["Name"])
            name, there = choose_name(wanted, existing, self.crawler["Name"], written)
            self.catalog.write_table(plan_table({**wanted, "Name": name}, there, policy))
            written.add(name)

    def _refresh(self, catalog: Catalog, name: str) -> None:
        """A catalog target: the table's own location gives it columns and partitions; no table is made."""
        existing = catalog.table(name)
        place = location(existing)
        if not place.startswith("s3://"):
            raise CrawlFailedError(f"Table {name} in database {catalog.database} has no location in S3: {place!r}")
        target = target_of({"Path": place})
        objects = list_objects(self.aws, target, self.journal, self.stopping)
        found = combine(build(target.prefix, self.inspector.look(target, objects, self.stopping)))
        if not found:
            self.journal.warn(f"Table {name} in database {catalog.database} has no data that can be read at {place}")
            return
        change = plan_table(refreshed(existing, table_input(found[0], name, target.bucket, self.crawler["Name"])), existing, self.settings)
        catalog.write_table(change)
        if found[0].keys:
            self._write_partitions(catalog, target, found[0], change, existing, inherit=True)

    def _crawl(self, target: Target, existing: Mapping[str, Mapping[str, Any]]) -> list[Table]:
        """The tables of one target."""
        objects = list_objects(self.aws, target, self.journal, self.stopping)
        self.journal.info(f"{target.uri}: {len(objects)} objects to look at")
        self.folders |= {f"s3://{target.bucket}/{key.rpartition('/')[0]}" for key, _ in objects}
        if self.settings.new_folders_only and self.seen:
            objects = new_objects(target.bucket, objects, self.seen)
        files = self.inspector.look(target, objects, self.stopping)
        if not self.settings.new_folders_only or not self.seen:
            return self._tables(target, files)
        mine = [table for table in existing.values() if (table.get("Parameters") or {}).get("UPDATED_BY_CRAWLER") == self.crawler["Name"]]
        grown, rest = known_tables(target.bucket, files, mine)
        return grown + self._tables(target, rest)

    def _tables(self, target: Target, files: list[File]) -> list[Table]:
        if [file.key for file in files] == [target.path] and files[0].finding:
            return [Table(target.path, group_of(files[0]))]
        root = build(target.prefix, files)
        if self.settings.level:
            return list(at_level(root, self.settings.level - 1 - target.prefix.count("/")))
        return list(combine(root) if self.settings.combine else find_tables(root))

    def _write_all(self, found: list[tuple[Target, Table]], existing: Mapping[str, Mapping[str, Any]]) -> set[str]:
        written: set[str] = set()
        for target, table in sorted(found, key=lambda each: each[1].location):
            if self.stopping():
                raise StoppedError
            name = table_name(self.crawler.get("TablePrefix") or "", target.bucket, table.location)
            wanted = table_input(table, name, target.bucket, self.crawler["Name"], target.patterns, index=self.settings.index)
            name, there = choose_name(wanted, existing, self.crawler["Name"], written)
            change = plan_table({**wanted, "Name": name}, there, self.settings)
            self._warn_of_duplicates(change)
            self.catalog.write_table(change)
            written.add(name)
            if table.keys:
                self._write_partitions(self.catalog, target, table, change, there, inherit=self.settings.inherit)
        return written

    def _write_partitions(
        self, catalog: Catalog, target: Target, table: Table, change: TableChange, there: Mapping[str, Any] | None, *, inherit: bool
    ) -> None:
        if len(change.wanted.get("PartitionKeys") or []) != len(table.keys):
            self.journal.warn(f"Partitions of table {change.name} are left out: it has other partition keys")
            return
        of_table = change.wanted if inherit else None
        wanted = [partition_input(each, target.bucket, self.crawler["Name"], of_table) for each in table.partitions]
        existing = catalog.partitions(change.name) if there is not None else []
        # An incremental crawl has listed new folders only: partitions that it did not meet are not lost.
        policy = replace(self.settings, delete="LOG") if self.settings.new_folders_only else self.settings
        catalog.write_partitions(change.name, plan_partitions(wanted, existing, policy))
        if self.settings.index:
            catalog.index(change.name, [key["Name"] for key in change.wanted["PartitionKeys"]])

    def _warn_of_duplicates(self, change: TableChange) -> None:
        names = [c["Name"] for c in (*change.wanted["StorageDescriptor"]["Columns"], *(change.wanted.get("PartitionKeys") or []))]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            self.journal.warn(
                f"Table {change.name} has more than one column named {', '.join(twice)}: queries of it fail (HIVE_INVALID_METADATA)"
            )


def described(target: Target, table: Table) -> str:
    """A found table in words: where it is, what it holds, and which folders are its partitions."""
    group, finding = table.group, table.group.finding
    what = f"{group.files} files of {finding.classification} ({finding.compression}), {len(group.columns)} columns"
    keys = f", {len(table.partitions)} partitions by {', '.join(key_names(table.keys))}" if table.keys else ""
    return f"s3://{target.bucket}/{table.location}: {what}{keys}"
