"""Texts where integers are wanted: what is none is an error, and is never rounded to one."""


def test_a_text_that_is_no_integer_is_not_rounded_when_it_is_stored(sql, fails, unique):
    sql(f"create table {unique} (a int default 3, b varchar(5))")
    sql(f"insert into {unique} values (1.5, '1.5'), ('7', 'x'), (default, null)")
    assert sql(f"select a from {unique} order by a") == [(2,), (3,), (7,)]
    for statement in (
        f"insert into {unique} values ('1.5')",
        f"insert into {unique} (a) select b from {unique} where b = '1.5'",
        f"update {unique} set a = b where b = '1.5'",
    ):
        assert fails(statement) == ("22P02", 'invalid input syntax for integer: "1.5"'), statement


def test_a_text_that_is_no_integer_equals_none(sql, fails, unique):
    sql(f"create table {unique} (i int, b bigint, v varchar(5), d decimal(3,1))")
    sql(f"insert into {unique} values (2, 2, '1.5', 1.5)")
    for condition in ("v = i", "b = v", "v <> i", "v = 2", "v in (1, 2)", "i = '1.5'", "i in ('2', '1.5')", "v = 2::smallint"):
        for statement in (f"select 1 from {unique} where {condition}", f"delete from {unique} where {condition}"):
            assert fails(statement) == ("22P02", 'invalid input syntax for integer: "1.5"'), statement
    for joined in ("join", "left join"):
        assert fails(f"select 1 from {unique} x {joined} {unique} y on x.v = y.i")[0] == "22P02"
    assert sql(f"select d = '1.5', v = '1.5', d = i, i = b, i = 2, i = '2', i in (1, 2) from {unique}") == [
        (True, True, False, True, True, True, True)
    ]
    sql(f"update {unique} set v = ' 2', i = b")
    assert sql(f"select v = i, v in (1, 2) from {unique}") == [(True, True)]
