"""Every setting in one place: defaults < ``<home>/config.toml`` < ``WHEATPASTE_*`` environment < flags."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

Auth = Literal["open", "signed"]
DEFAULT_ACCOUNT = "123456789012"
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class SettingError(ValueError):
    """A setting that does not exist, has no such value, or is unsafe; the message says which, and what to do."""


@dataclass(frozen=True)
class Config:
    """The settings of one server."""

    home: Path = Path.home() / ".wheatpaste"
    host: str = "127.0.0.1"
    port: int = 4566  # 0: any free port
    auth: Auth = "open"
    hostname: str = ""  # a further Host that requests may name
    database_url: str = ""  # empty: SQLite in the home
    cache: Path | None = None  # jars, runtimes: shared between homes when given; <home>/cache otherwise
    allow_reset: bool = False
    account: str = DEFAULT_ACCOUNT
    region: str = "us-east-1"
    operation_threads: int = 16
    task_threads: int = 32
    memory: int = 0  # bytes that engines may use together; 0: three quarters of the machine's
    cores: int = 0  # cores that engines may use together; 0: all
    warm: int = -1  # Spark drivers that wait for jobs; -1: as many as the machine has room for, after the first job; 0: none
    runtime_python: str = ""  # an interpreter that jobs run on instead of the runtime's own (tests)
    run_days: int = 30  # that a finished run's folder stays
    run_folders: int = 1000  # of finished runs that stay
    body_limit: int = 32 * 1024 * 1024  # bytes of a request that is not an S3 object

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise SettingError(f"--port {self.port} is no port: choose one from 1 to 65535, or 0 for any free one")
        if self.auth not in get_args(Auth):
            raise SettingError(f"--auth {self.auth} is neither of {', '.join(get_args(Auth))}")
        if not re.fullmatch(r"[0-9]{12}", self.account):
            raise SettingError(f"account {self.account} (WHEATPASTE_ACCOUNT) is no account: it has 12 digits")
        if self.database_url and not self.database_url.startswith("postgresql://"):
            kind = self.database_url.partition(":")[0]
            raise SettingError(f"WHEATPASTE_DATABASE_URL begins with {kind}: it must be postgresql://USER:PASSWORD@HOST/DATABASE, or empty")
        if self.host not in LOOPBACK and self.auth != "signed":
            raise SettingError(
                f"--host {self.host} is reachable from outside this machine: --auth signed is required "
                f"(wheatpaste up --host {self.host} --auth signed)"
            )

    @property
    def cache_dir(self) -> Path:
        """Where what can be made again is kept."""
        return self.cache or self.home / "cache"


def _typed(name: str, value: Any) -> Any:
    default = next(f for f in fields(Config) if f.name == name).default
    if name in ("home", "cache"):
        return Path(value).expanduser().absolute()
    if isinstance(default, bool):
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true", "yes", "on")
    if not isinstance(default, int):
        return str(value)
    try:
        return int(value)
    except ValueError:
        raise SettingError(f"{name} (WHEATPASTE_{name.upper()}) is a whole number, not {value!r}") from None


def _read(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    import tomllib

    try:
        return tomllib.loads(file.read_text())
    except ValueError as error:
        raise SettingError(f"{file} is not TOML: {error}") from None


def load(flags: Mapping[str, Any] | None = None, environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration of these flags (``None`` values are absent) and this environment.

    Raises SettingError.
    """
    names = {f.name for f in fields(Config)}
    given = {k: v for k, v in (flags or {}).items() if v is not None}
    surroundings = {n: environment[f"WHEATPASTE_{n.upper()}"] for n in names if environment.get(f"WHEATPASTE_{n.upper()}")}
    home = _typed("home", given.get("home") or surroundings.get("home") or Config.home)
    written = _read(home / "config.toml")
    unknown = (written.keys() | given.keys()) - names
    if unknown:
        raise SettingError(f"unknown setting {', '.join(sorted(unknown))} (known: {', '.join(sorted(names))})")
    merged = {**written, **surroundings, **given, "home": home}
    return replace(Config(), **{k: _typed(k, v) for k, v in merged.items()})
