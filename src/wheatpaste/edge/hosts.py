"""Which Host and Origin a request may carry: DNS rebinding and cross-origin requests end here."""

from urllib.parse import urlsplit

from wheatpaste.config import Config
from wheatpaste.edge import web

NAMES = ("localhost", "127.0.0.1", "[::1]")
REMEMBERED = 1000  # hosts
SUFFIXES = (".localhost", ".amazonaws.com")  # amazonaws.com: a client that is pointed here by a hosts file or a proxy signs for that name


def admitted(config: Config, host: str) -> bool:
    """Whether ``host`` (with or without a port) is one of this server's names."""
    name = (host.rsplit(":", 1)[0] if not host.endswith("]") else host).lower()
    own = config.hostname.lower()
    if name in NAMES or name.endswith(SUFFIXES) or name.startswith("127.") or (own and (name == own or name.endswith("." + own))):
        return True
    return (config.host not in ("127.0.0.1", "::1", "localhost") and name in (config.host, "")) or (
        config.host in ("0.0.0.0", "::") and _is_address(name)
    )


def _is_address(name: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


class Hosts:
    """Decides for one server; a Host that was admitted before is known."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._known: set[str] = set()

    def refuse_foreign(self, http: web.BaseRequest) -> web.Response | None:
        """A 403 for a Host or an Origin that is not this server's, with what to do; None when all is well."""
        host, origin = http.headers.get("Host", ""), http.headers.get("Origin")
        if origin is None and host in self._known:
            return None
        refused = _refused(self._config, http, host, origin)
        if refused is None and len(self._known) < REMEMBERED:
            self._known.add(host)
        return refused


def _refused(config: Config, http: web.BaseRequest, host: str, origin: str | None) -> web.Response | None:
    if host and not admitted(config, host):
        return web.Response(
            status=403,
            text=f"Host {host!r} is not one of this server's names. Start it with --hostname {host.rsplit(':', 1)[0]} to admit it.\n",
        )
    if origin and not admitted(config, urlsplit(origin).netloc) and not _signed(http):
        return web.Response(status=403, text=f"Cross-origin request from {origin!r} refused.\n")
    return None


def _signed(http: web.BaseRequest) -> bool:
    """Whether the request carries a signature: a page of another origin cannot make one without being given a key (S3's CORS then
    decides)."""
    return (
        "Authorization" in http.headers
        or "X-Amz-Signature=" in http.path_qs
        or "AWSAccessKeyId=" in http.path_qs
        or http.method == "OPTIONS"
    )
