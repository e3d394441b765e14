"""The JVM of a Spark run: up before the script, as on AWS Glue; stopped in order after it; and its end told if it was faster."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

START_TIMEOUT = 120.0
END_TIMEOUT = 10.0
OUT_OF_MEMORY = 52  # Spark's exit code for it: org.apache.spark.util.SparkExitCode


class JavaEnded(Exception):
    """The JVM ended before the script began."""


class Jvm:
    """Spark's gateway process; pyspark finds it by the variables that `ready` sets."""

    def __init__(self, argv: list[str], info: Path) -> None:
        self._info = info
        environment = {**os.environ, "_PYSPARK_DRIVER_CONN_INFO_PATH": str(info)}
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, env=environment)
        self._ready = False

    def ready(self) -> None:
        """Wait for its port and secret. Raises JavaEnded."""
        if self._ready:
            return
        import_pyspark()
        deadline = time.monotonic() + START_TIMEOUT
        while not self._info.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise JavaEnded(f"Spark's JVM did not start (status {self._process.returncode}); the run's error log has its words")
            time.sleep(0.01)
        data = self._info.read_bytes()  # a port, a length, a secret
        self._info.unlink()
        os.environ["PYSPARK_GATEWAY_PORT"] = str(int.from_bytes(data[:4], "big"))
        os.environ["PYSPARK_GATEWAY_SECRET"] = data[8:].decode()
        self._ready = True

    def take(self, settings: Mapping[str, str]) -> None:
        """Wait for it, and let Spark look at these settings of its SQL.

        Raises JavaEnded; Py4JJavaError for a value that Spark does not take.
        With such a value PySpark 4.1 would hang at the script's first query: to tell the error it asks the session, which fails again.
        """
        self.ready()
        if settings:
            from pyspark import SparkContext

            SparkContext._ensure_initialized()
            conf = SparkContext._jvm.org.apache.spark.sql.internal.SQLConf()
            for name, value in settings.items():
                conf.setConfString(name, value)

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    @property
    def process_id(self) -> int:
        return self._process.pid

    def stop(self, timeout: float = END_TIMEOUT) -> None:
        """Stop the context the script left running, and wait for the JVM, so that what it writes last is written."""
        try:
            if self.runs and (context := active_context()) is not None:
                context.stop()
        except Exception:  # noqa: BLE001  the script is over; that Spark would not stop is worth its trace, not the run's result
            traceback.print_exc()
        _forget_objects()
        if self._process.stdin is not None:
            self._process.stdin.close()  # the JVM ends when nobody holds its standard input
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def end(self) -> tuple[str, str] | None:
        """How it ended, when it has ended by itself."""
        try:
            status = self._process.wait(END_TIMEOUT)
        except subprocess.TimeoutExpired:
            return None
        if status == OUT_OF_MEMORY:
            return "OutOfMemoryError", "Spark's JVM ran out of memory (Java heap space)"
        if status in (-9, 137):
            return "OutOfMemoryError", "Spark's JVM was killed (SIGKILL), most likely by the system for want of memory"
        return "JavaEnded", f"Spark's JVM ended with status {status}; the run's error log has its last words"


def _forget_objects() -> None:
    """A thread of py4j gives Java's objects back when it can, and logs an error with its trace if the JVM is gone by then."""
    spark = sys.modules.get("pyspark")
    gateway = spark.SparkContext._gateway if spark is not None else None
    if gateway is not None:
        gateway._gateway_client.is_connected = False


def import_pyspark() -> None:
    """While the JVM starts. pyspark logs every SQL error with its whole Java trace in one line, also of those that a script handles."""
    import pyspark.sql  # noqa: F401

    try:
        from pyspark.logger import PySparkLogger
    except ImportError:  # before Spark 4, which has none
        return
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
        PySparkLogger.getLogger(name).setLevel("CRITICAL")


def active_context() -> Any | None:
    """pyspark's, if the script has one."""
    module = sys.modules.get("pyspark.core.context") or sys.modules.get("pyspark.context")
    return getattr(getattr(module, "SparkContext", None), "_active_spark_context", None)
