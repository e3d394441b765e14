"""What a run needs around its script: files from S3, credentials of its role, the catalog as a metastore, the engine."""

import hashlib
import logging
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import is_zipfile

from wheatpaste import arn as arns
from wheatpaste.auth import sessions
from wheatpaste.call import Aws
from wheatpaste.engines.base import RunSpec
from wheatpaste.engines.spark.engine import JobEngine
from wheatpaste.engines.spark.pool import Pool
from wheatpaste.services.glue.jobs import arguments, bookmark_endpoint
from wheatpaste.services.glue.jobs.capacity import is_shell, runtime_version, timeout
from wheatpaste.wire.errors import AwsError

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.tasks.step import Step

log = logging.getLogger(__name__)
SESSION = "GlueJobRunnerSession"  # as AWS names the session of a run's role
URL = re.compile(r"s3[an]?://([^/]+)/(.+)")
ARCHIVES = (".zip", ".whl", ".egg")
SAID = 2.0  # seconds between two tellings of the same progress
FEW = 2  # steps that are not worth counting


class Stopped(Exception):
    """The run was told to stop before its process was started."""


class Missing(Exception):
    """Something that the run needs is not there; the message says what and where."""


def engine(app: "App") -> JobEngine:
    """The one engine of Glue jobs."""
    config = app.config

    def make() -> JobEngine:
        pool = Pool(app.supervisor, app.budget, config.home / "waiting", config.warm)
        return JobEngine(app.supervisor, config.cache_dir, app.budget, runtime_python=config.runtime_python, pool=pool)

    return app.engine("jobs", make)


def progress(step: "Step", say: Callable[[str], object] = lambda text: None) -> Callable[[str, int, int], None]:
    """Tells what the first run of a runtime waits for, in the server's log and, every few seconds, by `say`; raises Stopped once the run
    shall stop."""
    said: set[str] = set()
    next_at = 0.0

    def tell(what: str, done: int, total: int) -> None:
        nonlocal next_at
        if step.stopping():
            raise Stopped(what)
        if what not in said:
            said.add(what)
            log.info("job run %s: %s", step.key, what)
            next_at = 0.0
        if (now := time.monotonic()) >= next_at:
            next_at = now + SAID
            say(f"{what} ({done} of {total})" if total > FEW else what)

    return tell


def role_of(step: "Step") -> str:
    """The ARN of the run's role."""
    return arns.role_arn(step.account, step.data["definition"]["Role"])


def directory(step: "Step") -> Path:
    """Where a run keeps its script, files and output."""
    return step.app.config.home / "runs" / step.key


def script_url(step: "Step") -> str:
    """Where the run's script lies; empty for a session, which has none."""
    return str(step.data["arguments"].get("--scriptLocation") or step.data["definition"]["Command"].get("ScriptLocation") or "")


def place(step: "Step", kind: str, number: int, url: str) -> Path:
    """Where the run keeps its copy of one object: in a folder of its own, since two may have the same name."""
    return directory(step) / kind / str(number) / Path(url).name


def fetch(step: "Step") -> None:
    """Copy the script and the extra files from S3, as the run's role; Missing names the first that cannot be read.

    Idempotent: a fetch that a crash interrupted is done again.
    """
    aws = step.aws.as_role(role_of(step), SESSION)
    found = arguments.settings(step.data["arguments"])
    wanted = {"script": (script_url(step),), "--extra-py-files": found.py_files, "--extra-files": found.files, "--extra-jars": found.jars}
    wanted["--additional-python-modules"] = tuple(each if URL.fullmatch(each) else "" for each in found.modules)
    names = [Path(url).name for url in dict.fromkeys(found.files)]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Missing(f"--extra-files: two files are called {twice}, and would be one in the working directory")
    for kind, urls in wanted.items():
        for number, url in enumerate(urls):
            if url:
                _copy(step.app, aws, url, place(step, kind, number, url), kind)
    if folder := URL.fullmatch(found.event_logs.rstrip("/") + "/"):  # Spark wants its event log's folder to exist
        aws.client("s3").put_object(Bucket=folder[1], Key=folder[2].rstrip("/") + "/", Body=b"")


