"""Workers and capacity: what AWS computes from what a job was given (pure)."""

import re
from collections.abc import Mapping
from typing import Any

from wheatpaste.service import Shape
from wheatpaste.services.glue.errors import InvalidInputException

DPU = {  # of one worker
    "G.025X": 0.25,
    "Standard": 1.0,
    "G.1X": 1.0,
    "G.2X": 2.0,
    "G.4X": 4.0,
    "G.8X": 8.0,
    "G.12X": 12.0,
    "G.16X": 16.0,
    "R.1X": 1.0,
    "R.2X": 2.0,
    "R.4X": 4.0,
    "R.8X": 8.0,
    "Z.2X": 2.0,
}

DEFAULT_VERSION = "6.0"
LONG_TIMEOUT, SHORT_TIMEOUT = 2880, 480  # minutes: before Glue 5.0, and since
SHELL_CAPACITY = 0.0625


def version(body: Mapping[str, Any]) -> str:
    """The Glue version of a job; AWS's default is 6.0 since August 2026, and ``auto`` means the newest."""
    given = body.get("GlueVersion") or DEFAULT_VERSION
    return DEFAULT_VERSION if given == "auto" else str(given)


def is_shell(body: Mapping[str, Any]) -> bool:
    """Whether it is a Python shell job."""
    return bool((body.get("Command") or {}).get("Name") == "pythonshell")


def timeout(body: Mapping[str, Any]) -> int | None:
    """Minutes until a run ends as TIMEOUT; None for a streaming job without one."""
    if body.get("Timeout") is not None:
        return int(body["Timeout"])
    if (body.get("Command") or {}).get("Name") == "gluestreaming":
        return None
    return LONG_TIMEOUT if is_shell(body) or _is_before(5, version(body)) else SHORT_TIMEOUT


def _is_before(major: int, number: str) -> bool:
    """Whether it is an earlier version. AWS's model takes any words with dots between them (``4.0.1``, ``abc.def``); a job of one that
    there is not can be defined, and its run ends by name."""
    found = re.match(r"[0-9]+", number)
    return found is not None and int(found[0]) < major


def check_size(given: Mapping[str, Any]) -> None:
    """Raise InvalidInputException for no workers, or no capacity: the model takes any number."""
    workers, most = given.get("NumberOfWorkers"), given.get("MaxCapacity")
    if workers is not None and workers < 1:
        raise InvalidInputException(f"NumberOfWorkers must be 1 or more, not {workers}")
    if most is not None and most <= 0:
        raise InvalidInputException(f"MaxCapacity must be more than 0, not {most:g}")


def capacity(body: Mapping[str, Any]) -> Shape:
    """``WorkerType``, ``NumberOfWorkers``, ``MaxCapacity`` and ``AllocatedCapacity`` as GetJob shows them.

    Raises InvalidInputException for combinations that AWS refuses.
    """
    if is_shell(body):
        if body.get("WorkerType") or body.get("NumberOfWorkers"):
            raise InvalidInputException("Worker Type is not supported for Job Command pythonshell")
        most = float(body.get("MaxCapacity") or body.get("AllocatedCapacity") or SHELL_CAPACITY)
        if most not in (SHELL_CAPACITY, 1.0):
            raise InvalidInputException("Max Capacity for Job Command pythonshell must be either 0.0625 or 1.0.")
        return {"MaxCapacity": most, "AllocatedCapacity": int(most)}
    kind, count, most_given = body.get("WorkerType"), body.get("NumberOfWorkers"), body.get("MaxCapacity") or body.get("AllocatedCapacity")
    if body.get("MaxCapacity") and (kind or count):
        raise InvalidInputException("Please do not set Max Capacity if using Worker Type and Number of Workers.")
    if bool(kind) != bool(count) and not most_given:
        raise InvalidInputException("Please set both Worker Type and Number of Workers.")
    if kind and kind not in DPU:
        raise InvalidInputException(f"Worker Type {kind} is not supported. Supported: {', '.join(DPU)}")
    if not kind:
        most = float(most_given or 10)
        count = max(1, int(most))
        shown = {"WorkerType": "G.1X", "NumberOfWorkers": count} if not most_given else {}
        return {**shown, "MaxCapacity": most, "AllocatedCapacity": int(most)}
    total = DPU[kind] * int(count or 10)
    return {"WorkerType": kind, "NumberOfWorkers": int(count or 10), "MaxCapacity": total, "AllocatedCapacity": int(total)}


SHELL_PYTHON = {"3": "3.9", "3.6": "3.9"}  # one environment for every Python 3; the interpreter is the machine's own in each


def runtime_version(body: Mapping[str, Any]) -> str:
    """What the engine is asked for: Glue's version for Spark, Python's for a shell."""
    if not is_shell(body):
        return version(body)
    given = str(body["Command"].get("PythonVersion") or "3.9")
    return SHELL_PYTHON.get(given, given)
