"""Who owns buckets and objects: an account's canonical user."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wheatpaste.services.s3.shapes_generated import Owner


def canonical_id(account: str) -> str:
    """The account's canonical user id: 64 hexadecimal digits (here the hash of its number; S3's own is as opaque)."""
    return hashlib.sha256(f"wheatpaste canonical user {account}".encode()).hexdigest()


def owner(account: str) -> Owner:
    """The Owner element (AWS gives no DisplayName any more, since 2025-11-21)."""
    return {"ID": canonical_id(account)}
