"""What the grammar reads a statement into."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class TableName:
    """``[catalog.][database.]table``."""

    name: str
    database: str | None = None


@dataclass(frozen=True)
class ColumnSpec:
    """A column: name, Hive type, comment."""

    name: str
    type: str
    comment: str | None = None


@dataclass(frozen=True)
class PartitionSpec:
    """``PARTITION (k = 'v', …) [LOCATION '…']``: names, operators and values."""

    conditions: tuple[tuple[str, str, str], ...]
    location: str | None = None


@dataclass(frozen=True)
class CreateDatabase:
    name: str
    if_not_exists: bool = False
    comment: str | None = None
    location: str | None = None
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DropDatabase:
    name: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True)
class CreateTable:
    table: TableName
    columns: tuple[ColumnSpec, ...]
    external: bool = True
    if_not_exists: bool = False
    comment: str | None = None
    keys: tuple[ColumnSpec, ...] = ()
    serde: str | None = None
    serde_properties: dict[str, str] = field(default_factory=dict)
    stored_as: str | None = None
    input_format: str | None = None
    output_format: str | None = None
    location: str | None = None
    properties: dict[str, str] = field(default_factory=dict)
    buckets: tuple[tuple[str, ...], int] = ((), -1)  # CLUSTERED BY … INTO … BUCKETS


@dataclass(frozen=True)
class Drop:
    """``DROP TABLE`` or ``DROP VIEW``."""

    kind: str
    table: TableName
    if_exists: bool = False


@dataclass(frozen=True)
class AddPartitions:
    table: TableName
    partitions: tuple[PartitionSpec, ...]
    if_not_exists: bool = False


@dataclass(frozen=True)
class DropPartitions:
    table: TableName
    partitions: tuple[PartitionSpec, ...]
    if_exists: bool = False


@dataclass(frozen=True)
class RenamePartition:
    table: TableName
    old: PartitionSpec
    new: PartitionSpec


@dataclass(frozen=True)
class SetLocation:
    table: TableName
    location: str
    partition: PartitionSpec | None = None


@dataclass(frozen=True)
class SetProperties:
    table: TableName
    properties: dict[str, str]


@dataclass(frozen=True)
class ChangeColumns:
    """``ADD COLUMNS`` or ``REPLACE COLUMNS``."""

    table: TableName
    columns: tuple[ColumnSpec, ...]
    replace: bool


@dataclass(frozen=True)
class Repair:
    table: TableName


@dataclass(frozen=True)
class CreateView:
    table: TableName
    query: str
    replace: bool = False


@dataclass(frozen=True)
class Show:
    """``SHOW …``: what (DATABASES, TABLES, COLUMNS, PARTITIONS, CREATE TABLE, CREATE VIEW, TBLPROPERTIES, VIEWS) and of what."""

    what: str
    table: TableName | None = None
    database: str | None = None
    pattern: str | None = None


@dataclass(frozen=True)
class Describe:
    table: TableName
    detail: str = ""  # EXTENDED or FORMATTED


@dataclass(frozen=True)
class Prepare:
    name: str
    query: str


@dataclass(frozen=True)
class Execute:
    name: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deallocate:
    name: str


@dataclass(frozen=True)
class CreateAs:
    """``CREATE TABLE … WITH (…) AS query [WITH NO DATA]``."""

    table: TableName
    query: str
    options: dict[str, list[str]] = field(default_factory=dict)
    data: bool = True
    if_not_exists: bool = False


@dataclass(frozen=True)
class InsertInto:
    table: TableName
    query: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unload:
    query: str
    location: str
    options: dict[str, list[str]] = field(default_factory=dict)


Statement = (
    CreateAs
    | InsertInto
    | Unload
    | CreateDatabase
    | DropDatabase
    | CreateTable
    | Drop
    | AddPartitions
    | DropPartitions
    | RenamePartition
    | SetLocation
    | SetProperties
    | ChangeColumns
    | Repair
    | CreateView
    | Show
    | Describe
    | Prepare
    | Execute
    | Deallocate
)
