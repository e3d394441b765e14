"""S3 for COPY and UNLOAD: objects are read from the object store's own files, as the role or the keys that the statement names."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.credentials import Credentials
from wheatpaste.engines.redshift.warehouse.storage import Source
from wheatpaste.wire.errors import AwsError

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.call import Client

CHUNK = 1 << 20


class Objects:
    """The platform's S3, for one warehouse."""

    def __init__(self, app: "App", account: str, region: str, default_role: str) -> None:
        self._app = app
        self._aws = app.as_root(account, region)
        self._default_role = default_role

    def find(self, url: str, credentials: Credentials) -> list[Source]:
        """The objects whose key begins as ``url`` says, in the order of their keys."""
        bucket, prefix = parts(url)
        s3 = self._client(credentials)
        found: list[Source] = []
        token: dict[str, Any] = {}
        while True:
            page = self._call(lambda: s3.list_objects_v2(Bucket=bucket, Prefix=prefix, **token))  # noqa: B023 - called at once
            for entry in page.get("Contents") or ():
                blob = entry["Blob"]
                found.append(Source(f"s3://{bucket}/{entry['Key']}", entry["Size"], self._app.blobs.path(blob), blob))
            if not page.get("NextContinuationToken"):
                return found
            token = {"ContinuationToken": page["NextContinuationToken"]}

    @contextmanager
    def holding(self, sources: Sequence[Source]) -> Iterator[None]:
        """Keep the files while they are read, whatever becomes of the objects."""
        with ExitStack() as held:
            for source in sources:
                held.enter_context(self._app.blobs.reading(source.blob))
            yield

    def exists(self, url: str, credentials: Credentials) -> bool:
        """Whether any object's key begins so."""
        bucket, prefix = parts(url)
        s3 = self._client(credentials)
        return bool(self._call(lambda: s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)).get("Contents"))

    def write(self, url: str, path: Path, credentials: Credentials) -> None:
        """Put a file's bytes."""
        bucket, key = parts(url)
        staged = self._app.blobs.stage()
        try:
            with path.open("rb") as file:
                while block := file.read(CHUNK):
                    staged.write(block)
            blob = staged.finish()
        except BaseException:
            staged.abort()
            raise
        s3 = self._client(credentials)
        self._call(lambda: s3.put_object(Bucket=bucket, Key=key, Body=blob))

    def remove(self, url: str, credentials: Credentials) -> None:
        """Delete the objects whose key begins so."""
        s3 = self._client(credentials)
        for source in self.find(url, credentials):
            bucket, key = parts(source.url)
            self._call(lambda: s3.delete_object(Bucket=bucket, Key=key))  # noqa: B023 - called at once

    def _client(self, credentials: Credentials) -> "Client":
        if credentials.role:
            role = self._default_role if credentials.role == "default" else credentials.role
            if not role:
                raise SqlError("XX000", "IAM_ROLE default: the cluster has no default IAM role")
            return self._aws.as_role(role, "RedshiftIamRoleSession").client("s3")
        key = self._app.keyring.find(credentials.access_key)
        if not key.active or (key.secret is not None and key.secret != credentials.secret_key):
            raise SqlError("XX000", "S3ServiceException:The access key or its secret is not valid,Status 403,Error InvalidAccessKeyId")
        return replace(self._aws, principal=key.principal).client("s3")

    def _call(self, act: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = act()
        except AwsError as error:
            raise SqlError("XX000", f"S3ServiceException:{error},Status {error.status},Error {error.code}") from error
        return answer


def parts(url: str) -> tuple[str, str]:
    """The bucket and the key (or prefix) of an s3:// URL."""
    bucket, _, key = url.removeprefix("s3://").partition("/")
    if not url.startswith("s3://") or not bucket:
        raise SqlError("22023", f"{url!r} is not an s3:// URL")
    return bucket, key
