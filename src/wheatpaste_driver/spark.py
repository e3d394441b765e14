"""The Spark that the script started, if it did: stop it in order, and tell how its JVM ended if it was faster."""

from __future__ import annotations

import subprocess
import sys
import traceback
from typing import Any

JVM_TIMEOUT = 10.0
OUT_OF_MEMORY = 52  # Spark's exit code for it: org.apache.spark.util.SparkExitCode


def context_class() -> Any | None:
    """pyspark's SparkContext, if the script has imported it."""
    module = sys.modules.get("pyspark.core.context") or sys.modules.get("pyspark.context")
    return getattr(module, "SparkContext", None)


def jvm() -> subprocess.Popen[bytes] | None:
    gateway = getattr(context_class(), "_gateway", None)
    return getattr(gateway, "proc", None)


def stop_spark() -> None:
    """Stop the context the script left running, and wait for the JVM, so that what it writes last is written."""
    process = jvm()
    context = getattr(context_class(), "_active_spark_context", None)
    try:
        if context is not None and process is not None and process.poll() is None:
            context.stop()
    except Exception:  # noqa: BLE001  the script is over; that Spark would not stop is worth its trace, not the run's result
        traceback.print_exc()
    if process is not None and process.stdin is not None:
        process.stdin.close()  # the JVM ends when nobody holds its standard input
        try:
            process.wait(JVM_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()


def java_end() -> tuple[str, str] | None:
    """How the JVM ended, when it has ended by itself."""
    process = jvm()
    if process is None:
        return None
    try:
        status = process.wait(JVM_TIMEOUT)
    except subprocess.TimeoutExpired:
        return None
    if status == OUT_OF_MEMORY:
        return "OutOfMemoryError", "Spark's JVM ran out of memory (Java heap space)"
    if status in (-9, 137):
        return "OutOfMemoryError", "Spark's JVM was killed (SIGKILL), most likely by the system for want of memory"
    return "JavaEnded", f"Spark's JVM ended with status {status}; the run's error log has its last words"
