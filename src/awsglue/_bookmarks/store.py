"""Where bookmarks lie between runs: with the platform that runs the job, or in a file.

Neither knows the other, and this library knows of the platform only its endpoint: `WHEATPASTE_BOOKMARKS` names it in a job's environment,
the token with which the job fetches its credentials authorizes. `WHEATPASTE_BOOKMARK_FILE` names a file, for one's own tests.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

PATIENCE = (0.2, 0.5, 1.0, 2.0, 4.0)  # seconds between the attempts to reach the platform; asking twice does no harm
UNREACHED = (urllib.error.URLError, ConnectionError, TimeoutError, http.client.HTTPException)
State = dict[str, Any]


class VersionMismatchException(RuntimeError):
    """Another run of the job began, or the bookmark was reset, after this run's job.init: nothing was written."""


class BookmarkError(RuntimeError):
    """The bookmark could not be read or written."""


@dataclass(frozen=True)
class Begun:
    """A run's turn: its numbers, what was processed before, and with pause from … to what was processed then."""

    version: int
    run: int
    attempt: int
    state: State
    until: State | None = None


class Store(Protocol):
    """Keeps states by the name that job.init is given."""

    def begin(self, name: str, option: str, begin: str | None, end: str | None) -> Begun: ...
    def commit(self, name: str, version: int, state: Mapping[str, Any]) -> None:
        """Raises VersionMismatchException."""


def store_of(environment: Mapping[str, str], run_id: str) -> Store | None:
    """The store that the environment names; None when it names none."""
    if url := environment.get("WHEATPASTE_BOOKMARKS"):
        return Platform(url, environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", ""), environment.get("AWS_CA_BUNDLE"))
    if file := environment.get("WHEATPASTE_BOOKMARK_FILE"):
        return InFile(Path(file), run_id)
    return None


@dataclass(frozen=True)
class Platform:
    """The platform's endpoint for one run."""

    url: str
    token: str
    authority: str | None = None

    def begin(self, name: str, option: str, begin: str | None, end: str | None) -> Begun:
        return Begun(**self._ask("begin", {"name": name, "option": option, "from": begin, "to": end}))

    def commit(self, name: str, version: int, state: Mapping[str, Any]) -> None:
        self._ask("commit", {"name": name, "version": version, "state": state})

    def _ask(self, verb: str, body: Mapping[str, Any]) -> Any:
        context = ssl.create_default_context(cafile=self.authority) if self.url.startswith("https:") else None
        handlers: list[Any] = [urllib.request.ProxyHandler({})]
        handlers += [urllib.request.HTTPSHandler(context=context)] if context else []
        headers = {"Authorization": self.token, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/{verb}", json.dumps(body).encode(), headers)
        return again(lambda: _answer(urllib.request.build_opener(*handlers), request), self.url)


def again(ask: Callable[[], Any], url: str) -> Any:
    """What `ask` answers, asked again while nobody answers, or only that something is wrong with the platform itself."""
    for pause in PATIENCE:
        try:
            return ask()
        except UNREACHED:
            time.sleep(pause)
    try:
        return ask()
    except UNREACHED as error:
        raise BookmarkError(f"The platform does not answer at {url}: {error}") from error


def _answer(opener: urllib.request.OpenerDirector, request: urllib.request.Request) -> Any:
    try:
        with opener.open(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise
        told = error.read().decode("utf-8", "replace")
    found = json.loads(told) if told.startswith("{") else {}
    if found.get("code") == "VersionMismatchException":
        raise VersionMismatchException(
            f"{found['message']} (GLUE_JOB_BOOKMARK_VERSION_MISMATCH_ERROR: another run of this job is under way)"
        )
    raise BookmarkError(f"The platform refused the job's bookmark: {found.get('message') or told}")


@dataclass(frozen=True)
class InFile:
    """One JSON file for all names, for runs of one machine; `from` and `to` need the platform."""

    path: Path
    run_id: str

    def begin(self, name: str, option: str, begin: str | None, end: str | None) -> Begun:
        if begin or end:
            raise NotImplementedError("--job-bookmark-from and -to: WHEATPASTE_BOOKMARK_FILE knows of no runs")

        def turn(kept: dict[str, Any]) -> Begun:
            found = kept.get(name) or {"version": 0, "run": 1, "attempt": 0, "open": False, "state": {}}
            if option == "job-bookmark-enable":
                begun = {"version": found["version"] + 1, "attempt": found["attempt"] + found["open"], "open": True}
                kept[name] = found = {**found, **begun, "run_id": self.run_id}
            return Begun(found["version"], found["run"], found["attempt"], found["state"])

        begun: Begun = self._change(turn)
        return begun

    def commit(self, name: str, version: int, state: Mapping[str, Any]) -> None:
        def keep(kept: dict[str, Any]) -> None:
            found = kept.get(name) or {"version": 0, "open": False}
            if found["version"] != version or not found["open"]:
                told = f"Expected version {version} but found version {found['version']}"
                raise VersionMismatchException(f"Continuation update failed due to version mismatch. {told}")
            changed = {"version": version + 1, "run": found["run"] + 1, "attempt": 0, "open": False, "state": dict(state)}
            kept[name] = {**found, **changed}

        self._change(keep)

    def _change(self, change: Callable[[dict[str, Any]], Any]) -> Any:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(self.path.name + ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept = json.loads(self.path.read_text()) if self.path.exists() else {}
            answer = change(kept)
            draft = self.path.with_name(self.path.name + ".part")
            draft.write_text(json.dumps(kept, indent=1))
            os.replace(draft, self.path)
        return answer
