"""What a session's statements say: kept for their answers, and passed on to the session's log.

The two streams live as long as the session, not as one statement: a logging handler keeps the stream that it was made with, and what it
writes belongs to the statement that runs then.
"""

from __future__ import annotations

import codecs
import io
import sys
import threading
from typing import Any, BinaryIO, TextIO

LONGEST = 1 << 20  # characters of a statement's answer


class Said:
    """Standard output and standard error since they were last taken, in the order of saying."""

    def __init__(self) -> None:
        self.out, self.err = self._stream(sys.stdout), self._stream(sys.stderr)
        self._pieces: list[str] = []
        self._length = 0
        self._lock = threading.Lock()

    def _stream(self, log: TextIO) -> TextIO:
        return io.TextIOWrapper(Passing(self, log.buffer), encoding="utf-8", errors="backslashreplace", write_through=True)

    def hear(self, text: str) -> None:
        """Keep it, as far as an answer has room."""
        with self._lock:
            if self._length < LONGEST:
                self._pieces.append(text[: LONGEST - self._length])
            self._length += len(text)

    def take(self) -> str:
        """All that was said, or its beginning and how much more there is in the log."""
        with self._lock:
            text, more = "".join(self._pieces), self._length - LONGEST
            self._pieces, self._length = [], 0
        return text.rstrip() if more <= 0 else f"{text}\n[{more} more characters are in the session's log]"


class Passing(io.RawIOBase):
    """One of them, in bytes. Nobody closes it: the statement that does is not the last one."""

    def __init__(self, said: Said, log: BinaryIO) -> None:
        self._said, self._log = said, log
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.name = log.name

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Keep and pass on."""
        told = bytes(data)
        self._said.hear(self._decoder.decode(told))
        self._log.write(told)
        return len(told)

    def flush(self) -> None:
        """To the log."""
        self._log.flush()

    def close(self) -> None:
        """Only the log's own end closes it."""

    def fileno(self) -> int:
        """Of the log: for programs that a statement starts."""
        return self._log.fileno()
