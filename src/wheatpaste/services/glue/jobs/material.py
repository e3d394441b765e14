"""What a run needs around its script: files from S3, credentials of its role, the catalog as a metastore, the engine."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wheatpaste import arn as arns
from wheatpaste.auth import sessions
from wheatpaste.call import Aws
from wheatpaste.engines.base import RunSpec
from wheatpaste.engines.spark.engine import JobEngine
from wheatpaste.service import Shape
from wheatpaste.services.glue.jobs import arguments
from wheatpaste.services.glue.jobs.capacity import version
from wheatpaste.wire.errors import AwsError

if TYPE_CHECKING:
    from wheatpaste.app import App
    from wheatpaste.tasks.step import Step

URL = re.compile(r"s3[an]?://([^/]+)/(.+)")


class Missing(Exception):
    """Something that the run needs is not there; the message says what and where."""


def engine(app: "App") -> JobEngine:
    """The one engine of Glue jobs."""
    return app.engine("jobs", lambda: JobEngine(app.supervisor, app.config.cache_dir, app.budget, runtime_python=app.config.runtime_python))


def progress(step: "Step") -> Callable[[str, int, int], None]:
    """Tells in the server's log what the first run of a runtime waits for."""
    import logging

    log = logging.getLogger(__name__)
    said: set[str] = set()

    def tell(what: str, done: int, total: int) -> None:
        if what not in said:
            said.add(what)
            log.info("job run %s: %s", step.key, what)

    return tell


def role_of(step: "Step") -> str:
    """The ARN of the run's role."""
    return arns.role_arn(step.account, step.data["definition"]["Role"])


def directory(step: "Step") -> Path:
    """Where a run keeps its script, files and output."""
    return step.app.config.home / "runs" / step.key


def _folders(root: Path) -> dict[str, Path]:
    folders = {name: root / name for name in ("script", "py", "files", "jars")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return folders


def fetch(step: "Step") -> None:
    """Copy the script and the extra files from S3, as the run's role; Missing names the first that cannot be read.

    Idempotent: a fetch that a crash interrupted is done again.
    """
    aws = step.aws.as_role(role_of(step), "GlueJobRunnerSession")
    folders = _folders(directory(step))
    found = arguments.settings(step.data["arguments"])
    script = step.data["arguments"].get("--scriptLocation") or step.data["definition"]["Command"]["ScriptLocation"]
    _copy(step.app, aws, script, folders["script"], "script")
    for kind, urls, folder in (
        ("--extra-py-files", found.py_files, "py"),
        ("--extra-files", found.files, "files"),
        ("--extra-jars", found.jars, "jars"),
    ):
        for url in urls:
            _copy(step.app, aws, url, folders[folder], kind)


def _copy(app: "App", aws: Aws, url: str, folder: Path, what: str) -> Path:
    parsed = URL.fullmatch(url)
    if parsed is None:
        raise Missing(f"{what}: {url!r} is no s3:// path")
    try:
        body = aws.client("s3").get_object(Bucket=parsed[1], Key=parsed[2])["Body"]
    except AwsError as error:
        raise Missing(f"LAUNCH ERROR | {what} {url} cannot be read: {error.code}: {error.message}") from None
    target = folder / Path(parsed[2]).name
    with target.open("wb") as file:
        for piece in app.blobs.read(body):
            file.write(piece)
    return target


@contextmanager
def surroundings(step: "Step") -> Iterator[RunSpec]:
    """The run's specification, with its token, its metastore and its folder alive while it runs."""
    role = role_of(step)
    with ExitStack() as stack:
        token = step.db.write(lambda c: sessions.grant_run(c, step.account, role, "GlueJobRunnerSession"))
        stack.callback(lambda: step.db.write(lambda c: sessions.revoke_run(c, token)))
        definition, given = step.data["definition"], step.data["arguments"]
        found = arguments.settings(given)
        kind = definition["Command"]["Name"]
        port = stack.enter_context(_metastore(step, role)) if found.catalog and kind != "pythonshell" else 0
        yield _spec(step, definition, given, found, token, port)
    shutil.rmtree(directory(step) / "tmp", ignore_errors=True)


@contextmanager
def _metastore(step: "Step", role: str) -> Iterator[int]:
    """The Data Catalog as a Hive metastore for this run alone, as its role; the port."""
    from wheatpaste.engines.metastore import Metastore

    with Metastore(step.aws.as_role(role, "GlueJobRunnerSession")) as front:
        yield front.port


def _spec(step: "Step", definition: Shape, given: dict[str, str], found: arguments.Settings, token: str, port: int) -> RunSpec:
    root = directory(step)
    folders = _folders(root)
    command = definition["Command"]
    shell = command["Name"] == "pythonshell"
    script = given.get("--scriptLocation") or command["ScriptLocation"]

    def local(urls: tuple[str, ...], folder: str) -> tuple[Path, ...]:
        return tuple(folders[folder] / Path(url).name for url in urls)

    from wheatpaste.services.glue.jobs.capacity import timeout

    return RunSpec(
        run_id=step.key,
        kind=command["Name"],
        version=str(command.get("PythonVersion") or "3.9") if shell else version(definition),
        name=step.data["job"],
        script=folders["script"] / Path(script).name,
        directory=root,
        argv=tuple(arguments.argv(given, step.data["job"], step.key)),
        account=step.account,
        region=step.region,
        endpoint=step.app.endpoint,
        credentials_url=f"{step.app.endpoint}/_wheatpaste/credentials/{token}",
        credentials_token=token,
        ca_file=str(step.app.certificates.authority),
        metastore_port=port,
        py_files=local(found.py_files, "py"),
        files=local(found.files, "files"),
        jars=local(found.jars, "jars"),
        modules=found.modules,
        module_options=tuple(given.get("--python-modules-installer-option", "").split()),
        conf=found.conf,
        env=_driver_variables(given),
        worker_type=definition.get("WorkerType") or ("" if shell else "G.1X"),
        workers=int(definition.get("NumberOfWorkers") or 0),
        timeout=60.0 * (timeout(definition) or 0),
    )


def _driver_variables(given: dict[str, str]) -> dict[str, str]:
    """``--customer-driver-env-vars KEY1=VAL1,KEY2="val2,val2 val2"``: AWS wants the names to begin with CUSTOMER_ or to be ones it
    lists."""
    import csv

    text = given.get("--customer-driver-env-vars", "")
    pairs = next(csv.reader([text], skipinitialspace=True)) if text else []
    return {k.strip(): v.strip().strip('"') for k, _, v in (pair.partition("=") for pair in pairs) if k.strip()}
