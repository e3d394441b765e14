"""PyAthena, the client that most programs use: its cursors, parameters, prepared statements and SQLAlchemy's view of the catalog."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pyarrow.fs
import pyathena
import pytest
from pyathena.arrow.cursor import ArrowCursor
from pyathena.cursor import DictCursor
from pyathena.error import OperationalError
from pyathena.pandas.cursor import PandasCursor
from tests.conftest import Server
from tests.services.athena.conftest import Athena

ROWS = (
    "(VALUES (1, 'a', 1.5, DECIMAL '2.50', DATE '2024-01-02', TIMESTAMP '2024-01-02 03:04:05.678', true, ARRAY[1, 2]), "
    "(2, NULL, NULL, NULL, NULL, NULL, NULL, NULL)) t(i, s, f, d, x, t, b, l)"
)


@pytest.fixture
def connect(lake: Athena, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """``connect(cursor_class)``: a cursor on the test's database, results in the test's bucket."""
    # PyAthena has no way to give pyarrow an endpoint: whoever uses its Arrow side away from AWS does this
    monkeypatch.setattr(pyarrow.fs, "S3FileSystem", partial(pyarrow.fs.S3FileSystem, endpoint_override=server.endpoint))
    for name, value in (("AWS_ENDPOINT_URL", server.endpoint), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(name, value)
    made: list[Any] = []

    def cursor(kind: type | None = None, **options: Any) -> Any:
        given = {"s3_staging_dir": lake.output, "region_name": "us-east-1", "schema_name": lake.name, "poll_interval": 0.05}
        made.append(pyathena.connect(**given, **({"cursor_class": kind} if kind else {}), **options))
        return made[-1].cursor()

    yield cursor
    for each in made:
        each.close()


def test_cursor_gives_pythons_types(connect: Callable[..., Any]) -> None:
    cursor = connect().execute(f"SELECT * FROM {ROWS} ORDER BY i")
    assert cursor.fetchone() == (
        *(1, "a", 1.5, Decimal("2.50"), date(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5, 678000), True),
        [1, 2],
    )
    assert cursor.fetchall() == [(2, *[None] * 7)]
    assert [(name, kind) for name, kind, *_ in cursor.description][:4] == [
        ("i", "integer"),
        ("s", "varchar"),
        ("f", "double"),
        ("d", "decimal"),
    ]
    assert cursor.state == "SUCCEEDED" and cursor.data_scanned_in_bytes == 0


def test_parameters_in_all_styles(connect: Callable[..., Any]) -> None:
    cursor = connect()
    assert cursor.execute("SELECT %(a)s, %(b)s", {"a": "it's", "b": 3}).fetchall() == [("it's", 3)]
    assert cursor.execute("SELECT s FROM (VALUES 'x', 'y') t(s) WHERE s = ?", ["'y'"], paramstyle="qmark").fetchall() == [("y",)]
    cursor.execute("PREPARE twice FROM SELECT ? || ?")
    assert cursor.execute("EXECUTE twice USING 'a', 'b'").fetchall() == [("ab",)]
    with pytest.raises(OperationalError, match="Incorrect number of parameters"):
        cursor.execute("EXECUTE twice USING 'a'")


def test_statements_without_rows(connect: Callable[..., Any], lake: Athena) -> None:
    cursor = connect(DictCursor)
    cursor.execute(f"CREATE EXTERNAL TABLE t (a int, b string) COMMENT 'why' LOCATION 's3://{lake.name}/t/'")
    cursor.executemany("INSERT INTO t VALUES (%(a)s, %(b)s)", [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}])
    assert cursor.execute("SELECT * FROM t ORDER BY a").fetchall() == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    assert cursor.execute("SHOW TABLES").fetchall() == [{"tab_name": "t"}]
    assert cursor.get_table_metadata("t").comment == "why"
    assert [each.name for each in cursor.list_table_metadata()] == ["t"]


@pytest.mark.parametrize("unload", [False, True])
def test_pandas_cursor(connect: Callable[..., Any], unload: bool) -> None:
    cursor = connect(PandasCursor, cursor_kwargs={"unload": unload, "engine": "pyarrow" if unload else "auto"})
    frame = cursor.execute(f"SELECT i, s, f, t FROM {ROWS} ORDER BY i").as_pandas()
    assert frame["i"].tolist() == [1, 2] and frame["s"][0] == "a" and frame["s"].isna().tolist() == [False, True]
    assert frame["f"].fillna(0).tolist() == [1.5, 0.0]
    assert frame["t"][0].to_pydatetime() == datetime(2024, 1, 2, 3, 4, 5, 678000)


@pytest.mark.parametrize("unload", [False, True])
def test_arrow_cursor(connect: Callable[..., Any], unload: bool) -> None:
    cursor = connect(ArrowCursor, cursor_kwargs={"unload": unload})
    table = cursor.execute(f"SELECT i, s, f FROM {ROWS} ORDER BY i").as_arrow()
    assert table.column_names == ["i", "s", "f"]
    assert table["i"].to_pylist() == [1, 2] and table["f"].to_pylist() == [1.5, None]


def test_errors_are_the_statements(connect: Callable[..., Any]) -> None:
    with pytest.raises(OperationalError, match=r"TABLE_NOT_FOUND: .*does not exist"):
        connect().execute("SELECT * FROM nosuch")
