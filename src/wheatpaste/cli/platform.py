"""What commands ask a running platform: AWS clients, and the answers that AWS has no operations for."""

import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from wheatpaste import config
from wheatpaste.cli import CommandError, place


class Platform:
    """The server of a home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.settings = config.load({"home": home})
        found = place.running(home)
        self.endpoint, self._token = str(found["endpoint"]), str(found.get("token", ""))
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """A botocore client."""
        if service not in self._clients:
            import botocore.session
            from botocore.config import Config

            session = botocore.session.Session()
            session.set_credentials("test", "test")
            options = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}, proxies={})
            asked = {"region_name": self.settings.region, "endpoint_url": self.endpoint, "config": options}
            self._clients[service] = session.create_client(service, **asked)
        return self._clients[service]

    def ask(self, path: str, **query: str) -> str:
        """The answer to ``GET /_wheatpaste/v1/<path>``; CommandError in the server's words."""
        url = f"{self.endpoint}/_wheatpaste/v1/{urllib.parse.quote(path)}?{urllib.parse.urlencode(query)}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self._token}"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            raise CommandError(_message(error)) from None
        except urllib.error.URLError as error:
            raise CommandError(f"the server at {self.endpoint} does not answer: {error.reason}") from None

    def ask_json(self, path: str, **query: str) -> dict[str, Any]:
        """``ask`` for an object."""
        found: dict[str, Any] = json.loads(self.ask(path, **query))
        return found


def _message(error: urllib.error.HTTPError) -> str:
    text = error.read().decode(errors="replace")
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return f"{error.code} {error.reason}: {text[:200]}"
