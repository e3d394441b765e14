"""A run's arguments: their precedence, and what each special parameter means here (pure)."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from wheatpaste.services.glue.errors import InvalidInputException
from wheatpaste.wire.errors import NotImplementedByWheatpaste

LARGEST = 260 * 1024  # bytes of all arguments

HONOURED = {
    "--scriptLocation", "--extra-py-files", "--extra-files", "--extra-jars", "--additional-python-modules",
    "--python-modules-installer-option", "--conf",
    "--datalake-formats", "--user-jars-first",
    "--enable-glue-datacatalog", "--TempDir", "--job-language", "--class", "--customer-driver-env-vars",
    "--job-bookmark-option", "--job-bookmark-from", "--job-bookmark-to",
}  # fmt: skip
"""Acted on by the platform (the script sees them too)."""

ACCEPTED = {
    "--enable-metrics", "--enable-observability-metrics", "--enable-continuous-cloudwatch-log", "--enable-continuous-log-filter",
    "--continuous-log-logGroup", "--continuous-log-logStreamPrefix", "--continuous-log-conversionPattern", "--enable-spark-ui",
    "--spark-event-logs-path", "--enable-job-insights", "--enable-auto-scaling", "--enable-s3-parquet-optimized-committer",
    "--enable-rename-algorithm-v2", "--use-postgres-driver", "--library-set", "--executor-cores",
    "--write-shuffle-files-to-s3", "--write-shuffle-spills-to-s3",
    "--encryption-type", "--disable-proxy-v2", "--enable-data-lineage", "--enable-insights-analysis",
}  # fmt: skip
"""Say where it runs or what it reports, not what it computes: accepted, with no effect here (docs/services/glue-jobs.md lists them)."""

REFUSED = {"--enable-lakeformation-fine-grained-access", "--python-virtual-env", "--customer-executor-env-vars"}
"""Would change what the script computes or may read, and are not built yet."""

INTERNAL = {"--debug", "--mode", "--JOB_NAME", "--endpoint"}
"""AWS: "never set these"."""


class Settings(NamedTuple):
    """What the special parameters say."""

    py_files: tuple[str, ...]
    files: tuple[str, ...]
    jars: tuple[str, ...]
    jars_first: bool
    formats: tuple[str, ...]
    modules: tuple[str, ...]
    conf: tuple[tuple[str, str], ...]
    catalog: bool


def merged(job: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, str]:
    """The run's arguments: NonOverridableArguments over the run's own over DefaultArguments."""
    arguments = {**(job.get("DefaultArguments") or {}), **given, **(job.get("NonOverridableArguments") or {})}
    if sum(len(k.encode()) + len(str(v).encode()) for k, v in arguments.items()) > LARGEST:
        raise InvalidInputException(f"The arguments are larger than {LARGEST // 1024} KB")
    return {k: str(v) for k, v in arguments.items()}


def check(arguments: dict[str, str]) -> None:
    """Raise NotImplementedByWheatpaste for an argument that would be ignored although it changes the result."""
    for name in sorted(REFUSED & arguments.keys()):
        if arguments[name].lower() not in ("", "false"):
            raise NotImplementedByWheatpaste("glue:StartJobRun", f"Arguments.{name}")
    if arguments.get("--job-language", "python").lower() != "python":
        raise NotImplementedByWheatpaste("glue:StartJobRun", "Arguments.--job-language=scala")


def _conf(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of ``k1=v1 --conf k2=v2``: AWS packs several into one value."""
    pairs = [part.strip() for part in f" {text}".split(" --conf ") if part.strip()] if text.strip() else []
    for pair in pairs:
        if "=" not in pair:
            raise InvalidInputException(f"--conf {pair!r} is not key=value")
    return tuple((k.strip(), v.strip()) for k, v in (pair.split("=", 1) for pair in pairs))


def settings(arguments: dict[str, str]) -> Settings:
    """The special parameters of a run; ``--enable-glue-datacatalog`` is on unless it says ``false`` (here: a documented difference from
    AWS)."""
    catalog = arguments.get("--enable-glue-datacatalog", "true").lower() != "false"

    def listed(name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in arguments.get(name, "").split(",") if part.strip())

    return Settings(
        py_files=listed("--extra-py-files"),
        files=listed("--extra-files"),
        jars=listed("--extra-jars"),
        jars_first=arguments.get("--user-jars-first", "").lower() == "true",
        formats=tuple(name.lower() for name in listed("--datalake-formats")),
        modules=listed("--additional-python-modules"),
        conf=_conf(arguments.get("--conf", "")),
        catalog=catalog,
    )


VARIABLE = re.compile(r'\s*([^=,\s]+)\s*=\s*("[^"]*"|[^,]*)')


def driver_variables(arguments: dict[str, str]) -> dict[str, str]:
    """The variables of ``--customer-driver-env-vars CUSTOMER_KEY1=VAL1,CUSTOMER_KEY2="val2,val2 val2"``; as on AWS, names that do not
    begin with ``CUSTOMER_`` are left out."""
    pairs = VARIABLE.findall(arguments.get("--customer-driver-env-vars", ""))
    return {name: value.strip().strip('"') for name, value in pairs if name.startswith("CUSTOMER_")}


def argv(arguments: dict[str, str], job: str, run: str) -> list[str]:
    """What the script sees: its arguments, and what the service adds."""
    added = {"--JOB_NAME": job, "--JOB_ID": "j_" + run.removeprefix("jr_").split("_")[0], "--JOB_RUN_ID": run}
    words: list[str] = []
    for name, value in {**{k: v for k, v in arguments.items() if k not in INTERNAL}, **added}.items():
        words += [name if name.startswith("--") else f"--{name}"] + ([value] if value != "" else [])
    return words
