"""Views and what they stand on: DROP, CASCADE and new names, as dbt uses them."""

import psycopg
import pytest


@pytest.fixture
def places(sql):
    """A table, a view on it, a view on that, and a materialized view, in a schema of their own."""
    sql("create schema dep")
    sql("create table dep.base (id int, name varchar(10))")
    sql("insert into dep.base values (1, 'one')")
    sql("create view dep.first as select b.id, b.name from dep.base b")
    sql("create view dep.second as select first.id from dep.first")
    sql("create materialized view dep.kept as select count(*) as n from dep.base")
    yield
    sql("drop schema dep cascade")


def test_what_views_stand_on_stays(sql, fails, places):
    assert fails("drop table dep.base")[0] == "2BP01"
    assert fails("drop view dep.first")[0] == "2BP01"
    assert sql("select * from dep.second") == [(1,)]


def test_cascade_takes_the_views_along(sql, fails, places):
    sql("drop table dep.base cascade")
    assert sql("select table_name from svv_tables where table_schema = 'dep'") == []
    for name in ("first", "second", "kept"):
        assert fails(f"select * from dep.{name}")[0] == "42P01"


def test_what_is_dropped_together_holds_nothing_up(sql, places):
    sql("drop materialized view dep.kept")
    sql("drop view dep.first, dep.second")
    sql("drop table dep.base")
    assert sql("select table_name from svv_tables where table_schema = 'dep'") == []


def test_a_name_that_is_only_spelt_alike_is_none_of_them(sql):
    sql("create table alike (x int)")
    sql("create view alike_view as with alike as (select 1 as x) select x from alike")
    sql("drop table alike")
    assert sql("select * from alike_view") == [(1,)]
    sql("drop view alike_view")


def test_cascade_of_a_schema_takes_views_of_others(sql, fails):
    sql("create schema gone")
    sql("create table gone.t (x int)")
    sql("create view outside as select x from gone.t")
    assert fails("drop schema gone")[0] == "2BP01"
    sql("drop schema gone cascade")
    assert fails("select * from outside")[0] == "42P01"


def test_views_keep_to_a_table_that_is_renamed(sql, places):
    sql("alter table dep.base rename to base_old")
    sql("create table dep.base (id int, name varchar(10))")
    assert sql("select id, name from dep.first") == [(1, "one")]
    assert sql("select definition from pg_views where viewname = 'first'")[0][0].count("base_old") == 1
    sql("refresh materialized view dep.kept")
    assert sql("select n from dep.kept") == [(1,)]
    sql("drop table dep.base_old cascade")
    assert sql("select table_name from svv_tables where table_schema = 'dep'") == [("base",)]


def test_the_swap_of_dbt(connection, sql, places):
    """A view's new form comes under another name, and both are renamed in one transaction."""
    sql("create view dep.first__tmp as select id + 1 as id from dep.base")
    with connection.transaction():
        sql("alter table dep.first rename to first__backup")
        sql("alter table dep.first__tmp rename to first")
    assert sql("select id from dep.first") == [(2,)]
    assert sql("select id from dep.second") == [(1,)]
    sql("drop view dep.first__backup cascade")
    assert sql("select table_name from svv_tables where table_schema = 'dep' and table_type = 'VIEW'") == [("first",)]


def test_late_binding_views_are_renamed_and_hold_nothing_up(sql, fails):
    sql("create table late_base (x int)")
    sql("create view late_one as select x from public.late_base with no schema binding")
    sql("alter table late_one rename to late_two")
    assert sql("select * from late_two") == []
    sql("drop table late_base")
    assert fails("select * from late_two")[0] == "42P01"
    sql("drop view late_two")


def test_comments_go_with_a_table_to_its_new_name(sql):
    sql("create table spoken (x int)")
    sql("comment on table spoken is 'mine'")
    sql("alter table spoken rename to spoken_of")
    sql("create table spoken (x int)")
    said = "select c.relname, d.description from pg_class c left join pg_description d on d.objoid = c.oid and d.objsubid = 0"
    assert sql(f"{said} where c.relname like 'spoken%' order by 1") == [("spoken", None), ("spoken_of", "mine")]


