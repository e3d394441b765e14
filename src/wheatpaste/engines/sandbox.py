"""How user code is started: a program with an environment built from nothing but what is named here.

Jobs, Lambda functions and SageMaker containers all go through `Sandbox`. The code is the user's own and runs as the user's own
process; what it must not get is anything of the server: its variables, its credentials, its site-packages.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wheatpaste.engines.supervisor import Child, Supervisor

PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "HOME",
    "USER",
    "SSL_CERT_FILE",
    "http_proxy",
    "https_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
)
NO_PROXY = "127.0.0.1,localhost,::1"
AWS_CONFIG = "[default]\ns3 =\n    addressing_style = path\n"  # bucket.host does not resolve everywhere


@dataclass(frozen=True)
class Sandbox:
    argv: tuple[str | Path, ...]
    env: Mapping[str, str]
    tag: str
    cwd: Path
    stdout: Path | None = None
    stderr: Path | None = None
    fds: tuple[int, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    nice: int = 0

    def start(self, supervisor: Supervisor) -> Child:
        return supervisor.spawn(
            self.argv,
            env=self.env,
            tag=self.tag,
            cwd=self.cwd,
            stdout=self.stdout,
            stderr=self.stderr,
            fds=self.fds,
            limits=self.limits,
            nice=self.nice,
        )


def base_environment() -> dict[str, str]:
    """What every child may know of the machine."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", "NO_PROXY": NO_PROXY, "no_proxy": NO_PROXY}


def platform_environment(
    folder: Path, *, endpoint: str, region: str, credentials_url: str = "", credentials_token: str = "", ca_file: str = ""
) -> dict[str, str]:
    """What makes every AWS SDK in the child reach the platform, as the role whose credentials the URL gives out.

    Writes the configuration file that SDKs read into `folder`.
    """
    config = folder / "aws-config"
    config.write_text(AWS_CONFIG)
    environment = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "no-credentials"),  # never the user's own
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    if credentials_url:
        environment |= {"AWS_CONTAINER_CREDENTIALS_FULL_URI": credentials_url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": credentials_token}
    if ca_file and endpoint.startswith("https:"):
        environment["AWS_CA_BUNDLE"] = ca_file
    return environment
