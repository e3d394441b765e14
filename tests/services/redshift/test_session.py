"""Sessions, as psycopg, psql and redshift_connector see them."""

import gc
import subprocess
import threading
import time
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal

import psycopg
import pytest
import redshift_connector

from wheatpaste.engines.duckdb.warehouse import WarehouseError


def test_first_words(sql):
    row = sql("select 6*7, 'a' || 'b', null::int, true, 1.50, current_user, current_database(), 7/2")
    assert row == [(42, "ab", None, True, Decimal("1.50"), "admin", "dev", 3)]


def test_parameters_keep_their_types(connection):
    values = (5, 2**40, "it's", 1.5, Decimal("12.340"), True, date(2024, 2, 29), datetime(2024, 2, 29, 1, 2, 3, 4000), None)
    found = connection.execute("select %s, %s, %s, %s, %s, %s, %s, %s, %s::int", values).fetchone()
    assert found == values


def test_parameters_without_a_space_between_and_dates_with_a_zone(dsn):
    """As the Redshift JDBC driver writes them."""
    with psycopg.connect(dsn) as connection:
        connection.execute("create table tight (a int, b date)")
        cursor = psycopg.RawCursor(connection)
        cursor.execute("insert into tight values ($1,$2)", (1, "2024-02-29 +00"))
        assert cursor.execute("select b, '$1,$2' from tight where a=$1", (1,)).fetchall() == [(date(2024, 2, 29), "$1,$2")]


def test_binary_results(connection):
    cursor = connection.cursor(binary=True)
    found = cursor.execute("select 5, 1.5::float8, 12.34::numeric(10,2), 'x', date '2024-02-29', true").fetchone()
    assert found == (5, 1.5, Decimal("12.34"), "x", date(2024, 2, 29), True)


def test_create_insert_select(sql):
    sql(
        "create table sales (id int identity(1,1), cust varchar(10) distkey, amt decimal(10,2) encode az64, at timestamp sortkey)"
        " diststyle key"
    )
    sql("insert into sales (cust, amt, at) values ('ann', 1.5, '2024-01-02'), ('bob', 2.25, getdate())")
    assert sql("select id, cust, amt from sales order by id") == [(1, "ann", Decimal("1.50")), (2, "bob", Decimal("2.25"))]
    assert sql("select \"column\", type, encoding, distkey, sortkey from pg_table_def where tablename = 'sales' order by 1") == [
        ("amt", "numeric(10,2)", "az64", False, 0),
        ("at", "timestamp without time zone", "none", False, 1),
        ("cust", "character varying(10)", "lzo", True, 0),
        ("id", "integer", "az64", False, 0),
    ]


def test_texts_that_are_too_long_are_refused(sql, fails):
    sql("create table short (a varchar(3), b char(2))")
    assert fails("insert into short values ('abcd', 'x')") == ("22001", "value too long for type character varying(3)")
    assert fails("insert into short select 'abc', 'xyz'") == ("22001", "value too long for type character(2)")
    sql("insert into short values ('abc   ', 'xy'), ('é1', null)")
    assert fails("update short set a = a || 'zz'")[0] == "22001"
    assert sql("select a, b from short order by a") == [("abc", "xy"), ("é1", None)]


def test_update_delete_merge_truncate(connection, sql):
    sql("create table t1 (k int, v varchar(10))")
    assert connection.execute("insert into t1 values (1, 'a'), (2, 'b'), (3, 'c')").rowcount == 3
    assert connection.execute("update t1 set v = upper(v) where k > 1").rowcount == 2
    assert connection.execute("delete from t1 where k = 1").rowcount == 1
    sql("create table s1 (k int, v varchar(10))")
    sql("insert into s1 values (2, 'new'), (9, 'nine')")
    sql("merge into t1 using s1 on t1.k = s1.k when matched then update set v = s1.v when not matched then insert values (s1.k, s1.v)")
    assert sql("select * from t1 order by k") == [(2, "new"), (3, "C"), (9, "nine")]
    sql("truncate table t1")
    assert sql("select count(*) from t1") == [(0,)]


