"""What became of a script, in words that name the cause: the last Python exception and the script's own line.

A Spark error's text is hundreds of lines; its cause is one of them. It is found in the text, since the JVM may be gone.
"""

from __future__ import annotations

import linecache
import re
import sys
import traceback
from typing import Any

from wheatpaste_driver.spark import Jvm

LONGEST = 2000  # characters of a message
TAIL = 40  # lines of a traceback
LONGEST_CAUSE = 1000  # characters of a cause that its file is named after
MESSAGE = r"(.*(?:\n(?!\t|\s*at |Caused by: |\s*\.\.\. \d|Driver stacktrace|\s*$).*){0,9})"  # a cause's lines, without its stack
CAUSED, HEAD = (re.compile(rf"^{begin}{MESSAGE}", re.MULTILINE) for begin in ("Caused by: ", ": "))
READING = re.compile(r"[Ee]rror while reading file (\S+?)[.,]?(?=\s|$)")
NO_CONTEXT = "object has no attribute '_jsc'"
"""What PySpark 4.1 says when it tidies up after a SparkContext that could not be made: why is the error before."""
PLAN = re.compile(r"^\s*(?:'|\+-|:-|JVM stacktrace|== |Driver stacktrace)")


def report(error: BaseException, script: str, jvm: Jvm | None = None) -> dict[str, Any]:
    """`ok`, `exit_code` and, for a failure, `error_class`, `message`, `line`, `source` and `traceback`."""
    line = script_line(error, script)
    if isinstance(error, SystemExit):
        return left(error, line, script)
    name, message = cause(error, jvm)
    lines = "".join(traceback.format_exception(error)).splitlines()
    return {
        "ok": False,
        "exit_code": 1,
        "error_class": name,
        "message": message[:LONGEST],
        "line": line,
        "source": linecache.getline(script, line).strip() if line else "",
        "traceback": "\n".join(lines[-TAIL:]),
    }


def left(end: SystemExit, line: int | None, script: str) -> dict[str, Any]:
    """`sys.exit`: nothing and 0 are success; a text is a failure's message, as it is for Python."""
    code = end.code
    if code is None or (isinstance(code, int) and code == 0):  # 0.0 is a text to Python, and a failure
        return {"ok": True, "exit_code": 0}
    if not isinstance(code, int):
        print(code, file=sys.stderr)
    source = linecache.getline(script, line).strip() if line else ""
    number = code & 0xFF if isinstance(code, int) else 1
    return {
        "ok": False,
        "exit_code": number or 1,
        "error_class": "SystemExit",
        "message": str(code)[:LONGEST],
        "line": line,
        "source": source,
    }


def script_line(error: BaseException, script: str) -> int | None:
    """The innermost line of the script that led to the error; None when it never got there."""
    if isinstance(error, SyntaxError) and error.filename == script:
        return error.lineno
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == script]
    return lines[-1] if lines else None


def cause(error: BaseException, jvm: Jvm | None = None) -> tuple[str, str]:
    """The class and the message of what really went wrong."""
    name, text = type(error).__name__, said_by(error)
    if error.__context__ is not None and name == "AttributeError" and NO_CONTEXT in text:
        return cause(error.__context__, jvm)
    if jvm is not None and lost_java(name, text) and (end := jvm.end()):
        return end
    if name.startswith("Py4J"):
        return java_cause(text) or (name, first_paragraph(text))
    if is_spark(error):
        return python_cause(text) or (name, first_paragraph(text))
    return name, text


def said_by(error: BaseException) -> str:
    """Its text, which is the script's own code too."""
    try:
        return str(error)
    except Exception as failed:  # noqa: BLE001  it must not hide the error itself
        return f"(its text cannot be had: __str__ raised {type(failed).__name__})"


def is_spark(error: BaseException) -> bool:
    return any(kind.__module__.startswith("pyspark.errors") for kind in type(error).__mro__)


def lost_java(name: str, text: str) -> bool:
    if name == "Py4JError":
        return "Answer from Java side is empty" in text or "does not exist in the JVM" in text
    lost = ("Py4JNetworkError", "ConnectionRefusedError", "ConnectionResetError", "EOFError")
    return name in lost or "cancelled because SparkContext was shut down" in text  # as the JVM ends


def python_cause(text: str) -> tuple[str, str] | None:
    """The exception of a Python function that Spark ran, from the worker's traceback inside the message; of a Java one, the cause."""
    if "Traceback (most recent call last):" not in text:
        return None
    after = text.rpartition("Traceback (most recent call last):")[2].strip("\n")
    last = next((line for line in after.splitlines() if line and not line[0].isspace()), "")
    return java_cause(after) if re.match(r"[\w.]*Py4JJavaError: ", last) else split(last)


def java_cause(text: str) -> tuple[str, str] | None:
    """The innermost `Caused by` of a Java stack trace, or else its head, each with all lines of its message, and the file that was read."""
    if found := python_cause(text):
        return found
    causes = [found[1] for found in CAUSED.finditer(text)]
    if causes and causes[-1].strip() == "java.io.EOFException":  # of the stream from a worker that is gone, as the one before says
        causes.pop()
    heads = [found[1] for found in HEAD.finditer(text)]
    told = split(" ".join((causes or heads or [""])[-1].split()))
    file = READING.search(text)
    if told is None or file is None or file[1] in told[1]:
        return told
    return told[0], f"{told[1][:LONGEST_CAUSE]} (in the file {file[1]})"


def split(line: str) -> tuple[str, str] | None:
    """`java.lang.OutOfMemoryError: Java heap space` → its simple class name and its message."""
    match = re.match(r"([\w.$]+)(?:: (.*))?$", line.strip(), re.DOTALL)
    if match is None:
        return None
    return re.split(r"[.$]", match[1])[-1], match[2] or match[1]


def first_paragraph(text: str) -> str:
    """A Spark message without the query plan and the stack trace that follow it."""
    kept: list[str] = []
    for line in text.strip().splitlines():
        if PLAN.match(line) or not line.strip():
            break
        kept.append(line.rstrip())
    return " ".join(kept).removesuffix(";").strip() or text.strip()[:LONGEST]
