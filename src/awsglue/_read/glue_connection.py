"""What a Glue connection, a secret and a script's options say about a database: where it is, and who asks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from awsglue._aws import client, get_connection
from awsglue._read.drivers import vendor_of
from awsglue.utils import truth

Properties = Mapping[str, str]


def jdbc_conf(connection_name: str, catalog_id: str | None = None) -> dict[str, Any]:
    """What a Glue connection says: user, password, vendor, url (without the database), fullUrl, and of encryption."""
    return _conf(connection_name, _properties(connection_name, catalog_id))


def _conf(name: str, properties: Properties) -> dict[str, Any]:
    full = _url(name, properties)
    user, password = properties.get("USERNAME"), properties.get("PASSWORD")
    if properties.get("SECRET_ID") and not user:
        secret = _secret(properties["SECRET_ID"])
        user, password = secret["username"], secret["password"]
    head, slash, database = full.partition("://")
    host = re.split("[/?;]", database, maxsplit=1)[0] if slash else database
    return {
        "user": user,
        "password": password,
        "vendor": vendor_of(full),
        "url": f"{head}{slash}{host}",
        "fullUrl": full,
        "enforceSSL": properties.get("JDBC_ENFORCE_SSL", "false").lower(),
        "customJDBCCert": properties.get("CUSTOM_JDBC_CERT", ""),
        "skipCustomJDBCCertValidation": properties.get("SKIP_CUSTOM_JDBC_CERT_VALIDATION", "false").lower(),
        "customJDBCCertString": properties.get("CUSTOM_JDBC_CERT_STRING", ""),
    }


def _properties(name: str, catalog_id: str | None) -> Properties:
    found: Properties = get_connection(name, catalog_id).get("ConnectionProperties") or {}
    return found


def _url(name: str, properties: Properties) -> str:
    """JDBC_CONNECTION_URL, or what HOST, PORT, DATABASE and JDBC_ENGINE make."""
    if properties.get("JDBC_CONNECTION_URL"):
        return properties["JDBC_CONNECTION_URL"]
    if not properties.get("HOST") or not properties.get("JDBC_ENGINE"):
        raise ValueError(f"The connection {name!r} has no JDBC_CONNECTION_URL")
    port = f":{properties['PORT']}" if properties.get("PORT") else ""
    return f"jdbc:{properties['JDBC_ENGINE'].lower()}://{properties['HOST']}{port}/{properties.get('DATABASE', '')}"


def _secret(secret_id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"])
    return found


def connection_details(connection_type: str, options: Mapping[str, Any], catalog_id: str | None = None) -> dict[str, Any]:
    """url, user and password: from the options, a secret or the Glue connection that they name; options win. `encrypted`: must it be?"""
    name = options.get("connectionName")
    found: dict[str, Any] = {"url": None, "user": None, "password": None}
    if name:
        found |= _of_connection(str(name), catalog_id)
    elif truth(options.get("useConnectionProperties", False)):
        raise ValueError("useConnectionProperties needs connectionName")
    secret = _secret(str(options["secretId"])) if options.get("secretId") else {}
    given = {"user": secret.get("username"), "password": secret.get("password"), **options}
    found |= {key: given[key] for key in ("url", "user", "password") if given.get(key)}
    if not found["url"]:
        raise ValueError(f"A {connection_type} source or sink needs the option url, or connectionName")
    found["url"] = re.sub(r"\$\{(\w+)\}", lambda named: _of_secret(secret, named[1]), str(found["url"]))
    if options.get("database"):  # takes the place of the URL's
        found["url"] = re.sub(r"^(jdbc:\w+://[^/?;]+)(/[^?;]*)?", lambda url: f"{url[1]}/{options['database']}", found["url"])
    return found


def _of_secret(secret: Mapping[str, Any], name: str) -> str:
    if name not in secret:
        raise ValueError(
            f"The URL names ${{{name}}}, which the secret has not (its keys: {', '.join(sorted(secret)) or 'there is no secretId'})"
        )
    return str(secret[name])


def _of_connection(name: str, catalog_id: str | None) -> dict[str, Any]:
    properties = _properties(name, catalog_id)
    conf = _conf(name, properties)
    encrypted = conf["enforceSSL"] == "true"
    if encrypted and conf["customJDBCCert"]:
        raise NotImplementedError(f"CUSTOM_JDBC_CERT of the connection {name!r}")
    return {
        "url": conf["fullUrl"],
        "user": conf["user"],
        "password": conf["password"],
        "encrypted": encrypted,
        "driver": properties.get("JDBC_DRIVER_CLASS_NAME"),
        "driver_jar": properties.get("JDBC_DRIVER_JAR_URI"),
    }
