"""The Data Catalog for external schemas: its tables and their files, as the role that the schema names."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.external import ExternalSchema
from wheatpaste.engines.scan import Scan, Unreadable, scan
from wheatpaste.wire.errors import AwsError

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.call import Aws


class Lake:
    """The platform's catalog, for one warehouse."""

    def __init__(self, app: "App", account: str, region: str, default_role: str) -> None:
        self._app = app
        self._aws = app.as_root(account, region)
        self._default_role = default_role

    def table(self, schema: ExternalSchema, name: str) -> Mapping[str, Any]:
        """A table as GetTable gives it. Raises SqlError 42P01."""
        answer = self._call(schema, "GetTable", {"DatabaseName": schema.database, "Name": name})
        if answer is None:
            raise SqlError("42P01", f'relation "{schema.name}.{name}" does not exist in the external database "{schema.database}"')
        table: Mapping[str, Any] = answer["Table"]
        return table

    def tables(self, schema: ExternalSchema) -> Iterator[Mapping[str, Any]]:
        """All tables of a schema; none when its database is not there."""
        request = {"DatabaseName": schema.database}
        while True:
            answer = self._call(schema, "GetTables", request)
            if answer is None:
                return
            yield from answer.get("TableList") or []
            if not answer.get("NextToken"):
                return
            request["NextToken"] = answer["NextToken"]

    def create_database(self, schema: ExternalSchema) -> None:
        """Make the schema's database unless it is there."""
        if self._call(schema, "GetDatabase", {"Name": schema.database}) is None:
            self._call(schema, "CreateDatabase", {"DatabaseInput": {"Name": schema.database}})

    def drop_database(self, schema: ExternalSchema) -> None:
        """Remove the schema's database from the catalog."""
        self._call(schema, "DeleteDatabase", {"Name": schema.database})

    def scan(self, schema: ExternalSchema, table: Mapping[str, Any], predicate: str) -> Scan:
        """The table's files. Raises SqlError for what cannot be read."""
        try:
            return scan(self._as(schema), table, predicate)
        except Unreadable as error:
            raise SqlError("XX000", f"Spectrum Scan Error: {error.name}: {error.message}") from error
        except AwsError as error:
            raise SqlError("XX000", f"Spectrum Scan Error: {error.code}: {error}") from error

    @contextmanager
    def holding(self, found: Sequence[Scan]) -> Iterator[None]:
        """Keep the files while they are read, whatever becomes of the objects."""
        with ExitStack() as held:
            for each in found:
                for blob in each.blobs:
                    held.enter_context(self._app.blobs.reading(blob))
            yield

    def _as(self, schema: ExternalSchema) -> "Aws":
        role = self._default_role if schema.role == "default" else schema.role
        if not role:
            raise SqlError("XX000", "IAM_ROLE default: the cluster has no default IAM role")
        aws = self._aws if not schema.region else replace(self._aws, region=schema.region)
        return aws.as_role(role, "RedshiftIamRoleSession")

    def _call(self, schema: ExternalSchema, operation: str, request: dict[str, Any]) -> dict[str, Any] | None:
        """The answer; None when the thing is not there."""
        try:
            answer: dict[str, Any] = self._as(schema).call("glue", operation, request)
        except AwsError as error:
            if error.code == "EntityNotFoundException":
                return None
            raise SqlError("XX000", f"{error.code} from the Data Catalog: {error}") from error
        return answer
