"""``up --warm N``: drivers wait for jobs from the server's start."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from wheatpaste.engines.base import RunSpec
from wheatpaste.services.glue import glue
from wheatpaste.services.glue.jobs import material
from wheatpaste.services.glue.jobs.capacity import DEFAULT_VERSION

if TYPE_CHECKING:
    from wheatpaste.app import App

log = logging.getLogger(__name__)


@glue.on_start
def warm_up(app: "App") -> None:
    """Have drivers wait for what most jobs are: the newest Glue version, G.1X, the server's region, with the Data Catalog."""
    if app.config.warm <= 0:
        return
    run = RunSpec(
        run_id="",
        kind="glueetl",
        version=DEFAULT_VERSION,
        name="",
        script=Path(),
        directory=Path(),
        region=app.config.region,
        endpoint=app.endpoint,
        ca_file=str(app.certificates.authority),
        metastore_port=1,
        worker_type="G.1X",
        workers=10,
    )
    material.engine(app).warm(run, lambda what, done, total: log.info("drivers that wait: %s", what))
