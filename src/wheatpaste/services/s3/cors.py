"""Cross-origin requests: which headers a bucket's CORS configuration allows. https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection


def _matches(pattern: str, value: str) -> bool:
    """Whether ``value`` is the pattern, in which one ``*`` stands for anything."""
    head, star, tail = pattern.partition("*")
    return value == pattern if not star else value.startswith(head) and value.endswith(tail) and len(value) >= len(head) + len(tail)


def rule_for(rules: Sequence[Mapping[str, Any]], origin: str, method: str, headers: Sequence[str]) -> Mapping[str, Any] | None:
    """The first rule that allows the origin, the method and all of the headers."""
    wanted = [header.strip().lower() for header in headers if header.strip()]
    for rule in rules:
        allowed = [header.lower() for header in rule.get("AllowedHeaders") or []]
        if (
            method in rule["AllowedMethods"]
            and any(_matches(pattern, origin) for pattern in rule["AllowedOrigins"])
            and all(any(_matches(pattern, header) for pattern in allowed) for header in wanted)
        ):
            return rule
    return None


def evaluate(rules: Sequence[Mapping[str, Any]], origin: str, method: str, headers: Sequence[str] = ()) -> dict[str, str] | None:
    """The response headers for a request of that origin (for a preflight: with its requested method and headers); None: not allowed."""
    rule = rule_for(rules, origin, method, headers)
    if rule is None:
        return None
    anyone = "*" in rule["AllowedOrigins"]
    found = {"Access-Control-Allow-Origin": "*" if anyone else origin, "Access-Control-Allow-Methods": ", ".join(rule["AllowedMethods"])}
    if headers:
        found["Access-Control-Allow-Headers"] = ", ".join(header.strip().lower() for header in headers)
    if rule.get("ExposeHeaders"):
        found["Access-Control-Expose-Headers"] = ", ".join(rule["ExposeHeaders"])
    if rule.get("MaxAgeSeconds") is not None:
        found["Access-Control-Max-Age"] = str(rule["MaxAgeSeconds"])
    if not anyone:
        found["Access-Control-Allow-Credentials"] = "true"
    found["Vary"] = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
    return found


def cors_headers(db: "Connection", bucket: str, origin: str, method: str, headers: Sequence[str] = ()) -> dict[str, str] | None:
    """``evaluate`` by the bucket's configuration: for the edge, with a connection for reading. None: no configuration, or not allowed."""
    from sqlalchemy import select

    from wheatpaste.services.s3.schema import configurations

    c = configurations.c
    body: Any = db.execute(select(c.body).where(c.bucket == bucket, c.kind == "Cors")).scalar()
    return None if body is None else evaluate(body["CORSRules"], origin, method, headers)
