"""Views: of schemas and the search path, late-binding ones, materialized ones."""

from decimal import Decimal


def test_views_schemas_and_the_search_path(sql, fails):
    sql("create schema Mart")
    sql('create table mart.facts (A int, "B" int)')
    sql("insert into MART.FACTS values (1, 2)")
    sql("create view mart.v as select a + b as c from mart.facts with no schema binding")
    assert sql("select * from mart.v") == [(3,)]
    assert fails("select * from facts")[0] == "42P01"
    sql("set search_path to mart, public")
    assert sql("select a from facts") == [(1,)]
    assert sql("select current_schema()") == [("mart",)]
    sql("create table made_here (a int)")
    assert sql("select table_schema from svv_tables where table_name = 'made_here'") == [("mart",)]
    assert fails("drop schema mart")[0] == "2BP01"
    sql("drop schema mart cascade")


def test_late_binding_views(sql, fails):
    sql("create view late_one as select a + 1 as b from public.comes_later with no schema binding")
    assert fails("select * from late_one")[0] == "42P01"
    sql("create table comes_later (a int)")
    sql("insert into comes_later values (1), (2)")
    assert sql("select l.b from late_one l order by 1") == [(2,), (3,)]
    sql("create view late_two (z) as select b from public.late_one with no schema binding")
    assert sql("select sum(z) from public.late_two") == [(5,)]
    assert sql("select view_name, col_name, col_type from pg_get_late_binding_view_cols() order by 1") == [
        ("late_one", "b", "integer"),
        ("late_two", "z", "integer"),
    ]
    sql("drop table comes_later")
    sql("create table comes_later as select 2.5 as a")
    assert sql("select b from late_one") == [(Decimal("3.5"),)]
    assert sql("select table_type from svv_tables where table_name = 'late_one'") == [("VIEW",)]
    assert fails("create view late_one as select 1 as b with no schema binding")[0] == "42P07"
    assert fails("create view unqualified as select * from comes_later with no schema binding")[0] == "42P01"
    sql("create or replace view late_one as select 7 as b with no schema binding")
    assert sql("select b from late_one") == [(7,)]
    sql("drop view late_two, late_one")
    assert fails("select * from late_one")[0] == "42P01"


def test_materialized_views(sql, fails):
    sql("create table watched (a int, b decimal(10,2))")
    sql("create materialized view seen distkey(a) as select a, sum(b) as total from watched group by a")
    sql("insert into watched values (1, 2.5), (1, 3)")
    assert sql("select count(*) from seen") == [(0,)]
    sql("refresh materialized view seen")
    assert sql("select * from seen") == [(1, Decimal("5.50"))]
    assert sql("select definition from pg_views where viewname = 'seen'") == [("select a, sum(b) as total from watched group by a",)]
    assert fails("create materialized view busy auto refresh yes as select 1 as a")[0] == "0A000"
    assert fails("insert into seen values (1, 2)") == ("42809", 'cannot change materialized view "seen"')
    assert fails("refresh materialized view watched")[0] == "42809"
    sql("drop materialized view seen")
    assert fails("select * from seen")[0] == "42P01"
