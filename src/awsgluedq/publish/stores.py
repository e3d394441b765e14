"""Where results lie between runs: with the platform that runs the job, or in a file.

This library knows of the platform only its endpoint: `WHEATPASTE_QUALITY` names it in a job's environment, the token with which the job
fetches its credentials authorizes (AWS has no public operation by which a job publishes the results that GetDataQualityResult shows).
`WHEATPASTE_QUALITY_FILE` names a file, for one's own tests.
"""

from __future__ import annotations

import json
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

PATIENCE = 60.0  # seconds until the platform answers
MOST = 1000  # earlier results that are read


class PublishingError(RuntimeError):
    """Results could not be published or read."""


class Store(Protocol):
    """Keeps results by evaluation context."""

    def publish(self, result: Mapping[str, Any]) -> str:
        """Keep a result; its id."""

    def earlier(self, context: str) -> Sequence[Mapping[str, float]]:
        """The metrics of the context's earlier results, newest first."""


def store_of(environment: Mapping[str, str]) -> Store | None:
    """The store that the environment names; None when it names none."""
    if url := environment.get("WHEATPASTE_QUALITY"):
        return Platform(url, environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", ""), environment.get("AWS_CA_BUNDLE"))
    if file := environment.get("WHEATPASTE_QUALITY_FILE"):
        return InFile(Path(file))
    return None


@dataclass
class Remembered:
    """The history of one context; read when a rule asks for it first."""

    store: Store | None
    context: str
    _found: Sequence[Mapping[str, float]] | None = field(default=None, init=False)

    def last(self, metric: str, count: int) -> Sequence[float]:
        if self._found is None:
            self._found = self.store.earlier(self.context) if self.store else []
        return [metrics[metric] for metrics in self._found if metric in metrics][:count]


def metrics_of(result: Mapping[str, Any]) -> dict[str, float]:
    """All metrics of a result."""
    found: dict[str, float] = {}
    for each in (*result.get("AnalyzerResults", ()), *result.get("RuleResults", ())):
        found |= each.get("EvaluatedMetrics") or {}
    return found


@dataclass(frozen=True)
class Platform:
    """The platform's endpoint for one run."""

    url: str
    token: str
    authority: str | None = None

    def publish(self, result: Mapping[str, Any]) -> str:
        return str(self._ask("publish", {"result": result})["ResultId"])

    def earlier(self, context: str) -> Sequence[Mapping[str, float]]:
        found: list[dict[str, float]] = self._ask("history", {"context": context, "most": MOST})["metrics"]
        return found

    def _ask(self, verb: str, body: Mapping[str, Any]) -> Any:
        context = ssl.create_default_context(cafile=self.authority) if self.url.startswith("https:") else None
        handlers: list[Any] = [urllib.request.ProxyHandler({})]
        handlers += [urllib.request.HTTPSHandler(context=context)] if context else []
        headers = {"Authorization": self.token, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/{verb}", json.dumps(body).encode(), headers)
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            told = error.read().decode("utf-8", "replace")
            raise PublishingError(f"The platform refused the data quality result: {told}") from None
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            raise PublishingError(f"The platform does not answer at {self.url}: {error}") from error


@dataclass(frozen=True)
class InFile:
    """One JSON document a line, the newest last."""

    path: Path

    def publish(self, result: Mapping[str, Any]) -> str:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            number = file.tell()
            file.write(json.dumps(result) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return f"local-{number}"

    def earlier(self, context: str) -> Sequence[Mapping[str, float]]:
        if not self.path.exists():
            return []
        kept = [json.loads(line) for line in self.path.read_text().splitlines()]
        return [metrics_of(each) for each in reversed(kept) if each["EvaluationContext"] == context][:MOST]
