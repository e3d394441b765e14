"""The tables of CloudWatch.

A point is what a metric measured in one interval of its resolution, one row for each unit: what is put later into the same interval is
merged into it. docs/decisions/0020-metrics.md says why points are neither raw nor in segment files.
"""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, Table, Text

from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata

metrics = Table(
    "cloudwatch_metrics",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("id", Text, primary_key=True),  # a digest of namespace, name and dimensions: see metrics.identity
    Column("namespace", BinaryText, nullable=False),
    Column("name", BinaryText, nullable=False),
    Column("dimensions", Body, nullable=False),
    Column("active", BigInteger, nullable=False),  # when something was put last: epoch seconds, as all times of this service
    Index("cloudwatch_metrics_name", "account", "region", "namespace", "name", "id"),
)

points = Table(
    "cloudwatch_points",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("metric", Text, primary_key=True),
    Column("time", BigInteger, primary_key=True),  # when the interval begins
    Column("resolution", Integer, primary_key=True),  # its length: 1, 60, 300 or 3600 seconds
    Column("unit", Text, primary_key=True),
    Column("samples", Float, nullable=False),
    Column("total", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("spread", LargeBinary),  # which values, how often: distribution.pack; NULL: only the four above are known
    Index("cloudwatch_points_age", "account", "region", "resolution", "time"),
    sqlite_with_rowid=False,  # a read of one metric's hours is one range of the file
)

dashboards = Table(
    "cloudwatch_dashboards",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),  # aws-global: dashboards belong to no region
    Column("name", BinaryText, primary_key=True),
    Column("body", Text, nullable=False),  # JSON, as it was given
    Column("modified", BigInteger, nullable=False),  # epoch milliseconds
)
