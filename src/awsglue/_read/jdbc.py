"""Databases: sources over JDBC, and what a Glue connection says about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame

from awsglue._aws import get_connection
from awsglue._frame.frame import Frame
from awsglue._frame.types import glue_schema
from awsglue._read.connection import connected, primary_key
from awsglue._read.new_rows import Table, new_rows
from awsglue._read.spec import ReadSpec
from awsglue.utils import first_of, truth

DRIVERS: dict[str, tuple[str, ...]] = {
    "postgresql": ("org.postgresql.Driver",),
    "redshift": ("com.amazon.redshift.jdbc42.Driver", "com.amazon.redshift.jdbc.Driver", "org.postgresql.Driver"),
    "mysql": ("com.mysql.cj.jdbc.Driver", "org.mariadb.jdbc.Driver"),
    "mariadb": ("org.mariadb.jdbc.Driver",),
    "sqlserver": ("com.microsoft.sqlserver.jdbc.SQLServerDriver",),
    "oracle": ("oracle.jdbc.OracleDriver",),
}
"""Driver classes by vendor, in order of preference: the first that is on the class path is used."""


def vendor_of(url: str) -> str:
    """`jdbc:redshift://…` is redshift, whatever the driver."""
    steps = url.split(":")
    if len(steps) < 3 or steps[0] != "jdbc":
        raise ValueError(f"{url!r} is no JDBC URL")
    return steps[1].lower()


def jdbc_conf(connection_name: str, catalog_id: str | None = None) -> dict[str, Any]:
    """What a Glue connection says: user, password, vendor, url (without the database), fullUrl."""
    connection = get_connection(connection_name, catalog_id)
    properties: Mapping[str, str] = connection.get("ConnectionProperties") or {}
    full = properties.get("JDBC_CONNECTION_URL")
    if not full:
        raise ValueError(f"The connection {connection_name!r} has no JDBC_CONNECTION_URL")
    user, password = properties.get("USERNAME"), properties.get("PASSWORD")
    if properties.get("SECRET_ID") and not user:
        user, password = _secret(properties["SECRET_ID"])
    head, slash, database = full.partition("://")
    host = database.split("/", 1)[0] if slash else database
    return {
        "user": user,
        "password": password,
        "vendor": vendor_of(full),
        "url": f"{head}{slash}{host}",
        "fullUrl": full,
        "enforceSSL": properties.get("JDBC_ENFORCE_SSL", "false"),
    }


def _secret(secret_id: str) -> tuple[str, str]:
    import json

    from awsglue._aws import client

    secret = json.loads(client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"])
    return secret["username"], secret["password"]


def connection_details(connection_type: str, options: Mapping[str, Any], catalog_id: str | None = None) -> dict[str, Any]:
    """url, user and password: from the options, or from the Glue connection they name; options win."""
    name = options.get("connectionName")
    if name or truth(options.get("useConnectionProperties", False)):
        if not name:
            raise ValueError("useConnectionProperties needs connectionName")
        conf = jdbc_conf(str(name), catalog_id)
        found = {"url": conf["fullUrl"], "user": conf["user"], "password": conf["password"]}
    else:
        found = {"url": None, "user": None, "password": None}
    found.update({key: options[key] for key in found if options.get(key)})
    if not found["url"]:
        raise ValueError(f"A {connection_type} source or sink needs the option url, or connectionName")
    return found


def driver_class(spark: Any, url: str, wanted: str | None = None) -> str:
    """A driver class that is on the class path. An old name that is not there gives way to the vendor's others."""
    loader = spark._jvm.java.lang.Thread.currentThread().getContextClassLoader()
    names = [wanted] if wanted else []
    names += DRIVERS.get(vendor_of(url), ())
    for name in names:
        if loader.getResource(name.replace(".", "/") + ".class") is not None:
            return name
    looked = ", ".join(names) or "none is known"
    raise NotImplementedError(f"There is no JDBC driver for {url.split('?')[0]} on the class path (looked for {looked})")


