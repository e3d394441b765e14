"""What CTAS, INSERT INTO and UNLOAD share: a query's rows as objects under a location, all of them or none."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from sqlglot import exp

from wheatpaste import ids
from wheatpaste.engines.scan import NULL_PARTITION, list_files, split_url
from wheatpaste.services.athena.dialect.casts import coerce
from wheatpaste.services.athena.dialect.errors import Refused, SqlError
from wheatpaste.services.athena.dialect.expr import Expr
from wheatpaste.services.athena.dialect.render import shown
from wheatpaste.services.athena.dialect.scope import fresh
from wheatpaste.services.athena.dialect.types import Type, common
from wheatpaste.services.athena.lake import lake
from wheatpaste.services.athena.output import file_pieces, keep
from wheatpaste.services.athena.running import Running
from wheatpaste.services.athena.select import Planned, plan
from wheatpaste.wire.errors import AwsError

LINES = ("text", "json")
KINDS = {
    **dict.fromkeys(("varchar", "char"), "text"),
    **dict.fromkeys(("boolean", "tinyint", "smallint", "integer", "bigint", "decimal"), "plain"),
    **dict.fromkeys(("real", "double"), "number"),
    **dict.fromkeys(("date", "timestamp"), "moment"),
}


@dataclass(frozen=True)
class Written:
    """One object, and the values of its partition (text, as in its path)."""

    url: str
    values: tuple[str, ...]
    size: int


@dataclass(frozen=True)
class Order:
    """What to write: a query's columns under these names and types, in this format, partitioned by the last ones."""

    location: str
    columns: Sequence[tuple[str, Type]]
    keys: Sequence[str]
    format: str
    compression: str
    parameters: Mapping[str, str] = field(default_factory=dict)  # of the SerDe
    layout: Sequence[str] = ()  # all columns of the table, when some are not written

    @property
    def suffix(self) -> str:
        """What text files' names must end with, since Hive reads them by it."""
        return ".gz" if self.format in LINES and self.compression == "GZIP" else ""


def planned(running: Running, tree: exp.Expression) -> Planned:
    """A query whose typed rows are wanted."""
    return plan(running, tree, lambda compiled: compiled.typed.sql)


def require_empty(running: Running, location: str, what: str) -> None:
    """Raise SqlError when objects are already there."""
    for _ in list_files(running.aws, location):
        raise SqlError("HIVE_PATH_ALREADY_EXISTS", f"Target directory for {what} already exists: {location}")


def write(running: Running, query: Planned, order: Order) -> tuple[list[Written], int]:
    """Write the rows; the objects and the number of rows."""
    split_url(order.location)
    folder = running.aws.app.config.home / "athena" / f"{running.execution}.files"
    folder.mkdir(parents=True, exist_ok=True)
    listed = _listed(query, order)
    try:
        with query.held(running.aws.app):
            answer = lake(running.aws.app).write(
                running.stopping,
                sql=query.compiled.typed.sql,
                tables=query.tables,
                columns=listed,
                keys=list(order.keys),
                folder=str(folder),
                format=order.format,
                compression=order.compression,
                parameters=dict(order.parameters),
            )
        running.clock.engine = answer["seconds"]
        return _objects(running, order, answer["files"]), int(answer["rows"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _listed(query: Planned, order: Order) -> list[tuple[str, str, str]]:
    """What the worker writes: names, SQL of the query's columns, kinds of text; in lines they stand in the table's own order."""
    found: dict[str, tuple[str, str, str]] = {}
    for place, ((name, wanted), (_, actual)) in enumerate(zip(order.columns, query.compiled.typed.columns, strict=True)):
        value, kind = coerce(Expr(fresh("q", place), actual), wanted).sql, _kind(order, name, wanted)
        found[name] = (name, shown(value, wanted) if kind else value, kind)
    if order.format not in LINES or not order.layout:
        return list(found.values())
    return [found.get(name, (name, "CAST(NULL AS VARCHAR)", "text")) for name in order.layout]


def _kind(order: Order, name: str, type_: Type) -> str:
    """What kind of text a column has in lines (see ``lake_write_lines``); raises Refused for a type that has none."""
    if order.format not in LINES or name in order.keys:
        return ""
    if type_.name not in KINDS:
        raise Refused(f"{type_} in a {'JSON' if order.format == 'json' else 'delimited text'} file")
    return KINDS[type_.name]


def _objects(running: Running, order: Order, files: Sequence[dict[str, object]]) -> list[Written]:
    from pathlib import Path

    done: list[Written] = []
    try:
        for file in files:
            values = tuple(NULL_PARTITION if value is None else str(value) for value in file["values"])  # type: ignore[attr-defined]
            folders = "".join(f"{key}={quote(value, safe=' ()+,@')}/" for key, value in zip(order.keys, values, strict=True))
            name = f"{running.started:%Y%m%d_%H%M%S}_00000_{ids.alphanumeric(5).lower()}_{ids.request_id()}{order.suffix}"
            url = f"{order.location.rstrip('/')}/{folders}{name}"
            size = keep(running.aws, url, file_pieces(b"", Path(str(file["path"]))), "application/octet-stream")
            done.append(Written(url, values, size))
    except (AwsError, SqlError, OSError):
        remove(running, done)
        raise
    return done


def remove(running: Running, objects: Sequence[Written]) -> None:
    """Take back what was written."""
    for each in objects:
        bucket, key = split_url(each.url)
        running.aws.call("s3", "DeleteObject", {"Bucket": bucket, "Key": key})


def manifest(running: Running, base: str, objects: Sequence[Written]) -> str:
    """``<id>-manifest.csv``: the URLs of the objects, one a line."""
    location = f"{base}/{running.execution}-manifest.csv"
    keep(running.aws, location, ["".join(f"{each.url}\n" for each in objects).encode()], "text/csv")
    return location


def check_types(query: Planned, wanted: Sequence[tuple[str, Type]], what: str) -> None:
    """Raise SqlError unless the query's columns turn into the wanted ones by themselves."""
    actual = [type_ for _, type_ in query.compiled.typed.columns]
    fits = len(actual) == len(wanted) and all(fitting(one, two) for one, (_, two) in zip(actual, wanted, strict=True))
    if not fits:
        table, given = ", ".join(str(type_) for _, type_ in wanted), ", ".join(map(str, actual))
        raise SqlError("TYPE_MISMATCH", f"{what} query has mismatched column types: Table: [{table}], Query: [{given}]")


def fitting(actual: Type, wanted: Type) -> bool:
    """Whether a value may be stored in a column without a cast."""
    found = common(actual, wanted)
    return found is not None and (
        found == wanted or (found.name == wanted.name and wanted.name in ("varchar", "timestamp") and not wanted.args)
    )
