"""S3's tables. Bucket names are unique across accounts, so what is in a bucket is keyed by its name alone.

Versions of one key sort newest first: the current one has rank 0, an older one ``LAST`` minus the moment it was made. The primary key
therefore allows one current version only, and its order is that of ListObjectVersions.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text, UniqueConstraint, text

from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata

LAST = 2**62  # above every seq (nanoseconds of the epoch)

buckets = Table(
    "s3_buckets",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("created", BigInteger, nullable=False),  # epoch milliseconds, here and below
    Column("versioning", Text, nullable=False),  # "", Enabled, Suspended
    Column("events", SmallInteger, nullable=False),  # 1: EventBridge is switched on in the notification configuration
    Column("locks", SmallInteger, nullable=False),  # 1: object lock is enabled
    Column("encryption", Body),  # the members that default encryption gives a new object
    UniqueConstraint("name", name="s3_buckets_name"),
)

objects = Table(
    "s3_objects",
    metadata,
    Column("bucket", BinaryText, primary_key=True),
    Column("key", BinaryText, primary_key=True),
    Column("rank", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("version_id", Text, nullable=False),  # "null" for what was written while versioning was off
    Column("delete_marker", SmallInteger, nullable=False),
    Column("blob", Text),  # NULL: no bytes; the upload's id for the whole of a multipart upload
    Column("size", BigInteger, nullable=False),
    Column("etag", Text, nullable=False),
    Column("modified", BigInteger, nullable=False),
    Column("parts", Integer, nullable=False),  # how many; 0: not a multipart upload
    Column("storage_class", Text, nullable=False),
    Column("checksums", Body, nullable=False),
    Column("headers", Body, nullable=False),  # what GetObject gives back: Content-*, user metadata
    Column("tags", Body),
    Column("acl", Body),
    Column("lock", Body),  # {Mode, RetainUntilDate, LegalHold}
    Index("s3_objects_blob", "blob"),
    # What a listing shows, in its order. The literals are part of the condition: a bound parameter would not match a partial index.
    Index(
        "s3_objects_listed",
        "bucket",
        "key",
        sqlite_where=text("rank = 0 AND delete_marker = 0"),
        postgresql_where=text("rank = 0 AND delete_marker = 0"),
    ),
)

inline = Table("s3_inline", metadata, Column("id", Text, primary_key=True), Column("bytes", LargeBinary, nullable=False))

uploads = Table(
    "s3_uploads",
    metadata,
    Column("bucket", BinaryText, primary_key=True),
    Column("key", BinaryText, primary_key=True),
    Column("upload_id", Text, primary_key=True),  # begins with the time: uploads of one key sort by their initiation
    Column("initiated", BigInteger, nullable=False),
    Column("initiator", Text, nullable=False),
    Column("algorithm", Text, nullable=False),  # as asked for; empty: none
    Column("checksum_type", Text, nullable=False),
    Column("storage_class", Text, nullable=False),
    Column("headers", Body, nullable=False),
    Column("tags", Body),
    Column("acl", Body),
    Column("lock", Body),
)

parts = Table(
    "s3_parts",
    metadata,
    Column("upload_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("blob", Text),
    Column("size", BigInteger, nullable=False),
    Column("etag", Text, nullable=False),
    Column("modified", BigInteger, nullable=False),
    Column("checksums", Body, nullable=False),
    Index("s3_parts_blob", "blob"),
)

configurations = Table(
    "s3_configurations",
    metadata,
    Column("bucket", BinaryText, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", BinaryText, primary_key=True),  # of those that a bucket has several of; else empty
    Column("body", Body, nullable=False),
)

garbage = Table(
    "s3_garbage",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("blob", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
)
"""Blobs that lost a reference: the collector looks at them (collector.py)."""
