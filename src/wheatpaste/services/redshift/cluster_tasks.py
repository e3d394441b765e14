"""The durable task that takes a cluster from one state to the next, and what a server does with its clusters when it starts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from wheatpaste.call import Call
from wheatpaste.engines.redshift.warehouses import Key, warehouses
from wheatpaste.scope import here
from wheatpaste.services.redshift import redshift
from wheatpaste.services.redshift.clusters import forget, of_kind
from wheatpaste.services.redshift.schema import clusters
from wheatpaste.services.redshift.schema import warehouses as table
from wheatpaste.tasks.step import Done, Step

if TYPE_CHECKING:
    from wheatpaste.app import App


def failed(call: Call, key: str, data: Mapping[str, Any], error: Exception) -> None:
    """The cluster could not be started or stopped."""
    call.db.execute(update(clusters).where(here(call, clusters, name=key)).values(status="hardware-failure"))


@redshift.task("cluster", again=True, failed=failed)
def settle(step: Step) -> Done:
    """Do what the state asks for; all of it may be done twice."""
    key = Key(step.account, step.region, "cluster", step.key)
    houses = warehouses(step.app)
    wanted = step.data["to"]
    row = houses.row(key)
    if row is None:
        return Done()
    if wanted == "deleted":
        houses.remove(key, row.file)
        return Done(commit=lambda call: forget(call, step.key))
    if wanted in ("paused", "rebooted"):
        houses.shut(key)
    if wanted in ("available", "rebooted"):
        houses.open(key)
    return Done(commit=lambda call: _arrive(call, step.key, "paused" if wanted == "paused" else "available"))


def _arrive(call: Call, name: str, status: str) -> None:
    call.db.execute(update(clusters).where(here(call, clusters, name=name)).values(status=status))
    call.db.execute(update(table).where(of_kind(call, name)).values(open=int(status == "available")))


@redshift.on_start
def start(app: "App") -> None:
    """Listen again where the last server did: clusters and workgroups."""
    warehouses(app).start_all()
