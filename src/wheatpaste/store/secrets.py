"""Secrets at rest: sealed with a key that lives in the home directory, readable by its owner only."""

import os
import threading
from pathlib import Path


class Secrets:
    """Seals and opens short texts (passwords, secret keys) with authenticated encryption (Fernet: AES-128-CBC and HMAC-SHA256)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._cipher: object | None = None

    def _fernet(self) -> "object":
        from cryptography.fernet import Fernet  # 60 ms: at the first secret, not at start-up

        with self._lock:
            if self._cipher is None:
                if not self._path.exists():
                    descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                    with os.fdopen(descriptor, "wb") as file:
                        file.write(Fernet.generate_key())
                        file.flush()
                        os.fsync(file.fileno())
                self._cipher = Fernet(self._path.read_bytes())
            return self._cipher

    def seal(self, text: str) -> bytes:
        """``text`` encrypted."""
        sealed: bytes = self._fernet().encrypt(text.encode())  # type: ignore[attr-defined]
        return sealed

    def open(self, sealed: bytes) -> str:
        """The text of ``sealed``; cryptography's ``InvalidToken`` when it was made with another home's key."""
        plain: bytes = self._fernet().decrypt(sealed)  # type: ignore[attr-defined]
        return plain.decode()
