"""One crawl from its targets to the catalog. It is idempotent: run again after a crash, it finds what it wrote and goes on."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wheatpaste.call import Aws
from wheatpaste.engines.scan import HIDDEN
from wheatpaste.service import Shape
from wheatpaste.services.glue.crawl.changes import TableChange, choose_name, location, lost_tables, plan_partitions, plan_table, refreshed
from wheatpaste.services.glue.crawl.finding import UNKNOWN
from wheatpaste.services.glue.crawl.grouping import Partition, Table, at_level, combine, find_tables
from wheatpaste.services.glue.crawl.iceberg import table_input as iceberg_input
from wheatpaste.services.glue.crawl.iceberg_targets import IcebergTable, find_iceberg, paths
from wheatpaste.services.glue.crawl.journal import Journal
from wheatpaste.services.glue.crawl.known import known_tables, new_objects
from wheatpaste.services.glue.crawl.naming import is_column_name, key_names, table_name
from wheatpaste.services.glue.crawl.reading import Inspector, StoppedError, Target, list_objects, target_of
from wheatpaste.services.glue.crawl.settings import Settings, settings
from wheatpaste.services.glue.crawl.shapes import partition_input, table_input
from wheatpaste.services.glue.crawl.tree import File, build, group_of
from wheatpaste.services.glue.crawl.writing import COUNTS, Catalog, WriteFailedError
from wheatpaste.services.glue.errors import AlreadyExistsException
from wheatpaste.wire.errors import AwsError

UNSEEN = (  # AWS documents no hidden names for crawlers, and that a leading dot is nothing special to Exclusions
    "has a name that begins with _ or . and is a table all the same, but Hive, Spark and Athena take such names for hidden:"
    " what is no data can be left out by Exclusions (**/_temporary/**, **/.*, **/_*)"
)


UNRECOGNIZED = (
    "is recognized by no classifier, so that its table has no columns (text must be UTF-8; CSV needs two columns and two rows of data):"
    " give the crawler a custom classifier, or exclude what is no data"
)
SHOWN = 100  # characters of a name or of a message's beginning


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
        self.failures: list[str] = []  # why tables were not written
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
            for warning in warnings(target, table):
                self.journal.warn(f"s3://{target.bucket}/{table.location}{warning}")
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
        if self.failures:
            raise CrawlFailedError("; ".join(self.failures))

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
        """Write the found tables; one that the catalog does not take keeps no other from being written."""
        written: set[str] = set()
        for target, table in sorted(found, key=lambda each: each[1].location):
            if self.stopping():
                raise StoppedError
            try:
                self._write(target, table, existing, written)
            except (AwsError, WriteFailedError) as error:
                self.failures.append(refusal(target, table, error))
        return written

    def _write(self, target: Target, table: Table, existing: Mapping[str, Mapping[str, Any]], written: set[str]) -> None:
        name = table_name(self.crawler.get("TablePrefix") or "", target.bucket, table.location)
        wanted = table_input(table, name, target.bucket, self.crawler["Name"], target.patterns, index=self.settings.index)
        try:
            change, there = self._write_table(wanted, existing, written)
        except AlreadyExistsException:  # another crawler has made a table of that name since this crawl began
            change, there = self._write_table(wanted, self.catalog.tables(), written)
        written.add(change.name)
        if table.keys:
            self._write_partitions(self.catalog, target, table, change, there, inherit=self.settings.inherit)

    def _write_table(
        self, wanted: Mapping[str, Any], existing: Mapping[str, Mapping[str, Any]], written: set[str]
    ) -> tuple[TableChange, Mapping[str, Any] | None]:
        name, there = choose_name(wanted, existing, self.crawler["Name"], written)
        change = plan_table({**wanted, "Name": name}, there, self.settings)
        self._warn_of_duplicates(change)
        if there is not None:
            written.add(name)  # it is no lost table, even where it cannot be updated
        self.catalog.write_table(change)
        return change, there

    def _write_partitions(
        self, catalog: Catalog, target: Target, table: Table, change: TableChange, there: Mapping[str, Any] | None, *, inherit: bool
    ) -> None:
        if len(change.wanted.get("PartitionKeys") or []) != len(table.keys):
            self.journal.warn(f"Partitions of table {change.name} are left out: it has other partition keys")
            return
        of_table = change.wanted if inherit else None
        partitions = self._storable(target, table.partitions)
        wanted = [partition_input(each, target.bucket, self.crawler["Name"], of_table) for each in partitions]
        existing = catalog.partitions(change.name) if there is not None else []
        # An incremental crawl has listed new folders only: partitions that it did not meet are not lost.
        policy = replace(self.settings, delete="LOG") if self.settings.new_folders_only else self.settings
        catalog.write_partitions(change.name, plan_partitions(wanted, existing, policy))
        if self.settings.index:
            catalog.index(change.name, [key["Name"] for key in change.wanted["PartitionKeys"]])

    def _storable(self, target: Target, partitions: Iterable[Partition]) -> list[Partition]:
        """The partitions that the catalog takes; the log names the others."""
        kept: dict[tuple[str, ...], Partition] = {}
        for each in partitions:
            same = kept.setdefault(each.values, each)
            if same is not each:
                self.journal.warn(
                    f"s3://{target.bucket}/{each.location} is left out: s3://{target.bucket}/{same.location} has the same partition values"
                )
            elif not all(each.values) or "\0" in "".join(each.values):
                del kept[each.values]
                self.journal.warn(
                    f"s3://{target.bucket}/{each.location} is left out: a partition value must not be empty, nor contain U+0000"
                )
        return list(kept.values())

    def _warn_of_duplicates(self, change: TableChange) -> None:
        names = [c["Name"] for c in (*change.wanted["StorageDescriptor"]["Columns"], *(change.wanted.get("PartitionKeys") or []))]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            self.journal.warn(
                f"Table {change.name} has more than one column named {', '.join(twice)}: queries of it fail (HIVE_INVALID_METADATA)"
            )


def warnings(target: Target, table: Table) -> Iterator[str]:
    """What a user of a found table should know; each continues the table's place."""
    finding = table.group.finding
    if finding.warning:
        yield f": {finding.warning}"
    if finding.classification == UNKNOWN:
        yield f" {UNRECOGNIZED}"
    if any(name.startswith(HIDDEN) for name in table.location[len(target.prefix) :].split("/")):
        yield f" {UNSEEN}"
    unfit = [name for name, _ in table.group.columns if not is_column_name(name)]
    if unfit:
        shown = ", ".join(repr(name if len(name) <= SHOWN else f"{name[:SHOWN]}…") for name in unfit[:10])
        yield f" has fields that are left out, since no column can be named so: {shown}"


def refusal(target: Target, table: Table, error: AwsError | WriteFailedError) -> str:
    """Why a table was not written; the message may quote a column's type of 100,000 characters."""
    text = str(getattr(error, "message", "") or error).replace("\0", "\\0")
    text = text if len(text) <= 4 * SHOWN else f"{text[:SHOWN]} … {text[-3 * SHOWN :]}"
    return f"The table at s3://{target.bucket}/{table.location} could not be written: {text}"


def described(target: Target, table: Table) -> str:
    """A found table in words: where it is, what it holds, and which folders are its partitions."""
    group, finding = table.group, table.group.finding
    what = f"{group.files} files of {finding.classification} ({finding.compression}), {len(group.columns)} columns"
    keys = f", {len(table.partitions)} partitions by {', '.join(key_names(table.keys))}" if table.keys else ""
    return f"s3://{target.bucket}/{table.location}: {what}{keys}"