def read_jdbc(spec: ReadSpec) -> Frame:
    """A table or query over JDBC: one partition, unless hashfield or hashexpression says how to split it."""
    details = connection_details(spec.connection_type, spec.options)
    driver = driver_class(spec.spark, details["url"], wanted_driver(spec.options))
    url = usable_url(details["url"], driver)
    table = first_of(spec.options, ("dbtable", "dbTable"))
    query = first_of(spec.options, ("sampleQuery", "query"))
    if not table and not query:
        raise ValueError(f"A {spec.connection_type} source needs the option dbtable")
    sources = _samples(details["url"], str(query), spec.options) if query else [str(table)]
    properties = {"driver": driver}
    properties |= {key: str(details[key]) for key in ("user", "password") if details[key] is not None}
    predicates = None if query else split_predicates(vendor_of(details["url"]), spec.options)
    if predicates:
        df = spec.spark.read.jdbc(url, sources[0], predicates=predicates, properties=properties)
    else:
        df = reduce(DataFrame.union, [spec.spark.read.jdbc(url, source, properties=properties) for source in sources])
    if not query:
        df = new_rows(spec, _table(spec, str(table), df, url, driver, properties))
    return Frame(df, glue_schema(df.schema))


def _samples(url: str, query: str, options: Mapping[str, Any]) -> list[str]:
    """The sample query as a source; with enablePartitioningForSampleQuery once per partition, whose condition ends the query."""
    if not truth(options.get("enablePartitioningForSampleQuery", False)):
        return [f"({query}) sampled"]
    conditions = split_predicates(vendor_of(url), options)
    if not conditions:
        raise ValueError("enablePartitioningForSampleQuery needs hashfield or hashexpression")
    if not re.search(r"\b(where|and)\s*$", query, re.IGNORECASE):
        raise ValueError(f"With enablePartitioningForSampleQuery the sampleQuery must end with `where` or `and`: {query!r}")
    return [f"({query} {condition}) sampled" for condition in conditions]


def _table(spec: ReadSpec, name: str, rows: DataFrame, url: str, driver: str, properties: dict[str, str]) -> Table:
    """The table as bookmarks look at it; a sample query has none."""

    def query(source: str) -> DataFrame:
        return spec.spark.read.jdbc(url, source, properties=properties)

    def key() -> list[str]:
        with connected(spec.spark, driver, url, {"user": properties.get("user"), "password": properties.get("password")}) as connection:
            return primary_key(connection, name)

    return Table(name, rows, query, key)


def wanted_driver(options: Mapping[str, Any]) -> str | None:
    """The driver class that the options name, by any of its spellings."""
    named = first_of(options, ("customJdbcDriverClassName", "className", "jdbcdriver"))
    return None if named is None else str(named)


def usable_url(url: str, driver: str) -> str:
    """A vendor's URL as another vendor's driver takes it: PostgreSQL's speaks to Redshift too."""
    for vendor, other in (("redshift", "postgresql"), ("mysql", "mariadb")):
        if vendor_of(url) == vendor and other in driver:
            return url.replace(f"jdbc:{vendor}:", f"jdbc:{other}:", 1)
    return url


_HASHES = {"postgresql": "abs(hashtext(({0})::text))", "mysql": "crc32({0})", "mariadb": "crc32({0})"}


def split_predicates(vendor: str, options: Mapping[str, Any]) -> list[str] | None:
    """One condition per partition; rows whose value is null are in the first."""
    count = int(options.get("hashpartitions", 7))
    if vendor == "redshift" or not (options.get("hashfield") or options.get("hashexpression")):
        return None
    if options.get("hashexpression"):
        key = f"abs({options['hashexpression']})"
    elif vendor in _HASHES:
        key = _HASHES[vendor].format(options["hashfield"])
    else:
        raise NotImplementedError(f"hashfield on {vendor}; use hashexpression")
    conditions = [f"mod({key}, {count}) = {n}" for n in range(count)]
    conditions[0] = f"({conditions[0]} or {key} is null)"
    return conditions