def test_transactions(dsn, sql):
    sql("create table tx (a int)")
    with psycopg.connect(dsn) as one:
        one.execute("insert into tx values (1)")
        assert sql("select count(*) from tx") == [(0,)]
        one.rollback()
        one.execute("insert into tx values (2)")
        one.commit()
        with pytest.raises(psycopg.errors.UndefinedTable):
            one.execute("select * from nowhere")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            one.execute("select 1")
        one.rollback()
        assert one.execute("select a from tx").fetchall() == [(2,)]


def test_a_conflict_is_a_serialization_failure(dsn, sql):
    sql("create table hot (a int)")
    sql("insert into hot values (1)")
    with psycopg.connect(dsn) as one, psycopg.connect(dsn) as two:
        one.execute("update hot set a = 2")
        with pytest.raises(psycopg.errors.SerializationFailure, match="1023"):
            two.execute("update hot set a = 3")


def test_several_statements_are_one_transaction(sql, fails):
    sql("create table multi (a int)")
    assert fails("insert into multi values (1); insert into multi values ('x')")[0] == "22P02"
    assert sql("select count(*) from multi") == [(0,)]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("select * from nowhere", "42P01"),
        ("select nothing from (select 1 as a) t", "42703"),
        ("select made_up(1)", "42883"),
        ("select read_csv('/etc/passwd')", "42883"),
        ("select * from '/etc/passwd'", "42P01"),
        ("select * from read_csv('/etc/passwd')", "0A000"),
        ("select 1/0", "22012"),
        ("selec 1", "42601"),
        ("select 'unterminated", "42601"),
        ("select 'x'::int", "22P02"),
        ("select '1.5'::int", "22P02"),
        ("select v::smallint from (select '1e3' || '' as v) t", "22P02"),
        ("create table bad (a geometry)", "0A000"),
        ("create table bad (a int, A int)", "42701"),
        ("create temp table bad (a int, b int, b varchar)", "42701"),
        ("create table bad (a, a) as select 1, 2", "42701"),
        ("create procedure p() as $$ begin end $$ language plpgsql", "0A000"),
        ("create external schema e from hive metastore database 'd'", "0A000"),
        ("select * from wp_catalog.columns", "42501"),
        ("select * from duckdb_settings", "42P01"),
        ("select * from other.public.t", "0A000"),
        ("copy t from stdin", "0A000"),
        ("attach 'x' as y", "0A000"),
        ("insert into nowhere values (1)", "42P01"),
    ],
)
def test_errors_by_their_code(fails, statement, code):
    assert fails(statement)[0] == code


def test_what_is_refused_is_named(fails):
    refused = fails("create or replace procedure p() as $$ begin end $$ language plpgsql")
    assert refused == ("0A000", "CREATE OR REPLACE PROCEDURE is not supported by wheatpaste")


def test_temporary_tables_belong_to_the_session(dsn, sql, fails):
    sql("create table #mine (a varchar(2))")
    sql("insert into #mine values ('ab')")
    assert fails("insert into #mine values ('abc')")[0] == "22001"
    assert sql("select * from #mine") == [("ab",)]
    with psycopg.connect(dsn) as other, pytest.raises(psycopg.errors.UndefinedTable):
        other.execute("select * from #mine")


def test_create_table_as_and_like(sql):
    sql("create table base (k int not null default 7, v varchar(20) encode zstd) diststyle even sortkey(k)")
    sql("create table copied (like base including defaults)")
    sql("insert into copied (v) values ('x')")
    assert sql("select * from copied") == [(7, "x")]
    sql("create table made diststyle key distkey(k) as select k, upper(v) as v2, count(*) from copied group by 1, 2")
    assert sql("select * from made") == [(7, "X", 1)]
    sql("select k, v into taken from copied")
    assert sql("select * from taken") == [(7, "x")]


def test_column_names_are_postgresqls(connection):
    cursor = connection.execute(
        "select count(*), max(1), 1+1, 'a'::varchar, case when true then 1 end, upper('x') as \"Shout\", coalesce(1,2)"
    )
    assert [c.name for c in cursor.description] == ["count", "max", "?column?", "varchar", "case", "shout", "coalesce"]


