"""What psql, drivers and SQLAlchemy read of the catalog."""

import subprocess

import psycopg
import pytest

SETUP = [
    "create schema mart",
    "create table parents (id int not null primary key, code varchar(20) default 'x', amt decimal(10,2) encode az64, at timestamp,"
    " constraint parents_code unique (code)) distkey(id) sortkey(at)",
    "create table mart.children (a int references public.parents(id), b varchar(10), c char(3), s super, primary key (a, b))",
    "create view cheap as select id, amt from parents where amt < 10",
    "comment on table parents is 'who has children'",
    "comment on column parents.code is 'a code'",
    "create user catalog_user password 'Secret99x' createdb",
]


@pytest.fixture(scope="module")
def catalog(dsn):
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in SETUP:
            connection.execute(statement)
    return dsn


PSQL = [
    ("\\dt", ["public|parents|table|admin"]),
    ("\\dt *.*", ["mart|children|table|admin", "public|parents|table|admin"]),
    ("\\dt+", ["public|parents|table|admin|permanent||who has children"]),
    ("\\dv", ["public|cheap|view|admin"]),
    ("\\d", ["public|cheap|view|admin", "public|parents|table|admin"]),
    ("\\dn", ["mart|admin", "public|admin"]),
    ("\\l", ["dev|admin|UTF8|C|C||libc|"]),
    ("\\di", ["public|parents_code|index|admin|parents", "public|parents_pkey|index|admin|parents"]),
    ("\\df", []),
    ("\\dp", ["public|cheap|view||", "public|parents|table||"]),
    ("\\du", ["admin|Superuser, Create role, Create DB|{}", "catalog_user|Create DB|{}", "rdsdb|Superuser, Create role, Create DB|{}"]),
    (
        "\\d parents",
        [
            "id|integer||not null|",
            "code|character varying(20)|||'x'",
            "amt|numeric(10,2)|||",
            "at|timestamp without time zone|||",
            "Indexes:",
            '    "parents_pkey" PRIMARY KEY, btree (id)',
            '    "parents_code" UNIQUE, btree (code)',
            "Referenced by:",
            '    TABLE "mart.children" CONSTRAINT "children_a_fkey" FOREIGN KEY (a) REFERENCES parents(id)',
        ],
    ),
    (
        "\\d mart.children",
        [
            "a|integer||not null|",
            "b|character varying(10)||not null|",
            "c|character(3)|||",
            "s|super|||",
            "Indexes:",
            '    "children_pkey" PRIMARY KEY, btree (a, b)',
            "Foreign-key constraints:",
            '    "children_a_fkey" FOREIGN KEY (a) REFERENCES parents(id)',
        ],
    ),
    (
        "\\d+ cheap",
        ["id|integer||||plain|", "amt|numeric(10,2)||||plain|", "View definition:", "select id, amt from parents where amt < 10"],
    ),
    ("\\sv cheap", ["CREATE OR REPLACE VIEW public.cheap AS", "select id, amt from parents where amt < 10"]),
]


@pytest.mark.parametrize(("command", "lines"), PSQL)
def test_psql(catalog, command, lines):
    described = command.startswith("\\d") and " " in command and "*" not in command  # with its footers, so with title and header
    done = subprocess.run(
        ["psql", catalog, "-XAc" if described else "-XAtc", command], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.splitlines()[2 if described else 0 :], done.stderr) == (lines, "")


QUERIES = [
    ("select 'parents'::regclass::oid = oid from pg_class where relname = 'parents'", [(True,)]),
    (
        "select conrelid::regclass::text, contype, conkey from pg_constraint where contype = 'p' order by 1",
        [("mart.children", "p", [1, 2]), ("parents", "p", [1])],
    ),
    ("select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'mart.children'::regclass and attnum = 3",
     [("character(3)",)]),
    ("select pg_catalog.col_description('parents'::regclass::oid, 2)", [("a code",)]),
    ("select reldiststyle from pg_catalog.pg_class where pg_catalog.pg_class.relname = 'parents'", [(1,)]),
    ("select count(*) from pg_attribute a join pg_constraint t on t.conrelid = a.attrelid and a.attnum = any(t.conkey)", [(5,)]),
    ("select usename, usesuper from pg_user where usename = 'catalog_user'", [("catalog_user", False)]),
    ("select constraint_name, column_name, ordinal_position from information_schema.key_column_usage where table_name = 'children'"
     " order by 1, 3",
     [("children_a_fkey", "a", 1), ("children_pkey", "a", 1), ("children_pkey", "b", 2)]),
    ("select constraint_type from information_schema.table_constraints where constraint_name = 'children_a_fkey'", [("FOREIGN KEY",)]),
    ("select view_definition from information_schema.views where table_name = 'cheap'", [("select id, amt from parents where amt < 10",)]),
    ("select (current_schemas(false))[1], current_schemas(true)", [("public", ["pg_catalog", "public"])]),
    ("select n from generate_series(1, 3) as s(n) order by 1", [(1,), (2,), (3,)]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "rows"), QUERIES)
def test_catalog_query(sql, catalog, query, rows):
    assert sql(query) == rows


def test_what_a_name_means_must_be_there(fails, catalog):
    assert fails("select 'nowhere'::regclass") == ("42P01", 'relation "nowhere" does not exist')
    assert fails("create table orphan (a int references nowhere(id))")[0] == "42P01"
    assert fails("create table twice (a int, constraint k unique (b))")[0] == "42703"


def test_constraints_follow_their_table(sql, fails, catalog):
    sql("create table moves (a int not null, b int)")
    sql("alter table moves add constraint moves_key primary key (a)")
    assert fails("alter table moves add constraint moves_key unique (b)")[0] == "42710"
    sql("alter table moves rename column a to z")
    sql("alter table moves rename to moved")
    where = "from information_schema.key_column_usage where table_name = 'moved'"
    assert sql(f"select constraint_name, column_name {where}") == [("moves_key", "z")]
    sql("alter table moved drop constraint moves_key")
    assert sql(f"select count(*) {where}") == [(0,)]
    sql("drop table moved")
