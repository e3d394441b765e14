"""The two places of bookmarks: a file, and the platform's endpoint behind a network that loses answers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from awsglue._bookmarks import store
from awsglue._bookmarks.store import Begun, BookmarkError, InFile, Platform, VersionMismatchException, store_of

ENABLE, PAUSE = "job-bookmark-enable", "job-bookmark-pause"


def test_a_file_keeps_states_by_name(tmp_path: Path) -> None:
    kept = InFile(tmp_path / "below" / "b.json", "jr_1")
    assert kept.begin("a", ENABLE, None, None) == Begun(1, 1, 0, {})
    kept.commit("a", 1, {"c": 1})
    assert kept.begin("a", PAUSE, None, None) == Begun(2, 2, 0, {"c": 1})
    assert kept.begin("a", ENABLE, None, None) == Begun(3, 2, 0, {"c": 1})
    assert kept.begin("a", ENABLE, None, None) == Begun(4, 2, 1, {"c": 1})  # the one before was not committed
    with pytest.raises(VersionMismatchException, match="Expected version 3 but found version 4"):
        kept.commit("a", 3, {"c": 2})
    assert kept.begin("b", ENABLE, None, None) == Begun(1, 1, 0, {})
    with pytest.raises(NotImplementedError, match="job-bookmark-from"):
        kept.begin("a", PAUSE, "jr_1", "jr_2")


def test_threads_take_turns_at_a_file(tmp_path: Path) -> None:
    kept = InFile(tmp_path / "b.json", "jr_1")
    threads = [threading.Thread(target=kept.begin, args=(f"n{n}", ENABLE, None, None)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(json.loads((tmp_path / "b.json").read_text())) == 16


def test_the_environment_decides() -> None:
    token = {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "t"}
    assert store_of({}, "") is None
    assert store_of({"WHEATPASTE_BOOKMARK_FILE": "/f"}, "jr_1") == InFile(Path("/f"), "jr_1")
    both = {"WHEATPASTE_BOOKMARKS": "http://h/b/jr_1", "WHEATPASTE_BOOKMARK_FILE": "/f", **token}
    assert store_of(both, "jr_1") == Platform("http://h/b/jr_1", "t")


class Network:
    """A listener that plays what it is told: a status and a body, or nothing and a closed connection."""

    def __init__(self, *plays: tuple[int, Any] | None) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/b/jr_1"
        self.asked: list[tuple[str, str, Any]] = []
        self._thread = threading.Thread(target=self._serve, args=(plays,))
        self._thread.start()

    def _serve(self, plays: tuple[tuple[int, Any] | None, ...]) -> None:
        for play in plays:
            connection, _ = self._socket.accept()
            with connection, connection.makefile("rb") as read:
                path = read.readline().decode().split()[1]
                headers = dict(line.decode().strip().split(": ", 1) for line in iter(read.readline, b"\r\n"))
                self.asked.append((path, headers["Authorization"], json.loads(read.read(int(headers["Content-Length"])))))
                if play is not None:
                    body = json.dumps(play[1]).encode()
                    connection.sendall(b"HTTP/1.1 %d x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (play[0], len(body)) + body)

    def close(self) -> None:
        self._socket.close()
        self._thread.join(5)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(store, "PATIENCE", (0.0, 0.0))
    made: list[Network] = []

    def make(*plays: tuple[int, Any] | None) -> Network:
        made.append(Network(*plays))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_a_lost_answer_is_asked_for_again(network: Any) -> None:
    lossy = network(None, (500, {"message": "broken"}), (200, {"version": 2}))
    Platform(lossy.url, "secret").commit("a", 1, {"c": 1})
    assert lossy.asked == [("/b/jr_1/commit", "secret", {"name": "a", "version": 1, "state": {"c": 1}})] * 3


def test_what_the_platform_refuses_is_not_asked_again(network: Any) -> None:
    for status, body, error, told in (
        (
            409,
            {"code": "VersionMismatchException", "message": "Expected 1"},
            VersionMismatchException,
            "Expected 1.*VERSION_MISMATCH_ERROR",
        ),
        (403, {"code": "InvalidToken", "message": "revoked"}, BookmarkError, "refused.*revoked"),
    ):
        refusing = network((status, body))
        with pytest.raises(error, match=told):
            Platform(refusing.url, "secret").commit("a", 1, {})
        assert len(refusing.asked) == 1


def test_nobody_answers(network: Any) -> None:
    silent = network(None, None, None)
    with pytest.raises(BookmarkError, match="does not answer at http://127") as failure:
        Platform(silent.url, "secret").begin("a", ENABLE, None, None)
    assert "secret" not in str(failure.value)
    assert len(silent.asked) == 3
