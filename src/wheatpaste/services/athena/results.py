"""GetQueryResults: pages of the result file, found again by their offset in it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from wheatpaste.call import Call
from wheatpaste.services.athena import athena
from wheatpaste.services.athena.errors import InvalidRequestException
from wheatpaste.services.athena.executions import FINAL, row_of
from wheatpaste.services.athena.scope import workgroup_arn
from wheatpaste.store.blobs import Blob, BlobRange
from wheatpaste.wire.errors import AwsError
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.services.athena.shapes_generated import Datum, GetQueryResultsInput, GetQueryResultsOutput, ResultSet
    from wheatpaste.services.athena.shapes_generated import Row as AthenaRow

PAGE = 1 << 20  # bytes that are read at once


@athena.operation(resource=workgroup_arn, reads=True)
def get_query_results(call: Call, req: GetQueryResultsInput) -> GetQueryResultsOutput:
    """A page of a result: for a SELECT its first row holds the columns' names."""
    if req.get("QueryResultType") == "DATA_MANIFEST":
        raise InvalidRequestException("wheatpaste refuses DATA_MANIFEST results")
    row = row_of(call, req["QueryExecutionId"])
    if row.state != "SUCCEEDED":
        _not_ready(row)
    limit = req.get("MaxResults") or 1000
    start = decode_token(req["NextToken"], row.id, InvalidRequestException) if req.get("NextToken") else 0
    columns = row.outcome.get("Columns") or []
    results: ResultSet = {"Rows": [], "ResultSetMetadata": {"ColumnInfo": columns}}
    answer: GetQueryResultsOutput = {
        "ResultSet": results,
        "UpdateCount": row.outcome.get("UpdateCount", 0),
    }
    if not row.outcome.get("HasResult", True):
        return answer
    is_csv = row.body["ResultConfiguration"]["OutputLocation"].endswith(".csv")
    lines, end, more = _lines(call, row, start, limit, is_csv)
    shown: list[AthenaRow] = [_csv_row(line) if is_csv else {"Data": [{"VarCharValue": line}]} for line in lines]
    results["Rows"] = shown
    if more:
        answer["NextToken"] = encode_token(end, row.id)
    return answer


def _not_ready(row: Row[Any]) -> None:
    if row.state in FINAL:
        message = f"Query did not finish successfully. Final query state: {row.state}"
    else:
        message = f"Query has not yet finished. Current state: {row.state}"
    raise InvalidRequestException(message, AthenaErrorCode="INVALID_QUERY_EXECUTION_STATE")


def _lines(call: Call, row: Row[Any], start: int, limit: int, is_csv: bool) -> tuple[list[str], int, bool]:
    """Up to ``limit`` records of the result's file from ``start``, the offset after them, and whether there are more."""
    blob = _blob(call, row)
    data, found, place = b"", list[str](), start
    read = start
    while len(found) < limit:
        end = _record(data) if is_csv else data.find(b"\n") + 1 or -1
        if end < 0:
            if read >= blob.size:
                break
            size = min(PAGE, blob.size - read)
            data += b"".join(call.blobs.read(BlobRange(blob, read, size)))
            read += size
            continue
        found.append(data[: end - 1].decode())
        data, place = data[end:], place + end
    if data and len(found) < limit:  # the last line of a text result has no line feed
        found.append(data.decode())
        place += len(data)
    return found, place, place < blob.size


def _record(data: bytes) -> int:
    """Where the first record ends (behind its line feed); -1 when the data ends before it does."""
    end = data.find(b"\n")
    while end >= 0:
        if data.count(b'"', 0, end) % 2 == 0:  # outside of quotes
            return end + 1
        end = data.find(b"\n", end + 1)
    return -1


def _blob(call: Call, row: Row[Any]) -> Blob:
    location = row.body["ResultConfiguration"]["OutputLocation"]
    bucket, _, key = location.removeprefix("s3://").partition("/")
    try:
        body = call.aws("s3").get_object(Bucket=bucket, Key=key)["Body"]
    except AwsError as error:
        raise InvalidRequestException(f"Unable to read the result {location}: {error.message}") from error
    return body.blob if isinstance(body, BlobRange) else body


def _csv_row(line: str) -> AthenaRow:
    cells: list[Datum] = []
    for cell in _cells(line):
        cells.append({} if cell is None else {"VarCharValue": cell})
    return {"Data": cells}


def _cells(line: str) -> list[str | None]:
    """A record's cells; one without quotes is NULL."""
    plain = next(csv.reader(io.StringIO(line, newline="")), [""])
    cells: list[str | None] = []
    place = 0
    for cell in plain:
        quoted = line[place : place + 1] == '"'
        cells.append(cell if quoted else None)
        place += len(cell) + (2 + cell.count('"') if quoted else 0) + 1
    return cells
