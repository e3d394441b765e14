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


def prepare(jvm: Jvm) -> dict[str, Any] | None:
    """The order of the run, once there is one and everything is as it says; None when there will be none."""
    jvm.ready()
    standby = Standby(is_awaited)
    os.write(READY, b"ready")
    os.close(READY)
    with open(ORDERS, "rb") as pipe:
        text = pipe.read()
    if not text:
        return None
    order: dict[str, Any] = json.loads(text)
    take_over(order)
    standby.environment(order["env"])
    standby.settings(order["conf"])
    standby.wait()
    return order


def is_awaited() -> bool:
    """Whether the order is there already (or never will be): then nobody wants us any warmer."""
    return bool(select.select([ORDERS], [], [], 0)[0])


def take_over(order: dict[str, Any]) -> None:
    """This process's environment and import path become the run's."""
    before = os.environ.get("PYTHONPATH", "").split(":")
    os.environ.update(order["env"])
    os.chdir(order["work"])
    sys.path[:] = [*order["env"]["PYTHONPATH"].split(":"), *(place for place in sys.path if place not in before)]
