"""Data sources of evaluations: tables of the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wheatpaste import ids
from wheatpaste.call import Call
from wheatpaste.service import Shape
from wheatpaste.services.glue.errors import InvalidInputException
from wheatpaste.services.glue.scope import catalog_id, fold

REFUSED = ["DataSource.GlueTable.ConnectionName", "DataSource.DataQualityGlueTable.ConnectionName"]
OPTIONS = ("pushDownPredicate", "catalogPartitionPredicate")


def table_of(source: Mapping[str, Any]) -> Shape:
    """The one table of a DataSource: GlueTable or DataQualityGlueTable."""
    given = [source[name] for name in ("GlueTable", "DataQualityGlueTable") if source.get(name)]
    if len(given) != 1:
        raise InvalidInputException("Give one of GlueTable and DataQualityGlueTable.")
    found: Shape = given[0]
    return found


def source_key(source: Mapping[str, Any]) -> str:
    """How runs and results of a table are found."""
    table = table_of(source)
    return f"{fold(table['DatabaseName'])}/{fold(table['TableName'])}"


def checked(call: Call, source: Mapping[str, Any]) -> Mapping[str, Any]:
    """The source, whose table is there; EntityNotFoundException when it is not."""
    table = table_of(source)
    catalog_id(call, table)
    if table.get("ConnectionName"):
        raise InvalidInputException("ConnectionName: tables are read from where the catalog says they are.")
    unknown = [name for name in table.get("AdditionalOptions") or {} if name not in OPTIONS]
    if unknown:
        raise InvalidInputException(f"AdditionalOptions: unknown {', '.join(unknown)}; there are {', '.join(OPTIONS)}")
    call.aws("glue").get_table(DatabaseName=table["DatabaseName"], Name=table["TableName"])
    return source


def asked(source: Mapping[str, Any]) -> dict[str, Any]:
    """What the driver is told of a table."""
    table = table_of(source)
    options = table.get("AdditionalOptions") or {}
    return {
        "database": table["DatabaseName"],
        "table": table["TableName"],
        "pushdown": options.get("pushDownPredicate", ""),
        "predicate": options.get("catalogPartitionPredicate", ""),
        "query": table.get("PreProcessingQuery", ""),
    }


def result_id() -> str:
    """An id in the form of AWS's: `dqresult-` and 40 hexadecimal digits."""
    return f"dqresult-{ids.hexadecimal(40)}"


def run_id(kind: str) -> str:
    """`dqrun-…`, as of AWS's runs."""
    return f"{'dqrun' if kind == 'evaluation' else 'dqrecommend'}-{ids.hexadecimal(40)}"
