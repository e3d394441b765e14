"""A worker that dies or is closed loses nothing that was acknowledged."""

import os
import signal
import time

import psycopg
import pytest

from wheatpaste.engines.pgwire.listener import Listener, bind
from wheatpaste.engines.redshift.warehouse.cluster import Cluster


@pytest.fixture
def warehouse(supervisor, s3, tmp_path, door):
    opened = []

    def open_again():
        cluster = Cluster(supervisor, tmp_path / "w.duckdb", "dev", s3)
        listener = Listener(bind(0, "127.0.0.1"), door(cluster))
        opened.extend((listener, cluster))
        return cluster, f"host={listener.address} port={listener.port} user=admin password=Secret99 dbname=dev"

    yield open_again
    for each in opened:
        each.close()


def test_what_is_kept_across_a_restart(warehouse):
    cluster, dsn = warehouse()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create schema s2")
        connection.execute("create table s2.kept (a int identity(5,2), t timestamp default getdate(), b varchar(5) default 'x'||'y')")
        connection.execute("create view s2.v as select dateadd(day, 1, t) as t2 from s2.kept")
        connection.execute("insert into s2.kept default values")
    cluster.close()
    _, dsn = warehouse()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("insert into s2.kept (b) values (default)")
        assert connection.execute("select a, b from s2.kept order by a").fetchall() == [(5, "xy"), (7, "xy")]
        assert connection.execute("select count(*) from s2.v where t2 > getdate()").fetchone() == (2,)
        with pytest.raises(psycopg.errors.StringDataRightTruncation):
            connection.execute("insert into s2.kept (b) values ('too long')")


def test_a_killed_worker(warehouse):
    cluster, dsn = warehouse()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create table acknowledged (a int)")
        connection.execute("insert into acknowledged values (1)")
        connection.execute("begin")
        connection.execute("insert into acknowledged values (2)")
        os.kill(cluster.worker, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    deadline = time.monotonic() + 20
    while True:
        try:
            with psycopg.connect(dsn, autocommit=True) as connection:
                assert connection.execute("select a from acknowledged").fetchall() == [(1,)]
            break
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
