"""``wheatpaste env``: the exports that point any client at the platform."""

import argparse
import os
import shlex
from pathlib import Path

from wheatpaste.cli import place

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
FIRST_KEY = (
    "--auth signed: only keys that IAM made here sign. The first one is made under --auth open: "
    "wheatpaste aws iam create-user --user-name me; wheatpaste aws iam create-access-key --user-name me"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    place.home_argument(parser)


def variables(home: Path, endpoint: str) -> dict[str, str]:
    """What AWS clients, and PostgreSQL clients that verify TLS, need to know."""
    from wheatpaste.auth.certificates import Certificates

    authority = str(Certificates(home / "certificates").authority)
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost,::1",
        "WHEATPASTE_CA": authority,
        "PGSSLROOTCERT": authority,
    }


def run(options: argparse.Namespace) -> int:
    """Print shell exports: ``eval "$(wheatpaste env)"``."""
    home = place.home_of(options)
    found = place.running(home)
    signed = (place.health(found["endpoint"]) or {}).get("auth") == "signed"
    mine = KEYS if signed else ()  # the user's own then: "test" signs nothing
    for name, value in variables(home, found["endpoint"]).items():
        if name not in mine:
            print(f"export {name}={shlex.quote(value)}")
    elsewhere = sorted(name for name in os.environ if name.startswith("AWS_ENDPOINT_URL_") or name == "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
    gone = elsewhere if signed else ["AWS_PROFILE", "AWS_SESSION_TOKEN", *elsewhere]
    if gone:
        print(f"unset {' '.join(gone)}")
    if signed:
        print(f"# {FIRST_KEY}")
    print("# S3 path style: aws configure set default.s3.addressing_style path   (only where *.localhost does not resolve)")
    return 0
