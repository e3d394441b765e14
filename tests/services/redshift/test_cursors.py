"""Cursors of SQL and of the wire: rows come as they are asked for, and are held by nobody."""

from pathlib import Path

import psycopg
import pytest

ROWS = 1_000_000
WIDE = f"select n, repeat('x', 200) || n as s from generate_series(1, {ROWS}) as t(n)"


@pytest.fixture
def transaction(dsn):
    with psycopg.connect(dsn) as connection:
        yield connection
        connection.rollback()


def test_fetch(transaction):
    run = transaction.execute
    run("declare c cursor for select n from generate_series(1, 10) as t(n) order by n")
    assert run("fetch c").fetchall() == [(1,)]
    assert run("fetch next from c").fetchall() == [(2,)]
    cursor = run("fetch forward 3 from c")
    assert (cursor.fetchall(), cursor.statusmessage) == ([(3,), (4,), (5,)], "FETCH 3")
    run("create temp table between_fetches (a int)")
    run("insert into between_fetches values (7)")
    assert run("select a from between_fetches").fetchall() == [(7,)]
    assert run("fetch 2 in c").fetchall() == [(6,), (7,)]
    assert run("fetch all from c").fetchall() == [(8,), (9,), (10,)]
    assert run("fetch c").fetchall() == []
    run("close c")


@pytest.mark.parametrize(
    ("statements", "code"),
    [
        (["fetch from nothing"], "34000"),
        (["close nothing"], "34000"),
        (["declare c cursor for select 1", "declare d cursor for select 2"], "42P03"),
        (["declare c scroll cursor for select 1"], "0A000"),
        (["declare c cursor with hold for select 1"], "0A000"),
        (["declare c cursor for select 1", "fetch backward 1 from c"], "0A000"),
        (["declare c cursor for select 1", "fetch -1 from c"], "0A000"),
        (["declare c cursor for select nowhere"], "42703"),
    ],
)
def test_what_a_cursor_cannot(transaction, statements, code):
    *before, last = statements
    for statement in before:
        transaction.execute(statement)
    with pytest.raises(psycopg.Error) as caught:
        transaction.execute(last)
    assert caught.value.sqlstate == code


def test_a_cursor_needs_a_transaction_and_ends_with_it(sql, fails, dsn):
    assert fails("declare c cursor for select 1")[0] == "25P01"
    with psycopg.connect(dsn) as connection:
        connection.execute("declare c cursor for select 1")
        connection.commit()
        with pytest.raises(psycopg.errors.InvalidCursorName):
            connection.execute("fetch c")


def test_named_cursors_of_psycopg(transaction):
    with transaction.cursor("named") as cursor:
        cursor.itersize = 1000
        cursor.execute("select n, 'x' || n from generate_series(1, 5000) as t(n)")
        assert [column.name for column in cursor.description] == ["n", "?column?"]
        assert sum(row[0] for row in cursor) == 5000 * 5001 // 2


def test_an_error_while_rows_come_fails_the_transaction(transaction):
    transaction.execute("declare c cursor for select 10 / (1000000 - n) from generate_series(1, 1200000) as t(n)")
    # DuckDB now and then tells of a streamed failure without its reason (warehouse_worker.Session._kind).
    with pytest.raises((psycopg.errors.DivisionByZero, psycopg.errors.InternalError_)):
        transaction.execute("fetch all from c")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        transaction.execute("select 1")


def resident(process: int) -> int:
    """The most MiB that a process had in memory."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def test_rows_are_not_held_in_memory(cluster, dsn):
    """230 MB of rows: read in part as a stream, put aside while something else runs, then read to the end."""
    worker = cluster.worker
    with psycopg.connect(dsn) as connection:
        before = resident(worker)
        connection.execute(f"declare big cursor for {WIDE}")
        assert len(connection.execute("fetch 10000 from big").fetchall()) == 10000
        assert connection.execute("select count(*) from pg_user").fetchone()[0] > 0
        seen = 10000
        while rows := connection.execute("fetch 50000 from big").fetchall():
            seen += len(rows)
        assert seen == ROWS
        assert resident(worker) - before < 150


def test_a_large_result_is_a_stream(cluster, dsn):
    before = resident(cluster.worker)
    with psycopg.connect(dsn) as connection:
        assert sum(1 for _ in connection.cursor().stream(WIDE)) == ROWS
    assert resident(cluster.worker) - before < 120
