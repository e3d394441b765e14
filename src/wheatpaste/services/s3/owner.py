"""Who owns buckets and objects: an account's canonical user."""

import hashlib

from wheatpaste.service import Shape


def canonical_id(account: str) -> str:
    """The account's canonical user id: 64 hexadecimal digits (here the hash of its number; S3's own is as opaque)."""
    return hashlib.sha256(f"wheatpaste canonical user {account}".encode()).hexdigest()


def owner(account: str) -> Shape:
    """The Owner element (AWS gives no DisplayName any more, since 2025-11-21)."""
    return {"ID": canonical_id(account)}