# -- what a transaction must not take


@pytest.mark.parametrize("text", ["selec 1", "savepoint x", "create function f() returns int as $$ x $$", "select * from"])
def test_a_text_that_is_no_statement_fails_the_transaction_too(dsn, text):
    with psycopg.connect(dsn) as connection:
        connection.execute("create table if not exists spoilt (x int)")
        connection.commit()
        connection.execute("insert into spoilt values (1)")
        with pytest.raises(psycopg.Error):
            connection.execute(text)
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            connection.execute("select 1")
        connection.rollback()
        assert connection.execute("select count(*) from spoilt").fetchone() == (0,)


def test_read_only_transactions_write_nothing(sql, fails):
    sql("create table untouched (x int)")
    sql("begin read only")
    assert sql("select count(*) from untouched") == [(0,)]
    assert fails("insert into untouched values (1)")[0] == "25006"
    sql("rollback")
    sql("begin isolation level serializable read write")
    sql("insert into untouched values (1)")
    sql("commit")
    assert sql("select count(*) from untouched") == [(1,)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("select distinct on (x) x from (select 1 as x)", "DISTINCT ON"),
        ("insert into untold values (1) returning x", "RETURNING"),
        ("insert into untold values (1) on conflict do nothing", "ON CONFLICT"),
        ("select 1 as x intersect all select 1", "INTERSECT ALL"),
        ("select * from untold tablesample (10)", "TABLESAMPLE"),
        ("select * replace (2 as x) from untold", "REPLACE"),
        ("select x from untold sort by x", "SORT BY"),
        ("select 1 as x union all by name select 2 as y", "BY NAME"),
        ("select x from untold u, u.j.a as x at i", "the position of a SUPER's element"),
        ("select x from untold u left join u.j.a.b as x on true", "JOIN … ON"),
    ],
)
def test_syntax_of_other_databases_is_refused_by_name(sql, fails, text, named):
    sql("create table if not exists untold (x int)")
    state, message = fails(text)
    assert state == "0A000"
    assert named in message
    assert sql("select count(*) from untold") == [(0,)]


def test_unknown_functions_are_named_as_they_were_written(fails):
    assert "function string_agg() does not exist" in fails("select string_agg('a', ',')")[1]
    assert "function hex() does not exist" in fails("select hex('a')")[1]


def test_columns_are_named_after_the_function_that_was_written(connection):
    cursor = connection.execute("select variance(1), var_pop(1), bit_and(1), bit_or(1), trim(both 'x' from 'xax')")
    assert [column.name for column in cursor.description or ()] == ["variance", "var_pop", "bit_and", "bit_or", "btrim"]


# -- what must not be taken for done, or for the same


def test_grants_name_what_is_there(sql, fails):
    sql("create table granted (x int)")
    sql("create view granted_view as select x from public.granted with no schema binding")
    sql("grant select, insert (x) on granted, public.granted_view to public")
    sql("grant usage on schema public to public")
    sql("revoke all on table granted from public")
    assert fails("grant select on no_such_table to public")[0] == "42P01"
    assert fails("revoke all on table no_such_table from public")[0] == "42P01"


def test_other_dates_are_refused(sql, fails):
    """They would turn month and day around."""
    sql("set datestyle to 'ISO'")
    sql("set datestyle = 'ISO, MDY'")
    assert fails("set datestyle to 'ISO, DMY'")[0] == "0A000"


def test_blanks_at_the_end_of_char_are_padding(sql):
    assert sql("select len('abc   '::char(6)), 'abc '::char(5) = 'abc', 'abc '::char(5) || 'x', ' a '::bpchar = ' a'") == [
        (3, True, "abcx", True)
    ]
