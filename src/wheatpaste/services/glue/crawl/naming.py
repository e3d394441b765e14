"""Names of tables and partition keys."""

import hashlib
import re

from wheatpaste.services.glue.crawl.grouping import Levels

LONGEST = 128
COLUMN = re.compile(r"[\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF\t]{1,255}")  # the Data Catalog's NameString


def clean(text: str) -> str:
    """Lower case, and only letters, digits and underscores."""
    return re.sub(r"[^a-z0-9_]", "_", text.lower())


def table_name(prefix: str, bucket: str, location: str) -> str:
    """The name of the table at a key prefix (or key) of a bucket: its last folder, or the bucket."""
    own = location.rstrip("/").rpartition("/")[2] or bucket
    return clean(f"{prefix}{own}")[:LONGEST]


def with_hash(name: str, uri: str) -> str:
    """A name that no other location has, for one whose own is taken."""
    digest = hashlib.md5(uri.encode(), usedforsecurity=False).hexdigest()
    return f"{name[: LONGEST - len(digest) - 1]}_{digest}"


def key_names(levels: Levels) -> list[str]:
    """Partition keys: the ``key`` of ``key=value`` folders, ``partition_N`` for the level N that has none."""
    return [key if key is not None else f"partition_{at}" for at, key in enumerate(levels)]


def is_column_name(text: str) -> bool:
    """Whether the Data Catalog takes the text as the name of a column."""
    return COLUMN.fullmatch(text) is not None
