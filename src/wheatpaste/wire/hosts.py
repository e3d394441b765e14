"""What a Host header says: a bucket, a service, a region."""

import re
from functools import lru_cache
from typing import NamedTuple

from wheatpaste.wire.index_generated import SERVICES

REGION = r"[a-z]{2}(?:-[a-z]+)+-\d"
DOMAIN = r"(?:amazonaws\.com(?:\.cn)?|api\.aws|localhost)"
_S3 = re.compile(rf"(?:(?P<bucket>.+)\.)?s3(?:[.-](?:dualstack[.-])?(?P<region>{REGION}))?\.{DOMAIN}")
_SERVICE = re.compile(rf"(?P<endpoint>(?:api\.|runtime\.|streams\.)?[a-z0-9-]+)(?:\.(?P<region>{REGION}))?\.{DOMAIN}")


class Host(NamedTuple):
    """A host's meaning; empty where it says nothing."""

    bucket: str = ""
    service: str = ""
    region: str = ""


@lru_cache(1024)
def read_host(host: str, own: tuple[str, ...] = ("localhost",)) -> Host:
    """The meaning of ``host`` (lower case, no port); ``own`` are names of this server, under which a further label is a bucket."""
    s3 = _S3.fullmatch(host)
    if s3:
        return Host(s3["bucket"] or "", "s3", s3["region"] or "")
    service = _SERVICE.fullmatch(host)
    if service and service["endpoint"] in _ENDPOINTS and host not in own:
        return Host("", _ENDPOINTS[service["endpoint"]], service["region"] or "")
    for name in own:
        if host.endswith("." + name):
            return Host(host[: -len(name) - 1])
    return Host()


_ENDPOINTS = {entry.endpoint_prefix: name for name, entry in reversed(SERVICES.items())}
