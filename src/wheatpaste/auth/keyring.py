"""From a request's access key to its principal and secret."""

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from wheatpaste.auth.principals import Principal, root
from wheatpaste.auth.schema import access_keys, sessions

if TYPE_CHECKING:
    from wheatpaste.app import App

FRESH = 2.0  # seconds that a look-up is believed: a key deactivated elsewhere works at most that much longer
REMEMBERED = 10_000


@dataclass(frozen=True)
class Key:
    """What is known of an access key; ``secret`` is None for one that nobody made (``--auth open`` takes it unverified)."""

    principal: Principal
    secret: str | None
    token: str = ""  # sha256 of the session token that must come with it
    expires: float = 0.0  # epoch seconds; 0: never
    active: bool = True


class Keyring:
    """Looks access keys up, with a memory of seconds."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._seen: dict[str, tuple[float, Key]] = {}
        self._lock = threading.Lock()

    def find(self, access_key: str) -> Key:
        """The key, or an unverified root of the default account (or of the account of 12 digits that the key names)."""
        now = time.monotonic()
        seen = self._seen.get(access_key)
        if seen and seen[0] > now:
            return seen[1]
        found = self._app.db.read(lambda c: self._look(c, access_key)) or self._unknown(access_key)
        with self._lock:
            if len(self._seen) > REMEMBERED:
                self._seen.clear()
            self._seen[access_key] = (now + FRESH, found)
        return found

    def forget(self) -> None:
        """Believe nothing that was looked up before: keys have changed."""
        self._seen.clear()

    def _unknown(self, access_key: str) -> Key:
        account = access_key if len(access_key) == 12 and access_key.isdigit() else self._app.config.account
        return Key(root(account, access_key), None)

    def _look(self, db: Connection, access_key: str) -> Key | None:
        if access_key.startswith("ASIA"):
            row = db.execute(select(sessions).where(sessions.c.access_key == access_key)).one_or_none()
            return None if row is None else Key(Principal(**row.principal), self._app.secrets.open(row.secret), row.token, row.expires)
        row = db.execute(select(access_keys).where(access_keys.c.access_key == access_key)).one_or_none()
        if row is None:
            return None
        principal = Principal("root" if not row.user_name else "user", row.account, row.user_arn, row.user_id, access_key)
        return Key(principal, self._app.secrets.open(row.secret), active=row.status == "Active")
