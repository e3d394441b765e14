"""A page's objects are written straight from their rows: byte for byte what the model's writer makes of their shapes."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from wheatpaste.app import App
from wheatpaste.config import Config
from wheatpaste.services.s3 import listing, version_listing
from wheatpaste.services.s3.entries import as_it_is, entries, quoted, version_entries
from wheatpaste.store.db import metadata
from wheatpaste.wire.models import operation_model
from wheatpaste.wire.protocols import PROTOCOLS
from wheatpaste.wire.written import Elements

KEYS = [
    "a",
    "a b+c",
    "<&>\"'",
    "\r\n\t",
    "é/ü",
    "\U0001f600",
    "tilde~star*-_.",
    "%41",
    "\x01",
    "\ufffe",
    "year=2013/month=07/x.parquet",
    "zz",
]
PUTS: dict[str, dict[str, Any]] = {
    "a": {"ChecksumAlgorithm": "CRC32"},
    "a b+c": {"ChecksumAlgorithm": "SHA256", "StorageClass": "GLACIER"},
    "zz": {"StorageClass": "INTELLIGENT_TIERING"},
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app with one bucket: awkward keys, several checksums and classes, an object of parts."""
    made = App(Config(home=tmp_path_factory.mktemp("home")))
    made.db.ensure(list(metadata.tables.values()))
    s3 = made.as_root("123456789012", "us-east-1").client("s3")
    s3.create_bucket(Bucket="entries")
    for key in KEYS:
        s3.put_object(Bucket="entries", Key=key, Body=made.blobs.put(key.encode(), ["CRC32", "SHA256", "CRC64NVME"]), **PUTS.get(key, {}))
    upload = s3.create_multipart_upload(Bucket="entries", Key="of parts", ChecksumAlgorithm="CRC64NVME")["UploadId"]
    part = s3.upload_part(Bucket="entries", Key="of parts", UploadId=upload, PartNumber=1, Body=made.blobs.put(b"x", ["CRC64NVME"]))["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
    s3.complete_multipart_upload(Bucket="entries", Key="of parts", UploadId=upload, MultipartUpload=parts)
    s3.put_bucket_versioning(Bucket="entries", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="entries", Key="zz", Body=made.blobs.put(b"again", ["CRC64NVME"]))
    yield made
    made.supervisor.close()
    made.db.close()


@pytest.mark.parametrize("operation", ["ListObjectsV2", "ListObjects"])
@pytest.mark.parametrize("encode", [as_it_is, quoted])
@pytest.mark.parametrize("owned", [None, "123456789012"])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_it_is_what_the_models_writer_makes(app: App, operation: str, encode: Any, owned: str | None, delimiter: str) -> None:
    page = app.db.read(lambda db: listing.page(db, "entries", "", delimiter, "", 1000))
    assert len(page.rows) + len(page.prefixes) == len(KEYS) + 1
    written, shapes = entries(page.rows, encode, owned), list(entries(page.rows, encode, owned))
    assert isinstance(written, Elements)
    model = operation_model("s3", operation)
    direct, through_shapes = (PROTOCOLS["rest-xml"].render(model, {"Contents": each}, "id").body for each in (written, shapes))
    assert direct == through_shapes
    assert direct.count(b"<Contents>") == len(page.rows)
    assert {name for row in shapes for name in row["ChecksumAlgorithm"]} >= {"CRC32", "SHA256", "CRC64NVME"}


@pytest.mark.parametrize("encode", [as_it_is, quoted])
def test_versions_are_too(app: App, encode: Any) -> None:
    rows = app.db.read(lambda db: version_listing.page(db, "entries", "", "", "", None, 1000)).rows
    model, written = operation_model("s3", "ListObjectVersions"), version_entries(rows, encode, "123456789012")
    bodies = [PROTOCOLS["rest-xml"].render(model, {"Versions": each}, "id").body for each in (written, list(written))]
    assert bodies[0] == bodies[1]
    assert bodies[0].count(b"<Version>") == len(KEYS) + 2  # one of them twice
    assert bodies[0].count(b"<IsLatest>false") == 1


@pytest.mark.parametrize("encode", [as_it_is, quoted])
def test_a_page_of_nothing(app: App, encode: Any) -> None:
    for written in (entries([], encode, None), version_entries([], encode, "123456789012")):
        assert written.xml() == ""
        assert list(written) == []


@pytest.mark.parametrize("key", KEYS)
def test_the_encoding_is_pythons_own(key: str) -> None:
    assert quoted(key) == quote(key, safe="/*")
