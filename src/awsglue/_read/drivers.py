"""JDBC drivers: which class serves a URL, and how it wants to be spoken to."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from awsglue.utils import first_of

DRIVERS: dict[str, tuple[str, ...]] = {
    "postgresql": ("org.postgresql.Driver",),
    "redshift": ("com.amazon.redshift.jdbc42.Driver", "com.amazon.redshift.jdbc.Driver", "org.postgresql.Driver"),
    "mysql": ("com.mysql.cj.jdbc.Driver", "org.mariadb.jdbc.Driver"),
    "mariadb": ("org.mariadb.jdbc.Driver", "com.mysql.cj.jdbc.Driver"),
    "sqlserver": ("com.microsoft.sqlserver.jdbc.SQLServerDriver",),
    "oracle": ("oracle.jdbc.OracleDriver",),
}
"""Driver classes by vendor, in order of preference: the first that is on the class path is used."""

_ENCRYPTED: dict[str, dict[str, str]] = {
    "com.mysql.": {"sslMode": "VERIFY_CA"},
    "org.mariadb.": {"sslMode": "verify-ca"},
    "org.postgresql.": {"sslmode": "verify-full", "sslfactory": "org.postgresql.ssl.DefaultJavaSSLFactory"},
    "com.amazon.redshift.": {"ssl": "true", "sslmode": "verify-full"},
    "com.microsoft.": {"encrypt": "true", "trustServerCertificate": "false"},
}
"""What makes a driver encrypt, and check the server by Java's trust store."""
_OWN_ENCRYPTION = re.compile(r"(usessl|requiressl|verifyservercertificate|sslmode|ssl|sslfactory)=", re.IGNORECASE)


@dataclass(frozen=True)
class Database:
    """A database as its driver takes it."""

    vendor: str
    url: str
    driver: str
    properties: Mapping[str, str]  # the user's name and password, and what encrypts

    def quoted(self, name: str) -> str:
        """A column's name in SQL, exactly as it is spelt."""
        mark = "`" if self.vendor in ("mysql", "mariadb") else '"'
        return mark + name.replace(mark, mark * 2) + mark

    def escaped(self, text: str) -> str:
        """A text as Spark should send it: its dialect of MySQL leaves backslashes alone, which that database takes for its own."""
        return text.replace("\\", "\\\\") if self.vendor in ("mysql", "mariadb") else text


def vendor_of(url: str) -> str:
    """`jdbc:redshift://…` is redshift, whatever the driver."""
    steps = url.split(":")
    if len(steps) < 3 or steps[0] != "jdbc":
        raise ValueError(f"{url!r} is no JDBC URL")
    return steps[1].lower()


def reached(spark: Any, details: Mapping[str, Any], options: Mapping[str, Any]) -> Database:
    """The database of these details by the driver that the options name, or else its vendor's."""
    jar = first_of(options, ("customJdbcDriverS3Path",), details.get("driver_jar"))
    if jar:
        _add_jar(spark, str(jar))
    url = str(details["url"])
    driver = driver_class(spark, url, wanted_driver(options) or details.get("driver"))
    properties = {key: str(details[key]) for key in ("user", "password") if details[key] is not None}
    usable = usable_url(url, driver)
    if details.get("encrypted"):
        usable, more = _encrypted(usable, driver)
        properties |= more
    return Database(vendor_of(url), usable, driver, properties)


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


def wanted_driver(options: Mapping[str, Any]) -> str | None:
    """The driver class that the options name, by any of its spellings."""
    named = first_of(options, ("customJdbcDriverClassName", "className", "jdbcdriver"))
    return None if named is None else str(named)


def usable_url(url: str, driver: str) -> str:
    """A vendor's URL as the driver and Spark take it: PostgreSQL's driver speaks to Redshift too, MariaDB's to MySQL.

    Spark has one dialect for MySQL and MariaDB, and knows it by `jdbc:mysql`. For `jdbc:mariadb` it would write names in double
    quotes, which are texts there: every row would hold the columns' names.
    """
    vendor = vendor_of(url)
    if vendor == "redshift" and "postgresql" in driver:
        return url.replace("jdbc:redshift:", "jdbc:postgresql:", 1)
    if vendor not in ("mysql", "mariadb"):
        return url
    url = url.replace(f"jdbc:{vendor}:", "jdbc:mysql:", 1)
    if "mariadb" in driver and "permitMysqlScheme" not in url:
        url += ("&" if "?" in url else "?") + "permitMysqlScheme=true"
    return url


def _encrypted(url: str, driver: str) -> tuple[str, dict[str, str]]:
    """The URL without what it says of encryption, and the properties that enforce it."""
    properties = next((each for name, each in _ENCRYPTED.items() if driver.startswith(name)), None)
    if properties is None:
        raise NotImplementedError(f"JDBC_ENFORCE_SSL of a connection by the driver {driver}")
    base, mark, query = url.partition("?")
    kept = [part for part in query.split("&") if not _OWN_ENCRYPTION.match(part)]
    return base + mark + "&".join(kept), dict(properties)


def _add_jar(spark: Any, path: str) -> None:
    """Puts a driver's jar, from S3 or elsewhere, on the session's class path."""
    source = spark._jvm.org.apache.hadoop.fs.Path(path)
    files = source.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf())
    local = Path(tempfile.mkdtemp(prefix="jdbc-driver-", dir=spark.sparkContext._temp_dir)) / source.getName()
    files.copyToLocalFile(False, source, spark._jvm.org.apache.hadoop.fs.Path(str(local)), True)
    spark.sql(f"ADD JAR '{local}'")
