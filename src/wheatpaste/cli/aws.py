"""``wheatpaste aws …``: the AWS CLI, pointed at the platform; from PATH, or from an environment of its own (awscli pins botocore)."""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from wheatpaste import config
from wheatpaste.cli import CommandError, place
from wheatpaste.cli.env import variables


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options are the AWS CLI's, but for a leading ``--home DIR``."""
    place.home_argument(parser)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="what the AWS CLI is given")


def run(options: argparse.Namespace) -> int:
    """Only reached for ``--help``: see ``execute``."""
    return execute(options.arguments)


def execute(words: Sequence[str]) -> int:
    """Run the AWS CLI with ``words``; its exit code."""
    given = list(words)
    flags = {}
    if given[:1] == ["--home"] and len(given) > 1:
        flags["home"], given = given[1], given[2:]
    home = config.load(flags).home
    try:
        found = place.running(home)
        program = _program(config.load(flags).cache_dir)
    except CommandError as error:
        print(f"wheatpaste: {error}", file=sys.stderr)
        return 1
    environment = {k: v for k, v in os.environ.items() if k != "AWS_PROFILE"}
    if "AWS_ACCESS_KEY_ID" not in environment:
        environment.pop("AWS_SESSION_TOKEN", None)  # it belongs to no key here
    environment |= {**variables(home, found["endpoint"]), "AWS_PAGER": os.environ.get("AWS_PAGER", "")}
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION"):
        environment[name] = os.environ.get(name) or environment[name]
    if given[:2] == ["logs", "tail"] and _is_version_1(program):
        from wheatpaste.cli import tail

        os.environ.update(environment)
        return tail.run(given[2:], found["endpoint"], environment["AWS_REGION"])
    if not any(word.split("=")[0] == "--endpoint-url" for word in given):
        # AWS_ENDPOINT_URL_<SERVICE>, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS and version 1's own idea of SQS's address would all lead to AWS
        given = ["--endpoint-url", found["endpoint"], *given]
    return subprocess.call([program, *given], env=environment)


def _is_version_1(program: str) -> bool:
    """Whether it is the AWS CLI that has no ``logs tail``."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return (said.stdout + said.stderr).startswith("aws-cli/1.")


def _program(cache: Path) -> str:
    """The ``aws`` on PATH, or one installed for us."""
    found = shutil.which("aws")
    if found:
        return found
    own = cache / "awscli" / "bin" / "aws"
    if not own.exists():
        from wheatpaste.engines.uv import UvFailed, uv

        print("no AWS CLI on PATH: installing awscli into an environment of its own …", file=sys.stderr)
        folder = cache / "awscli"
        try:
            uv("venv", "--quiet", "--allow-existing", "--python", sys.executable, folder)
            uv("pip", "install", "--quiet", "--python", folder / "bin" / "python", "awscli")
        except UvFailed as error:
            raise CommandError(f"awscli could not be installed ({error}): install the AWS CLI yourself, so that `aws` is on PATH") from None
    return str(own)