def test_settings(sql, fails):
    sql("set query_group to 'etl'")
    assert sql("show query_group") == [("etl",)]
    sql("reset query_group")
    assert sql("show query_group") == [("default",)]
    assert fails("set nonsense to 1")[0] == "42704"
    assert fails("set timezone to 'Asia/Tokyo'")[0] == "0A000"


def test_housekeeping(sql, fails):
    sql("create table kept (a int, b int)")
    for statement in (
        "vacuum full kept to 99 percent",
        "vacuum",
        "analyze kept (a, b)",
        "analyze kept predicate columns",
        "grant select on kept to public",
    ):
        sql(statement)
    assert fails("vacuum nowhere")[0] == "42P01"
    assert fails("analyze compression kept")[0] == "0A000"


def test_a_wrong_password_an_unknown_user_and_an_unknown_database(dsn):
    for wrong in ("password=nope", "user=nobody"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(f"{dsn} {wrong}")
    with pytest.raises(psycopg.OperationalError, match='database "other" does not exist'):
        psycopg.connect(f"{dsn} dbname=other")


def test_a_query_can_be_cancelled(dsn, sql):
    sql("create table waits as select 1 as n")
    for _ in range(8):
        sql("insert into waits select n + 1 from waits")
    with psycopg.connect(dsn, autocommit=True) as busy:
        threading.Timer(0.5, busy.cancel_safe).start()
        begin = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled):
            busy.execute("select count(*) from waits a, waits b, waits c, waits d, waits e where a.n + b.n + c.n + d.n + e.n = 17")
        assert time.monotonic() - begin < 10
        assert busy.execute("select 1").fetchone() == (1,)


def test_a_cancellation_is_not_lost_where_its_statement_just_begins(cluster):
    session = cluster.session("admin", "dev").engine
    long = "select count(*) from range(100000) a, range(100000) b, range(100000) c"
    for number in range(40):
        session.begin()
        timer = threading.Timer(number / 10_000, session.cancel)
        timer.start()
        with pytest.raises(WarehouseError) as failure:
            session.query(long)
        timer.join()
        session.begin()
        assert failure.value.kind == "InterruptException"
        assert session.query("select 1 as n")[1] == [("n", "INTEGER")]
    session.cancel()
    session.begin()  # of the client's next request
    assert session.query("select 1 as n")[1] == [("n", "INTEGER")]
    session.close()


def test_a_cancellation_while_an_open_result_is_put_aside(cluster):
    """It ends the statement that waits, and that result, which never gives another's rows; not what comes after."""
    session = cluster.session("admin", "dev").engine
    with closing(session):
        result, _ = session.query("select i from range(200000000) t(i)")
        session.begin()
        timer = threading.Timer(0.5, session.cancel)
        timer.start()
        with pytest.raises(WarehouseError) as failure:
            session.query("select 'next'")
        timer.join()
        assert failure.value.kind == "InterruptException"
        session.begin()
        other, columns = session.query("select 2 as n")
        assert columns == [("n", "INTEGER")]
        with pytest.raises(WarehouseError):
            session.fetch(result, 10, [20], [0])
        assert session.fetch(other, 10, [23], [0])[0] == 1


def test_large_results_come_whole_and_in_pieces(dsn, sql):
    sql("create table big (n int, s varchar(30))")
    sql("insert into big values (1, 'row 1')")
    for step in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048):
        sql(f"insert into big select n + {step}, 'row ' || (n + {step}) from big")
    assert len(sql("select * from big order by n")) == 4096
    with redshift_connector.connect(**_connector(dsn), ssl=False) as connection:
        cursor = connection.cursor()
        cursor.execute("select n, s from big order by n")
        assert cursor.fetchmany(2) == ([1, "row 1"], [2, "row 2"])
        assert len(cursor.fetchall()) == 4094


