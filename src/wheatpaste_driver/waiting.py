"""A driver that is started before its run: it makes its session, says so, and waits for its order on a pipe.

The pipe is the server's: when it closes without an order, the driver ends. It runs one script and ends with it.
"""

from __future__ import annotations

import json
import os
import select
import sys
from typing import Any

from wheatpaste_driver.spark import Jvm
from wheatpaste_driver.standby import Standby

ORDERS, READY = 3, 4  # descriptors that the server gave us


def standby(jvm: Jvm) -> Standby:
    """The session that waits; the server is told when it does."""
    jvm.ready()
    made = Standby(is_awaited)
    os.write(READY, b"ready")
    os.close(READY)
    return made


def order() -> dict[str, Any] | None:
    """The order of the run, once there is one; None when there will be none."""
    with open(ORDERS, "rb") as pipe:
        text = pipe.read()
    return json.loads(text) if text else None


def is_awaited() -> bool:
    """Whether the order is there already (or never will be): then nobody wants us any warmer."""
    return bool(select.select([ORDERS], [], [], 0)[0])


def take_over(order: dict[str, Any], session: Standby) -> None:
    """This process and its session become the run's. Raises Py4JJavaError for a setting that Spark does not take."""
    before = os.environ.get("PYTHONPATH", "").split(":")
    os.environ.update(order["env"])
    os.chdir(order["work"])
    sys.path[:] = [*order["env"]["PYTHONPATH"].split(":"), *(place for place in sys.path if place not in before)]
    session.environment(order["env"])
    session.settings(order["conf"])
    session.wait()
