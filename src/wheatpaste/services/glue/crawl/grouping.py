"""Which folders are tables and which are partitions: AWS's rules for S3 data stores.

From the leaves up: files of one format, compression and similar schema make their folder one area; folders whose areas are alike make
their parent one area, with a partition key for that level. The topmost areas are tables. "Alike" means that 70 % or more of what is at a
level belongs to one cluster of schemas (see ``types.similarity``); what does not belong there becomes tables of its own, unless it lies
among the files that are read.

Where AWS says nothing: a lone folder that is not named ``key=value`` is no partition, the table is the folder itself; files beside similar
subfolders, or folders of unequal depth, make one table without partitions.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from wheatpaste.services.glue.crawl.tree import File, Folder, Group, group_of, join, with_unsampled
from wheatpaste.services.glue.crawl.types import similarity

SIMILAR = 0.7
Levels = tuple[str | None, ...]
"""One entry for each level of partition folders: the key of ``key=value``, or None."""


@dataclass(frozen=True)
class Partition:
    """A leaf folder of a table."""

    values: tuple[str, ...]
    location: str
    group: Group


@dataclass(frozen=True)
class Table:
    """A table as found: its location is a folder's prefix or one file's key."""

    location: str
    group: Group
    keys: Levels = ()
    partitions: tuple[Partition, ...] = ()


@dataclass(frozen=True)
class Area:
    """One folder as seen from its parent; ``group`` is None when its contents are no single table."""

    folder: Folder
    group: Group | None = None
    levels: Levels = ()
    partitions: tuple[Partition, ...] = ()
    inner: "Area | None" = None  # the lone folder that holds everything, where this one adds nothing
    tables: tuple[Table, ...] = ()  # what lies below and is a table whatever becomes of this area

    def all_tables(self) -> tuple[Table, ...]:
        """The tables when no parent takes this area in."""
        if self.inner is not None:
            return self.inner.all_tables()
        own = (Table(self.folder.prefix, self.group, self.levels, self.partitions if self.levels else ()),) if self.group else ()
        return own + self.tables


def hive(name: str) -> tuple[str, str] | None:
    """Key and value of a folder named ``key=value``."""
    key, equals, value = name.partition("=")
    return (key.lower(), unquote(value)) if equals and key else None


def find_tables(root: Folder) -> tuple[Table, ...]:
    """The tables of a target."""
    return survey(root).all_tables()


def survey(folder: Folder) -> Area:
    """What a folder is, from its leaves up."""
    areas = [area for area in map(survey, folder.folders.values()) if area.group or area.tables]
    files = [file for file in folder.files if file.finding is not None]
    if not areas:
        return _leaf(folder, files) if files else Area(folder)
    found = None if files else _partitioned(folder, areas)
    return found or _flat(folder, files, areas) or _separate(folder, files, areas)


def clusters(groups: list[Group]) -> list[list[int]]:
    """Groups that could be one table, as indexes, the largest first."""
    found: list[list[int]] = []
    for at, group in enumerate(groups):
        for cluster in found:
            first = groups[cluster[0]]
            if first.identity == group.identity and similarity(list(first.columns), list(group.columns)) >= SIMILAR:
                cluster.append(at)
                break
        else:
            found.append([at])
    return sorted(found, key=len, reverse=True)


def _leaf(folder: Folder, files: list[File]) -> Area:
    groups = [group_of(file) for file in files]
    main = clusters(groups)[0]
    if len(main) < SIMILAR * len(files):
        return _separate(folder, files, [])
    read = [group for group in groups if group.identity == groups[main[0]].identity]  # a query reads them whatever their columns are
    whole = with_unsampled(join(read), folder.files)
    return Area(folder, whole, (), (Partition((), folder.prefix, whole),))


def _partitioned(folder: Folder, areas: list[Area]) -> Area | None:
    """The folder as a level of partitions, when most of what is in it is alike."""
    alike = _alike(areas)
    if len(alike) < SIMILAR * len(areas):
        return None
    pairs = [hive(area.folder.name) for area in alike]
    keys = {pair[0] if pair else None for pair in pairs}
    level = keys.pop() if len(keys) == 1 else None
    partitions: list[Partition] = []
    for area, pair in zip(alike, pairs, strict=True):
        value = pair[1] if level and pair else area.folder.name
        partitions += [replace(p, values=(value, *p.values)) for p in area.partitions]
    group = join(area.group for area in alike if area.group)
    others = tuple(table for area in areas for table in (area.tables if any(area is a for a in alike) else area.all_tables()))
    lone = alike[0] if len(areas) == 1 and level is None else None
    return Area(folder, group, (level, *alike[0].levels), tuple(partitions), lone, others)


def _alike(areas: list[Area]) -> list[Area]:
    """The largest set of areas that have the same levels, the same key in their names and similar schemas."""
    kinds: dict[tuple[object, ...], list[Area]] = {}
    for area in areas:
        pair = hive(area.folder.name)
        if area.group:
            kinds.setdefault((area.levels, pair[0] if pair else None), []).append(area)
    best: list[Area] = []
    for same in kinds.values():
        main = clusters([area.group for area in same if area.group])[0]
        best = max(best, [same[at] for at in main], key=len)
    return best


def _flat(folder: Folder, files: list[File], areas: list[Area]) -> Area | None:
    """The folder with all below as one table without partitions: similar files at unequal depths, none of them in ``key=value`` folders."""
    if any(area.group is None or area.tables or any(area.levels) or hive(area.folder.name) for area in areas):
        return None
    if not files and len({area.levels for area in areas}) == 1:
        return None  # of one depth and still not alike
    groups = [group_of(file) for file in files] + [area.group for area in areas if area.group]
    if len(clusters(groups)) > 1:
        return None
    whole = with_unsampled(join(groups), folder.files)
    return Area(folder, whole, (), (Partition((), folder.prefix, whole),))


def _separate(folder: Folder, files: list[File], areas: Iterable[Area]) -> Area:
    """A table for each file and each area below."""
    single = tuple(Table(file.key, group_of(file)) for file in files)
    return Area(folder, tables=single + tuple(table for area in areas for table in area.all_tables()))


def combine(root: Folder) -> tuple[Table, ...]:
    """One table at ``root`` of everything that has the format and compression of most files; what has another, by the usual rules."""
    counts: dict[tuple[str, ...], int] = {}
    for _, leaf in root.leaves():
        for file in leaf.files:
            if file.finding:
                counts[file.finding.identity] = counts.get(file.finding.identity, 0) + 1
    if not counts:
        return ()
    main = max(counts, key=lambda identity: counts[identity])
    tables: tuple[Table, ...] = (_combined(root, main),)
    for other in counts.keys() - {main}:
        tables += find_tables(_only(root, other))
    return tables


def _only(folder: Folder, identity: tuple[str, ...]) -> Folder:
    files = [file for file in folder.files if file.finding and file.finding.identity == identity]
    return Folder(folder.prefix, files, {name: _only(inner, identity) for name, inner in folder.folders.items()})


def _combined(root: Folder, identity: tuple[str, ...]) -> Table:
    leaves: list[tuple[tuple[Folder, ...], Folder, Group]] = []
    for path, leaf in root.leaves():
        groups = [group_of(f) for f in leaf.files if f.finding and f.finding.identity == identity]
        if groups:
            leaves.append((path, leaf, with_unsampled(join(groups), leaf.files)))
    whole = join(group for _, _, group in leaves)
    if len({len(path) for path, _, _ in leaves}) != 1 or not leaves[0][0]:
        return Table(root.prefix, whole)
    keys = tuple(_level([path[at] for path, _, _ in leaves]) for at in range(len(leaves[0][0])))
    partitions = tuple(Partition(_values(path, keys), leaf.prefix, group) for path, leaf, group in leaves)
    return Table(root.prefix, whole, keys, partitions)


def _level(folders: list[Folder]) -> str | None:
    keys = {pair[0] if (pair := hive(folder.name)) else None for folder in folders}
    return keys.pop() if len(keys) == 1 else None


def _values(path: tuple[Folder, ...], keys: Levels) -> tuple[str, ...]:
    return tuple(pair[1] if key and (pair := hive(folder.name)) else folder.name for folder, key in zip(path, keys, strict=True))


def at_level(root: Folder, depth: int) -> tuple[Table, ...]:
    """A table for each folder ``depth`` levels below ``root``; what lies higher is no table (``TableLevelConfiguration``)."""
    if depth <= 0:
        return combine(root)
    return tuple(table for inner in root.folders.values() for table in at_level(inner, depth - 1))
