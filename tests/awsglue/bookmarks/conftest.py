"""Bookmarks kept in a file of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Read = Callable[[], Any]


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where they are."""
    file = tmp_path / "kept" / "bookmarks.json"
    monkeypatch.setenv("WHEATPASTE_BOOKMARK_FILE", str(file))
    monkeypatch.delenv("WHEATPASTE_BOOKMARKS", raising=False)
    return file


@pytest.fixture
def job(glue: Any) -> Callable[..., Any]:
    """`job(read)`: what `read` answers inside a run with bookmarks, which is committed unless told otherwise."""
    from awsglue.job import Job

    def run(read: Read, *, commit: bool = True, option: str = "job-bookmark-enable", name: str = "job") -> Any:
        made = Job(glue)
        made.init(name, {"job_bookmark_option": option})
        found = read()
        if commit:
            made.commit()
        return found

    return run
