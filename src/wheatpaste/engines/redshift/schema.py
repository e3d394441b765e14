"""The tables of warehouses, which clusters and workgroups share: where each listens, who may come in."""

from sqlalchemy import Column, Float, Integer, LargeBinary, Table, Text

from wheatpaste.store.codec import Body
from wheatpaste.store.db import metadata

warehouses = Table(
    "redshift_warehouses",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # cluster | workgroup
    Column("name", Text, primary_key=True),
    Column("file", Text, nullable=False),  # the file's name under <home>/warehouses, without its suffix
    Column("database", Text, nullable=False),
    Column("admin", Text, nullable=False),
    Column("password", LargeBinary, nullable=False),  # sealed
    Column("port", Integer, nullable=False),  # asked for, then had
    Column("address", Text, nullable=False),  # empty until it first listened
    Column("open", Integer, nullable=False),  # 1: listens while the server runs
    Column("roles", Body, nullable=False),  # {"default": arn or ""}
)

credentials = Table(
    "redshift_credentials",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),  # of the warehouse
    Column("user", Text, primary_key=True),
    Column("password", LargeBinary, nullable=False),  # sealed
    Column("expires", Float, nullable=False),  # epoch seconds
)
