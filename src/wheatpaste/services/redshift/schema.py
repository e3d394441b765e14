"""The tables of Redshift's provisioned API; where a cluster listens is in ``engines/redshift/schema.py``."""

from sqlalchemy import Column, Table, Text

from wheatpaste.engines.redshift import schema as engine_schema
from wheatpaste.store.codec import Body
from wheatpaste.store.db import BinaryText, metadata

clusters = Table(
    "redshift_clusters",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("name", BinaryText, primary_key=True),
    Column("status", Text, nullable=False),
    Column("namespace", Text, nullable=False),  # the namespace's UUID, and the file's name
    Column("body", Body, nullable=False),  # what CreateCluster was given, without the password
    Column("created", Body, nullable=False),
)

groups = Table(
    "redshift_groups",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # parametergroup | subnetgroup
    Column("name", BinaryText, primary_key=True),
    Column("body", Body, nullable=False),
)

tags = Table(
    "redshift_tags",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("arn", BinaryText, primary_key=True),
    Column("tag", BinaryText, primary_key=True),
    Column("value", Text, nullable=False),
)

warehouses, temporary = engine_schema.warehouses, engine_schema.credentials
