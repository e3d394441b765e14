"""``wheatpaste runtimes``: what each Glue version runs on, made now instead of at the first job, or removed."""

import argparse
import json
from pathlib import Path

from wheatpaste import config
from wheatpaste.cli import CommandError, place

MIB = 1 << 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="list | install | remove")
    listed = commands.add_parser("list", help="which there are, and what they run on")
    listed.add_argument("--json", action="store_true", help="for programs")
    install = commands.add_parser("install", help="make one now: its Python environment and its jars")
    install.add_argument("--datalake-formats", default="", metavar="NAMES", help="with the jars of iceberg, delta, hudi")
    remove = commands.add_parser("remove", help="remove one; the next job that asks makes it again")
    for each in (install, remove):
        each.add_argument("version", help="of Glue (6.0, 5.1 …), or pythonshell")
    for each in (listed, install, remove):
        place.home_argument(each)


def run(options: argparse.Namespace) -> int:
    """Do it; 0 when it is done."""
    settings = config.load({"home": options.home})
    if options.what == "list":
        return _list(settings, as_json=options.json)
    kind, number = ("pythonshell", "3.9") if options.version == "pythonshell" else ("glueetl", options.version)
    return _install(settings, kind, number, options.datalake_formats) if options.what == "install" else _remove(settings, kind, number)


def _list(settings: config.Config, *, as_json: bool) -> int:
    from wheatpaste.engines.spark import runtimes, versions

    rows = []
    for kind, number, found in [("glueetl", number, each) for number, each in versions.GLUE.items()] + [
        ("pythonshell", "3.9", versions.SHELL)
    ]:
        folder = runtimes.kept(found, settings.cache_dir)
        python = runtimes.provide(kind, number, settings.cache_dir).python_version if folder else ""
        rows.append(
            {
                "version": number if found.spark else found.name,
                "spark": found.spark,
                "python": python,
                "formats": ", ".join(found.formats),
                "folder": str(folder) if folder else "",
                "mib": _size(folder) // MIB if folder else 0,
            }
        )
    if as_json:
        print(json.dumps(rows, indent=1))
        return 0
    for row in rows:
        spark = f"Spark {row['spark']}" if row["spark"] else "no Spark"
        state = f"Python {row['python']}, {row['mib']} MiB, {row['folder']}" if row["folder"] else "not made yet"
        print(f"{row['version']:16} {spark:12} {row['formats']:21} {state}")
    return 0


def _size(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file())


def _install(settings: config.Config, kind: str, number: str, formats: str) -> int:
    from wheatpaste.cli.live import Live
    from wheatpaste.engines.spark import jars, java, runtimes, versions
    from wheatpaste.engines.uv import UvFailed

    names = [name.strip().lower() for name in formats.split(",") if name.strip()]
    with Live(f"Runtime {number}") as report:

        def tell(what: str, done: int, total: int) -> None:
            report.progress(done, total, what)

        try:
            report.step("Its Python environment")
            runtime = runtimes.provide(kind, number, settings.cache_dir, progress=tell)
            if runtime.spark_home is not None:
                report.step("Its jars")
                machine, found = java.provide(settings.cache_dir, tell), runtime.version
                for name in (found.jars, *(versions.jars_of(found, each) for each in names)):
                    jars.provide(settings.cache_dir, machine, runtime.spark_home, name, tell)
        except (versions.UnsupportedRuntime, UvFailed, jars.JarsMissing) as error:
            raise CommandError(str(error)) from None
    print(f"{runtime.name} is at {runtime.python.parents[1]} (Python {runtime.python_version})")
    return 0


def _remove(settings: config.Config, kind: str, number: str) -> int:
    from wheatpaste.engines.spark import runtimes, versions

    try:
        found = runtimes.remove(versions.version(kind, number), settings.cache_dir)
    except versions.UnsupportedRuntime as error:
        raise CommandError(str(error)) from None
    print("\n".join(f"removed {folder}" for folder in found) or f"{number} has not been made")
    return 0
