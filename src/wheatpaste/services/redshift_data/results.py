"""GetStatementResult, in JSON and in CSV."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.redshift_data import data, fields
from wheatpaste.services.redshift_data.errors import ResourceNotFoundException, ValidationException
from wheatpaste.services.redshift_data.schema import results
from wheatpaste.services.redshift_data.statements import statement_row
from wheatpaste.wire.paginate import decode_token, encode_token

if TYPE_CHECKING:
    from wheatpaste.services.redshift_data.shapes_generated import (
        Field,
        GetStatementResultRequest,
        GetStatementResultResponse,
        GetStatementResultV2Request,
        GetStatementResultV2Response,
    )


def _part(call: Call, req: Mapping[str, Any], bound: str) -> tuple[Row[Any], Shape, list[list[Field]], str | None]:
    """The statement, what became of it, one part of its rows, and the token of the next."""
    row, place = statement_row(call, req["Id"])
    if row.status != "FINISHED":
        raise ResourceNotFoundException(
            f"Query does not have result. Please check query status with DescribeStatement. Status: {row.status}"
        )
    if row.request["Batch"] and not place:
        raise ValidationException("A batch has one result for each sub-statement: ask for <id>:<number>")
    outcome = row.outcome[max(place, 1) - 1]
    if not outcome.get("HasResultSet"):
        raise ResourceNotFoundException("Query does not have result. Please check query status with DescribeStatement.")
    number = int(decode_token(req["NextToken"], bound, ValidationException)) if req.get("NextToken") else 0
    clause = (results.c.account == call.account) & (results.c.region == call.region) & (results.c.id == req["Id"])
    found = call.db.execute(select(results.c.rows).where(clause, results.c.part == number)).scalar()
    rows = json.loads(zlib.decompress(found)) if found else []
    more = call.db.execute(select(results.c.part).where(clause, results.c.part == number + 1)).first()
    return row, outcome, rows, encode_token(number + 1, bound) if more else None


@data.operation(reads=True, refused=["WaitTimeSeconds"])
def get_statement_result(call: Call, req: GetStatementResultRequest) -> GetStatementResultResponse:
    """A part of a result as fields."""
    row, outcome, rows, token = _part(call, req, "GetStatementResult")
    if row.request.get("ResultFormat") == "CSV":
        raise ValidationException("The result's format is CSV: use GetStatementResultV2")
    return {"Records": rows, "ColumnMetadata": outcome["Columns"], "TotalNumRows": outcome["ResultRows"], "NextToken": token}


@data.operation(reads=True, refused=["WaitTimeSeconds"])
def get_statement_result_v2(call: Call, req: GetStatementResultV2Request) -> GetStatementResultV2Response:
    """A part of a result as CSV, whose first part begins with the column names."""
    row, outcome, rows, token = _part(call, req, "GetStatementResultV2")
    if row.request.get("ResultFormat") != "CSV":
        raise ValidationException("The result's format is JSON: use GetStatementResult")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    if not req.get("NextToken"):
        writer.writerow([column["name"] for column in outcome["Columns"]])
    writer.writerows([[fields.plain(cell) for cell in cells] for cells in rows])
    return {
        "Records": [{"CSVRecords": text.getvalue()}],
        "ColumnMetadata": outcome["Columns"],
        "TotalNumRows": outcome["ResultRows"],
        "ResultFormat": "CSV",
        "NextToken": token,
    }
