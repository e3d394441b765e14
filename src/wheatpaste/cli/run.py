"""``wheatpaste run script.py``: a local file as a Glue job, its output as it comes, and what it would have cost."""

import argparse
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from wheatpaste.cli import CommandError, place
from wheatpaste.cli.platform import Platform
from wheatpaste.cli.submitting import Local, job_arguments, submit

PRICE, STATED = 0.44, "us-east-1's list price as of May 2026"  # USD per DPU-hour; https://aws.amazon.com/glue/pricing/
LEAST = 60.0  # seconds that are billed at least
LOOK = 0.5  # seconds between looks at whether a file has changed


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options, which may stand before the script or among its arguments."""
    _options(parser)
    parser.add_argument("script", type=Path, help="a file of this machine")
    parser.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="--NAME VALUE …", help="what the script is given; --JOB_NAME names the job"
    )


def _options(parser: argparse.ArgumentParser) -> None:
    place.home_argument(parser)
    parser.add_argument("--version", default="6.0", help="of Glue (default 6.0)")
    parser.add_argument("--worker-type", default="G.1X", help="of the job (default G.1X)")
    parser.add_argument("--number-of-workers", type=int, default=2, metavar="N", help="of the job (default 2)")
    parser.add_argument("--extra-py-files", default="", metavar="FILES", help="modules and archives of this machine, separated by commas")
    parser.add_argument("--watch", action="store_true", help="run again whenever one of the files is saved")
    parser.add_argument(
        "--json", action="store_true", help="the run's report as JSON on standard output, everything else on standard error"
    )


def run(options: argparse.Namespace) -> int:
    """Run the script; 0 when it SUCCEEDED, 1 when it did not, 130 when it was stopped by Ctrl-C or SIGTERM."""
    among = argparse.ArgumentParser(prog="wheatpaste run", add_help=False, allow_abbrev=False)
    _options(among)
    options, words = among.parse_known_args(options.words, options)
    local = _local(options, job_arguments(words))
    home = place.home_of(options)
    _provide_platform(home)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends us, as CI does, ends the run
    platform = Platform(home)
    seen = _times(local)
    code = _once(platform, local, options)
    while options.watch and code != 130:
        changed = _changed(local, seen)
        if changed is None:
            return 130
        seen, code = changed, _once(platform, local, options)
    return code


def _local(options: argparse.Namespace, given: dict[str, str]) -> Local:
    files = tuple(Path(name.strip()) for name in options.extra_py_files.split(",") if name.strip())
    missing = [str(file) for file in (options.script, *files) if not file.is_file()]
    if missing:
        raise CommandError(f"there is no file {missing[0]}")
    name = given.pop("--JOB_NAME", "") or f"run-{options.script.stem}"
    return Local(options.script, name, options.version, options.worker_type, options.number_of_workers, files, given)


def _provide_platform(home: Path) -> None:
    """Start one in the background if none runs, and say so."""
    if place.server(home):
        return
    command = [sys.executable, "-m", "wheatpaste", "up", "--detach", "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and "cannot be listened on" in done.stderr:  # another home's server has the usual port
        done = subprocess.run([*command, "--port", "0"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f"no platform runs on {home}, and none could be started: {done.stderr.strip()}")
    endpoint = place.running(home)["endpoint"]
    _say(f"no platform ran on {home}: started one at {endpoint}; `wheatpaste down --home {home}` stops it")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _once(platform: Platform, local: Local, options: argparse.Namespace) -> int:
    from wheatpaste.cli.watching import Watch

    run_id = submit(platform, local)
    _say(f"{local.name}: run {run_id} on Glue {local.version}")
    watch = Watch(platform, local.name, run_id, aside=options.json)
    try:
        ended = watch.to_the_end()
    except KeyboardInterrupt:
        return _stop(platform, local, run_id, watch)
    report = platform.ask_json(f"runs/{run_id}/report")
    if options.json:
        print(json.dumps(report, indent=1))
    _close(ended, report)
    return 0 if ended["JobRunState"] == "SUCCEEDED" else 1


def _stop(platform: Platform, local: Local, run_id: str, watch: Any) -> int:
    platform.client("glue").batch_stop_job_run(JobName=local.name, JobRunIds=[run_id])
    _say("stopping the run …")
    state = watch.to_the_end()["JobRunState"]
    told = "what it wrote until then is there" if state == "STOPPED" else "it had ended before it could be stopped"
    _say(f"{local.name} {state}: {told}")
    return 130


def _close(ended: dict[str, Any], report: dict[str, Any]) -> None:
    """Rows, seconds, DPU-hours, dollars; a failure's message and what to do about it come last, where the eye is."""
    told = report["run"]
    rows = {what: sum(each["rows"] or 0 for each in report[kind]) for kind, what in (("sources", "read"), ("sinks", "written"))}
    billed = max(told["seconds"], LEAST) if told["seconds"] else 0.0  # what never began costs nothing
    hours, billed = told["dpu_seconds"] / 3600, told["dpu"] * billed / 3600
    _say(
        f"{told['job']} {told['state']}: {rows['read']:,} rows read, {rows['written']:,} written, {told['seconds']:.1f} s, "
        f"{hours:.4f} DPU-hours; the same seconds on AWS: {billed * PRICE:.4f} USD "
        f"({told['dpu']:g} DPU, {PRICE} USD per DPU-hour, 1 minute at least; {STATED})"
    )
    if ended["JobRunState"] != "SUCCEEDED":
        _say(f"wheatpaste: {ended.get('ErrorMessage') or ended['JobRunState']}")
        for text in report["advice"]:
            _say(f"  what to do: {text}")


def _changed(local: Local, seen: list[int]) -> list[int] | None:
    """Wait until a file is another than the last run had, also one that was saved while it ran; None once somebody has had enough."""
    _say(f"waiting for a change of {', '.join(map(str, local.files))} (Ctrl-C ends)")
    try:
        while (now := _times(local)) == seen or 0 in now:
            time.sleep(LOOK)
    except KeyboardInterrupt:
        return None
    return now


def _times(local: Local) -> list[int]:
    """When the files were changed; 0: it is away, as an editor may have it for a moment."""
    return [file.stat().st_mtime_ns if file.exists() else 0 for file in local.files]
