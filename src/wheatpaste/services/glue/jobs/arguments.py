"""A run's arguments: their precedence, and what each special parameter means here (pure)."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from wheatpaste.services.glue.errors import InvalidInputException
from wheatpaste.services.glue.jobs.special import INTERNAL, REFUSED
from wheatpaste.wire.errors import NotImplementedByWheatpaste

LARGEST = 260 * 1024  # bytes of all arguments
CONTINUOUS = "/aws-glue/jobs/logs-v2"


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
    event_logs: str
    executor_cores: int
    log_pattern: str


def merged(job: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, str]:
    """The run's arguments: NonOverridableArguments over the run's own over DefaultArguments."""
    arguments = {**(job.get("DefaultArguments") or {}), **given, **(job.get("NonOverridableArguments") or {})}
    if sum(len(k.encode()) + len(str(v).encode()) for k, v in arguments.items()) > LARGEST:
        raise InvalidInputException(f"The arguments are larger than {LARGEST // 1024} KB")
    return {k: str(v) for k, v in arguments.items()}


def check(arguments: dict[str, str]) -> None:
    """Raise NotImplementedByWheatpaste for an argument that would be ignored although it changes the result."""
    for name in sorted(REFUSED.keys() & arguments.keys()):
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


def event_logs(arguments: dict[str, str]) -> str:
    """Where the event log goes; "" for nowhere."""
    return arguments.get("--spark-event-logs-path", "") if is_on(arguments, "--enable-spark-ui") else ""


def _implied(arguments: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The Spark settings that other parameters stand for."""
    variables = customer_variables(arguments.get("--customer-executor-env-vars", ""))
    conf = {f"spark.executorEnv.{name}": value for name, value in variables.items()}
    if is_on(arguments, "--enable-spark-ui"):
        conf |= {"spark.ui.enabled": "true", "spark.ui.port": "0"}  # on loopback, any free port: `wheatpaste runs` shows it
    if path := event_logs(arguments):
        conf |= {"spark.eventLog.enabled": "true", "spark.eventLog.dir": path, "spark.eventLog.rolling.enabled": "false"}
    return tuple(conf.items())


def _cores(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and int(text) > 0):
        raise InvalidInputException(f"--executor-cores {text!r} is no number of cores")
    return int(text or 0)


def is_on(arguments: dict[str, str], name: str) -> bool:
    """Whether a parameter that is `true` or absent is given; as on AWS an empty value counts."""
    return arguments.get(name, "false").lower() in ("true", "")


def continuous_log(arguments: dict[str, str], run_id: str) -> tuple[str, str] | None:
    """Group and stream of the continuous log; None when it is off."""
    if not is_on(arguments, "--enable-continuous-cloudwatch-log"):
        return None
    prefix = arguments.get("--continuous-log-logStreamPrefix") or run_id
    return arguments.get("--continuous-log-logGroup") or CONTINUOUS, f"{prefix}-driver"


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
        conf=(*_implied(arguments), *_conf(arguments.get("--conf", ""))),
        catalog=catalog,
        event_logs=event_logs(arguments),
        executor_cores=_cores(arguments.get("--executor-cores", "")),
        log_pattern=arguments.get("--continuous-log-conversionPattern", ""),
    )


VARIABLE = re.compile(r'\s*([^=,\s]+)\s*=\s*("[^"]*"|[^,]*)')


def customer_variables(text: str) -> dict[str, str]:
    """The variables of ``CUSTOMER_KEY1=VAL1,CUSTOMER_KEY2="val2,val2 val2"``; as on AWS, names that do not begin with ``CUSTOMER_`` are
    left out."""
    return {name: value.strip().strip('"') for name, value in VARIABLE.findall(text) if name.startswith("CUSTOMER_")}


def driver_variables(arguments: dict[str, str]) -> dict[str, str]:
    """Those of ``--customer-driver-env-vars``."""
    return customer_variables(arguments.get("--customer-driver-env-vars", ""))


def argv(arguments: dict[str, str], job: str, run: str) -> list[str]:
    """What the script sees: its arguments, and what the service adds."""
    added = {"--JOB_NAME": job, "--JOB_ID": "j_" + run.removeprefix("jr_").split("_")[0], "--JOB_RUN_ID": run}
    words: list[str] = []
    for name, value in {**{k: v for k, v in arguments.items() if k not in INTERNAL}, **added}.items():
        words += [name if name.startswith("--") else f"--{name}"] + ([value] if value != "" else [])
    return words
