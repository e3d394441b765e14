"""SELECT: compile, resolve the tables' files, let a worker answer, keep the CSV."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from wheatpaste.engines.scan import Scan
from wheatpaste.service import Shape
from wheatpaste.services.athena.dialect.statements import Compiled, compile_tree
from wheatpaste.services.athena.lake import lake
from wheatpaste.services.athena.outcome import Result, utc_now
from wheatpaste.services.athena.output import file_pieces, header, staged
from wheatpaste.services.athena.result_types import column_info
from wheatpaste.services.athena.running import SCANNED_TOO_MUCH, CutOff, Running
from wheatpaste.services.athena.tables import CatalogTables
from wheatpaste.services.athena.told import scans, told_table

if TYPE_CHECKING:
    from wheatpaste.app import App


@dataclass(frozen=True)
class Planned:
    """A compiled query with the files of its tables."""

    compiled: Compiled
    tables: list[Shape]
    scans: dict[str, Scan]

    @contextmanager
    def held(self, app: "App") -> Iterator[None]:
        """Keep the files while they are read, whatever happens to their objects."""
        with ExitStack() as stack:
            for found in self.scans.values():
                for blob in found.blobs:
                    stack.enter_context(app.blobs.reading(blob))
            yield


def plan(running: Running, tree: exp.Expression, sql_of: Callable[[Compiled], str]) -> Planned:
    """Compile a query and find its files; raises CutOff."""
    tables = CatalogTables(running.aws)
    compiled = compile_tree(tree, tables, utc_now(), running.database, running.parameters)
    found = scans(running.aws, tables)
    running.scanned = sum(each.size for each in found.values())
    if running.cutoff and running.scanned > running.cutoff:
        raise CutOff(SCANNED_TOO_MUCH)
    sql = sql_of(compiled)
    told = [told_table(tables.references[name], each, sql) for name, each in found.items()]
    return Planned(compiled, told, found)


def run_select(running: Running, tree: exp.Expression) -> Result:
    """Answer a query."""
    began = time.monotonic()
    planned = plan(running, tree, lambda compiled: compiled.sql)
    compiled = planned.compiled
    engine = lake(running.aws.app)
    rows = running.aws.app.config.home / "athena" / f"{running.execution}.rows"
    running.clock.planning = time.monotonic() - began
    try:
        with planned.held(running.aws.app):
            answer = engine.query(compiled.sql, planned.tables, rows, running.stopping)
        running.clock.engine = answer["seconds"]
        names = [name for name, _ in compiled.columns]
        file = staged(running.aws, running.location, file_pieces(header(names), rows))
    finally:
        rows.unlink(missing_ok=True)
    columns = [column_info(name, type_) for name, type_ in compiled.columns]
    return Result(columns, True, running.scanned, answer["rows"], file.blob.size, files=[file])


def is_query(tree: exp.Expression) -> bool:
    """Whether a tree is a query."""
    return isinstance(tree, (exp.Select, exp.SetOperation, exp.Subquery, exp.Values))