def _copy(app: "App", aws: Aws, url: str, target: Path, what: str) -> None:
    parsed = URL.fullmatch(url)
    if parsed is None:
        raise Missing(f"{what}: {url!r} is no s3:// path")
    if url.endswith("/") or Path(url).name == "..":
        raise Missing(f"{what}: {url} is a folder; give the complete path of each file")
    try:
        body = aws.client("s3").get_object(Bucket=parsed[1], Key=parsed[2])["Body"]
    except AwsError as error:
        raise Missing(f"{what} {url} cannot be read: {error.code}: {error.message}") from None
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        for piece in app.blobs.read(body):
            file.write(piece)
    if what == "--extra-py-files" and target.suffix in ARCHIVES and not is_zipfile(target):  # Python would pass over it and say nothing
        raise Missing(f"{what} {url} is no {target.suffix} archive that Python can read")


def _modules(step: "Step", modules: tuple[str, ...]) -> tuple[str, ...]:
    """What to install: names as they are, objects of S3 as files that lie by their content, so that a second run finds what the first
    installed."""
    return tuple(
        str(_by_content(step, place(step, "--additional-python-modules", number, each))) if URL.fullmatch(each) else each
        for number, each in enumerate(modules)
    )


def _by_content(step: "Step", file: Path) -> Path:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    kept = step.app.config.cache_dir / "wheels" / digest / file.name
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        draft = kept.with_name(f".{step.key}")
        shutil.copyfile(file, draft)
        draft.replace(kept)
    return kept


@contextmanager
def surroundings(step: "Step") -> Iterator[RunSpec]:
    """The run's specification, with its token, its metastore and its folder alive while it runs."""
    role = role_of(step)
    from wheatpaste.services.glue.quality.endpoint import variables

    with ExitStack() as stack:
        token = step.db.write(lambda c: sessions.grant_run(c, step.account, role, SESSION))
        stack.callback(lambda: step.db.write(lambda c: sessions.revoke_run(c, token)))
        bookmarks = stack.enter_context(bookmark_endpoint.allowed(step, token))
        stack.callback(lambda: shutil.rmtree(directory(step) / "tmp", ignore_errors=True))
        found = arguments.settings(step.data["arguments"])
        catalog = found.catalog and not is_shell(step.data["definition"])
        port = stack.enter_context(_metastore(step, role)) if catalog else 0
        yield _spec(step, found, token, port, bookmarks | variables(step))


@contextmanager
def _metastore(step: "Step", role: str) -> Iterator[int]:
    """The Data Catalog as a Hive metastore for this run alone, as its role; the port."""
    from wheatpaste.engines.metastore import Metastore

    with Metastore(step.aws.as_role(role, SESSION)) as front:
        yield front.port


def _spec(step: "Step", found: arguments.Settings, token: str, port: int, bookmarks: dict[str, str]) -> RunSpec:
    definition, given, command = step.data["definition"], step.data["arguments"], step.data["definition"]["Command"]

    def local(kind: str, urls: tuple[str, ...]) -> tuple[Path, ...]:
        return tuple(place(step, kind, number, url) for number, url in enumerate(urls))

    return RunSpec(
        run_id=step.key,
        kind=command["Name"],
        version=runtime_version(definition),
        name=step.data["job"],
        script=place(step, "script", 0, script_url(step)),
        directory=directory(step),
        argv=tuple(arguments.argv(given, step.data["job"], step.key)),
        account=step.account,
        region=step.region,
        endpoint=step.app.endpoint,
        credentials_url=f"{step.app.endpoint}/_wheatpaste/credentials/{token}",
        credentials_token=token,
        ca_file=str(step.app.certificates.authority),
        metastore_port=port,
        py_files=local("--extra-py-files", found.py_files),
        files=local("--extra-files", found.files),
        jars=tuple(_by_content(step, file) for file in local("--extra-jars", found.jars)),
        jars_first=found.jars_first,
        formats=found.formats,
        modules=_modules(step, found.modules),
        module_options=tuple(given.get("--python-modules-installer-option", "").split()),
        conf=found.conf,
        executor_cores=found.executor_cores,
        log_pattern=found.log_pattern,
        env=arguments.driver_variables(given) | bookmarks,
        worker_type=definition.get("WorkerType") or ("" if is_shell(definition) else "G.1X"),
        workers=int(definition.get("NumberOfWorkers") or 0),
        timeout=60.0 * (timeout(definition) or 0),
    )
