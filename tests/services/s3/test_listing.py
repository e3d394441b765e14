"""Listing against a plain model of its rules, and its speed at a million keys."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert

from wheatpaste.services.s3 import listing
from wheatpaste.services.s3.schema import objects
from wheatpaste.store.db import Database, PostgresDatabase, SQLiteDatabase, metadata


def row(key: str, **more: object) -> dict[str, object]:
    plain = {"bucket": "b", "key": key, "rank": 0, "seq": 1, "version_id": "null", "delete_marker": 0, "blob": None, "size": 1, "etag": "e"}
    return {**plain, "modified": 0, "parts": 0, "storage_class": "STANDARD", "checksums": {}, "headers": {}, **more}


def engine(path: Path) -> Engine:
    made = create_engine(f"sqlite:///{path}")
    metadata.create_all(made, tables=[objects])
    return made


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    if request.param == "sqlite":
        made: Database = SQLiteDatabase(tmp_path_factory.mktemp("db") / "state.db")
        yield made
        made.close()
        return
    made = PostgresDatabase(request.getfixturevalue("empty_postgres")())
    yield made
    made.close()


@pytest.fixture
def db(database: Database) -> Iterator[Connection]:
    database.ensure([objects])
    engine = database._writer if isinstance(database, SQLiteDatabase) else database._engine  # type: ignore[attr-defined]
    with engine.connect() as connection:
        transaction = connection.begin()
        if isinstance(database, SQLiteDatabase):  # which begins its transactions at the driver
            connection.exec_driver_sql("BEGIN")
        yield connection
        transaction.rollback()


def put(db: Connection, *keys: str) -> None:
    db.execute(insert(objects), [row(key) for key in keys])


def expected(keys: list[str], prefix: str, delimiter: str) -> list[str]:
    """The rules read literally: every key in byte order, groups once."""
    found: dict[str, None] = {}
    for key in sorted(keys, key=str.encode):
        if key.startswith(prefix):
            at = key.find(delimiter, len(prefix)) if delimiter else -1
            found[key if at < 0 else key[: at + len(delimiter)]] = None
    return list(found)


def walk(db: Connection, prefix: str, delimiter: str, limit: int) -> list[str]:
    found: list[str] = []
    after = ""
    while True:
        page = listing.page(db, "b", prefix, delimiter, after, limit)
        shown = sorted([r.key for r in page.rows] + page.prefixes, key=str.encode)
        assert len(shown) <= limit
        found += shown
        if page.last is None:
            return found
        assert page.last == shown[-1]
        after = page.last


TRICKY = [
    "a",
    "a/",
    "a//",
    "a/b",
    "a/b/c",
    "a/b/d",
    "a0",
    "a-",
    "aé/x",
    "b/\U0010ffff/x",
    "b/\U0010ffff",
    "é/1",
    "é/2",
    "..",
    "../x",
    "/",
    "//",
    "/x",
    "z\ud7ff/q",
]


@pytest.mark.parametrize("limit", [1, 2, 1000])
@pytest.mark.parametrize("delimiter", ["", "/", "//", "b", "\ud7ff"])
@pytest.mark.parametrize("prefix", ["", "a", "a/", "a/b", "/", "é", "b/\U0010ffff", "z\ud7ff", "nothing"])
def test_pages_join_to_what_the_rules_say(db: Connection, prefix: str, delimiter: str, limit: int) -> None:
    put(db, *TRICKY)
    assert walk(db, prefix, delimiter, limit) == expected(TRICKY, prefix, delimiter)


def test_random_trees(db: Connection) -> None:
    chance = random.Random(7)
    keys = sorted({"".join(chance.choice("ab/é0") for _ in range(chance.randint(1, 9))) for _ in range(400)})
    put(db, *keys)
    for _ in range(60):
        prefix = chance.choice(keys)[: chance.randint(0, 4)]
        delimiter = chance.choice(["", "/", "a/", "é"])
        assert walk(db, prefix, delimiter, chance.randint(1, 20)) == expected(keys, prefix, delimiter)


def test_delete_markers_old_versions_and_other_buckets_are_not_listed(db: Connection) -> None:
    put(db, "a/1", "b")
    db.execute(insert(objects), [row("a/2", delete_marker=1), row("b", rank=5), row("a/3", bucket="c"), row("d/1", delete_marker=1)])
    assert walk(db, "", "/", 1000) == ["a/", "b"]
    assert walk(db, "", "", 1000) == ["a/1", "b"]


@pytest.mark.parametrize(
    ("after", "found"), [("a/", ["b"]), ("a", ["a/", "b"]), ("a/1", ["a/", "b"]), ("a/9", ["b"]), ("b", []), ("0", ["a/", "b"])]
)
def test_start_after_a_key_inside_a_group_shows_the_rest_of_the_group(db: Connection, after: str, found: list[str]) -> None:
    put(db, "a/1", "a/2", "b")
    page = listing.page(db, "b", "", "/", after, 10)
    assert page.prefixes + [r.key for r in page.rows] == found


@pytest.mark.slow
def test_a_page_of_a_million_keys_takes_under_100_ms(tmp_path: Path) -> None:
    with engine(tmp_path / "db").begin() as db:
        for group in range(1000):
            db.execute(insert(objects), [row(f"year={group:04}/part-{n:05}.parquet") for n in range(1000)])
    with engine(tmp_path / "db").connect() as db:
        listing.page(db, "b", "", "/", "", 10)
        for prefix, delimiter, after in [
            ("", "", ""),
            ("", "", "year=0500/"),
            ("", "/", ""),
            ("year=0999/", "/", ""),
            ("", "-", "year=0300/part-"),
        ]:
            started = time.perf_counter()
            page = listing.page(db, "b", prefix, delimiter, after, 1000)
            took = time.perf_counter() - started
            print(f"{prefix!r} {delimiter!r} {after!r}: {1000 * took:.1f} ms for {len(page.rows)} keys and {len(page.prefixes)} prefixes")
            assert len(page.rows) + len(page.prefixes) >= 699
            assert took < 0.1
