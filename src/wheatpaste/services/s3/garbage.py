"""Blobs that lost a reference, noted in the transaction that took it; the collector decides later (collector.py)."""

from collections.abc import Iterable

from sqlalchemy import insert

from wheatpaste.call import Call
from wheatpaste.services.s3.schema import garbage
from wheatpaste.store.prepared import Prepared

_ADD = Prepared(insert(garbage))


def add(call: Call, blobs: Iterable[str | None]) -> None:
    """Note that these blobs may have no reference any more."""
    since = round(call.now.timestamp() * 1000)
    for blob in blobs:
        if blob:
            _ADD.run(call.db, {"blob": blob, "since": since})