def test_redshift_connector_with_tls(dsn, home, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(home / "certificates" / "ca.pem"))
    with psycopg.connect(f"{dsn} sslmode=verify-full sslrootcert={home}/certificates/ca.pem") as trusted:
        assert trusted.pgconn.ssl_in_use
    with redshift_connector.connect(**_connector(dsn), sslmode="verify-full") as connection:
        cursor = connection.cursor()
        cursor.execute("select %s, %s, 1.5::numeric(5,2), date '2024-01-02', timestamp '2024-01-02 03:04:05', null, 3::bigint", (5, "x"))
        assert cursor.fetchone() == [5, "x", Decimal("1.50"), date(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5), None, 3]
        cursor.execute("create table if not exists from_connector (a int, b varchar(5))")
        cursor.executemany("insert into from_connector values (%s, %s)", [(1, "a"), (2, None)])
        connection.commit()
        cursor.execute("select * from from_connector order by 1")
        assert cursor.fetchall() == ([1, "a"], [2, None])


def test_temporary_tables_are_altered(sql, fails):
    sql("create temp table shifting (a int, b varchar(3))")
    sql("alter table shifting add column c varchar(2) default 'x'")
    sql("alter table shifting rename column b to z")
    sql("alter table shifting drop column a")
    sql("insert into shifting (z) values ('abc')")
    assert sql("select * from shifting") == [("abc", "x")]
    assert fails("insert into shifting values ('abcd', 'y')")[0] == "22001"
    assert fails("insert into shifting values ('abc', 'yyy')")[0] == "22001"
    sql("alter table shifting rename to shifted")
    assert fails("insert into shifted values ('abcd', 'y')")[0] == "22001"


def test_arrays_as_parameters(dsn):
    with redshift_connector.connect(**_connector(dsn), ssl=False) as connection:
        cursor = connection.cursor()
        cursor.execute("create temp table in_array (a int)")
        cursor.execute("insert into in_array values (1), (2), (3)")
        cursor.execute("select a from in_array where a = any(%s) order by a", ([1, 3],))
        assert cursor.fetchall() == ([1], [3])


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_passwords_kept_as_sha256(sql, dsn, listener):
    sql("create user digested password 'sha256|My_PaSsWoRd1'")
    place = {"host": listener.address, "port": listener.port, "database": "dev", "ssl": False, "user": "digested"}
    with redshift_connector.connect(**place, password="My_PaSsWoRd1") as connection:
        cursor = connection.cursor()
        cursor.execute("select current_user")
        assert cursor.fetchone() == ["digested"]
    with pytest.raises(redshift_connector.InterfaceError, match="28000"):
        redshift_connector.connect(**place, password="My_PaSsWoRd2")
    sql("alter user digested valid until '2020-01-01'")
    with pytest.raises(redshift_connector.InterfaceError, match="28000"):
        redshift_connector.connect(**place, password="My_PaSsWoRd1")
    sql("drop user digested")
    gc.collect()  # redshift_connector leaves the sockets of failed logins open


def _connector(dsn):
    """psycopg's words for a connection as redshift_connector's."""
    words = dict(part.split("=") for part in dsn.replace("dbname=", "database=").split())
    return {**words, "port": int(words["port"])}


def test_psql(dsn):
    done = subprocess.run(
        ["psql", dsn, "-Atc", "select version(); select 1 as a, null, 'x'"], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[0].startswith("PostgreSQL 8.0.2 on i686-pc-linux-gnu")
    assert done.stdout.splitlines()[1] == "1||x"


def test_a_client_that_leaves_does_not_leave_its_query_running(dsn, sql):
    sql("create table leaves as select 1 as n")
    for step in range(8):
        sql(f"insert into leaves select n + {2**step} from leaves")
    query = "select count(*) from leaves a, leaves b, leaves c, leaves d, leaves e where a.n + b.n + c.n + d.n + e.n = 17"
    busy = subprocess.Popen(["psql", dsn, "-c", query], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    busy.terminate()  # psql cancels its query, then leaves
    busy.wait(20)
    assert sql("select 1") == [(1,)]
