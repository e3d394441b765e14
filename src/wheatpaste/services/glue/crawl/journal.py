"""A crawl's lines in CloudWatch Logs: group ``/aws-glue/crawlers``, stream = the crawler, each line after the crawl's id."""

import time

from wheatpaste.call import Aws
from wheatpaste.service import Shape
from wheatpaste.wire.errors import aws_error

GROUP = "/aws-glue/crawlers"
BATCH = 100
ResourceAlreadyExistsException = aws_error("logs", "ResourceAlreadyExistsException")


class Journal:
    """Lines are sent in batches; ``close`` sends the rest."""

    def __init__(self, aws: Aws, crawler: str, crawl: str) -> None:
        self._logs = aws.client("logs")
        self._stream = crawler.replace(":", "_").replace("*", "_")
        self._crawl = crawl
        self._waiting: list[Shape] = []
        self._ready = False

    def info(self, text: str) -> None:
        """A line of level INFO."""
        self.write("INFO", text)

    def warn(self, text: str) -> None:
        """A line of level WARN."""
        self.write("WARN", text)

    def write(self, level: str, text: str) -> None:
        """A line."""
        self._waiting.append({"timestamp": round(time.time() * 1000), "message": f"[{self._crawl}] {level} : {text}"})
        if len(self._waiting) >= BATCH:
            self.close()

    def close(self) -> None:
        """Send what waits."""
        if not self._ready:
            self._make()
        if self._waiting:
            self._logs.put_log_events(logGroupName=GROUP, logStreamName=self._stream, logEvents=self._waiting)
            self._waiting = []

    def _make(self) -> None:
        for make, members in ((self._logs.create_log_group, {}), (self._logs.create_log_stream, {"logStreamName": self._stream})):
            try:
                make(logGroupName=GROUP, **members)
            except ResourceAlreadyExistsException:
                continue
        self._ready = True
