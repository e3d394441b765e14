"""Where a JDBC connection's properties lead: from ``JDBC_CONNECTION_URL``, or ``HOST``, ``PORT`` and ``JDBC_ENGINE``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from wheatpaste.services.glue.errors import InvalidInputException
from wheatpaste.wire.errors import NotImplementedByWheatpaste

PORTS = {"postgresql": 5432, "redshift": 5439}
DATABASES = {"postgresql": "postgres", "redshift": "dev"}  # where the properties name none
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_VENDOR = re.compile(r"jdbc:(\w+):")
_URL = re.compile(r"jdbc:\w+://(?P<host>\[[^\]]+\]|[^/:?\[]+)(:(?P<port>\d+))?(/(?P<database>[^?]*))?(\?(?P<query>.*))?")
CERTIFICATES = ("CUSTOM_JDBC_CERT", "CUSTOM_JDBC_CERT_STRING", "JDBC_DRIVER_JAR_URI")


@dataclass(frozen=True)
class Target:
    """A database, and how to reach it; ``sslmode`` in libpq's words."""

    host: str
    port: int
    database: str
    sslmode: str


def target(properties: Mapping[str, str]) -> Target:
    """Where the properties lead.

    Raises InvalidInputException for properties that lead nowhere, NotImplementedByWheatpaste for what cannot be tested here.
    """
    for name in CERTIFICATES:
        if properties.get(name):
            raise NotImplementedByWheatpaste(f"glue:TestConnection with {name}")
    enforced = properties.get("JDBC_ENFORCE_SSL", "false").lower() == "true"
    if url := properties.get("JDBC_CONNECTION_URL"):
        return _of_url(url, enforced)
    lacking = [name for name in ("HOST", "PORT", "JDBC_ENGINE") if not properties.get(name)]
    if lacking:
        raise InvalidInputException(f"A JDBC connection needs JDBC_CONNECTION_URL, or HOST, PORT and JDBC_ENGINE: it has no {lacking[0]}.")
    engine = _engine(properties["JDBC_ENGINE"])
    database = properties.get("DATABASE") or DATABASES[engine]
    return Target(properties["HOST"], _port(properties["PORT"]), database, "verify-full" if enforced else "prefer")


def _engine(name: str) -> str:
    if name.lower() not in PORTS:
        raise NotImplementedByWheatpaste(f"glue:TestConnection by jdbc:{name.lower()}")
    return name.lower()


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise InvalidInputException(f"{text!r} is no port.")
    return int(text)


def _of_url(url: str, enforced: bool) -> Target:
    vendor = _VENDOR.match(url)
    engine = _engine(vendor[1]) if vendor else ""
    found = _URL.fullmatch(url)
    if found is None:
        raise InvalidInputException(f"{url.partition('?')[0]!r} is no JDBC URL (jdbc:postgresql://host:port/database).")
    host, port = found["host"].strip("[]"), _port(found["port"] or str(PORTS[engine]))
    return Target(
        host, port, unquote(found["database"] or DATABASES[engine]), "verify-full" if enforced else _sslmode(found["query"] or "")
    )


def _sslmode(query: str) -> str:
    given = dict(parse_qsl(query, keep_blank_values=True))
    ssl = given.pop("ssl", "false").lower() in ("", "true")  # to pgjdbc it means verify-full, unless sslmode says otherwise
    mode = given.pop("sslmode", "verify-full" if ssl else "prefer").lower()
    if mode not in SSL_MODES:
        raise InvalidInputException(f"{mode!r} is no sslmode: {', '.join(SSL_MODES)}.")
    for name in given:
        raise NotImplementedByWheatpaste(f"glue:TestConnection with the URL's parameter {name}")
    return mode
