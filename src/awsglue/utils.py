"""Job arguments and small things that scripts import from here."""

from __future__ import annotations

import argparse
import os
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from awsglue.job import Job

_global_args: dict[str, Any] = {}
"""The last result of getResolvedOptions."""

_TEMPORARY = ("TempDir", "RedshiftTempDir")
_ALWAYS = ("JOB_ID", "JOB_RUN_ID", "SECURITY_CONFIGURATION", "encryption-type", "enable-data-lineage")


class GlueArgumentError(Exception):
    """The job's arguments are not what the script asks for."""


class GlueArgumentParser(argparse.ArgumentParser):
    """A parser that raises where argparse would end the process."""

    def error(self, msg: str) -> NoReturn:
        raise GlueArgumentError(msg)


def getResolvedOptions(args: Sequence[str], options: Sequence[str], allow_abbrev: bool = False) -> dict[str, Any]:
    """The values of `options` among the job's arguments, and what every job has besides (TempDir, bookmark options, ids …).

    Names are given without dashes and every one is required except TempDir; dashes within a name become underscores in the result.
    GlueArgumentError when one is missing; RuntimeError for names that are reserved.
    """
    _refuse_reserved(options)
    given = list(args[1:])
    try:
        parsed, _ = _parser(options, allow_abbrev).parse_known_args(given)
    except GlueArgumentError as error:
        names = [argument for argument in given if argument.startswith("--")]
        raise GlueArgumentError(f"{error} (given: {' '.join(names) or 'no arguments'})") from None
    resolved = vars(parsed)
    _check_bookmark_range(resolved)
    resolved["TempDir"] = resolved["RedshiftTempDir"] = resolved["TempDir"] or resolved["RedshiftTempDir"]
    _global_args.clear()
    _global_args.update(resolved)
    return resolved


def _parser(options: Sequence[str], allow_abbrev: bool) -> GlueArgumentParser:
    parser = GlueArgumentParser(prog="job", add_help=False, allow_abbrev=allow_abbrev)
    parser.add_argument("--job-bookmark-option", choices=Job.job_bookmark_options(), default="job-bookmark-disable")
    for name in (*Job.job_bookmark_range_options(), *_ALWAYS, *_TEMPORARY):
        parser.add_argument(f"--{name}", default=None)
    for name in dict.fromkeys(options):
        if name not in _TEMPORARY:
            parser.add_argument(f"--{name}", required=True)
    return parser


def _refuse_reserved(options: Sequence[str]) -> None:
    reserved = {"job-bookmark-option", "continuation-option", *Job.job_bookmark_range_options(), *_ALWAYS}
    asked = [name for name in options if name in reserved or name.replace("_", "-") in reserved]
    if asked:
        raise RuntimeError(f"Using reserved arguments {asked}: leave them out, the result has them anyway")


def _check_bookmark_range(resolved: Mapping[str, Any]) -> None:
    given = [resolved["job_bookmark_from"], resolved["job_bookmark_to"]]
    if resolved["job_bookmark_option"] == "job-bookmark-pause":
        if any(given) and not all(given):
            missing = "job-bookmark-to" if given[0] else "job-bookmark-from"
            raise RuntimeError(f"Missing option or value for {missing}: job-bookmark-pause takes both or neither")
    elif all(given):
        raise RuntimeError("job-bookmark-from and job-bookmark-to need --job-bookmark-option job-bookmark-pause")


def makeOptions(sc: Any, py_obj: Any) -> Any:
    raise NotImplementedError("awsglue.utils.makeOptions: it makes options for AWS's own JVM library, which is not used here")


def callsite() -> str:
    """Where the script called this library: `file:line`."""
    here = os.path.dirname(__file__)
    for frame in reversed(traceback.extract_stack()):
        if not frame.filename.startswith(here):
            return f"{frame.filename}:{frame.lineno}"
    return ""


def iteritems(d: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    return iter(d.items())


def iterkeys(d: Mapping[Any, Any]) -> Iterator[Any]:
    return iter(d.keys())


def itervalues(d: Mapping[Any, Any]) -> Iterator[Any]:
    return iter(d.values())


def truth(value: Any) -> bool:
    """An option that is a bool or one of its spellings: scripts write True, "true" and "True"."""
    if isinstance(value, str) and value.strip().lower() in ("true", "false", ""):
        return value.strip().lower() == "true"
    if isinstance(value, (bool, type(None))):
        return bool(value)
    raise ValueError(f"{value!r} is neither true nor false")


def first_of(options: Mapping[str, Any], names: Iterable[str], default: Any = None) -> Any:
    """The value of the first of several spellings of an option that is given."""
    return next((options[name] for name in names if name in options), default)
