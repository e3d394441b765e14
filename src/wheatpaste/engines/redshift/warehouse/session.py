"""One client's session on a warehouse: statements in, results out; transactions, search path and settings."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from wheatpaste.engines.duckdb.warehouse import WarehouseDied, WarehouseError, WarehouseSession
from wheatpaste.engines.pgwire import values as v
from wheatpaste.engines.pgwire.messages import Column, read_rows
from wheatpaste.engines.pgwire.session import Notice, Parameters, Result, SqlError
from wheatpaste.engines.pgwire.session import Statement as AnyStatement
from wheatpaste.engines.redshift.dialect.relations import INTERNAL, SYSTEM, VIEWS
from wheatpaste.engines.redshift.dialect.translate import Surroundings, Translator
from wheatpaste.engines.redshift.warehouse import errors, statements
from wheatpaste.engines.redshift.warehouse.results import Streamed, columns_of
from wheatpaste.engines.redshift.warehouse.statements import Statement

if TYPE_CHECKING:
    from wheatpaste.engines.redshift.warehouse.cluster import Cluster

Handler = Callable[["Session", Statement, Parameters | None], Result]

ABORTED = ("25P02", "current transaction is aborted, commands ignored until end of transaction block")


class Session:
    """A session of one user in one database; ``pgwire`` and the Data API drive it."""

    def __init__(self, cluster: "Cluster", engine: WarehouseSession, user: str, database: str, process: int = 0) -> None:
        self.cluster = cluster
        self.engine = engine
        self.user = user
        self.database = database
        self.process = process
        self.status = "I"
        self.search_path = ["$user", "public"]
        self.variables: dict[str, str] = {}
        self.temporary: dict[str, list[Any]] = {}  # what CREATE TEMP TABLE said of columns, by table
        self.cursor: tuple[str, Result] | None = None  # the open one with its name; Redshift allows one
        self.last_copy = (0, 0)  # the query's number and the rows of the last COPY
        self._notices: list[Notice] = []
        self._relations = 0  # external tables that were shown to the worker
        self._shown: list[str] = []  # to its present statement
        self._old: list[str] = []  # to statements before
        self._held = ExitStack()

    # -- what the wire asks

    def parse(self, sql: str) -> Sequence[AnyStatement]:
        """The statements of a text. Raises SqlError, after which a transaction is a failed one."""
        with self._told():
            return statements.parse(sql)

    def describe(self, statement: AnyStatement, oids: Sequence[int]) -> tuple[Sequence[int], Sequence[Column] | None]:
        """The types of a statement's parameters, and its columns."""
        assert isinstance(statement, Statement)
        given = (tuple(oids) + (0,) * statement.parameters)[: statement.parameters]
        known = tuple(oid or v.VARCHAR for oid in given)
        if statement.kind != "query":
            with self._told():
                return known, self._columns_of_other(statement)
        if self.status == "E":
            raise SqlError(*ABORTED)
        samples = Parameters(tuple("" if oid in (0, v.UNKNOWN, v.VARCHAR, v.TEXT) else None for oid in given), given)
        with self._told():
            sql = self.translator(samples, reading=False).query(statement.sql)
            rows = self.rows(f"SELECT column_name, column_type FROM (DESCRIBE {sql})")
        return known, columns_of([(name or "", kind or "") for name, kind in rows])

    def run(self, statement: AnyStatement, parameters: Parameters | None) -> Result:
        """Run one statement. Raises SqlError, after which a transaction is a failed one."""
        from wheatpaste.engines.redshift.warehouse.handlers import HANDLERS

        assert isinstance(statement, Statement)
        if self.status == "E" and statement.kind not in statements.ENDS:
            raise SqlError(*ABORTED)
        with self._told(), self._limited():
            return HANDLERS[statement.kind](self, statement, parameters)

    def run_text(self, sql: str) -> Iterator[Result]:
        """Run each statement of a text; several are one transaction unless they say otherwise themselves."""
        with self._told():
            found = statements.parse(sql)
        together = len(found) > 1 and self.status == "I" and not any(s.kind in ("begin", "commit", "rollback") for s in found)
        if together:
            self.execute("BEGIN TRANSACTION")
            self.status = "T"
        try:
            for statement in found:
                yield self.run(statement, None)
        except (SqlError, GeneratorExit):
            if together:
                self.end("ROLLBACK")
            raise
        if together:
            self.end("COMMIT")

    def notices(self) -> list[Notice]:
        """What there is to tell since the last call."""
        found, self._notices = self._notices, []
        return found

    def settings(self) -> dict[str, str]:
        """What drivers are told at start-up. Protocol version 0: plain PostgreSQL messages."""
        return {
            "server_version": "8.0.2",
            "server_encoding": "UNICODE",
            "client_encoding": "UTF8",
            "DateStyle": "ISO, MDY",
            "TimeZone": "UTC",
            "integer_datetimes": "on",
            "is_superuser": "on",
            "session_authorization": self.user,
            "standard_conforming_strings": "off",
            "max_numeric_precision": "38",
            "max_varchar_size": "65535",
            "padb_revision": "wheatpaste",
            "padb_version": "1.0.117891",
            "server_protocol_version": "0",
            "datashare_enabled": "off",
            "external_database": "off",
        }

    def begin(self) -> None:
        """A new request: what was cancelled before is another's business."""
        self.engine.begin()

    def cancel(self) -> None:
        """Interrupt the request that is being answered."""
        self.engine.cancel()

    def close(self) -> None:
        """End the session: what runs is interrupted, an open transaction rolled back."""
        self.engine.cancel()
        self.engine.close()
        self._held.close()
        self.cluster.left(self)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """DuckDB's errors as Redshift's; any error fails the client's transaction."""
        try:
            yield
        except WarehouseError as error:
            self.fail()
            raise errors.translate(error) from error
        except WarehouseDied as error:
            self.status = "I"
            raise SqlError("57P01", f"the warehouse's process ended: {error}", severity="FATAL") from error
        except SqlError:
            self.fail()
            raise

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """Interrupt the statement when it takes longer than ``statement_timeout`` allows, in milliseconds."""
        limit = int(self.variables.get("statement_timeout", "0"))
        timer = threading.Timer(limit / 1000, self.engine.cancel)
        timer.daemon = True
        if limit:
            timer.start()
        try:
            yield
        finally:
            timer.cancel()

    # -- what the handlers use

    def tell(self, message: str, severity: str = "INFO") -> None:
        """Leave a notice for the client."""
        self._notices.append(Notice(message, severity))

    def translator(self, parameters: Parameters | None = None, reading: bool = True) -> Translator:
        """A translator for one statement; ``reading`` is False when it is only described."""
        path = tuple(self.engine_path())
        surroundings = Surroundings(self.database, self.user, path[0], path, self.process, self.last_copy)
        return Translator(surroundings, parameters, self._columns_of, lambda tree: self._bind(tree, reading))

    def described(self, text: str) -> list[tuple[str, str]]:
        """The columns of a query of Redshift's with their DuckDB types. Raises SqlError."""
        try:
            rows = self.rows(f"SELECT column_name, column_type FROM (DESCRIBE {self.translator(reading=False).query(text)})")
        except WarehouseError as error:
            raise errors.translate(error) from error
        return [(name or "", kind or "") for name, kind in rows]

    def _bind(self, tree: Any, reading: bool) -> None:
        if self.cluster.has_late is None:
            self.cluster.has_late = bool(self.rows(f"SELECT 1 FROM {INTERNAL}.views WHERE kind = 'late' LIMIT 1"))
        if self.cluster.has_late:
            from wheatpaste.engines.redshift.warehouse import late_views

            late_views.expand(self, tree)
        if self.cluster.has_external is None:
            self.cluster.has_external = bool(self.rows(f"SELECT 1 FROM {INTERNAL}.external_schemas LIMIT 1"))
        if self.cluster.has_external:
            from wheatpaste.engines.redshift.warehouse import external

            if self.cursor is None:  # whose rows may still come from them
                self._old, self._shown = self._old + self._shown, []
            external.bind(self, tree, reading)

    def register(self, table: dict[str, Any]) -> str:
        """Show the worker an external table; the name of the temporary view over its files."""
        self._relations += 1
        relation = f"wp_external_{self._relations}"
        self.engine.register({**table, "relation": relation}, self._old)
        self._old = []
        self._shown.append(relation)
        return relation

    def hold(self, files: AbstractContextManager[None]) -> None:
        """Keep files until the session's end, or until its next statement over external tables: results are read while they come."""
        if self.cursor is None:
            self._held.close()
            self._held = ExitStack()
        self._held.enter_context(files)

    def _columns_of(self, parts: list[str]) -> dict[str, str]:
        """The columns and their types of a table or a system view; empty for what is neither."""
        from wheatpaste.engines.redshift.warehouse.catalog import find

        if parts[-1] in VIEWS and parts[:-1] in ([], ["pg_catalog"]):
            where = f"database_name = {quoted(SYSTEM[0])} AND schema_name = {quoted(SYSTEM[1])} AND table_name = {quoted(parts[-1])}"
            rows = self.rows(f"SELECT column_name, data_type FROM duckdb_columns() WHERE {where}")
            return {name or "": kind or "" for name, kind in rows}
        try:
            return {column.name: column.type for column in find(self, parts).columns}
        except SqlError:
            return {}

    def current_schema(self) -> str:
        """The schema in which a table without one is made."""
        return self.engine_path()[0]

    def engine_path(self) -> list[str]:
        """The search path's schemas, without ``$user`` when there is no such schema."""
        names = [self.user if name == "$user" else name for name in self.search_path]
        return [name for name in names if name == "public" or name in self.schemas] or ["public"]

    @property
    def schemas(self) -> set[str]:
        """The user's schemas; asked for only when the search path names others than public."""
        if self.search_path == ["$user", "public"] and self.user not in self.cluster.own_schemas:
            return set()
        rows = self.rows(f"SELECT schema_name FROM duckdb_schemas() WHERE database_name = {quoted(self.cluster.file_name)}")
        return {row[0] or "" for row in rows}

    def execute(self, sql: str) -> int:
        """Run DuckDB's SQL; how many rows it changed."""
        return self.engine.execute(sql)

    def rows(self, sql: str) -> list[list[str | None]]:
        """All rows of a small query of our own, as texts."""
        result, described = self.engine.query(sql)
        oids = [column.oid for column in columns_of(described)]
        found: list[list[str | None]] = []
        while True:
            count, payload = self.engine.fetch(result, 1000, oids, [0] * len(oids))
            if not count:
                break
            found += [[None if cell is None else cell.decode() for cell in row] for row in read_rows(payload)]
        self.engine.drop(result)
        return found

    def stream(self, sql: str, tag: str = "SELECT") -> Result:
        """Run a query of the client's."""
        result, described = self.engine.query(sql)
        return Streamed(self.engine, result, columns_of(described), tag, self.fail)

    def seek(self, path: list[str]) -> None:
        """Look for names in these schemas from now on."""
        self.search_path = path
        places = [f'"{self.cluster.file_name}"."{name}"' for name in self.engine_path()]
        self.execute(f"SET search_path = {quoted(','.join([*places, 'memory.main']))}")

    @contextmanager
    def searching(self, path: list[str]) -> Iterator[None]:
        """Look for names in these schemas for a while."""
        before = self.search_path
        self.seek(path)
        try:
            yield
        finally:
            self.seek(before)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Several statements of the worker as one: in the client's transaction, or in one of their own."""
        own = self.status == "I"
        if own:
            self.execute("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            if own:
                self.execute("ROLLBACK")
            raise
        if own:
            self.execute("COMMIT")

    def aside(self, sql: str) -> None:
        """Run a statement of our own outside this session's transaction."""
        other = self.cluster.session(self.user, self.database)
        try:
            other.execute(sql)
        finally:
            other.close()

    def leave_failed(self) -> None:
        """A statement failed inside the client's transaction: what it wrote must not hold up what is written aside."""
        if self.status == "T":
            self.execute("ROLLBACK")
            self.execute("BEGIN TRANSACTION")

    def fail(self) -> None:
        """A statement failed: a transaction of the client's takes nothing more until its end."""
        if self.status == "T":
            self.status = "E"

    def end(self, how: str) -> str:
        """COMMIT or ROLLBACK; a failed transaction is rolled back either way. The tag."""
        if self.status == "I":
            self.tell("there is no transaction in progress", "WARNING")
            return how
        tag = "ROLLBACK" if self.status == "E" else how
        self.close_cursor()
        self.status = "I"
        self.execute(tag)
        return tag

    def close_cursor(self) -> None:
        """Forget the open cursor, if there is one."""
        if self.cursor is not None:
            self.cursor[1].close()
            self.cursor = None

    def cursor_columns(self, name: str) -> Sequence[Column] | None:
        """The columns of the open cursor of that name; None when there is no such."""
        return self.cursor[1].columns if self.cursor is not None and self.cursor[0] == name else None

    def _columns_of_other(self, statement: Statement) -> Sequence[Column] | None:
        if statement.kind == "fetch":
            from wheatpaste.engines.redshift.warehouse import cursors

            return cursors.named(self, statement.words.restart()).columns
        if statement.kind == "explain":
            return [Column("QUERY PLAN", v.VARCHAR)]
        if statement.kind == "listing":
            from wheatpaste.engines.redshift.warehouse import listings

            return columns_of(self.described(listings.select_of(self, statement.words.restart())))
        if statement.kind == "show" and statement.words.peek(1) == "ALL":
            return [Column("name", v.VARCHAR), Column("setting", v.VARCHAR)]
        if statement.kind == "show":
            return [Column(re.sub(r"\s+", "_", statement.sql.split(None, 1)[1].lower()), v.VARCHAR)]
        return None


def quoted(text: str) -> str:
    """``text`` as DuckDB's string."""
    return "'" + text.replace("'", "''") + "'"


def named(*parts: str) -> str:
    """A dotted name, quoted."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts if part)
