"""What a crawl writes, Athena reads: each format back to its values, through the catalog alone."""

import bz2
import gzip
import io
import time

import fastavro
import pyarrow as pa
import pytest
from pyarrow import orc, parquet

TABLE = pa.table({"id": [1, 2], "name": ["ann", "bob"], "price": [1.5, None]})
CSV = b"id,name,price\n1,ann,1.5\n2,bob,\n"
ROWS = [("1", "ann", "1.5"), ("2", "bob", None)]


def written(write):
    out = io.BytesIO()
    write(out)
    return out.getvalue()


def avro(out):
    fields = [{"name": "id", "type": "long"}, {"name": "name", "type": "string"}, {"name": "price", "type": ["null", "double"]}]
    fastavro.writer(out, {"type": "record", "name": "r", "fields": fields}, TABLE.to_pylist())


FILES = {
    "csv": CSV,
    "pipes.csv": CSV.replace(b",", b"|"),
    "csv.gz": gzip.compress(CSV),
    "csv.bz2": bz2.compress(CSV),
    "json": b'{"id": 1, "name": "ann", "price": 1.5}\n{"id": 2, "name": "bob", "price": null}\n',
    "parquet": written(lambda out: parquet.write_table(TABLE, out)),
    "orc": written(lambda out: orc.write_table(TABLE, out)),
    "avro": written(avro),
}


@pytest.fixture
def query(lake):
    """``query(sql)``: the rows of a query, headers left out."""
    athena = lake.connect("athena")

    def run(sql):
        settings = {"QueryExecutionContext": {"Database": lake.name}, "ResultConfiguration": {"OutputLocation": lake.uri("out/")}}
        execution = athena.start_query_execution(QueryString=sql, **settings)["QueryExecutionId"]
        while (status := athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"])["State"] in (
            "QUEUED",
            "RUNNING",
        ):
            time.sleep(0.05)
        assert status["State"] == "SUCCEEDED", status["StateChangeReason"]
        rows = athena.get_query_results(QueryExecutionId=execution)["ResultSet"]["Rows"]
        return [tuple(cell.get("VarCharValue") for cell in row["Data"]) for row in rows[1:]]

    return run


def test_every_format_is_queried_as_crawled(lake, query):
    for kind, data in FILES.items():
        lake.put(**{f"raw/{kind.replace('.', '_')}/day=1/f.{kind}": data, f"raw/{kind.replace('.', '_')}/day=2/f.{kind}": data})
    lake.crawler()
    assert lake.crawl()["Status"] == "SUCCEEDED"
    for kind in FILES:
        table = kind.replace(".", "_")
        assert query(f"SELECT id, name, price FROM {table} WHERE day = '2' ORDER BY id") == ROWS, kind
        assert query(f"SELECT count(*), min(day) FROM {table}") == [("4", "1")], kind
